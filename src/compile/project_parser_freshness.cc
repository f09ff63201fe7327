// Source freshness as dbt merges it: table over source over dbt_project.yml, threshold by
// threshold.
#include <fmt/format.h>

#include <array>

#include "compile/freshness.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr std::array<std::string_view, 2> kThresholds = {"warn_after", "error_after"};

// A key of an entry or of its `config:`; null when neither has it. What says null is given.
const Value* given(const Value& entry, const Value& config, std::string_view key) {
  const Value* value = entry.is_dict() ? entry.as_dict().find(key) : nullptr;
  if (value != nullptr) return value;
  return config.is_dict() ? config.as_dict().find(key) : nullptr;
}

const Value* member(const Value* dict, std::string_view key) {
  const Value* value = dict != nullptr && dict->is_dict() ? dict->as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

bool is_threshold(const Value* threshold) {
  return member(threshold, "count") != nullptr && member(threshold, "period") != nullptr;
}

Value threshold_value(const Value* threshold) {
  Value out = Value::dict();
  for (const std::string_view key : {"count", "period"}) {
    const Value* part = member(threshold, key);
    out.as_dict().set(key, part != nullptr ? *part : Value::none());
  }
  return out;
}

// The thresholds and the filter of `over`, else of `under`; either may be null.
Value merged(const Value* over, const Value* under) {
  Value out = Value::dict();
  for (const std::string_view key : kThresholds) {
    const Value* threshold = member(over, key);
    if (!is_threshold(threshold)) threshold = member(under, key);
    out.as_dict().set(key, threshold_value(threshold));
  }
  const Value* filter = member(over, "filter");
  if (filter == nullptr) filter = member(under, "filter");
  out.as_dict().set("filter", filter != nullptr ? *filter : Value::none());
  return out;
}

// What keeps a `freshness:` from being one; empty: nothing.
std::string threshold_fault(const Value& freshness, std::string_view key) {
  const Value* threshold = member(&freshness, key);
  if (threshold == nullptr) return {};
  if (!threshold->is_dict()) return fmt::format("{} is not a mapping", key);
  const Value* count = member(threshold, "count");
  if (count != nullptr && !count->is_int())
    return fmt::format("the count of {} is not a whole number: \"{}\"", key,
                       jinja::to_str(*count).value_or("?"));
  const Value* period = member(threshold, "period");
  if (period != nullptr && !(period->is_string() && is_freshness_period(period->as_string())))
    return fmt::format("the period of {} is none: \"{}\"", key,
                       jinja::to_str(*period).value_or("?"));
  return {};
}

std::string freshness_fault(const Value* freshness) {
  if (freshness == nullptr || freshness->is_none()) return {};
  if (!freshness->is_dict()) return "freshness is not a mapping";
  for (const std::string_view key : kThresholds)
    if (std::string fault = threshold_fault(*freshness, key); !fault.empty()) return fault;
  return {};
}

Value or_none(const Value* value) { return value != nullptr ? *value : Value::none(); }

}  // namespace

void ProjectParser::set_loaded_at(Source& source, const project::SourceProperties& group,
                                  const project::SourceTableProperties& table) {
  const Value* field = given(table.entry, table.config, "loaded_at_field");
  const Value* query = given(table.entry, table.config, "loaded_at_query");
  const bool own_field = field != nullptr;
  if (field != nullptr && !field->is_none() && query != nullptr && !query->is_none())
    diagnostics_.add_error(
        std::move(Error(ErrorCode::kConfigInvalid,
                        fmt::format("source '{}.{}' has both loaded_at_field and loaded_at_query",
                                    group.name, table.name),
                        "keep one of them")
                      .add_span(table.span)));
  if (field == nullptr) field = given(group.entry, group.config, "loaded_at_field");
  if (query == nullptr && !own_field) query = given(group.entry, group.config, "loaded_at_query");
  source.loaded_at_field = or_none(field);
  source.loaded_at_query = or_none(query);
}

void ProjectParser::set_freshness(Source& source, const project::SourceProperties& group,
                                  const project::SourceTableProperties& table,
                                  const Value& project_config) {
  const Value* of_group = given(group.entry, group.config, "freshness");
  const Value* of_table = given(table.entry, table.config, "freshness");
  for (const auto& [freshness, span] :
       {std::pair{of_group, group.span}, std::pair{of_table, table.span}}) {
    if (std::string fault = freshness_fault(freshness); !fault.empty())
      diagnostics_.add_error(std::move(
          Error(ErrorCode::kConfigInvalid,
                fmt::format("freshness of source '{}.{}': {}", group.name, table.name, fault),
                "write e.g. warn_after: {count: 12, period: hour}; periods are minute, "
                "hour and day")
              .add_span(span)));
  }
  const Value* of_project = member(&project_config, "freshness");
  const bool is_refused =
      of_table != nullptr ? of_table->is_none() : of_group != nullptr && of_group->is_none();
  source.freshness = is_refused ? Value::none() : merged(of_table, of_group);
  const bool is_given = of_table != nullptr || of_group != nullptr;
  if (!is_refused && !has_freshness(source) && member(&source.freshness, "filter") == nullptr)
    source.freshness = merged(of_project, nullptr);

  set_loaded_at(source, group, table);
  jinja::Dict& unrendered = source.unrendered_config.as_dict();
  if (is_given && (is_refused || has_freshness(source)))
    unrendered.set("freshness", source.freshness);
  else if (of_project != nullptr)
    unrendered.set("freshness", *of_project);
  unrendered.set("loaded_at_field", source.loaded_at_field);
  unrendered.set("loaded_at_query", source.loaded_at_query);
}

// dbt says so when it parses: what it cannot measure fails when freshness is asked for.
void ProjectParser::warn_unmeasurable_source(const Source& source) {
  if (!has_freshness(source) || !source.loaded_at_field.is_none() ||
      !source.loaded_at_query.is_none())
    return;
  Error warning(ErrorCode::kConfigInvalid,
                fmt::format("freshness of source '{}.{}' cannot be measured: it has no "
                            "loaded_at_field, and {} keeps no times of change",
                            source.source_name, source.name, shared_.dialect->adapter_type()),
                "add loaded_at_field: <column>, or freshness: null");
  warning.add_span(source.span);
  diagnostics_.add_warning(std::move(warning), "FreshnessConfigProblem");
}

}  // namespace sluice::compile
