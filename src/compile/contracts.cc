#include "compile/contracts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/hash.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr std::array<std::string_view, 6> kTypes = {"check",       "not_null",    "unique",
                                                    "primary_key", "foreign_key", "custom"};

const Value* member(const Value& dict, std::string_view key) {
  const Value* found = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return found == nullptr || found->is_none() ? nullptr : found;
}

std::string text_member(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found == nullptr ? std::string() : jinja::to_str(*found).value_or(std::string());
}

// The list of constraints; empty when there is none.
const std::vector<Value>& items(const Value* list) {
  static const std::vector<Value> kNone;
  return list != nullptr && list->is_list() ? list->as_items() : kNone;
}

const std::vector<Value>& column_constraints(const Column& column) {
  return items(member(column.entry, "constraints"));
}

// A field as Python shows it.
std::string shown(const Value& constraint, std::string_view key) {
  const Value* found = member(constraint, key);
  return found == nullptr ? "None" : jinja::to_repr(*found).value_or("None");
}

std::string shown_flag(const Value& constraint, std::string_view key) {
  const Value* found = member(constraint, key);
  return found == nullptr || jinja::truth(*found).value_or(true) ? "True" : "False";
}

std::string shown_list(const Value& constraint, std::string_view key) {
  return member(constraint, key) == nullptr ? "[]" : shown(constraint, key);
}

std::string shown_constraints(const std::vector<Value>& constraints, bool of_model) {
  std::vector<std::string> out;
  for (const Value& constraint : constraints) {
    const std::string type = text_member(constraint, "type");
    std::string text = fmt::format(
        "{}LevelConstraint(type=<ConstraintType.{}: '{}'>, name={}, expression={}, "
        "warn_unenforced={}, warn_unsupported={}, to={}, to_columns={}",
        of_model ? "Model" : "Column", type, type, shown(constraint, "name"),
        shown(constraint, "expression"), shown_flag(constraint, "warn_unenforced"),
        shown_flag(constraint, "warn_unsupported"), shown(constraint, "to"),
        shown_list(constraint, "to_columns"));
    if (of_model) text += fmt::format(", columns={}", shown_list(constraint, "columns"));
    out.push_back(text + ")");
  }
  return fmt::format("[{}]", fmt::join(out, ", "));
}

bool wants_warning(const Value& constraint) {
  const Value* found = member(constraint, "warn_unsupported");
  return found == nullptr || jinja::truth(*found).value_or(true);
}

bool is_primary_key(const Value& constraint) {
  return text_member(constraint, "type") == "primary_key";
}

Status check_types(const std::vector<Value>& constraints, const std::string& where) {
  for (const Value& constraint : constraints) {
    const std::string type = text_member(constraint, "type");
    if (is_constraint_type(type)) continue;
    return fail(ErrorCode::kPropertyInvalid,
                fmt::format("invalid constraint type \"{}\" on {}", type, where),
                fmt::format("use one of {}", fmt::join(kTypes, ", ")));
  }
  return {};
}

}  // namespace

bool is_constraint_type(std::string_view type) {
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool enforces_constraints(std::string_view materialization) {
  return materialization == "table" || materialization == "incremental";
}

bool has_enforced_contract(const Node& node) {
  const Value* contract = member(node.config, "contract");
  const Value* enforced = contract == nullptr ? nullptr : member(*contract, "enforced");
  return enforced != nullptr && jinja::truth(*enforced).value_or(false);
}

std::string contract_checksum(const Node& node) {
  std::vector<const Column*> columns;
  for (const Column& column : node.columns) columns.push_back(&column);
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Column* a, const Column* b) { return a->name < b->name; });
  std::string state;
  for (const Column* column : columns)
    state +=
        fmt::format("|{}{}{}", column->name, column->data_type.empty() ? "None" : column->data_type,
                    shown_constraints(column_constraints(*column), false));
  if (enforces_constraints(node.materialized()))
    state += std::string(node.materialized()) + shown_constraints(items(&node.constraints), true);
  return sha256_hex(state);
}

Status check_constraints(const Node& node) {
  const std::vector<Value>& of_model = items(&node.constraints);
  SLUICE_TRY(check_types(of_model, fmt::format("model '{}'", node.name)));
  bool is_column_key = false;
  for (const Column& column : node.columns) {
    const std::vector<Value>& of_column = column_constraints(column);
    SLUICE_TRY(
        check_types(of_column, fmt::format("column '{}' of model '{}'", column.name, node.name)));
    is_column_key |= std::any_of(of_column.begin(), of_column.end(), is_primary_key);
  }
  if (is_column_key && std::any_of(of_model.begin(), of_model.end(), is_primary_key))
    return fail(ErrorCode::kPropertyInvalid,
                fmt::format("model '{}' has a primary key at the model and at a column", node.name),
                "declare it in one place: several columns need the one at the model");
  return {};
}

Status check_contract(const Node& node, bool is_described) {
  if (!has_enforced_contract(node)) return {};
  if (node.language == "python")
    return fail(
        ErrorCode::kConfigInvalid,
        fmt::format("the contract of '{}' cannot be enforced: it is a Python model", node.name),
        "remove contract.enforced, or write the model in SQL");
  if (is_described && node.columns.empty())
    return fail(
        ErrorCode::kConfigInvalid,
        fmt::format("the contract of '{}' cannot be enforced: no columns are declared", node.name),
        "list all of its columns with name and data_type below \"columns:\" in a property "
        "file");
  const Value* mode = member(node.config, "on_schema_change");
  const std::string on_change =
      mode == nullptr ? "ignore" : text_member(node.config, "on_schema_change");
  if (node.materialized() == "incremental" && on_change != "append_new_columns" &&
      on_change != "fail")
    return fail(
        ErrorCode::kConfigInvalid,
        fmt::format("invalid value for on_schema_change: \"{}\": model '{}' is incremental and has "
                    "an enforced contract",
                    on_change, node.name),
        "set on_schema_change to append_new_columns or fail");
  return {};
}

bool has_unsupported_constraints(const Node& node) {
  if (!has_enforced_contract(node) || enforces_constraints(node.materialized())) return false;
  const std::vector<Value>& of_model = items(&node.constraints);
  if (std::any_of(of_model.begin(), of_model.end(), wants_warning)) return true;
  return std::any_of(node.columns.begin(), node.columns.end(), [](const Column& column) {
    const std::vector<Value>& of_column = column_constraints(column);
    return std::any_of(of_column.begin(), of_column.end(), wants_warning);
  });
}

}  // namespace sluice::compile
