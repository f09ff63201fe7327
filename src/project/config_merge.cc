// dbt's merge rules. Lists and dicts of the base are never changed in place: a merged value is a
// new one, so what several nodes share (the precomputed trees of dbt_project.yml) stays as it is.
#include "project/config_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "jinja/ops.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

enum class Rule : uint8_t { kClobber, kAppend, kMergeDict, kHooks, kGrants };
enum class Shape : uint8_t { kAny, kBool, kText, kTextOrList, kDict };

struct KeyRule {
  std::string_view key;
  Rule rule;
  Shape shape;
};

// Keys with a rule or a shape of their own; all others clobber and hold anything.
constexpr std::array<KeyRule, 18> kKeyRules = {{
    {"alias", Rule::kClobber, Shape::kText},
    {"column_types", Rule::kMergeDict, Shape::kDict},
    {"contract", Rule::kMergeDict, Shape::kDict},
    {"database", Rule::kClobber, Shape::kText},
    {"docs", Rule::kMergeDict, Shape::kDict},
    {"enabled", Rule::kClobber, Shape::kBool},
    {"full_refresh", Rule::kClobber, Shape::kBool},
    {"grants", Rule::kGrants, Shape::kDict},
    {"group", Rule::kClobber, Shape::kText},
    {"materialized", Rule::kClobber, Shape::kText},
    {"meta", Rule::kMergeDict, Shape::kDict},
    {"packages", Rule::kAppend, Shape::kTextOrList},
    {"persist_docs", Rule::kClobber, Shape::kDict},
    {"post-hook", Rule::kHooks, Shape::kAny},
    {"pre-hook", Rule::kHooks, Shape::kAny},
    {"quoting", Rule::kMergeDict, Shape::kDict},
    {"schema", Rule::kClobber, Shape::kText},
    {"tags", Rule::kAppend, Shape::kTextOrList},
}};

const KeyRule* find_rule(std::string_view key) {
  const auto* found = std::lower_bound(
      kKeyRules.begin(), kKeyRules.end(), key,
      [](const KeyRule& rule, std::string_view wanted) { return rule.key < wanted; });
  return found != kKeyRules.end() && found->key == key ? found : nullptr;
}

std::string shown(const Value& value) {
  return jinja::to_repr(value).value_or(std::string(jinja::type_name(value)));
}

bool has_shape(const Value& value, Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return true;
    case Shape::kBool:
      return value.is_bool();
    case Shape::kText:
      return value.is_string();
    case Shape::kDict:
      return value.is_dict();
    case Shape::kTextOrList:
      if (value.is_string()) return true;
      return value.is_sequence() && std::all_of(value.as_items().begin(), value.as_items().end(),
                                                [](const Value& item) { return item.is_string(); });
  }
  return true;
}

Status check_shape(const KeyRule& rule, const Value& value) {
  if (value.is_none() || has_shape(value, rule.shape)) return {};
  std::string_view wanted = "a mapping";
  std::string hint = fmt::format("write \"{}:\" with its keys indented below", rule.key);
  if (rule.shape == Shape::kBool) {
    wanted = "true or false";
    hint = value.is_string() ? "remove the quotes, or end the Jinja expression with | as_bool"
                             : "write true or false";
  } else if (rule.shape == Shape::kText) {
    wanted = "text";
    hint = "put the value in quotes";
  } else if (rule.shape == Shape::kTextOrList) {
    wanted = "text or a list of texts";
    hint = fmt::format("write {}: [one, two]", rule.key);
  }
  return fail(ErrorCode::kConfigInvalid,
              fmt::format("config \"{}\" must be {}, not \"{}\"", rule.key, wanted, shown(value)),
              std::move(hint));
}

std::vector<Value> as_list(const Value& value) {
  if (value.is_none()) return {};
  if (value.is_sequence()) return value.as_items();
  return {value};
}

Value append_lists(const Value* base, const Value& overlay) {
  std::vector<Value> items;
  if (base != nullptr) items = as_list(*base);
  for (Value& item : as_list(overlay)) items.push_back(std::move(item));
  return Value::list(std::move(items));
}

Value merge_dicts(const Value* base, const Value& overlay) {
  Value out = base != nullptr && base->is_dict() ? deep_copy(*base) : Value::dict();
  for (const Dict::Entry& entry : overlay.as_dict().entries())
    out.as_dict().set(entry.key, deep_copy(entry.value));
  return out;
}

// grants: {select: […]} replaces the grantees of `select`; {+select: […]} adds to them.
Value merge_grants(const Value* base, const Value& overlay) {
  Value out = Value::dict();
  if (base != nullptr && base->is_dict())
    for (const Dict::Entry& entry : base->as_dict().entries())
      out.as_dict().set(entry.key, Value::list(as_list(entry.value)));
  for (const Dict::Entry& entry : overlay.as_dict().entries()) {
    const bool extends = entry.key.is_string() && entry.key.as_string().starts_with('+');
    if (!extends) {
      out.as_dict().set(entry.key, Value::list(as_list(entry.value)));
      continue;
    }
    const std::string name = entry.key.as_string().substr(1);
    const Value* known = out.as_dict().find(name);
    out.as_dict().set(name, append_lists(known, entry.value));
  }
  return out;
}

