#include "graph/selector_methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "base/file_system.h"
#include "graph/fqn_match.h"
#include "graph/wildcard.h"
#include "jinja/ops.h"

namespace sluice::graph {

namespace {

using project::ResourceType;

constexpr std::array<ResourceType, 17> kResourceTypes{
    ResourceType::kModel,      ResourceType::kSeed,         ResourceType::kSnapshot,
    ResourceType::kTest,       ResourceType::kUnitTest,     ResourceType::kAnalysis,
    ResourceType::kOperation,  ResourceType::kSqlOperation, ResourceType::kSource,
    ResourceType::kExposure,   ResourceType::kMetric,       ResourceType::kSemanticModel,
    ResourceType::kSavedQuery, ResourceType::kGroup,        ResourceType::kMacro,
    ResourceType::kDoc,        ResourceType::kFunction,
};

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// "./models/a.yml" → "models/a.yml".
std::string_view clean_path(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

// The property file of "package://models/schema.yml"; empty when there is none.
std::string_view patch_file(const compile::Node& node) {
  const std::string_view path = node.patch_path;
  const size_t mark = path.find("://");
  return mark == std::string_view::npos ? std::string_view() : path.substr(mark + 3);
}

// Calls visit with each folder above `path`, nearest first; stops when visit returns true, and
// returns that.
template <typename Visit>
bool any_parent_folder(std::string_view path, const Visit& visit) {
  for (size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1))
    if (visit(path.substr(0, slash))) return true;
  return false;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// A configured value is selected by its text, a flag by true/false in any case, a list by one of
// its items.
bool config_value_matches(const jinja::Value& value, std::string_view wanted) {
  if (value.is_bool()) return equals_ignoring_case(wanted, value.as_bool() ? "true" : "false");
  if (value.is_string()) return value.as_string() == wanted;
  if (!value.is_list()) return false;
  return std::any_of(value.as_items().begin(), value.as_items().end(),
                     [wanted](const jinja::Value& item) {
                       return !item.is_list() && config_value_matches(item, wanted);
                     });
}

// A value of selectors.yml that is no text is selected by what it equals, or by an item of a list
// that equals it.
bool typed_value_matches(const jinja::Value& value, const jinja::Value& wanted) {
  const auto equal = [&wanted](const jinja::Value& item) { return jinja::equals(item, wanted); };
  if (value.is_list() && !wanted.is_list())
    return std::any_of(value.as_items().begin(), value.as_items().end(), equal);
  return equal(value);
}

bool config_matches(const jinja::Value& config, const Criterion& criterion) {
  const jinja::Value* value = &config;
  for (const std::string& key : criterion.arguments) {
    if (!value->is_dict()) return false;
    value = value->as_dict().find(key);
    if (value == nullptr) return false;
  }
  if (criterion.arguments.size() == 1 && criterion.arguments[0] == "severity" && value->is_string())
    return equals_ignoring_case(value->as_string(), criterion.value);
  if (!criterion.typed_value.is_none()) return typed_value_matches(*value, criterion.typed_value);
  return config_value_matches(*value, criterion.value);
}

std::optional<double> as_number(const jinja::Value& value) {
  if (value.is_int()) return static_cast<double>(value.as_int());
  if (value.is_float()) return value.as_float();
  return std::nullopt;
}

std::string as_text(const jinja::Value& value) {
  if (value.is_string()) return value.as_string();
  const std::optional<double> number = as_number(value);
  return number ? fmt::format("{}", *number) : std::string();
}

// <0, 0, >0; numbers by value, anything else by text.
int compare_versions(const jinja::Value& a, const jinja::Value& b) {
  const std::optional<double> left = as_number(a);
  const std::optional<double> right = as_number(b);
  if (left && right) return *left < *right ? -1 : *left > *right ? 1 : 0;
  return as_text(a).compare(as_text(b));
}

}  // namespace

MethodMatcher::MethodMatcher(const Graph& graph, const compile::Manifest& manifest,
                             const PreviousState* previous)
    : graph_(graph),
      manifest_(manifest),
      previous_(previous == nullptr ? no_state_ : *previous),
      comparison_(manifest, previous_),
      resources_(graph.size()) {
  const auto place = [&graph, this](const std::string& id) -> Resource& {
    const std::optional<Index> index = graph.find(id);
    SLUICE_CHECK(index.has_value());
    return resources_[*index];
  };
  for (const auto& node : manifest.nodes) place(node->unique_id).node = node.get();
  for (const auto& source : manifest.sources) place(source->unique_id).source = source.get();
  for (const auto& exposure : manifest.exposures)
    place(exposure->unique_id).exposure = exposure.get();
  for (const auto& semantic : manifest.semantic_resources)
    place(semantic->unique_id).semantic = semantic.get();
}

project::ResourceType MethodMatcher::type(Index index) const {
  const Resource& resource = resources_[index];
  if (resource.node != nullptr) return resource.node->type;
  if (resource.semantic != nullptr) return resource.semantic->type;
  return resource.source != nullptr ? ResourceType::kSource : ResourceType::kExposure;
}

const std::vector<std::string>& MethodMatcher::fqn(const Resource& resource) const {
  if (resource.node != nullptr) return resource.node->fqn;
  if (resource.semantic != nullptr) return resource.semantic->fqn;
  return resource.source != nullptr ? resource.source->fqn : resource.exposure->fqn;
}

const std::string& MethodMatcher::file(const Resource& resource) const {
  if (resource.node != nullptr) return resource.node->original_file_path;
  if (resource.semantic != nullptr) return resource.semantic->original_file_path;
  return resource.source != nullptr ? resource.source->original_file_path
                                    : resource.exposure->original_file_path;
}

const std::string& MethodMatcher::package(const Resource& resource) const {
  if (resource.node != nullptr) return resource.node->package_name;
  if (resource.semantic != nullptr) return resource.semantic->package_name;
  return resource.source != nullptr ? resource.source->package_name
                                    : resource.exposure->package_name;
}

const std::vector<std::string>& MethodMatcher::tags(const Resource& resource) const {
  if (resource.node != nullptr) return resource.node->tags;
  if (resource.semantic != nullptr) return resource.semantic->tags;
  return resource.source != nullptr ? resource.source->tags : resource.exposure->tags;
}

template <typename Matches>
NodeSet MethodMatcher::collect(const Matches& matches) const {
  NodeSet set(resources_.size());
  for (Index i = 0; i < resources_.size(); ++i)
    if (matches(resources_[i])) set.add(i);
  return set;
}

Result<NodeSet> MethodMatcher::match(const Criterion& criterion) {
  switch (criterion.method) {
    case Method::kSource:
      return match_source(criterion);
    case Method::kTestType:
      return match_test_type(criterion);
    case Method::kResourceType:
      return match_resource_type(criterion);
    case Method::kExposure:
      return match_exposure(criterion);
    case Method::kVersion:
      return match_version(criterion);
    case Method::kState:
      return match_state(criterion);
    case Method::kResult:
      return match_ids(ids_with_result(previous_, criterion.value));
    case Method::kSourceStatus:
      return match_ids(ids_with_source_status(previous_, criterion.value));
    case Method::kUnitTest:
      return match_unit_test(criterion);
    case Method::kMetric:
      return match_semantic(criterion, ResourceType::kMetric);
    case Method::kSemanticModel:
      return match_semantic(criterion, ResourceType::kSemanticModel);
    case Method::kSavedQuery:
      return match_semantic(criterion, ResourceType::kSavedQuery);
    default:
      return match_any_value(criterion);
  }
}

NodeSet MethodMatcher::match_any_value(const Criterion& criterion) {
  switch (criterion.method) {
    case Method::kFqn:
      return match_fqn(criterion);
    case Method::kTag:
      return match_tag(criterion);
    case Method::kGroup:
      return match_group(criterion);
    case Method::kAccess:
      return match_access(criterion);
    case Method::kPath:
      return match_path(criterion);
    case Method::kFile:
      return match_file(criterion);
    case Method::kPackage:
      return match_package(criterion);
    case Method::kConfig:
      return match_config(criterion);
    case Method::kTestName:
      return match_test_name(criterion);
    default:  // metrics, saved queries, unit tests…: a manifest holds none
      return NodeSet(resources_.size());
  }
}

Result<NodeSet> MethodMatcher::match_state(const Criterion& criterion) {
  SLUICE_TRY(comparison_.begin(criterion.value));
  NodeSet set(resources_.size());
  for (Index i = 0; i < resources_.size(); ++i) {
    const Resource& resource = resources_[i];
    bool matches = false;
    if (resource.node != nullptr) {
      SLUICE_ASSIGN(matches, comparison_.matches(*resource.node));
    } else if (resource.source != nullptr) {
      matches = comparison_.matches(*resource.source);
    } else if (resource.exposure != nullptr) {
      matches = comparison_.matches(*resource.exposure);
    } else if (resource.semantic != nullptr) {
      matches = comparison_.matches(*resource.semantic);
    }
    if (matches) set.add(i);
  }
  SLUICE_TRY(comparison_.check_removed_contracts());
  return set;
}

Result<NodeSet> MethodMatcher::match_ids(const Result<IdSet>& ids) const {
  if (!ids) return fail(ids.error());
  NodeSet set(resources_.size());
  for (Index i = 0; i < resources_.size(); ++i)
    if (ids->contains(std::string(graph_.ids()[i]))) set.add(i);
  return set;
}

std::vector<std::string> MethodMatcher::take_warnings() { return comparison_.take_warnings(); }

NodeSet MethodMatcher::match_fqn(const Criterion& criterion) const {
  const FqnPattern pattern(criterion.value);
  return collect([&](const Resource& resource) {
    if (resource.source != nullptr) return false;
    const bool is_versioned = resource.node != nullptr && !resource.node->version.is_none();
    return pattern.matches(fqn(resource), is_versioned);
  });
}

NodeSet MethodMatcher::match_tag(const Criterion& criterion) const {
  const Wildcard pattern(criterion.value);
  return collect([&](const Resource& resource) {
    const std::vector<std::string>& all = tags(resource);
    return std::any_of(all.begin(), all.end(),
                       [&pattern](const std::string& tag) { return pattern.matches(tag); });
  });
}

NodeSet MethodMatcher::match_group(const Criterion& criterion) const {
  // The configured group: a test that only inherits the group of its model does not count.
  const Wildcard pattern(criterion.value);
  return collect([&](const Resource& resource) {
    if (resource.semantic != nullptr)
      return resource.semantic->type == ResourceType::kMetric &&
             !resource.semantic->group.empty() && pattern.matches(resource.semantic->group);
    if (resource.node == nullptr || !resource.node->config.is_dict() ||
        resource.node->type == ResourceType::kFunction)
      return false;
    const jinja::Value* group = resource.node->config.as_dict().find("group");
    return group != nullptr && group->is_string() && pattern.matches(group->as_string());
  });
}

NodeSet MethodMatcher::match_access(const Criterion& criterion) const {
  return collect([&](const Resource& resource) {
    return resource.node != nullptr && resource.node->type == ResourceType::kModel &&
           resource.node->access == criterion.value;
  });
}

std::string MethodMatcher::resolve_package(std::string_view name) const {
  if (name == "this" && manifest_.project != nullptr) return manifest_.project->root_pkg().name;
  return std::string(name);
}

Result<NodeSet> MethodMatcher::match_source(const Criterion& criterion) const {
  const std::vector<std::string_view> parts = split(criterion.value, '.');
  if (parts.size() > 3)
    return fail(
        ErrorCode::kSelectorSyntax,
        fmt::format("invalid source selector value \"{}\"", criterion.value),
        "write source:<source>, source:<source>.<table> or source:<package>.<source>.<table>");
  const Wildcard package_pattern(parts.size() == 3 ? parts[0] : "*");
  const Wildcard source_pattern(parts[parts.size() == 3 ? 1 : 0]);
  const Wildcard table_pattern(parts.size() == 1 ? "*" : parts.back());
  return collect([&](const Resource& resource) {
    const compile::Source* source = resource.source;
    return source != nullptr && package_pattern.matches(source->package_name) &&
           source_pattern.matches(source->source_name) && table_pattern.matches(source->name);
  });
}

Result<NodeSet> MethodMatcher::match_exposure(const Criterion& criterion) const {
  const std::vector<std::string_view> parts = split(criterion.value, '.');
  if (parts.size() > 2)
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("invalid exposure selector value \"{}\"", criterion.value),
                "write exposure:<exposure> or exposure:<package>.<exposure>");
  const Wildcard package_pattern(parts.size() == 2 ? parts[0] : "*");
  const Wildcard name_pattern(parts.back());
  return collect([&](const Resource& resource) {
    const compile::Exposure* exposure = resource.exposure;
    return exposure != nullptr && package_pattern.matches(exposure->package_name) &&
           name_pattern.matches(exposure->name);
  });
}

Result<NodeSet> MethodMatcher::match_semantic(const Criterion& criterion, ResourceType type) const {
  const std::vector<std::string_view> parts = split(criterion.value, '.');
  const std::string_view kind = project::resource_type_name(type);
  if (parts.size() > 2)
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("invalid {} selector value \"{}\"", kind, criterion.value),
                fmt::format("write {0}:<{0}> or {0}:<package>.<{0}>", kind));
  const Wildcard package_pattern(parts.size() == 2 ? parts[0] : "*");
  const Wildcard name_pattern(parts.back());
  return collect([&](const Resource& resource) {
    const compile::SemanticResource* semantic = resource.semantic;
    return semantic != nullptr && semantic->type == type &&
           package_pattern.matches(semantic->package_name) && name_pattern.matches(semantic->name);
  });
}

