#include "compile/generic_tests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/hash.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr std::string_view kReserved[] = {"test_name", "name", "description", "config",
                                          "arguments"};

// Keys of an entry that are configuration, in the order dbt writes them into the raw code.
constexpr std::array<std::string_view, 14> kConfigKeys = {
    "severity",  "tags",           "enabled",           "where", "limit",    "warn_if", "error_if",
    "fail_calc", "store_failures", "store_failures_as", "meta",  "database", "schema",  "alias"};

bool is_config_key(std::string_view key) {
  return std::find(kConfigKeys.begin(), kConfigKeys.end(), key) != kConfigKeys.end();
}

bool is_reserved(std::string_view key) {
  return std::find(std::begin(kReserved), std::end(kReserved), key) != std::end(kReserved);
}

Error invalid(const project::TestEntry& entry, std::string message, std::string hint) {
  Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
  error.add_span(entry.span);
  return error;
}

// Splits "dbt_utils.expression_is_true".
void split_name(const std::string& written, GenericTestDefinition& out) {
  size_t dot = written.rfind('.');
  if (dot == std::string::npos) {
    out.test_name = written;
    return;
  }
  out.macro_namespace = written.substr(0, dot);
  out.test_name = written.substr(dot + 1);
}

// `arguments:` or `config:`, a mapping of its own.
Status read_nested(const project::TestEntry& entry, const std::string& key, const Value& members,
                   GenericTestDefinition& out) {
  if (!members.is_dict())
    return fail(invalid(
        entry,
        fmt::format("'{}' of a test must be a mapping, got '{}'", key, jinja::type_name(members)),
        "indent its keys below it"));
  if (key == "arguments") out.has_arguments = true;
  Value& target = key == "config" ? out.config : out.kwargs;
  for (const auto& inner : members.as_dict().entries())
    target.as_dict().set(inner.key, inner.value);
  return {};
}

// What stands beside `arguments:` and `config:`.
void read_stray(const std::string& key, const Value& value, GenericTestDefinition& out) {
  if (is_config_key(key)) {
    out.config.as_dict().set(key, value);
    out.stray_configs.push_back(key);
    return;
  }
  if (key != "arguments" && is_reserved(key)) return;
  out.kwargs.as_dict().set(key, value);
  if (key == "arguments")
    out.has_arguments = true;
  else if (key != "column_name")
    out.stray_arguments.push_back(key);
}

Status read_members(const project::TestEntry& entry, const Value& members, bool nested_arguments,
                    GenericTestDefinition& out) {
  for (const auto& member : members.as_dict().entries()) {
    if (!member.key.is_string())
      return fail(invalid(entry, "a test argument's name must be a string", "quote the key"));
    const std::string& key = member.key.as_string();
    if (key == "name") {
      SLUICE_ASSIGN(out.custom_name, jinja::to_str(member.value));
    } else if (key == "description") {
      SLUICE_ASSIGN(out.description, jinja::to_str(member.value));
    } else if (key == "config" || (key == "arguments" && nested_arguments)) {
      SLUICE_TRY(read_nested(entry, key, member.value, out));
    } else {
      read_stray(key, member.value, out);
    }
  }
  return {};
}

// Arguments as name parts: lists and dicts give their items.
std::vector<std::string> argument_texts(const Value& value) {
  std::vector<std::string> out;
  auto add = [&](const Value& item) { out.push_back(jinja::to_str(item).value_or(std::string())); };
  if (value.is_list()) {
    for (const Value& item : value.as_items()) add(item);
  } else if (value.is_dict()) {
    for (const auto& entry : value.as_dict().entries()) add(entry.value);
  } else {
    add(value);
  }
  return out;
}

std::string clean(const std::string& text) {
  std::string out;
  bool in_run = false;
  for (char c : text) {
    bool word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (word)
      out += c;
    else if (!in_run)
      out += '_';
    in_run = !word;
  }
  return out;
}

// dicts sorted by key, scalars as strings: what the id's hash is taken of.
Value hashable(const Value& value) {
  if (value.is_dict()) {
    std::map<std::string, Value> sorted;
    for (const auto& entry : value.as_dict().entries())
      sorted.emplace(jinja::to_str(entry.key).value_or(std::string()), hashable(entry.value));
    Value out = Value::dict();
    for (const auto& [key, item] : sorted) out.as_dict().set(key, item);
    return out;
  }
  if (value.is_list()) {
    std::vector<Value> items;
    for (const Value& item : value.as_items()) items.push_back(hashable(item));
    return Value::list(std::move(items));
  }
  return Value::string(jinja::to_str(value).value_or(std::string()));
}

