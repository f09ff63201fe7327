// Functions of the warehouse that a project defines: what they take and return.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

// `given` with exactly `keys`, null for those it does not have.
Value with_keys(const Value& given, std::span<const std::string_view> keys) {
  Value out = Value::dict();
  for (const std::string_view key : keys) {
    const Value* value = member(given, key);
    out.as_dict().set(key, value == nullptr ? Value::none() : *value);
  }
  return out;
}

}  // namespace

void ProjectParser::take_signature(Draft& draft) {
  static constexpr std::string_view kArgumentKeys[] = {"name", "data_type", "description",
                                                       "default_value"};
  static constexpr std::string_view kReturnsKeys[] = {"data_type", "description"};
  Node& node = *draft.node;
  if (node.type != ResourceType::kFunction) return;
  std::vector<Value> arguments;
  Value returns = Value::dict();
  returns.as_dict().set("data_type", Value::string("INVALID_TYPE"));  // dbt's word for none given
  if (draft.properties != nullptr) {
    const Value& entry = draft.properties->entry;
    if (const Value* given = member(entry, "returns")) returns = *given;
    if (const Value* given = member(entry, "arguments"); given != nullptr && given->is_list())
      for (const Value& argument : given->as_items())
        arguments.push_back(with_keys(argument, kArgumentKeys));
  }
  node.arguments = Value::list(std::move(arguments));
  node.returns = with_keys(returns, kReturnsKeys);
}

Status ProjectParser::check_function_config(const Node& node) {
  static constexpr std::string_view kTypes[] = {"scalar", "aggregate", "table"};
  static constexpr std::string_view kVolatilities[] = {"deterministic", "stable",
                                                       "non-deterministic"};
  if (node.type != ResourceType::kFunction) return {};
  const auto check = [&node](std::string_view key,
                             std::span<const std::string_view> allowed) -> Status {
    const Value* given = member(node.config, key);
    if (given == nullptr || given->is_none()) return {};
    const bool is_known = given->is_string() && std::find(allowed.begin(), allowed.end(),
                                                          given->as_string()) != allowed.end();
    if (is_known) return {};
    return fail(ErrorCode::kConfigInvalid,
                fmt::format("function '{}' has an unknown {} \"{}\"", node.name, key,
                            jinja::to_str(*given).value_or(std::string())),
                fmt::format("use one of {}", fmt::join(allowed, ", ")));
  };
  SLUICE_TRY(check("type", kTypes));
  return check("volatility", kVolatilities);
}

}  // namespace sluice::compile