Result<NodeSet> MethodMatcher::match_unit_test(const Criterion& criterion) const {
  const std::vector<std::string_view> parts = split(criterion.value, '.');
  if (parts.size() > 2)
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("invalid unit test selector value \"{}\"", criterion.value),
                "write unit_test:<unit_test> or unit_test:<package>.<unit_test>");
  const Wildcard package_pattern(parts.size() == 2 ? parts[0] : "*");
  const Wildcard name_pattern(parts.back());
  return collect([&](const Resource& resource) {
    const compile::Node* node = resource.node;
    return node != nullptr && node->type == ResourceType::kUnitTest &&
           package_pattern.matches(node->package_name) && name_pattern.matches(node->name);
  });
}

// Paths are looked up in the root project, as dbt does; what they name there selects resources of
// all packages that lie at the same place in theirs.
void MethodMatcher::list_known_paths() {
  if (!known_paths_.empty()) return;
  std::set<std::string, std::less<>> files;
  std::string_view root;
  if (manifest_.project != nullptr) {
    const project::Package& package = manifest_.project->root_pkg();
    root = package.name;
    for (const project::SourceFile& source_file : package.files) files.insert(source_file.path);
  }
  for (const Resource& resource : resources_) {
    if (package(resource) != root) continue;
    files.emplace(clean_path(file(resource)));
    if (resource.node != nullptr &&
        resource.node->patch_path.starts_with(std::string(root) + "://"))
      files.emplace(patch_file(*resource.node));
  }
  std::set<std::string, std::less<>> folders;
  for (const std::string& path : files) {
    known_paths_.push_back({path, false});
    any_parent_folder(
        path, [&folders](std::string_view folder) { return !folders.emplace(folder).second; });
  }
  for (const std::string& folder : folders) known_paths_.push_back({folder, true});
}

