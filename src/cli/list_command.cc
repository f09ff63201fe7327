#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "cli/commands.h"
#include "cli/parse_reuse.h"
#include "cli/run_artifacts.h"
#include "cli/workspace.h"
#include "compile/semantic_resource.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

using jinja::Value;
using project::ResourceType;

constexpr std::array<std::string_view, 10> kDefaultKeys = {
    "alias",  "name",          "package_name", "depends_on",         "tags",
    "config", "resource_type", "source_name",  "original_file_path", "unique_id"};

std::string joined_fqn(const std::vector<std::string>& fqn) {
  return fmt::format("{}", fmt::join(fqn, "."));
}

// The resource behind a graph node, whichever kind it is.
class ListedResource {
 public:
  ListedResource(const compile::Manifest& manifest, std::string_view unique_id)
      : manifest_(manifest),
        node_(manifest.find_node(unique_id)),
        source_(manifest.find_source(unique_id)),
        exposure_(manifest.find_exposure(unique_id)),
        semantic_(manifest.find_semantic_resource(unique_id)) {}

  std::string name() const {
    if (node_ != nullptr) return node_->name;
    if (semantic_ != nullptr) return semantic_->name;
    if (source_ != nullptr) return source_->source_name + "." + source_->name;
    return exposure_ == nullptr ? std::string() : exposure_->name;
  }
  std::string path() const {
    if (node_ != nullptr) return node_->original_file_path;
    if (semantic_ != nullptr) return semantic_->original_file_path;
    if (source_ != nullptr) return source_->original_file_path;
    return exposure_ == nullptr ? std::string() : exposure_->original_file_path;
  }
  std::string selector() const {
    if (node_ != nullptr && node_->unit_test)
      return fmt::format("unit_test:{}.{}", node_->package_name, node_->name);
    if (node_ != nullptr) return joined_fqn(node_->fqn);
    if (semantic_ != nullptr)
      return fmt::format("{}:{}.{}", project::resource_type_name(semantic_->type),
                         semantic_->package_name, semantic_->name);
    if (source_ != nullptr)
      return fmt::format("source:{}.{}.{}", source_->package_name, source_->source_name,
                         source_->name);
    return exposure_ == nullptr
               ? std::string()
               : fmt::format("exposure:{}.{}", exposure_->package_name, exposure_->name);
  }
  Value value() const {
    if (node_ != nullptr && node_->unit_test) return compile::unit_test_to_value(manifest_, *node_);
    if (node_ != nullptr) return compile::node_to_value(manifest_, *node_);
    if (semantic_ != nullptr) return compile::semantic_resource_to_value(manifest_, *semantic_);
    if (source_ != nullptr) return compile::source_to_value(manifest_, *source_);
    return exposure_ == nullptr ? Value::dict() : compile::exposure_to_value(manifest_, *exposure_);
  }

 private:
  const compile::Manifest& manifest_;
  const compile::Node* node_;
  const compile::Source* source_;
  const compile::Exposure* exposure_;
  const compile::SemanticResource* semantic_;
};

// The value at "config.materialized"; null when there is none.
const Value* value_at(const Value& whole, std::string_view path) {
  const Value* value = &whole;
  while (value != nullptr) {
    const size_t dot = path.find('.');
    value = value->is_dict() ? value->as_dict().find(path.substr(0, dot)) : nullptr;
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  return value;
}

// Without keys the default ones in the resource's order, else those given in theirs.
std::string json_line(const ListedResource& resource,
                      const std::optional<std::vector<std::string>>& keys) {
  const Value whole = resource.value();
  Value picked = Value::dict();
  if (keys) {
    for (const std::string& key : *keys)
      if (const Value* value = value_at(whole, key)) picked.as_dict().set(key, *value);
  } else {
    for (const auto& entry : whole.as_dict().entries())
      if (std::ranges::find(kDefaultKeys, entry.key.as_string()) != kDefaultKeys.end())
        picked.as_dict().set(entry.key, entry.value);
  }
  return jinja::to_json(picked).value_or("{}");
}

// "name,unique_id" and "name unique_id" both name two keys.
std::vector<std::string> split_keys(const std::vector<std::string>& words) {
  std::vector<std::string> keys;
  for (const std::string& word : words) {
    size_t at = 0;
    while (at <= word.size()) {
      const size_t end = std::min(word.find_first_of(", ", at), word.size());
      if (end > at) keys.push_back(word.substr(at, end - at));
      at = end + 1;
    }
  }
  return keys;
}

}  // namespace

int list_command(Invocation& invocation) {
  const Options& options = invocation.options;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  if (!write_manifest_artifact(invocation, workspace)) return kExitUsage;
  const std::optional<graph::Selection> selection = workspace.select(
      {ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot, ResourceType::kTest,
       ResourceType::kUnitTest, ResourceType::kSource, ResourceType::kExposure,
       ResourceType::kMetric, ResourceType::kSemanticModel, ResourceType::kSavedQuery,
       ResourceType::kFunction});
  if (!selection) return kExitUsage;
  if (selection->nodes.empty()) {
    return tell_no_nodes(invocation) ? kExitOk : kExitUsage;
  }
  std::vector<std::string_view> ids;
  for (graph::Index index : selection->nodes) ids.push_back(workspace.graph().ids()[index]);
  std::sort(ids.begin(), ids.end());
  std::optional<std::vector<std::string>> keys;
  if (!options.output_keys.empty()) keys = split_keys(options.output_keys);
  for (std::string_view id : ids) {
    const ListedResource resource(workspace.session().manifest(), id);
    std::string line = options.output == "name"   ? resource.name()
                       : options.output == "path" ? resource.path()
                       : options.output == "json" ? json_line(resource, keys)
                                                  : resource.selector();
    invocation.console.output(line, "PrintEvent");
  }
  return kExitOk;
}

int parse_command(Invocation& invocation) {
  ParseReuse reuse(invocation);
  if (!reuse.reuse()) {
    Workspace workspace(invocation);
    reuse.observe(workspace);
    if (!workspace.open_project()) return kExitUsage;
    if (!write_manifest_artifact(invocation, workspace)) return kExitUsage;
    reuse.remember(workspace);
  }
  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  invocation.console.info(fmt::format("Parsed in {:.2f}s", elapsed), "ParseEnd");
  return kExitOk;
}

}  // namespace sluice::cli
