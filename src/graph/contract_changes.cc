// What dbt calls breaking: enforcement taken away, columns removed or of another type, and where
// tables enforce them constraints removed, or tables turned into something that enforces none.
#include "graph/contract_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "jinja/ops.h"

namespace sluice::graph {

namespace {

using jinja::Dict;
using jinja::Value;

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

Value member_or_none(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found == nullptr ? Value::none() : *found;
}

std::string text_of(const Value& value) {
  return value.is_none() ? std::string() : jinja::to_str(value).value_or(std::string());
}

std::string materialization(const Value& model) {
  return text_of(member_or_none(member_or_none(model, "config"), "materialized"));
}

bool enforces_constraints(const Value& model) {
  const std::string name = materialization(model);
  return name == "table" || name == "incremental";
}

std::vector<Value> items_of(const Value& list) {
  return list.is_list() ? list.as_items() : std::vector<Value>();
}

struct ContractColumn {
  std::string name;
  Value data_type;
  Value constraints;
};

std::vector<ContractColumn> columns_of(const Value& model) {
  std::vector<ContractColumn> columns;
  const Value* dict = member(model, "columns");
  if (dict == nullptr || !dict->is_dict()) return columns;
  for (const Dict::Entry& entry : dict->as_dict().entries()) {
    ContractColumn column;
    column.name = text_of(member_or_none(entry.value, "name"));
    column.data_type = member_or_none(entry.value, "data_type");
    column.constraints = member_or_none(entry.value, "constraints");
    if (column.constraints.is_none()) column.constraints = Value::list();
    columns.push_back(std::move(column));
  }
  std::stable_sort(
      columns.begin(), columns.end(),
      [](const ContractColumn& a, const ContractColumn& b) { return a.name < b.name; });
  return columns;
}

bool is_same_promise(const Value& previous, const Value& current) {
  const std::vector<ContractColumn> before = columns_of(previous);
  const std::vector<ContractColumn> after = columns_of(current);
  const bool same_columns = std::equal(before.begin(), before.end(), after.begin(), after.end(),
                                       [](const ContractColumn& a, const ContractColumn& b) {
                                         return a.name == b.name &&
                                                jinja::equals(a.data_type, b.data_type) &&
                                                jinja::equals(a.constraints, b.constraints);
                                       });
  if (!same_columns || enforces_constraints(previous) != enforces_constraints(current))
    return false;
  // What nothing enforces is no promise.
  if (!enforces_constraints(current)) return true;
  const auto constraints = [](const Value& model) {
    return Value::list(items_of(member_or_none(model, "constraints")));
  };
  return jinja::equals(constraints(previous), constraints(current)) &&
         materialization(previous) == materialization(current);
}

// Members of `before` that `after` has not.
std::vector<Value> removed(const Value& before, const Value& after) {
  std::vector<Value> gone;
  const std::vector<Value> kept = items_of(after);
  for (const Value& item : items_of(before))
    if (std::none_of(kept.begin(), kept.end(),
                     [&item](const Value& other) { return jinja::equals(item, other); }))
      gone.push_back(item);
  return gone;
}

std::string constraint_name(const Value& constraint) {
  const Value name = member_or_none(constraint, "name");
  return name.is_none() ? "ConstraintType." + text_of(member_or_none(constraint, "type"))
                        : text_of(name);
}

class BreakFinder {
 public:
  BreakFinder(const Value& previous, const Value& current)
      : previous_(previous), current_(current) {}

  std::vector<std::string> find() {
    if (!is_contract_enforced(current_))
      found_.emplace_back(
          "Contract enforcement was removed: Previously, this model had an enforced contract. It "
          "is no longer configured to enforce its contract, and this is a breaking change.");
    compare_columns();
    compare_model_constraints();
    add("Columns were removed", columns_removed_);
    add("Columns with data_type changes", type_changes_);
    add("Enforced column level constraints were removed", column_constraints_);
    add("Enforced model level constraints were removed", model_constraints_);
    if (had_constraints_ && enforces_constraints(previous_) && !enforces_constraints(current_))
      add("Materialization changed with enforced constraints",
          {materialization(previous_) + " -> " + materialization(current_)});
    return std::move(found_);
  }

 private:
  void compare_columns() {
    const std::vector<ContractColumn> after = columns_of(current_);
    for (const ContractColumn& column : columns_of(previous_)) {
      had_constraints_ = had_constraints_ || !items_of(column.constraints).empty();
      const auto same = std::find_if(
          after.begin(), after.end(),
          [&column](const ContractColumn& other) { return other.name == column.name; });
      if (same == after.end()) {
        columns_removed_.push_back(column.name);
        continue;
      }
      if (!jinja::equals(same->data_type, column.data_type))
        type_changes_.push_back(fmt::format("{} ({} -> {})", column.name, text_of(column.data_type),
                                            text_of(same->data_type)));
      if (!enforces_constraints(previous_)) continue;
      for (const Value& constraint : removed(column.constraints, same->constraints))
        column_constraints_.push_back(
            fmt::format("'{}' constraint on column {}", constraint_name(constraint), column.name));
    }
  }

  void compare_model_constraints() {
    const Value before = member_or_none(previous_, "constraints");
    had_constraints_ = had_constraints_ || !items_of(before).empty();
    if (!enforces_constraints(previous_)) return;
    for (const Value& constraint : removed(before, member_or_none(current_, "constraints")))
      model_constraints_.push_back(
          fmt::format("'{}' constraint on columns {}", constraint_name(constraint),
                      jinja::to_repr(Value::list(items_of(member_or_none(constraint, "columns"))))
                          .value_or("[]")));
  }

  void add(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    std::string text = fmt::format("{}: ", title);
    for (const std::string& line : lines) text += "\n    - " + line;
    found_.push_back(std::move(text));
  }

  const Value& previous_;
  const Value& current_;
  std::vector<std::string> found_;
  std::vector<std::string> columns_removed_, type_changes_, column_constraints_, model_constraints_;
  bool had_constraints_ = false;
};

}  // namespace

bool is_contract_enforced(const Value& model) {
  // The config says it, and what is written beside it repeats it.
  const Value enforced =
      member_or_none(member_or_none(member_or_none(model, "config"), "contract"), "enforced");
  return jinja::truth(enforced).value_or(false);
}

ContractChange compare_contracts(const Value& previous, const Value& current) {
  if (!is_contract_enforced(previous)) return {!is_contract_enforced(current), {}};
  if (is_contract_enforced(current) && is_same_promise(previous, current)) return {true, {}};
  return {false, BreakFinder(previous, current).find()};
}

}  // namespace sluice::graph