NodeSet MethodMatcher::match_path(const Criterion& criterion) {
  list_known_paths();
  std::string wanted = criterion.value;
  if (wanted.starts_with('/') && manifest_.project != nullptr)
    wanted = relative_path(wanted, manifest_.project->root);
  const PathPattern pattern(wanted);
  if (pattern.is_literal() && pattern.literal().empty())
    return collect([](const Resource& /*resource*/) { return true; });
  std::set<std::string_view> selected;
  for (const KnownPath& known : known_paths_)
    if (pattern.matches(known.path, known.is_directory)) selected.insert(known.path);
  if (selected.empty()) return NodeSet(resources_.size());
  return collect([&](const Resource& resource) {
    const std::string_view path = clean_path(file(resource));
    const auto is_selected = [&selected](std::string_view p) { return selected.contains(p); };
    if (is_selected(path) || any_parent_folder(path, is_selected)) return true;
    return resource.node != nullptr && !resource.node->patch_path.empty() &&
           is_selected(patch_file(*resource.node));
  });
}

NodeSet MethodMatcher::match_file(const Criterion& criterion) const {
  const Wildcard pattern(criterion.value);
  return collect([&](const Resource& resource) {
    std::string_view name = file(resource);
    name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
    if (pattern.matches(name)) return true;
    const size_t dot = name.rfind('.');
    return dot != std::string_view::npos && dot > 0 && pattern.matches(name.substr(0, dot));
  });
}