// A config value inside the raw code: strings in double quotes, others as Python prints them.
std::string config_literal(const Value& value) {
  if (!value.is_string()) return jinja::to_repr(value).value_or("None");
  std::string out = "\"";
  for (char c : value.as_string()) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Result<GenericTestDefinition> read_test_definition(const project::TestEntry& entry,
                                                   const std::string& column_name,
                                                   bool nested_arguments) {
  GenericTestDefinition out;
  out.kwargs = Value::dict();
  out.config = Value::dict();
  if (!column_name.empty()) out.kwargs.as_dict().set("column_name", Value::string(column_name));
  const Value& definition = entry.definition;
  if (definition.is_string()) {
    split_name(definition.as_string(), out);
    return out;
  }
  if (!definition.is_dict() || definition.as_dict().empty())
    return fail(invalid(
        entry,
        fmt::format("test must be a name or a mapping, got '{}'", jinja::type_name(definition)),
        "write `- unique`, or `- accepted_values: {arguments: {values: [a, b]}}`"));
  if (const Value* test_name = definition.as_dict().find("test_name")) {
    SLUICE_ASSIGN(std::string written, jinja::to_str(*test_name));
    split_name(written, out);
    SLUICE_TRY(read_members(entry, definition, nested_arguments, out));
    return out;
  }
  if (definition.as_dict().size() != 1)
    return fail(invalid(entry,
                        fmt::format("test definition dictionary must have exactly one key, got {}",
                                    definition.as_dict().size()),
                        "indent the arguments below the test's name"));
  const auto& only = definition.as_dict().entries().front();
  SLUICE_ASSIGN(std::string written, jinja::to_str(only.key));
  split_name(written, out);
  if (only.value.is_none()) return out;
  if (!only.value.is_dict())
    return fail(invalid(entry,
                        fmt::format("arguments of test '{}' must be a mapping, got '{}'", written,
                                    jinja::type_name(only.value)),
                        "name each argument: `values: [a, b]`"));
  SLUICE_TRY(read_members(entry, only.value, nested_arguments, out));
  return out;
}

GenericTestNames generic_test_names(const GenericTestDefinition& definition,
                                    const TestTarget& target) {
  GenericTestNames out;
  if (!definition.custom_name.empty()) {
    out.full = out.shortened = definition.custom_name;
    return out;
  }
  std::string test = definition.test_name;
  if (target.is_source) test = "source_" + test;
  if (!definition.macro_namespace.empty()) test = definition.macro_namespace + "_" + test;
  std::map<std::string, const Value*> sorted;
  for (const auto& entry : definition.kwargs.as_dict().entries())
    if (entry.key.is_string() && entry.key.as_string() != "model")
      sorted.emplace(entry.key.as_string(), &entry.value);
  std::vector<std::string> parts;
  for (const auto& [name, value] : sorted)
    for (const std::string& text : argument_texts(*value)) parts.push_back(clean(text));
  out.full = fmt::format("{}_{}_{}", test, target.name, fmt::join(parts, "__"));
  if (out.full.size() < 64) {
    out.shortened = out.full;
    return out;
  }
  out.shortened = fmt::format("{}_{}", fmt::format("{}_{}", test, target.name).substr(0, 30),
                              md5_hex(out.full));
  out.needs_alias = true;
  return out;
}

std::string generic_test_hash(const std::string& full_name, const GenericTestDefinition& definition,
                              const Value& kwargs_with_model) {
  Value metadata = Value::dict();
  metadata.as_dict().set("kwargs", kwargs_with_model);
  metadata.as_dict().set("name", Value::string(definition.test_name));
  metadata.as_dict().set("namespace", definition.macro_namespace.empty()
                                          ? Value::none()
                                          : Value::string(definition.macro_namespace));
  std::string text = jinja::to_repr(hashable(metadata)).value_or(std::string());
  std::string digest = md5_hex(full_name + text);
  return digest.substr(digest.size() - 10);
}

std::string generic_test_raw_code(const GenericTestDefinition& definition,
                                  const std::string& alias) {
  std::string macro =
      definition.macro_namespace.empty() ? std::string() : definition.macro_namespace + ".";
  std::string out =
      fmt::format("{{{{ {}test_{}(**_dbt_generic_test_kwargs) }}}}", macro, definition.test_name);
  std::vector<std::string> configs;
  auto add = [&](const std::string& key, const Value& value) {
    configs.push_back(fmt::format("{}={}", key, config_literal(value)));
  };
  for (std::string_view key : kConfigKeys) {
    if (key == "alias") continue;
    if (const Value* value = definition.config.as_dict().find(key)) add(std::string(key), *value);
  }
  for (const auto& entry : definition.config.as_dict().entries())
    if (entry.key.is_string() && !is_config_key(entry.key.as_string()))
      add(entry.key.as_string(), entry.value);
  const Value* own_alias = definition.config.as_dict().find("alias");
  if (own_alias)
    add("alias", *own_alias);
  else if (!alias.empty())
    add("alias", Value::string(alias));
  if (!configs.empty()) out += fmt::format("{{{{ config({}) }}}}", fmt::join(configs, ","));
  return out;
}

}  // namespace sluice::compile