Status bad_hook(std::string_view key, const Value& hook, std::string_view wanted) {
  return fail(ErrorCode::kConfigInvalid,
              fmt::format("config \"{}\" {}, not \"{}\"", key, wanted, shown(hook)),
              "write the SQL as text, or {sql: \"…\", transaction: false}");
}

Result<Value> normalize_hook(std::string_view key, const Value& hook) {
  Value source = hook;
  if (hook.is_string()) {
    // A text that is a JSON object means that object: before_begin() and after_commit() write such
    // texts.
    const std::string& text = hook.as_string();
    const size_t start = text.find_first_not_of(" \t\r\n");
    if (start != std::string::npos && text[start] == '{' && !text.substr(start).starts_with("{{")) {
      Result<Value> parsed = jinja::from_json(text);
      if (parsed && parsed->is_dict()) source = *parsed;
    }
  }
  Value out = Value::dict();
  if (source.is_string()) {
    out.as_dict().set("sql", source);
    out.as_dict().set("transaction", Value::boolean(true));
    out.as_dict().set("index", Value::none());
    return out;
  }
  if (!source.is_dict()) {
    SLUICE_TRY(bad_hook(key, hook, "must hold texts or mappings"));
  }
  const Value* sql = source.as_dict().find("sql");
  if (sql == nullptr || !sql->is_string()) {
    SLUICE_TRY(bad_hook(key, hook, "must have its statement under \"sql\""));
  }
  const Value* transaction = source.as_dict().find("transaction");
  if (transaction != nullptr && !transaction->is_bool()) {
    SLUICE_TRY(bad_hook(key, hook, "must have true or false under \"transaction\""));
  }
  const Value* index = source.as_dict().find("index");
  out.as_dict().set("sql", *sql);
  out.as_dict().set("transaction", transaction != nullptr ? *transaction : Value::boolean(true));
  out.as_dict().set("index", index != nullptr ? *index : Value::none());
  return out;
}

Result<Value> merged_value(const KeyRule* rule, std::string_view key, const Value* base,
                           const Value& overlay) {
  if (rule == nullptr) return deep_copy(overlay);
  SLUICE_TRY(check_shape(*rule, overlay));
  switch (rule->rule) {
    case Rule::kClobber:
      break;
    case Rule::kAppend:
      return append_lists(base, overlay);
    case Rule::kMergeDict:
      return merge_dicts(base, overlay.is_none() ? Value::dict() : overlay);
    case Rule::kGrants:
      return merge_grants(base, overlay.is_none() ? Value::dict() : overlay);
    case Rule::kHooks: {
      SLUICE_ASSIGN(const Value hooks, normalize_hooks(key, overlay));
      return append_lists(base, hooks);
    }
  }
  return deep_copy(overlay);
}

// A key that is written in both of its spellings in one place.
Status check_one_spelling(const Dict& config) {
  for (const auto& [alias, key] :
       {std::pair("pre_hook", "pre-hook"), std::pair("post_hook", "post-hook")})
    if (config.find(alias) != nullptr && config.find(key) != nullptr)
      return fail(ErrorCode::kCompileFailed,
                  fmt::format("got duplicate keys: ({}, {}) all map to \"{}\"", alias, key, key),
                  fmt::format("put all hooks under \"{}\", as a list", key));
  return {};
}

}  // namespace

std::string_view canonical_config_key(std::string_view key) {
  if (key == "pre_hook") return "pre-hook";
  if (key == "post_hook") return "post-hook";
  return key;
}

Result<Value> normalize_hooks(std::string_view key, const Value& hooks) {
  std::vector<Value> out;
  for (const Value& hook : as_list(hooks)) {
    SLUICE_ASSIGN(Value normal, normalize_hook(key, hook));
    out.push_back(std::move(normal));
  }
  return Value::list(std::move(out));
}

Status merge_config(Value& base, const Value& overlay, ResourceType /*type*/) {
  SLUICE_CHECK(base.is_dict());
  if (overlay.is_none()) return {};
  if (!overlay.is_dict())
    return fail(ErrorCode::kConfigInvalid,
                fmt::format("a config must be a mapping, not \"{}\"", shown(overlay)),
                "write the config keys indented below \"config:\"");
  SLUICE_TRY(check_one_spelling(overlay.as_dict()));
  for (const Dict::Entry& entry : overlay.as_dict().entries()) {
    if (!entry.key.is_string())
      return fail(ErrorCode::kConfigInvalid,
                  fmt::format("the config key \"{}\" must be text", shown(entry.key)),
                  "put the key in quotes");
    const std::string_view key = canonical_config_key(entry.key.as_string());
    const KeyRule* rule = find_rule(key);
    SLUICE_ASSIGN(Value merged, merged_value(rule, key, base.as_dict().find(key), entry.value));
    base.as_dict().set(key, std::move(merged));
  }
  return {};
}

}  // namespace sluice::project
