// Entries of the semantic layer, spelled out: each part with all of dbt's keys.
#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "compile/semantic_resource.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

Value member_or(const Value& dict, std::string_view key, Value otherwise = Value::none()) {
  const Value* value = member(dict, key);
  return value != nullptr ? *value : otherwise;
}

// Expressions are texts, however YAML reads them.
Value text_member(const Value& dict, std::string_view key) {
  const Value* value = member(dict, key);
  if (value == nullptr) return Value::none();
  if (value->is_bool()) return Value::string(value->as_bool() ? "true" : "false");
  return Value::string(jinja::to_str(*value).value_or(std::string()));
}

Value made(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  Value out = Value::dict();
  for (const auto& [key, value] : entries) out.as_dict().set(key, value);
  return out;
}

Value list_member(const Value& dict, std::string_view key) {
  const Value* value = member(dict, key);
  if (value == nullptr) return Value::list();
  return value->is_list() ? *value : Value::list({*value});
}

template <typename Shape>
Value shaped_list(const Value& dict, std::string_view key, const Shape& shape) {
  std::vector<Value> items;
  const Value list = list_member(dict, key);
  for (const Value& item : list.as_items()) items.push_back(shape(item));
  return Value::list(std::move(items));
}

// {meta: …}: what a part says over what its semantic model says.
Value inherited_config(const Value& entry, const Value& meta) {
  Value all = Value::dict();
  const Value own = member_or(member_or(entry, "config"), "meta");
  for (const Value* part : {&meta, &own})
    if (part->is_dict())
      for (const auto& item : part->as_dict().entries()) all.as_dict().set(item.key, item.value);
  return made({{"meta", all}});
}

Value lower_text(const Value& value) {
  if (!value.is_string()) return value;
  std::string text = value.as_string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return Value::string(std::move(text));
}

Value conversion_params(const Value& entry) {
  return made({{"base_measure", input_measure(member_or(entry, "base_measure"))},
               {"conversion_measure", input_measure(member_or(entry, "conversion_measure"))},
               {"entity", member_or(entry, "entity")},
               {"calculation", member_or(entry, "calculation", Value::string("conversion_rate"))},
               {"window", time_window(member(entry, "window"))},
               {"constant_properties", member_or(entry, "constant_properties")}});
}

// The keys that moved below cumulative_type_params are read at their old place too.
Value cumulative_params(const Value& type_params) {
  const Value nested = member_or(type_params, "cumulative_type_params");
  const Value* window = member(nested, "window");
  if (window == nullptr) window = member(type_params, "window");
  const Value* grain = member(nested, "grain_to_date");
  if (grain == nullptr) grain = member(type_params, "grain_to_date");
  const Value* metric = member(nested, "metric");
  return made({{"window", time_window(window)},
               {"grain_to_date", grain != nullptr ? *grain : Value::none()},
               {"period_agg", member_or(nested, "period_agg", Value::string("first"))},
               {"metric", metric != nullptr ? input_metric(*metric) : Value::none()}});
}

}  // namespace

Value where_filter(const Value* value) {
  if (value == nullptr || value->is_none()) return Value::none();
  std::vector<Value> filters;
  const std::vector<Value> texts =
      value->is_list() ? value->as_items() : std::vector<Value>{*value};
  for (const Value& text : texts) filters.push_back(made({{"where_sql_template", text}}));
  return made({{"where_filters", Value::list(std::move(filters))}});
}

Value input_measure(const Value& value) {
  if (value.is_none()) return value;
  return made({{"name", value.is_dict() ? member_or(value, "name") : value},
               {"filter", where_filter(member(value, "filter"))},
               {"alias", member_or(value, "alias")},
               {"join_to_timespine", member_or(value, "join_to_timespine", Value::boolean(false))},
               {"fill_nulls_with", member_or(value, "fill_nulls_with")}});
}

Value input_metric(const Value& value) {
  if (value.is_none()) return value;
  return made({{"name", value.is_dict() ? member_or(value, "name") : value},
               {"filter", where_filter(member(value, "filter"))},
               {"alias", member_or(value, "alias")},
               {"offset_window", time_window(member(value, "offset_window"))},
               {"offset_to_grain", member_or(value, "offset_to_grain")}});
}

