#include "run/duckdb_statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace sluice::run {

using jinja::Value;
using warehouse::StartStatement;

namespace {

const warehouse::Dialect& dialect() { return *warehouse::find_dialect("duckdb"); }

std::string quoted(std::string_view name) { return dialect().quote_identifier(name); }

// A value in DuckDB's literal form.
std::string literal(const Value& value) {
  if (value.is_sequence()) {
    std::string text = "[";
    for (const Value& item : value.as_items())
      text += (text.size() > 1 ? ", " : "") + literal(item);
    return text + "]";
  }
  if (value.is_dict()) {
    std::string text = "MAP {";
    for (const auto& entry : value.as_dict().entries())
      text += (text.back() == '{' ? "" : ", ") + literal(entry.key) + ": " + literal(entry.value);
    return text + "}";
  }
  return value.is_string() ? dialect().quote_string(value.as_string()) : scalar_text(value);
}

bool is_own_secret_key(std::string_view key) {
  static constexpr std::string_view kOwnKeys[] = {"type", "name", "persistent", "storage"};
  return std::find(std::begin(kOwnKeys), std::end(kOwnKeys), key) != std::end(kOwnKeys);
}

std::vector<std::string> attach_options(const Value& entry) {
  std::vector<std::string> options;
  if (const std::string type = text_of(find_key(entry, "type")); !type.empty())
    options.push_back("TYPE " + quoted(type));
  if (const std::string secret = text_of(find_key(entry, "secret")); !secret.empty())
    options.push_back("SECRET " + quoted(secret));
  if (is_on(find_key(entry, "read_only"))) options.emplace_back("READ_ONLY");
  const Value* more = find_key(entry, "options");
  if (more == nullptr || !more->is_dict()) return options;
  for (const auto& option : more->as_dict().entries()) {
    if (!option.key.is_string() || option.value.is_none()) continue;
    options.push_back(quoted(option.key.as_string()) + " " + literal(option.value));
  }
  return options;
}

}  // namespace

const Value* find_key(const Value& dict, std::string_view key) {
  if (!dict.is_dict()) return nullptr;
  const Value* found = dict.as_dict().find(key);
  return found == nullptr || found->is_none() ? nullptr : found;
}

std::string text_of(const Value* value) {
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

bool is_on(const Value* value) { return value != nullptr && value->is_bool() && value->as_bool(); }

std::string scalar_text(const Value& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_int()) return std::to_string(value.as_int());
  if (value.is_float()) return fmt::format("{}", value.as_float());
  return {};
}

StartStatement create_secret(const Value& secret, size_t number) {
  const std::string given = text_of(find_key(secret, "name"));
  const std::string name = given.empty() ? fmt::format("_dbt_secret_{}", number) : given;
  const std::string storage = text_of(find_key(secret, "storage"));
  std::string sql = fmt::format("CREATE OR REPLACE {}SECRET {}{} (TYPE {}",
                                is_on(find_key(secret, "persistent")) ? "PERSISTENT " : "",
                                quoted(name), storage.empty() ? "" : " IN " + quoted(storage),
                                quoted(text_of(find_key(secret, "type"))));
  for (const auto& entry : secret.as_dict().entries()) {
    if (!entry.key.is_string() || entry.value.is_none()) continue;
    const std::string& key = entry.key.as_string();
    if (is_own_secret_key(key)) continue;
    sql += fmt::format(", {} {}", quoted(key == "secret_provider" ? "provider" : key),
                       literal(entry.value));
  }
  return {fmt::format("creating the secret \"{}\"", name), sql + ")"};
}

StartStatement attach_database(const Value& entry, const std::string& path) {
  const std::string alias = text_of(find_key(entry, "alias"));
  std::string sql = "ATTACH IF NOT EXISTS " + dialect().quote_string(path);
  if (!alias.empty()) sql += " AS " + quoted(alias);
  const std::vector<std::string> options = attach_options(entry);
  if (!options.empty()) sql += fmt::format(" ({})", fmt::join(options, ", "));
  return {fmt::format("attaching \"{}\"", alias.empty() ? text_of(find_key(entry, "path")) : alias),
          std::move(sql)};
}

}  // namespace sluice::run
