#include "compile/adapter_snapshots.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "compile/call_arguments.h"
#include "compile/column.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return text;
}

// Entry of a dict or of the `config` object; none when it has none.
Result<Value> entry_of(Interpreter& interpreter, const Value& config, std::string_view key) {
  if (config.is_dict()) {
    const Value* found = config.as_dict().find(key);
    return found == nullptr ? Value::none() : *found;
  }
  if (!config.is_object()) return Value::none();
  const Value name = Value::string(key);
  SLUICE_ASSIGN(auto found,
                config.as_object().call_method(interpreter, "get", CallArgs{{&name, 1}, {}}));
  return found.value_or(Value::none());
}

Result<std::set<std::string>> column_names_of(Interpreter& interpreter, const Value& relation) {
  SLUICE_ASSIGN(Value columns,
                call_macro_named(interpreter, "get_columns_in_relation", {relation}));
  SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(columns));
  std::set<std::string> names;
  for (const Value& column : items)
    if (const ColumnObject* object = column.object_as<ColumnObject>())
      names.insert(lower_case(object->name()));
  return names;
}

Result<Value> check_columns(Interpreter& interpreter, const Value& relation, const Value& names,
                            const std::vector<std::string_view>& wanted) {
  SLUICE_ASSIGN(const std::set<std::string> known, column_names_of(interpreter, relation));
  std::vector<std::string> missing;
  for (const std::string_view column : wanted) {
    const Value* given = names.is_dict() ? names.as_dict().find(column) : nullptr;
    const std::string name =
        given != nullptr && given->is_string() ? given->as_string() : std::string(column);
    if (!known.contains(lower_case(name))) missing.push_back(fmt::format("\"{}\"", name));
  }
  if (missing.empty()) return Value::none();
  return fail(ErrorCode::kJinjaRaised,
              fmt::format("Snapshot target is missing configured columns (missing {}). See "
                          "https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for "
                          "more information.",
                          fmt::join(missing, ", ")),
              "the table was not made with these settings: add the columns to it, or let the "
              "snapshot begin anew under another name");
}

}  // namespace

Result<Value> get_hard_deletes_behavior(NodeContext& ctx, Interpreter& interpreter,
                                        const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.get_hard_deletes_behavior", args, {{"config"}}));
  if (!ctx.executing()) return Value::none();
  SLUICE_ASSIGN(const Value older, entry_of(interpreter, bound[0], "invalidate_hard_deletes"));
  SLUICE_ASSIGN(const Value given, entry_of(interpreter, bound[0], "hard_deletes"));
  if (!older.is_none() && !given.is_none())
    return fail(ErrorCode::kJinjaRaised,
                "You cannot set both the invalidate_hard_deletes and hard_deletes config "
                "properties on the same snapshot.",
                "remove invalidate_hard_deletes; hard_deletes: invalidate means the same");
  SLUICE_ASSIGN(const bool invalidates, jinja::truth(older));
  if (invalidates) return Value::string("invalidate");
  SLUICE_ASSIGN(const bool is_set, jinja::truth(given));
  if (!is_set) return Value::string("ignore");
  for (const std::string_view known : {"ignore", "invalidate", "new_record"})
    if (given.is_string() && given.as_string() == known) return given;
  return fail(ErrorCode::kJinjaRaised, "Invalid setting for property hard_deletes.",
              "use ignore, invalidate or new_record");
}

Result<Value> valid_snapshot_target(NodeContext& ctx, Interpreter& interpreter,
                                    const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.valid_snapshot_target", args,
                                           {{"relation"}, {"column_names", Value::none()}}));
  if (!ctx.executing()) return Value::none();
  return check_columns(interpreter, bound[0], bound[1],
                       {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"});
}

Result<Value> assert_valid_snapshot_target(NodeContext& ctx, Interpreter& interpreter,
                                           const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.assert_valid_snapshot_target_given_strategy",
                                           args, {{"relation"}, {"column_names"}, {"strategy"}}));
  if (!ctx.executing()) return Value::none();
  std::vector<std::string_view> wanted = {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"};
  SLUICE_ASSIGN(const Value deletes, entry_of(interpreter, bound[2], "hard_deletes"));
  if (deletes.is_string() && deletes.as_string() == "new_record")
    wanted.emplace_back("dbt_is_deleted");
  return check_columns(interpreter, bound[0], bound[1], wanted);
}

}  // namespace sluice::compile