Value time_window(const Value* value) {
  if (value == nullptr || !value->is_string()) return Value::none();
  const std::string& text = value->as_string();
  const size_t blank = text.find(' ');
  if (blank == std::string::npos) return Value::none();
  const auto count = jinja::parse_int(text.substr(0, blank));
  std::string granularity = text.substr(text.find_last_of(' ') + 1);
  std::transform(granularity.begin(), granularity.end(), granularity.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (granularity.ends_with('s')) granularity.pop_back();
  if (!count || granularity.empty()) return Value::none();
  return made({{"count", *count}, {"granularity", Value::string(granularity)}});
}

Value metric_type_params(const Value& type_params, std::string_view metric_type) {
  const bool is_cumulative = metric_type == "cumulative";
  return made(
      {{"measure", input_measure(member_or(type_params, "measure"))},
       {"input_measures", Value::list()},
       {"numerator", input_metric(member_or(type_params, "numerator"))},
       {"denominator", input_metric(member_or(type_params, "denominator"))},
       {"expr", text_member(type_params, "expr")},
       {"window", time_window(member(type_params, "window"))},
       {"grain_to_date", member_or(type_params, "grain_to_date")},
       {"metrics", shaped_list(type_params, "metrics", input_metric)},
       {"conversion_type_params",
        member(type_params, "conversion_type_params") != nullptr
            ? conversion_params(*member(type_params, "conversion_type_params"))
            : Value::none()},
       {"cumulative_type_params", is_cumulative ? cumulative_params(type_params) : Value::none()},
       {"metric_aggregation_params", Value::none()}});
}

Value semantic_entity(const Value& entry, const Value& meta) {
  return made({{"name", member_or(entry, "name")},
               {"type", lower_text(member_or(entry, "type"))},
               {"description", member_or(entry, "description")},
               {"label", member_or(entry, "label")},
               {"role", member_or(entry, "role")},
               {"expr", text_member(entry, "expr")},
               {"config", inherited_config(entry, meta)}});
}

Value semantic_dimension(const Value& entry, const Value& meta) {
  const Value* params = member(entry, "type_params");
  Value shaped;
  if (params != nullptr) {
    const Value* validity = member(*params, "validity_params");
    shaped =
        made({{"time_granularity", lower_text(member_or(*params, "time_granularity"))},
              {"validity_params",
               validity == nullptr
                   ? Value::none()
                   : made({{"is_start", member_or(*validity, "is_start", Value::boolean(false))},
                           {"is_end", member_or(*validity, "is_end", Value::boolean(false))}})}});
  }
  return made({{"name", member_or(entry, "name")},
               {"type", lower_text(member_or(entry, "type"))},
               {"description", member_or(entry, "description")},
               {"label", member_or(entry, "label")},
               {"is_partition", member_or(entry, "is_partition", Value::boolean(false))},
               {"type_params", shaped},
               {"expr", text_member(entry, "expr")},
               {"metadata", Value::none()},
               {"config", inherited_config(entry, meta)}});
}

Value semantic_measure(const Value& entry, const Value& meta) {
  const Value* params = member(entry, "agg_params");
  const Value* additive = member(entry, "non_additive_dimension");
  const Value no = Value::boolean(false);
  const Value agg_params =
      params == nullptr
          ? Value::none()
          : made({{"percentile", member_or(*params, "percentile")},
                  {"use_discrete_percentile", member_or(*params, "use_discrete_percentile", no)},
                  {"use_approximate_percentile",
                   member_or(*params, "use_approximate_percentile", no)}});
  const Value non_additive =
      additive == nullptr
          ? Value::none()
          : made({{"name", member_or(*additive, "name")},
                  {"window_choice", member_or(*additive, "window_choice", Value::string("min"))},
                  {"window_groupings", list_member(*additive, "window_groupings")}});
  return made({{"name", member_or(entry, "name")},
               {"agg", lower_text(member_or(entry, "agg"))},
               {"description", member_or(entry, "description")},
               {"label", member_or(entry, "label")},
               {"create_metric", no},
               {"expr", text_member(entry, "expr")},
               {"agg_params", agg_params},
               {"non_additive_dimension", non_additive},
               {"agg_time_dimension", member_or(entry, "agg_time_dimension")},
               {"config", inherited_config(entry, meta)}});
}

Value saved_query_params(const Value& entry) {
  return made({{"metrics", list_member(entry, "metrics")},
               {"group_by", list_member(entry, "group_by")},
               {"where", where_filter(member(entry, "where"))},
               {"order_by", list_member(entry, "order_by")},
               {"limit", member_or(entry, "limit")}});
}

Value time_spine_shape(const Value& time_spine) {
  if (!time_spine.is_dict()) return Value::none();
  return made(
      {{"standard_granularity_column", member_or(time_spine, "standard_granularity_column")},
       {"custom_granularities",
        shaped_list(time_spine, "custom_granularities", [](const Value& item) {
          return made(
              {{"name", member_or(item, "name")}, {"column_name", member_or(item, "column_name")}});
        })}});
}

}  // namespace sluice::compile
