// Warnings about what is accepted for now, and about what dbt_project.yml configures in vain. Their
// events have dbt's names.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compile/project_parser.h"

namespace sluice::compile {

namespace {

using Fqns = std::vector<const std::vector<std::string>*>;

bool is_under(const std::vector<std::string>& path, const std::vector<std::string>& fqn) {
  return path.size() <= fqn.size() && std::equal(path.begin(), path.end(), fqn.begin());
}

// Sections whose paths dbt checks, with the type of what they configure.
constexpr std::pair<std::string_view, ResourceType> kChecked[] = {
    {"models", ResourceType::kModel},       {"seeds", ResourceType::kSeed},
    {"snapshots", ResourceType::kSnapshot}, {"sources", ResourceType::kSource},
    {"tests", ResourceType::kTest},         {"data_tests", ResourceType::kTest},
    {"metrics", ResourceType::kMetric},     {"exposures", ResourceType::kExposure},
    {"functions", ResourceType::kFunction}};

// What is disabled counts for every section, as in dbt.
Fqns fqns_of(const Manifest& manifest, ResourceType type) {
  Fqns out;
  for (const auto& node : manifest.nodes)
    if (node->type == type) out.push_back(&node->fqn);
  if (type == ResourceType::kSource)
    for (const auto& source : manifest.sources) out.push_back(&source->fqn);
  if (type == ResourceType::kExposure)
    for (const auto& exposure : manifest.exposures) out.push_back(&exposure->fqn);
  for (const auto& resource : manifest.semantic_resources)
    if (resource->type == type) out.push_back(&resource->fqn);
  for (const auto& node : manifest.disabled_nodes) out.push_back(&node->fqn);
  for (const auto& source : manifest.disabled_sources) out.push_back(&source->fqn);
  for (const auto& resource : manifest.disabled_semantic_resources) out.push_back(&resource->fqn);
  return out;
}

}  // namespace

void ProjectParser::warn_unused_config_paths() {
  std::vector<std::string> unused;
  for (const auto& [section, path] : project::config_paths(shared_.project())) {
    const auto* checked =
        std::ranges::find(kChecked, section, [](const auto& c) { return c.first; });
    if (checked == std::end(kChecked)) continue;
    const Fqns fqns = fqns_of(shared_.manifest, checked->second);
    if (std::ranges::any_of(fqns, [&path](const auto* fqn) { return is_under(path, *fqn); }))
      continue;
    unused.push_back(path.empty() ? section : fmt::format("{}.{}", section, fmt::join(path, ".")));
  }
  if (unused.empty()) return;
  Error warning(
      ErrorCode::kConfigInvalid,
      fmt::format("configuration paths exist in your dbt_project.yml file which do not "
                  "apply to any resources. There {} {} unused configuration path{}:\n- {}",
                  unused.size() == 1 ? "is" : "are", unused.size(), unused.size() == 1 ? "" : "s",
                  fmt::join(unused, "\n- ")),
      "remove them, or correct the names: a path is the project's name, then folders");
  warning.add_span({"dbt_project.yml", 0, 0, 0, 0});
  diagnostics_.add_warning(std::move(warning), "UnusedResourceConfigPath");
}

// Names with spaces are an error, unless a flag asks for the warning of old.
void ProjectParser::check_names() {
  const bool is_error = shared_.project().behaviour_flags.require_resource_names_without_spaces;
  size_t found = 0;
  for (const auto& node : shared_.manifest.nodes) {
    if (!node->is_refable() || node->name.find(' ') == std::string::npos) continue;
    Error error(ErrorCode::kPropertyInvalid,
                fmt::format("resource names cannot contain spaces: '{}'", node->unique_id),
                "rename the file, with underscores in place of the spaces");
    error.set_node(node->unique_id).add_span(node->span);
    if (is_error)
      diagnostics_.add_error(std::move(error));
    else if (++found == 1)
      diagnostics_.add_warning(std::move(error), "ResourceNamesWithSpacesDeprecation");
  }
}

// A model and a seed of one name are an error only when a flag says so, or one relation is meant.
void ProjectParser::report_shared_name(const Node& node, const Node& other) {
  const auto report = [&](std::string message, std::string hint) {
    Error error(ErrorCode::kDuplicateResource, std::move(message), std::move(hint));
    error.set_node(node.unique_id).add_span(node.span).add_span(other.span);
    return error;
  };
  const std::string hint = "rename one of the files; dbt finds a resource by its file's name alone";
  if (node.type == other.type)
    return diagnostics_.add_error(
        report(fmt::format("found two {}s with the name '{}'",
                           project::resource_type_name(node.type), node.name),
               hint));
  if (shared_.project().behaviour_flags.require_unique_project_resource_names)
    return diagnostics_.add_error(
        report(fmt::format("found two resources with the name '{}'", node.name), hint));
  diagnostics_.add_warning(
      report(fmt::format("'{}' and '{}' have the same name", other.unique_id, node.unique_id),
             "rename one of them: ref() finds only one"),
      "DuplicateNameDistinctNodeTypesDeprecation");
}

void ProjectParser::warn_test_arguments(const GenericTestDefinition& definition,
                                        const TestTarget& target, const std::string& file,
                                        size_t package, const Span& span, Diagnostics& out) const {
  const auto warn = [&](std::string message, std::string hint, std::string event) {
    Error warning(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
    out.add_warning(std::move(warning.add_span(span)), std::move(event));
  };
  const bool nested = shared_.project().behaviour_flags.require_generic_test_arguments_property;
  if (!nested && definition.has_arguments)
    warn(fmt::format("found `arguments` property of test '{}' without the flag "
                     "`require_generic_test_arguments_property`",
                     definition.test_name),
         "it is passed on as an argument of that name; set the flag to true",
         "ArgumentsPropertyInGenericTestDeprecation");
  if (nested && !definition.has_arguments && !definition.stray_arguments.empty())
    warn(fmt::format("found top-level arguments to test '{}' defined on '{}' in package '{}' ({})",
                     definition.test_name, target.name, shared_.project().packages[package].name,
                     file),
         fmt::format("arguments of generic tests are nested: arguments: {{{}: …}}",
                     definition.stray_arguments.front()),
         "MissingArgumentsPropertyInGenericTestDeprecation");
  for (const std::string& key : definition.stray_configs)
    warn(fmt::format("found `{0}` as a top-level property of `data_tests.{1}.{0}`", key,
                     definition.test_name),
         fmt::format("move it into `config`: {}: {{config: {{{}: …}}}}", definition.test_name, key),
         "PropertyMovedToConfigDeprecation");
}

void ProjectParser::warn_exposure_name(const project::OtherProperties& other) {
  const auto is_plain = [](char c) {
    return c == '_' || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
  };
  if (std::ranges::all_of(other.name, is_plain)) return;
  Error warning(ErrorCode::kPropertyInvalid,
                fmt::format("the name of exposure '{}' should contain only letters, numbers and "
                            "underscores",
                            other.name),
                "rename it, and put the title for people into \"label\"");
  diagnostics_.add_warning(std::move(warning.add_span(other.span)), "ExposureNameDeprecation");
}

}  // namespace sluice::compile