NodeSet MethodMatcher::match_package(const Criterion& criterion) const {
  const Wildcard pattern(resolve_package(criterion.value));
  return collect([&](const Resource& resource) { return pattern.matches(package(resource)); });
}

NodeSet MethodMatcher::match_config(const Criterion& criterion) const {
  return collect([&](const Resource& resource) {
    // dbt looks at no config of a unit test or function here.
    if (resource.node != nullptr)
      return resource.node->type != ResourceType::kUnitTest &&
             resource.node->type != ResourceType::kFunction &&
             config_matches(resource.node->config, criterion);
    return resource.source != nullptr && config_matches(resource.source->config, criterion);
  });
}

NodeSet MethodMatcher::match_test_name(const Criterion& criterion) const {
  const Wildcard pattern(criterion.value);
  return collect([&](const Resource& resource) {
    if (resource.node == nullptr) return false;
    if (resource.node->type == ResourceType::kUnitTest) return pattern.matches(resource.node->name);
    return resource.node->test_metadata.has_value() &&
           pattern.matches(resource.node->test_metadata->name);
  });
}

Result<NodeSet> MethodMatcher::match_test_type(const Criterion& criterion) const {
  const std::string& wanted = criterion.value;
  const bool generic = wanted == "generic" || wanted == "schema" || wanted == "data";
  const bool singular = wanted == "singular" || wanted == "data";
  if (!generic && !singular && wanted != "unit")
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("invalid test type selector \"{}\"", wanted),
                "expected generic, singular, unit or data");
  return collect([&](const Resource& resource) {
    if (resource.node == nullptr) return false;
    if (resource.node->type == ResourceType::kUnitTest) return wanted == "unit";
    if (resource.node->type != ResourceType::kTest) return false;
    return resource.node->is_singular_test ? singular : generic;
  });
}

