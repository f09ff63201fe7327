// Rules that are not what one would guess:
//  - Configs are compared as they were written (unrendered), without what says where a relation
//  lies, its tags and its group; of a test only what changes its outcome counts.
//  - A generic test's own code does not count for `modified`, but does for `modified.body`.
//  - A new node differs in every aspect save its macros; a new source or exposure is no
//  modification.
//  - Macros of the built-in project are left out: they change with the program, not the project.
#include "graph/state_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "compile/semantic_resource.h"
#include "graph/contract_changes.h"
#include "jinja/ops.h"

namespace sluice::graph {

namespace {

using compile::Node;
using jinja::Dict;
using jinja::Value;
using project::ResourceType;

constexpr std::array<std::string_view, 10> kWords{
    "new",
    "old",
    "unmodified",
    "modified",
    "modified.body",
    "modified.configs",
    "modified.relation",
    "modified.persisted_descriptions",
    "modified.macros",
    "modified.contract",
};

// Configs of a node that do not make it another one.
constexpr std::array<std::string_view, 5> kNotCompared{"alias", "schema", "database", "tags",
                                                       "group"};
// Configs of a test that do.
constexpr std::array<std::string_view, 8> kTestConfigs{
    "severity", "where",    "limit",          "fail_calc",
    "warn_if",  "error_if", "store_failures", "store_failures_as"};

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

Value member_or_none(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found == nullptr ? Value::none() : *found;
}

std::string_view text_of(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found != nullptr && found->is_string() ? std::string_view(found->as_string())
                                                : std::string_view();
}

Value list_of(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  for (const std::string& text : texts) items.push_back(Value::string(text));
  return Value::list(std::move(items));
}

bool same_texts(const std::vector<std::string>& now, const Value& before) {
  return jinja::equals(list_of(now), before.is_none() ? Value::list() : before);
}

// None and an empty dict say the same.
bool same_dicts(const Value& a, const Value& b) {
  const auto is_empty = [](const Value& value) {
    return value.is_none() || (value.is_dict() && value.as_dict().empty());
  };
  return (is_empty(a) && is_empty(b)) || jinja::equals(a, b);
}

bool same_fqn(const std::vector<std::string>& now, const Value& before) {
  return same_texts(now, member_or_none(before, "fqn"));
}

// `config` with the keys for which keep(key) holds.
template <typename Keep>
Value filtered(const Value& config, const Keep& keep) {
  Value out = Value::dict();
  if (config.is_dict())
    for (const Dict::Entry& entry : config.as_dict().entries())
      if (entry.key.is_string() && keep(entry.key.as_string()))
        out.as_dict().set(entry.key, entry.value);
  return out;
}

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool same_config(const Node& node, const Value& before) {
  const Value then = member_or_none(before, "unrendered_config");
  const auto compared = [&node](const std::string& key) {
    return node.type == ResourceType::kTest ? is_one_of(kTestConfigs, key)
                                            : !is_one_of(kNotCompared, key);
  };
  return jinja::equals(filtered(node.unrendered_config, compared), filtered(then, compared));
}

bool same_relation(const Node& node, const Value& before) {
  const Value then = member_or_none(before, "unrendered_config");
  for (const std::string_view key : {"database", "schema", "alias"})
    if (!jinja::equals(member_or_none(node.unrendered_config, key), member_or_none(then, key)))
      return false;
  return true;
}

bool is_on(const Value& dict, std::string_view key) {
  return jinja::truth(member_or_none(dict, key)).value_or(false);
}

// Descriptions count where they are written to the database.
bool same_descriptions(const Node& node, const Value& before) {
  const Value persist = member_or_none(node.config, "persist_docs");
  if (is_on(persist, "relation") && node.description != text_of(before, "description"))
    return false;
  if (!is_on(persist, "columns")) return true;
  const Value columns = member_or_none(before, "columns");
  const size_t count = columns.is_dict() ? columns.as_dict().size() : 0;
  return count == node.columns.size() &&
         std::all_of(node.columns.begin(), node.columns.end(), [&](const compile::Column& column) {
           const Value* then = member(columns, column.name);
           return then != nullptr && column.description == text_of(*then, "description");
         });
}

// What a model says about its versions and its end.
bool same_lifetime(const Node& node, const Value& before) {
  return jinja::equals(node.version, member_or_none(before, "version")) &&
         jinja::equals(node.latest_version, member_or_none(before, "latest_version")) &&
         jinja::equals(node.deprecation_date, member_or_none(before, "deprecation_date"));
}

bool same_signature(const Node& function, const Value& before) {
  return jinja::equals(function.arguments, member_or_none(before, "arguments")) &&
         jinja::equals(function.returns, member_or_none(before, "returns"));
}

bool same_place(const compile::Source& source, const Value& before) {
  return source.database == text_of(before, "database") &&
         source.schema == text_of(before, "schema") &&
         source.identifier == text_of(before, "identifier");
}

bool same_source_config(const compile::Source& source, const Value& before) {
  return same_dicts(source.unrendered_config, member_or_none(before, "unrendered_config"));
}

bool same_exposure_config(const compile::Exposure& exposure, const Value& before) {
  return same_dicts(exposure.unrendered_config, member_or_none(before, "unrendered_config"));
}

// Keys of a quoting that say something.
Value given_quoting(const Value& quoting) {
  Value out = Value::dict();
  if (quoting.is_dict())
    for (const Dict::Entry& entry : quoting.as_dict().entries())
      if (!entry.value.is_none()) out.as_dict().set(entry.key, entry.value);
  return out;
}

// A dict without what is null or empty, so that defaults written out do not count.
Value without_defaults(const Value& value) {
  if (!value.is_dict()) return value;
  Value out = Value::dict();
  for (const Dict::Entry& entry : value.as_dict().entries())
    if (!entry.value.is_none() && jinja::truth(entry.value).value_or(true))
      out.as_dict().set(entry.key, entry.value);
  return out;
}

bool same_set(std::vector<SharedText> now, const Value& before) {
  std::vector<SharedText> then;
  if (before.is_list())
    for (const Value& item : before.as_items())
      if (item.is_string()) then.push_back(item.as_string());
  std::sort(now.begin(), now.end());
  std::sort(then.begin(), then.end());
  now.erase(std::unique(now.begin(), now.end()), now.end());
  then.erase(std::unique(then.begin(), then.end()), then.end());
  return now == then;
}

bool is_generic_test(const Node& node) { return node.test_metadata.has_value(); }

}  // namespace

Status StateComparison::begin(std::string_view wanted) {
  if (previous_.manifest.is_none())
    return fail(ErrorCode::kStateMissing,
                fmt::format("selecting by state:{} needs the manifest of an earlier run", wanted),
                previous_.folder.empty()
                    ? "name the folder that holds it with --state"
                    : fmt::format("there is no manifest.json in \"{}\"", previous_.folder));
  const auto found = std::find(kWords.begin(), kWords.end(), wanted);
  if (found == kWords.end())
    return fail(ErrorCode::kSelectorSyntax, fmt::format("invalid state selector \"{}\"", wanted),
                fmt::format("expected one of {}", fmt::join(kWords, ", ")));
  aspect_ = static_cast<Aspect>(found - kWords.begin());
  return {};
}

// The answer where only whether the resource was there, or whether it is modified, is asked;
// nullopt for the other aspects.
template <typename IsModified>
std::optional<bool> StateComparison::matches_as_a_whole(const Value* before,
                                                        const IsModified& is_modified) const {
  switch (aspect_) {
    case Aspect::kNew:
      return before == nullptr;
    case Aspect::kOld:
      return before != nullptr;
    case Aspect::kModified:
      return is_modified();
    case Aspect::kUnmodified:
      return !is_modified();
    default:
      return std::nullopt;
  }
}

// Of a unit test its whole definition counts, by its checksum.
bool StateComparison::matches_unit_test(const Node& test, const Value* before) const {
  const bool modified = before == nullptr || test.checksum != text_of(*before, "checksum") ||
                        !same_fqn(test.fqn, *before);
  return matches_as_a_whole(before, [modified] { return modified; }).value_or(false);
}

Result<bool> StateComparison::matches(const Node& node) {
  const Value* before = previous_.find(node.unique_id);
  if (node.type == ResourceType::kUnitTest) return matches_unit_test(node, before);
  if (aspect_ == Aspect::kMacros) return uses_modified_macro(node.depends_on_macros);
  bool modified = before == nullptr;
  if (before != nullptr && (aspect_ == Aspect::kModified || aspect_ == Aspect::kUnmodified)) {
    SLUICE_ASSIGN(modified, is_modified(node, *before));
  }
  if (const auto answer = matches_as_a_whole(before, [modified] { return modified; }))
    return *answer;
  if (before == nullptr) return true;
  return differs(node, *before, aspect_);
}

Result<bool> StateComparison::differs(const Node& node, const Value& before, Aspect aspect) {
  switch (aspect) {
    case Aspect::kBody:
      return !same_body(node, before);
    case Aspect::kConfigs:
      return !same_config(node, before);
    case Aspect::kRelation:
      return !same_relation(node, before);
    case Aspect::kDescriptions:
      return !same_descriptions(node, before);
    default: {
      SLUICE_ASSIGN(const bool same, same_contract(node, before));
      return !same;
    }
  }
}

Result<bool> StateComparison::is_modified(const Node& node, const Value& before) {
  SLUICE_ASSIGN(const bool kept_contract, same_contract(node, before));
  if (uses_modified_macro(node.depends_on_macros)) return true;
  if (!same_config(node, before) || !same_fqn(node.fqn, before)) return true;
  if (is_generic_test(node)) return false;
  return !same_body(node, before) || !same_descriptions(node, before) ||
         !same_relation(node, before) || !kept_contract ||
         (node.type == ResourceType::kModel && !same_lifetime(node, before)) ||
         (node.type == ResourceType::kFunction && !same_signature(node, before));
}

bool StateComparison::same_body(const Node& node, const Value& before) {
  if (node.type == ResourceType::kSeed) return same_seed(node, before);
  return node.raw_code == text_of(before, "raw_code");
}

// Seeds are compared by their checksum; a large one is only known by its path.
bool StateComparison::same_seed(const Node& node, const Value& before) {
  const Value checksum = member_or_none(before, "checksum");
  const bool was_path = text_of(checksum, "name") == "path";
  const bool same = node.checksum == text_of(checksum, "checksum");
  if (!node.checksum_is_path) return !was_path && same;
  const std::string seed =
      fmt::format("Found a seed ({}.{}) >1MB in size", node.package_name, node.name);
  if (!was_path) {
    warn(seed + ". The previous file was <=1MB, so it has changed");
    return false;
  }
  if (same)
    warn(seed + " at the same path, dbt cannot tell if it has changed: assuming they are the same");
  else
    warn(seed + ". The previous file was at a different path, assuming it has changed");
  return same;
}

Result<bool> StateComparison::same_contract(const Node& node, const Value& before) {
  if (node.type != ResourceType::kModel) return true;
  const bool enforced =
      is_on(member_or_none(node.config, "contract"), "enforced") || is_contract_enforced(before);
  if (!enforced) return true;
  const ContractChange change = compare_contracts(before, compile::node_to_value(manifest_, node));
  if (!change.breaking.empty())
    SLUICE_TRY(report_break(node.name, node.unique_id, node.original_file_path,
                            !node.version.is_none(), change.breaking));
  return change.is_same;
}

Status StateComparison::report_break(const std::string& name, const std::string& unique_id,
                                     const std::string& file, bool is_versioned,
                                     const std::vector<std::string>& changes) {
  std::string text;
  for (const std::string& change : changes) text += "\n  - " + change;
  if (!is_versioned) {
    warn(
        fmt::format("Breaking change to contracted, unversioned model {} ({})\nWhile comparing to "
                    "previous project state, dbt detected a breaking change to an unversioned "
                    "model.{}",
                    name, file, text));
    return {};
  }
  Error error(ErrorCode::kContractBroken,
              fmt::format("breaking change to the enforced contract of model {} ({}), compared to "
                          "the previous state{}",
                          name, file, text),
              "make an additive change instead, or add a new version of the model");
  return fail(error.set_node(unique_id));
}

Status StateComparison::check_removed_contracts() {
  if (aspect_ != Aspect::kModified && aspect_ != Aspect::kUnmodified &&
      aspect_ != Aspect::kContract)
    return {};
  const Value* nodes = member(previous_.manifest, "nodes");
  if (nodes == nullptr || !nodes->is_dict()) return {};
  for (const Dict::Entry& entry : nodes->as_dict().entries()) {
    if (!entry.key.is_string() || text_of(entry.value, "resource_type") != "model" ||
        !is_contract_enforced(entry.value) || manifest_.find_node(entry.key.as_string()) != nullptr)
      continue;
    const std::string& id = entry.key.as_string();
    const bool disabled =
        std::any_of(manifest_.disabled_nodes.begin(), manifest_.disabled_nodes.end(),
                    [&id](const auto& node) { return node->unique_id == id; });
    SLUICE_TRY(report_break(std::string(text_of(entry.value, "name")), id,
                            std::string(text_of(entry.value, "original_file_path")),
                            !member_or_none(entry.value, "version").is_none(),
                            {fmt::format("Contracted model '{}' was {}.", id,
                                         disabled ? "disabled" : "deleted or renamed")}));
  }
  return {};
}

bool StateComparison::matches(const compile::Source& source) const {
  const Value* before = previous_.find(source.unique_id);
  if (const auto answer = matches_as_a_whole(
          before, [&] { return before != nullptr && is_modified(source, *before); }))
    return *answer;
  if (aspect_ == Aspect::kConfigs) return before == nullptr || !same_source_config(source, *before);
  if (aspect_ == Aspect::kRelation) return before == nullptr || !same_place(source, *before);
  return false;
}

bool StateComparison::is_modified(const compile::Source& source, const Value& before) const {
  return !same_place(source, before) || !same_fqn(source.fqn, before) ||
         !same_source_config(source, before) ||
         !jinja::equals(given_quoting(source.quoting),
                        given_quoting(member_or_none(before, "quoting"))) ||
         !jinja::equals(without_defaults(source.external),
                        without_defaults(member_or_none(before, "external")));
}

bool StateComparison::matches(const compile::Exposure& exposure) const {
  const Value* before = previous_.find(exposure.unique_id);
  if (const auto answer = matches_as_a_whole(
          before, [&] { return before != nullptr && is_modified(exposure, *before); }))
    return *answer;
  return aspect_ == Aspect::kConfigs &&
         (before == nullptr || !same_exposure_config(exposure, *before));
}

bool StateComparison::is_modified(const compile::Exposure& exposure, const Value& before) const {
  for (const std::string_view key : {"type", "maturity", "url", "label"})
    if (!jinja::equals(member_or_none(exposure.entry, key), member_or_none(before, key)))
      return true;
  return text_of(exposure.entry, "description") != text_of(before, "description") ||
         !jinja::equals(without_defaults(member_or_none(exposure.entry, "owner")),
                        without_defaults(member_or_none(before, "owner"))) ||
         !same_fqn(exposure.fqn, before) || !same_exposure_config(exposure, before) ||
         !same_set(exposure.depends_on_nodes,
                   member_or_none(member_or_none(before, "depends_on"), "nodes"));
}

bool StateComparison::matches(const compile::SemanticResource& resource) const {
  const Value* before = previous_.find(resource.unique_id);
  if (const auto answer = matches_as_a_whole(
          before, [&] { return before != nullptr && is_modified(resource, *before); }))
    return *answer;
  return aspect_ == Aspect::kConfigs &&
         (before == nullptr ||
          !same_dicts(resource.unrendered_config, member_or_none(*before, "unrendered_config")));
}

// Of a metric only what people read counts, of the others the whole definition.
bool StateComparison::is_modified(const compile::SemanticResource& resource,
                                  const Value& before) const {
  if (!same_fqn(resource.fqn, before) ||
      !same_dicts(resource.unrendered_config, member_or_none(before, "unrendered_config")))
    return true;
  const Value now = compile::semantic_resource_to_value(manifest_, resource);
  const auto differs_in = [&](std::string_view key) {
    return !jinja::equals(member_or_none(now, key), member_or_none(before, key));
  };
  if (resource.type == ResourceType::kMetric)
    return differs_in("description") || differs_in("label");
  return std::ranges::any_of(resource.body.as_dict().entries(), [&](const Dict::Entry& entry) {
    return entry.key.is_string() && differs_in(entry.key.as_string());
  });
}

bool StateComparison::uses_modified_macro(const std::vector<SharedText>& macros) {
  return std::any_of(macros.begin(), macros.end(),
                     [this](const std::string& id) { return is_macro_modified(id); });
}

bool StateComparison::is_macro_modified(const std::string& unique_id) {
  const auto [known, is_first] = macro_modified_.try_emplace(unique_id, false);
  if (!is_first) return known->second;  // also what calls itself
  const compile::MacroResource* macro = manifest_.find_macro(unique_id);
  if (macro == nullptr) return false;
  const bool is_builtin =
      manifest_.project != nullptr && manifest_.project->packages[macro->package].builtin;
  const Value* before = previous_.find_macro(unique_id);
  const bool modified =
      (!is_builtin && (before == nullptr || macro->macro_sql != text_of(*before, "macro_sql"))) ||
      uses_modified_macro(macro->depends_on_macros);
  macro_modified_[unique_id] = modified;
  return modified;
}

void StateComparison::warn(std::string text) {
  if (warned_.insert(text).second) warnings_.push_back(std::move(text));
}

std::vector<std::string> StateComparison::take_warnings() { return std::exchange(warnings_, {}); }

}  // namespace sluice::graph
