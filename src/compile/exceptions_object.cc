// `exceptions`: what templates raise and warn.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "compile/call_arguments.h"
#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

Result<std::string> argument_text(const CallArgs& args, std::string_view name, size_t position) {
  if (const Value* value = args.find(name)) return jinja::to_str(*value);
  if (position < args.positional.size()) return jinja::to_str(args.positional[position]);
  return std::string("None");
}

struct Raiser {
  std::string_view name;
  std::string_view first;   // name of its first argument
  std::string_view second;  // "" when it has one
  std::string_view format;  // {0}, {1}
};

// Wording follows dbt's.
constexpr auto kRaisers = std::to_array<Raiser>({
    {"raise_compiler_error", "msg", "", "{0}"},
    {"raise_not_implemented", "msg", "", "{0}"},
    {"raise_fail_fast_error", "msg", "", "{0}"},
    {"raise_parsing_error", "msg", "", "{0}"},
    {"raise_database_error", "msg", "", "{0}"},
    {"raise_dep_not_found", "msg", "", "{0}"},
    {"raise_dependency_error", "msg", "", "{0}"},
    {"raise_duplicate_patch_name", "msg", "", "{0}"},
    {"raise_invalid_property_yml_version", "msg", "", "{0}"},
    {"missing_config", "model", "name",
     "model '{0}' does not define a required config parameter '{1}'."},
    {"missing_materialization", "model", "adapter_type",
     "no materialization '{0}' was found for adapter {1}"},
    {"missing_relation", "relation", "", "relation {0} not found"},
    {"column_type_missing", "column_names", "",
     "contracted models require data_type to be defined for each column; please define data_type "
     "for: {0}"},
    {"ref_invalid_args", "model", "args", "ref() takes at most two arguments ({1} given) in {0}"},
});

Result<std::optional<Value>> raise(const Raiser& raiser, const CallArgs& args) {
  SLUICE_ASSIGN(std::string first, argument_text(args, raiser.first, 0));
  std::string second;
  if (!raiser.second.empty()) {
    SLUICE_ASSIGN(second, argument_text(args, raiser.second, 1));
  }
  return fail(ErrorCode::kJinjaRaised, fmt::format(fmt::runtime(raiser.format), first, second));
}

using ColumnTypes = std::map<std::string, std::string>;

// Names and types of the column dicts that format_columns made.
Result<ColumnTypes> column_types(const CallArgs& args, std::string_view name, size_t position) {
  const Value* given = args.find(name);
  if (given == nullptr && position < args.positional.size()) given = &args.positional[position];
  ColumnTypes types;
  if (given == nullptr) return types;
  SLUICE_ASSIGN(std::vector<Value> columns, jinja::iterate(*given));
  for (const Value& column : columns) {
    const Value* column_name = column.is_dict() ? column.as_dict().find("name") : nullptr;
    const Value* type = column.is_dict() ? column.as_dict().find("data_type") : nullptr;
    if (column_name == nullptr || type == nullptr) continue;
    SLUICE_ASSIGN(std::string key, jinja::to_str(*column_name));
    SLUICE_ASSIGN(types[key], jinja::to_str(*type));
  }
  return types;
}

using TableRow = std::array<std::string, 4>;

std::string aligned(const std::vector<TableRow>& rows) {
  std::array<size_t, 4> widths{};
  for (const TableRow& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) text += fmt::format("| {:<{}} ", row[i], widths[i]);
    text += "|\n";
    if (&row != &rows.front()) continue;
    for (const size_t width : widths) text += fmt::format("| {:-<{}} ", "", width);
    text += "|\n";
  }
  text.pop_back();
  return text;
}

