#include "compile/freshness.h"

#include <fmt/format.h>

#include "compile/node_context.h"
#include "jinja/modules_datetime.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr int64_t kMicrosPerMinute = 60'000'000;
// datetime.min, which stands for "no row at all".
constexpr int64_t kFirstMoment = -62'135'596'800'000'000;

int64_t period_micros(std::string_view period) {
  if (period == "minute") return kMicrosPerMinute;
  if (period == "hour") return 60 * kMicrosPerMinute;
  return period == "day" ? 24 * 60 * kMicrosPerMinute : 0;
}

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

// nullopt when the threshold is not set.
std::optional<int64_t> threshold_micros(const Value& freshness, std::string_view key) {
  const Value* threshold = member(freshness, key);
  const Value* count = threshold != nullptr ? member(*threshold, "count") : nullptr;
  const Value* period = threshold != nullptr ? member(*threshold, "period") : nullptr;
  if (count == nullptr || period == nullptr || !count->is_int() || !period->is_string())
    return std::nullopt;
  return count->as_int() * period_micros(period->as_string());
}

// Python's name of a type: messages are dbt's.
std::string python_type(const Value& value) {
  const std::string_view name = jinja::type_name(value);
  const size_t dot = name.rfind('.');
  return std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

Result<int64_t> moment(const Value& value) {
  if (value.is_none()) return kFirstMoment;
  if (const auto* time = value.object_as<jinja::DateTimeObject>()) return time->utc_micros();
  return fail(ErrorCode::kRunInvalid,
              fmt::format("Expected a timestamp value when querying field 'last_modified' of table "
                          "None but received value of type '{}' instead",
                          python_type(value)),
              "cast it in loaded_at_field, e.g. loaded_at::timestamp");
}

Error bad_macro_answer(std::string_view macro) {
  return Error(
      ErrorCode::kRunInvalid,
      fmt::format("macro '{}' did not return one row of two columns", macro),
      "return load_result(…) of: select <newest> as max_loaded_at, <now> as snapshotted_at");
}

// The first two values of the only row of a result or of its table.
Result<FreshnessMeasure> read_answer(const Value& answer, std::string_view macro) {
  const auto attribute = [](const Value& of, std::string_view name) -> Value {
    return jinja::get_attribute(of, name, jinja::UndefinedFlavor::kDefault).value_or(Value::none());
  };
  // Macros written for old dbt return the table alone.
  Value table = attribute(answer, "table");
  if (table.is_undefined() || table.is_none()) table = answer;
  const Value row_list = attribute(table, "rows");
  if (row_list.is_undefined()) return fail(bad_macro_answer(macro));
  SLUICE_ASSIGN(const std::vector<Value> rows, jinja::iterate(row_list));
  if (rows.size() != 1) return fail(bad_macro_answer(macro));
  SLUICE_ASSIGN(const std::vector<Value> cells, jinja::iterate(rows.front()));
  if (cells.size() != 2) return fail(bad_macro_answer(macro));
  FreshnessMeasure measure;
  SLUICE_ASSIGN(measure.max_loaded_at_micros, moment(cells[0]));
  SLUICE_ASSIGN(measure.snapshotted_at_micros, moment(cells[1]));
  const Value response = attribute(answer, "response");
  measure.message = response.is_undefined() ? "OK" : jinja::to_str(response).value_or("OK");
  return measure;
}

}  // namespace

bool is_freshness_period(std::string_view period) { return period_micros(period) > 0; }

bool has_freshness(const Source& source) {
  return threshold_micros(source.freshness, "warn_after") ||
         threshold_micros(source.freshness, "error_after");
}

FreshnessStatus judge_freshness(const Value& freshness, int64_t age_micros) {
  const auto is_exceeded = [&](std::string_view key) {
    const std::optional<int64_t> most = threshold_micros(freshness, key);
    return most && age_micros > *most;
  };
  if (is_exceeded("error_after")) return FreshnessStatus::kError;
  return is_exceeded("warn_after") ? FreshnessStatus::kWarn : FreshnessStatus::kPass;
}

Result<FreshnessMeasure> measure_freshness(SharedState& shared, const Source& source,
                                           warehouse::Connection& connection) {
  const bool has_query = !source.loaded_at_query.is_none();
  if (!has_query && source.loaded_at_field.is_none())
    return fail(ErrorCode::kRunInvalid,
                fmt::format("Could not compute freshness for source {}: no 'loaded_at_field' "
                            "provided and {} adapter does not support metadata-based freshness "
                            "checks.",
                            source.name, shared.dialect->adapter_type()),
                "add loaded_at_field or loaded_at_query to the source");
  NodeContext ctx(shared, nullptr, source.package, Phase::kRun, &connection);
  ctx.resource_id = source.unique_id;
  jinja::Environment environment = environment_for(shared, Phase::kRun);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  SLUICE_ASSIGN(Value relation, source_relation(shared, source, nullptr));
  ctx.extra["this"] = relation;
  const char* macro = has_query ? "collect_freshness_custom_sql" : "collect_freshness";
  std::vector<Value> arguments = {relation};
  if (has_query) {
    SLUICE_ASSIGN(const std::string text, jinja::to_str(source.loaded_at_query));
    SLUICE_ASSIGN(const jinja::Template query,
                  jinja::compile_template(text, source.original_file_path, source.span.line));
    SLUICE_ASSIGN(std::string sql, interpreter.render(query));
    arguments.push_back(Value::string(std::move(sql)));
  } else {
    arguments.push_back(source.loaded_at_field);
    const Value* filter = member(source.freshness, "filter");
    arguments.push_back(filter != nullptr ? *filter : Value::none());
  }
  SLUICE_ASSIGN(const Value answer, call_macro_named(interpreter, macro, std::move(arguments)));
  return read_answer(answer, macro);
}

}  // namespace sluice::compile
