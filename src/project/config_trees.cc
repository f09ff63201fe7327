#include "project/config_trees.h"

#include <fmt/format.h>

#include "project/config_merge.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

constexpr std::array<std::string_view, 12> kSections = {
    "models",  "seeds",     "snapshots", "data_tests",      "tests",         "unit_tests",
    "sources", "exposures", "metrics",   "semantic-models", "saved-queries", "functions"};

std::string_view without_plus(std::string_view key) {
  key.remove_prefix(1);
  while (key.starts_with(' ')) key.remove_prefix(1);
  return key;
}

}  // namespace

std::string_view resource_type_name(ResourceType type) {
  static constexpr std::array<std::string_view, 17> kNames = {
      "model",       "seed",          "snapshot", "test",     "unit_test", "analysis",
      "operation",   "sql_operation", "source",   "exposure", "metric",    "semantic_model",
      "saved_query", "group",         "macro",    "doc",      "function"};
  return kNames.at(static_cast<size_t>(type));
}

std::string_view config_section(ResourceType type) {
  switch (type) {
    case ResourceType::kSeed:
      return "seeds";
    case ResourceType::kSnapshot:
      return "snapshots";
    case ResourceType::kTest:
      return "data_tests";
    case ResourceType::kUnitTest:
      return "unit_tests";
    case ResourceType::kSource:
      return "sources";
    case ResourceType::kExposure:
      return "exposures";
    case ResourceType::kMetric:
      return "metrics";
    case ResourceType::kSemanticModel:
      return "semantic-models";
    case ResourceType::kSavedQuery:
      return "saved-queries";
    case ResourceType::kFunction:
      return "functions";
    default:
      return "models";  // dbt reads the models' tree for analyses, operations and the rest
  }
}

std::unique_ptr<ConfigTrees::Folder> ConfigTrees::build_folder(const Value& tree,
                                                               const yaml::Node* node,
                                                               const Value& above,
                                                               const yaml::Document& document,
                                                               Diagnostics& diagnostics) {
  auto folder = std::make_unique<Folder>();
  folder->merged = deep_copy(above);
  for (const Dict::Entry& entry : tree.as_dict().entries()) {
    if (!entry.key.is_string()) continue;
    const std::string& key = entry.key.as_string();
    // A dict under a plain key is a folder; everything else is config, with or without '+'.
    if (!key.starts_with('+') && entry.value.is_dict()) continue;
    Value one = Value::dict();
    one.as_dict().set(key.starts_with('+') ? without_plus(key) : std::string_view(key),
                      entry.value);
    Status merged = merge_config(folder->merged, one, ResourceType::kModel);
    if (merged) continue;
    const yaml::Node* place = node->find(key);
    diagnostics.add_error(error_at(ErrorCode::kConfigInvalid, document,
                                   place != nullptr ? *place : *node, merged.error().message(),
                                   merged.error().hint()));
  }
  for (const Dict::Entry& entry : tree.as_dict().entries()) {
    if (!entry.key.is_string() || !entry.value.is_dict()) continue;
    const std::string& key = entry.key.as_string();
    if (key.starts_with('+')) continue;
    const yaml::Node* below = node->find(key);
    folder->below[key] = build_folder(entry.value, below != nullptr ? below : node, folder->merged,
                                      document, diagnostics);
  }
  return folder;
}

std::shared_ptr<const ConfigTrees> ConfigTrees::build(const Value& project_config,
                                                      const yaml::Document& document,
                                                      Diagnostics& diagnostics) {
  auto trees = std::make_shared<ConfigTrees>();
  if (!project_config.is_dict()) return trees;
  for (const std::string_view section : kSections) {
    const Value* tree = project_config.as_dict().find(section);
    if (tree == nullptr || !tree->is_dict()) continue;
    const yaml::Node* node = document.root().find(section);
    if (node == nullptr) continue;
    trees->sections_[std::string(section == "tests" ? "data_tests" : section)] =
        build_folder(*tree, node, Value::dict(), document, diagnostics);
  }
  return trees;
}

const Value& ConfigTrees::find(ResourceType type, const std::vector<std::string>& fqn) const {
  auto section = sections_.find(config_section(type));
  if (section == sections_.end()) return nothing_;
  const Folder* folder = section->second.get();
  for (const std::string& part : fqn) {
    auto below = folder->below.find(part);
    if (below == folder->below.end()) break;
    folder = below->second.get();
  }
  return folder->merged;
}

namespace {

using Path = std::vector<std::string>;

void collect_paths(const Value& tree, const std::string& section, Path& path,
                   std::vector<std::pair<std::string, Path>>& out) {
  bool holds_config = false;
  for (const Dict::Entry& entry : tree.as_dict().entries()) {
    if (!entry.key.is_string()) continue;
    const std::string& key = entry.key.as_string();
    if (key.starts_with('+') || !entry.value.is_dict()) {
      holds_config = true;
      continue;
    }
    path.push_back(key);
    collect_paths(entry.value, section, path, out);
    path.pop_back();
  }
  if (holds_config) out.emplace_back(section, path);
}

}  // namespace

std::vector<std::pair<std::string, Path>> config_paths(const Project& project) {
  std::vector<std::pair<std::string, Path>> out;
  const Value& config = project.root_pkg().config;
  if (!config.is_dict()) return out;
  for (const std::string_view section : kSections) {
    const Value* tree = config.as_dict().find(section);
    Path path;
    if (tree != nullptr && tree->is_dict()) collect_paths(*tree, std::string(section), path, out);
  }
  return out;
}

Value project_config(const Project& project, size_t package, ResourceType type,
                     const std::vector<std::string>& fqn) {
  const Package& owner = project.packages[package];
  if (owner.config_trees == nullptr) return Value::dict();
  const Value& merged = owner.config_trees->find(type, fqn);
  return merged.is_dict() ? deep_copy(merged) : Value::dict();
}

Value root_config(const Project& project, size_t package, ResourceType type,
                  const std::vector<std::string>& fqn) {
  if (package == project.root_package) return Value::dict();
  return project_config(project, project.root_package, type, fqn);
}

}  // namespace sluice::project