Result<NodeSet> MethodMatcher::match_resource_type(const Criterion& criterion) const {
  const auto found =
      std::find_if(kResourceTypes.begin(), kResourceTypes.end(), [&criterion](ResourceType type) {
        return project::resource_type_name(type) == criterion.value;
      });
  if (found == kResourceTypes.end())
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("invalid resource_type selector \"{}\"", criterion.value),
                "expected model, seed, snapshot, test, source, exposure, analysis…");
  NodeSet set(resources_.size());
  for (Index i = 0; i < resources_.size(); ++i)
    if (type(i) == *found) set.add(i);
  return set;
}

Result<NodeSet> MethodMatcher::match_version(const Criterion& criterion) const {
  const std::string& wanted = criterion.value;
  if (wanted != "latest" && wanted != "prerelease" && wanted != "old" && wanted != "none")
    return fail(ErrorCode::kSelectorSyntax, fmt::format("invalid version selector \"{}\"", wanted),
                "expected latest, prerelease, old or none");
  return collect([&](const Resource& resource) {
    const compile::Node* node = resource.node;
    if (node == nullptr || node->type != ResourceType::kModel) return false;
    if (node->version.is_none()) return wanted == "none";
    const int order = compare_versions(node->version, node->latest_version);
    if (order == 0) return wanted == "latest";
    return wanted == (order > 0 ? "prerelease" : "old");
  });
}

}  // namespace sluice::graph