// The columns in which a model and its contract differ, as dbt's table.
Result<std::optional<Value>> raise_contract_error(const CallArgs& args) {
  SLUICE_ASSIGN(const ColumnTypes declared, column_types(args, "yaml_columns", 0));
  SLUICE_ASSIGN(const ColumnTypes defined, column_types(args, "sql_columns", 1));
  std::map<std::string, TableRow> differing;
  for (const auto& [name, type] : defined) {
    const auto contract = declared.find(name);
    if (contract == declared.end())
      differing[name] = {name, type, "", "missing in contract"};
    else if (contract->second != type)
      differing[name] = {name, type, contract->second, "data type mismatch"};
  }
  for (const auto& [name, type] : declared)
    if (!defined.contains(name)) differing[name] = {name, "", type, "missing in definition"};
  std::vector<TableRow> rows = {
      {"column_name", "definition_type", "contract_type", "mismatch_reason"}};
  for (auto& [name, row] : differing) rows.push_back(std::move(row));
  return fail(ErrorCode::kJinjaRaised,
              fmt::format("This model has an enforced contract that failed.\nPlease ensure the "
                          "name, data_type, and number of columns in your contract match the "
                          "columns in your model's definition.\n\n{}",
                          aligned(rows)));
}

Result<std::optional<Value>> raise_relation_wrong_type(const CallArgs& args) {
  SLUICE_ASSIGN(const std::string relation, argument_text(args, "relation", 0));
  SLUICE_ASSIGN(const std::string expected, argument_text(args, "expected_type", 1));
  const Value* given = args.find("relation");
  if (given == nullptr && !args.positional.empty()) given = &args.positional[0];
  const Relation* known = given != nullptr ? given->object_as<Relation>() : nullptr;
  const std::string_view type = known != nullptr && known->parts().type
                                    ? warehouse::relation_type_name(*known->parts().type)
                                    : std::string_view("relation of another type");
  return fail(ErrorCode::kJinjaRaised,
              fmt::format("Trying to create {0} {1}, but it currently exists as a {2}. Either drop "
                          "{1} manually, or run dbt with `--full-refresh` and dbt will drop it for "
                          "you.",
                          expected, relation, type));
}

// Emits a warning; with --warn-error it is an error.
Result<std::optional<Value>> warn(NodeContext& ctx, std::string_view event, std::string message) {
  const WarningVerdict verdict = ctx.shared.options.flags.warnings.verdict(event);
  if (verdict == WarningVerdict::kError)
    return fail(ErrorCode::kJinjaRaised, message, "--warn-error makes warnings errors");
  if (verdict == WarningVerdict::kSilent) return Value::string("");
  ctx.shared.emit(EventLevel::kWarning, std::string(event), message,
                  ctx.node ? ctx.node->unique_id : "");
  return Value::string("");
}

Result<std::optional<Value>> warn_snapshot_types(NodeContext& ctx, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string snapshot_type, argument_text(args, "snapshot_time_data_type", 0));
  SLUICE_ASSIGN(const std::string updated_at_type, argument_text(args, "updated_at_data_type", 1));
  return warn(ctx, "SnapshotTimestampWarning",
              fmt::format("Data type of snapshot table timestamp columns ({}) doesn't match "
                          "derived column 'updated_at' ({}). Please update snapshot config "
                          "'updated_at'.",
                          snapshot_type, updated_at_type));
}

class ExceptionsObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name != "warn" && name != "raise_contract_error" && name != "relation_wrong_type" &&
        name != "warn_snapshot_timestamp_data_types" && !find(name))
      return std::nullopt;
    std::string method(name);
    return jinja::make_closure(
        method, [method](Interpreter& interpreter, const CallArgs& args) -> Result<Value> {
          ExceptionsObject self;
          SLUICE_ASSIGN(auto out, self.call_method(interpreter, method, args));
          return out.value_or(Value::none());
        });
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    NodeContext& ctx = NodeContext::of(interpreter);
    if (name == "warn") {
      SLUICE_ASSIGN(std::string message, argument_text(args, "msg", 0));
      return warn(ctx, "JinjaLogWarning", std::move(message));
    }
    if (name == "warn_snapshot_timestamp_data_types") return warn_snapshot_types(ctx, args);
    if (name == "relation_wrong_type") return raise_relation_wrong_type(args);
    if (name == "raise_contract_error") return raise_contract_error(args);
    const Raiser* raiser = find(name);
    if (!raiser) return std::nullopt;
    return raise(*raiser, args);
  }

 private:
  static const Raiser* find(std::string_view name) {
    for (const Raiser& raiser : kRaisers)
      if (raiser.name == name) return &raiser;
    return nullptr;
  }
};

}  // namespace

Value make_exceptions() { return Value::object(jinja::make_ref<ExceptionsObject>()); }

}  // namespace sluice::compile
