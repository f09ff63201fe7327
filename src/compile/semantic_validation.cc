// What dbt checks of a semantic manifest before it goes on, told of every resource at once.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compile/semantic_graph.h"
#include "compile/semantic_manifest_json.h"
#include "jinja/ops.h"
#include "jinja/template.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// What a day or less is.
constexpr std::array<std::string_view, 7> kDayOrSmaller = {
    "nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day"};
constexpr std::array<std::string_view, 4> kLarger = {"week", "month", "quarter", "year"};
constexpr std::array<std::string_view, 4> kGroupCalls = {"Dimension", "TimeDimension", "Entity",
                                                         "Metric"};

const Value& member(const Value& dict, std::string_view key) {
  static const Value kNone;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr ? *value : kNone;
}

template <size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_valid_name(std::string_view name) {
  return name.size() >= 2 && name.front() >= 'a' && name.front() <= 'z' && name.back() != '_' &&
         name.find("__") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

// What Dimension('…') and its like give: more can be called on it, and it prints as nothing.
class FilterCall final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "FilterCall"; }
  bool callable() const override { return true; }
  Result<Value> call(jinja::Interpreter&, const jinja::CallArgs&) override {
    return Value::object(jinja::make_ref<FilterCall>());
  }
  Result<std::optional<Value>> attribute(std::string_view) const override {
    return Value::object(jinja::make_ref<FilterCall>());
  }
  Result<std::string> repr() const override { return std::string(); }
};

class FilterScope final : public jinja::Scope {
 public:
  bool lookup(std::string_view name, Value& out) const override {
    if (!is_one_of(name, kGroupCalls)) return false;
    out = Value::object(jinja::make_ref<FilterCall>());
    return true;
  }
  std::vector<std::string> names() const override {
    return {kGroupCalls.begin(), kGroupCalls.end()};
  }
};

class Validator {
 public:
  Validator(const SharedState& shared, Diagnostics& diagnostics)
      : manifest_(shared.manifest), diagnostics_(diagnostics) {
    for (const auto& node : manifest_.nodes)
      if (node->time_spine.is_dict())
        for (const Value& custom : items_of(node->time_spine, "custom_granularities"))
          custom_granularities_.insert(text_of(custom, "name"));
  }

  void run() {
    check_time_spines();
    for (const auto& resource : manifest_.semantic_resources) {
      resource_ = resource.get();
      if (!seen_.insert(resource->unique_id).second)
        add(fmt::format("found two {}s with the name '{}'",
                        project::resource_type_name(resource->type), resource->name),
            "rename one of them");
      if (resource->type == ResourceType::kSemanticModel) check_semantic_model();
      if (resource->type == ResourceType::kMetric) check_metric();
      if (resource->type == ResourceType::kSavedQuery) check_saved_query();
    }
  }

 private:
  void add(std::string message, std::string hint) {
    Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
    error.set_node(resource_->unique_id).add_span(resource_->span);
    diagnostics_.add_error(std::move(error));
  }

  void check_name(const std::string& name) {
    if (!is_valid_name(name))
      add(fmt::format("invalid name `{}` - names may only contain lower case letters, numbers, and "
                      "underscores. Additionally, names must start with a lower case letter, "
                      "cannot end with an underscore, cannot contain dunders (double "
                      "underscores, or __), and must be at least 2 characters long.",
                      name),
          "rename it");
    if (name == "metric_time" || is_one_of(name, kDayOrSmaller) || is_one_of(name, kLarger))
      add(fmt::format("invalid name `{}` - this name is reserved by MetricFlow.", name),
          "rename it");
  }

  // Time spines.
  void check_time_spines() {
    if (manifest_.semantic_resources.empty()) return;
    bool has_day = false;
    for (const auto& node : manifest_.nodes) {
      if (node->type == ResourceType::kModel && node->name == kLegacyTimeSpine) has_day = true;
      if (!node->time_spine.is_dict()) continue;
      has_day = check_time_spine(*node) || has_day;
    }
    if (has_day) return;
    resource_ = manifest_.semantic_resources.front().get();
    add("the semantic layer requires a time spine model with granularity DAY or smaller in the "
        "project, but none was found",
        "add `time_spine: {standard_granularity_column: …}` to a model with a row per day, and "
        "`granularity: day` to that column");
  }

  void add_to_model(const Node& node, std::string message, std::string hint) {
    Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
    error.set_node(node.unique_id).add_span(node.span);
    diagnostics_.add_error(std::move(error));
  }

  // Whether it counts days or less.
  bool check_time_spine(const Node& node) {
    const std::string name = text_of(node.time_spine, "standard_granularity_column");
    std::vector<std::string> columns;
    for (const Column& column : node.columns) columns.push_back(column.name);
    const auto found = std::find_if(node.columns.begin(), node.columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    if (found == node.columns.end()) {
      add_to_model(node,
                   fmt::format("time spine standard granularity column must be defined on the "
                               "model. Got invalid column name '{}' for model '{}'. Valid names: "
                               "[{}]",
                               name, node.name, fmt::join(columns, ", ")),
                   "list it under columns: with its granularity");
      return true;
    }
    const std::string granularity = text_of(found->entry, "granularity");
    if (granularity.empty())
      add_to_model(node,
                   fmt::format("time spine standard granularity column must have a granularity "
                               "defined. Please add one for column '{}' in model '{}'.",
                               name, node.name),
                   "write granularity: day beside the column's name");
    std::vector<std::string> missing;
    for (const Value& custom : items_of(node.time_spine, "custom_granularities")) {
      const std::string column = member(custom, "column_name").is_none()
                                     ? text_of(custom, "name")
                                     : text_of(custom, "column_name");
      if (std::find(columns.begin(), columns.end(), column) == columns.end())
        missing.push_back(column);
    }
    if (!missing.empty())
      add_to_model(node,
                   fmt::format("time spine custom granularity columns do not exist in the model. "
                               "Columns not found: [{}]; Available columns: [{}]",
                               fmt::join(missing, ", "), fmt::join(columns, ", ")),
                   "list them under columns:");
    return granularity.empty() || is_one_of(granularity, kDayOrSmaller);
  }

  // Semantic models.
  void check_semantic_model() {
    check_name(resource_->name);
    check_element_names();
    check_primary_entity();
    check_times();
  }

  void check_element_names() {
    std::map<std::string, std::string_view> used;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKinds = {
        {{"entities", "entity"}, {"dimensions", "dimension"}, {"measures", "measure"}}};
    for (const auto& [key, kind] : kKinds)
      for (const Value& element : items_of(resource_->body, key)) {
        const std::string name = text_of(element, "name");
        check_name(name);
        const auto [place, is_new] = used.emplace(name, kind);
        if (!is_new)
          add(fmt::format(
                  "in semantic model `{}`, can't use name `{}` for a {} when it was already "
                  "used for a {}",
                  resource_->name, name, kind, place->second),
              "rename one of them");
        if (key != "measures") continue;
        const auto [owner, is_first] = measure_owners_.emplace(name, resource_->name);
        if (!is_first && owner->second != resource_->name)
          add(fmt::format("found measure with name {} in multiple semantic models with names "
                          "(['{}', '{}'])",
                          name, owner->second, resource_->name),
              "rename one of them: metrics find measures by name alone");
      }
  }

  void check_primary_entity() {
    if (items_of(resource_->body, "dimensions").empty()) return;
    if (!member(resource_->body, "primary_entity").is_none()) return;
    for (const Value& entity : items_of(resource_->body, "entities"))
      if (text_of(entity, "type") == "primary") return;
    add(fmt::format("the semantic model {} contains dimensions, but it does not define a primary "
                    "entity",
                    resource_->name),
        "either add an entity with type: primary or set a value for the primary_entity key");
  }

  bool is_time_dimension(const std::string& name) const {
    for (const Value& dimension : items_of(resource_->body, "dimensions"))
      if (text_of(dimension, "name") == name) return text_of(dimension, "type") == "time";
    return false;
  }

  void check_times() {
    for (const Value& dimension : items_of(resource_->body, "dimensions"))
      if (text_of(dimension, "type") == "time" &&
          text_of(member(dimension, "type_params"), "time_granularity").empty())
        add(fmt::format("time dimension `{}` of semantic model `{}` has no time_granularity",
                        text_of(dimension, "name"), resource_->name),
            "add type_params: {time_granularity: day}");
    const std::string by_default =
        text_of(member(resource_->body, "defaults"), "agg_time_dimension");
    if (!by_default.empty() && !is_time_dimension(by_default))
      add(fmt::format(
              "default aggregation time dimension was specified as '{}' which doesn't exist "
              "as a time dimension in semantic model named '{}'",
              by_default, resource_->name),
          "name a dimension of type time");
    for (const Value& measure : items_of(resource_->body, "measures"))
      check_measure(measure, by_default);
  }

  void check_measure(const Value& measure, const std::string& default_time) {
    const std::string name = text_of(measure, "name");
    const std::string own = text_of(measure, "agg_time_dimension");
    const std::string& time = own.empty() ? default_time : own;
    if (time.empty())
      add(fmt::format("aggregation time dimension for measure {} is not set! This should either be "
                      "set directly on the measure specification in the model, or else defaulted "
                      "to the primary time dimension in the data source containing the measure.",
                      name),
          "add defaults: {agg_time_dimension: …} to the semantic model");
    else if (!is_time_dimension(time))
      add(fmt::format("in semantic model '{}', measure '{}' has the aggregation time dimension set "
                      "to '{}', which is not a valid time dimension in the semantic model",
                      resource_->name, name, time),
          "name a dimension of type time");
    if (text_of(measure, "agg") == "percentile" &&
        member(member(measure, "agg_params"), "percentile").is_none())
      add(fmt::format("measure '{}' uses a percentile aggregation, which requires agg_params to be "
                      "provided",
                      name),
          "add agg_params: {percentile: 0.5}");
    const Value& additive = member(measure, "non_additive_dimension");
    if (additive.is_dict() && !is_time_dimension(text_of(additive, "name")))
      add(fmt::format(
              "measure '{}' has a non_additive_dimension '{}' that is not defined as a time "
              "dimension in semantic model '{}'",
              name, text_of(additive, "name"), resource_->name),
          "name a dimension of type time");
  }

  // Metrics.
  void check_metric() {
    check_name(resource_->name);
    const Value& params = member(resource_->body, "type_params");
    const std::string type = text_of(resource_->body, "type");
    const auto need = [&](std::string_view key) {
      if (member(params, key).is_none())
        add(fmt::format("metric '{}' of type {} has no \"{}\" in type_params", resource_->name,
                        type, key),
            fmt::format("add it: type_params: {{{}: …}}", key));
    };
    if (type == "simple" || type == "cumulative") need("measure");
    if (type == "ratio") {
      need("numerator");
      need("denominator");
    }
    if (type == "cumulative") check_cumulative(member(params, "cumulative_type_params"));
    if (type == "derived") check_derived(params);
    if (type == "conversion") check_conversion(params);
    check_filter(member(resource_->body, "filter"), "metric");
    check_filter(member(member(params, "measure"), "filter"), "metric");
  }

  void check_cumulative(const Value& cumulative) {
    const Value& window = member(cumulative, "window");
    if (!window.is_none() && !member(cumulative, "grain_to_date").is_none())
      add("both window and grain_to_date set for cumulative metric", "please set one or the other");
    check_window(window);
  }

  void check_window(const Value& window) {
    if (!window.is_dict()) return;
    const std::string granularity = text_of(window, "granularity");
    if (is_one_of(granularity, kDayOrSmaller) || is_one_of(granularity, kLarger) ||
        custom_granularities_.contains(granularity))
      return;
    add(fmt::format("invalid time granularity '{}' in window: '{} {}'", granularity,
                    text_of(window, "count"), granularity),
        "write a count and a granularity: 7 days");
  }

  void check_derived(const Value& params) {
    const std::string expr = text_of(params, "expr");
    if (expr.empty())
      add(fmt::format("no `expr` set for derived metric {}", resource_->name),
          "please add an `expr` that references all input metrics");
    if (items_of(params, "metrics").empty())
      add(fmt::format("no input metrics found for derived metric '{}'", resource_->name),
          "please add metrics to type_params.metrics");
    for (const Value& input : items_of(params, "metrics")) {
      const std::string alias = text_of(input, "alias");
      const std::string name = alias.empty() ? text_of(input, "name") : alias;
      check_window(member(input, "offset_window"));
      if (!member(input, "offset_window").is_none() && !member(input, "offset_to_grain").is_none())
        add(fmt::format("both offset_window and offset_to_grain set for derived metric '{}' on "
                        "input metric '{}'",
                        resource_->name, name),
            "please set one or the other");
      if (expr.empty() || expr.find(name) != std::string::npos) continue;
      Error warning(ErrorCode::kPropertyInvalid,
                    fmt::format("input metric '{}' is not used in `expr`: '{}' for derived metric "
                                "'{}'",
                                name, expr, resource_->name),
                    "please update the `expr` or remove the input metric");
      diagnostics_.add_warning(std::move(warning.add_span(resource_->span)), "ValidationWarning");
    }
  }

  struct MeasureOwner {
    const SemanticResource* model = nullptr;
    const Value* measure = nullptr;
  };

  MeasureOwner find_measure(const std::string& name) const {
    for (const auto& resource : manifest_.semantic_resources)
      if (resource->type == ResourceType::kSemanticModel)
        for (const Value& measure : items_of(resource->body, "measures"))
          if (text_of(measure, "name") == name) return {resource.get(), &measure};
    return {};
  }

  void check_conversion(const Value& params) {
    const Value& conversion = member(params, "conversion_type_params");
    if (!conversion.is_dict())
      return add(
          fmt::format("no `conversion_type_params` set for conversion metric {}", resource_->name),
          "add base_measure, conversion_measure and entity there");
    check_window(member(conversion, "window"));
    const std::string entity = text_of(conversion, "entity");
    for (const auto& [key, kind] :
         {std::pair("base_measure", "base"), std::pair("conversion_measure", "conversion")}) {
      const MeasureOwner owner = find_measure(text_of(member(conversion, key), "name"));
      if (owner.model == nullptr) continue;
      const std::vector<Value>& entities = items_of(owner.model->body, "entities");
      if (std::none_of(entities.begin(), entities.end(),
                       [&](const Value& item) { return text_of(item, "name") == entity; }))
        add(fmt::format("entity: {} not found in {} semantic model: {}", entity, kind,
                        owner.model->name),
            "both measures need the entity in their semantic models");
      const std::string agg = text_of(*owner.measure, "agg");
      const bool counts = agg == "count" || agg == "count_distinct" ||
                          (agg == "sum" && text_of(*owner.measure, "expr") == "1");
      if (!counts)
        add(fmt::format("for conversion metrics, the measure must be COUNT/SUM(1)/COUNT_DISTINCT. "
                        "Measure: {} is agg type: {}",
                        text_of(*owner.measure, "name"), agg),
            "use a measure that counts");
    }
  }

  // Filters are templates of the semantic layer: what they call is known, what it gives is not.
  void check_filter(const Value& filter, std::string_view kind) {
    for (const Value& item : items_of(filter, "where_filters")) {
      const std::string text = text_of(item, "where_sql_template");
      Result<std::string> rendered = rendered_filter(text);
      if (rendered) continue;
      add(fmt::format("an error occurred while trying to parse filter of {} `{}`: {}", kind,
                      resource_->name, rendered.error().message()),
          "write it as {{ Dimension('entity__dimension') }} = 'value'");
    }
  }

  Result<std::string> rendered_filter(const std::string& text) const {
    SLUICE_ASSIGN(jinja::Template tmpl,
                  jinja::compile_template(text, resource_->span.file, resource_->span.line));
    const FilterScope scope;
    jinja::Environment environment;
    jinja::Interpreter interpreter(environment, scope);
    return interpreter.render(tmpl);
  }

  // Saved queries.
  void check_saved_query() {
    check_name(resource_->name);
    const Value& params = member(resource_->body, "query_params");
    for (const Value& item : items_of(params, "group_by")) {
      const std::string text = jinja::to_str(item).value_or(std::string());
      const std::string call = text.substr(0, std::min(text.find('('), text.size()));
      const bool is_plain = call.size() == text.size();
      if (is_plain || is_one_of(call, kGroupCalls)) continue;
      add(fmt::format(
              "an error occurred while trying to parse a group-by in saved query `{}`: '{}'",
              resource_->name, text),
          "write Dimension('…'), TimeDimension('…', '…'), Entity('…') or Metric('…')");
    }
    check_filter(member(params, "where"), "saved query");
  }

  const Manifest& manifest_;
  Diagnostics& diagnostics_;
  const SemanticResource* resource_ = nullptr;
  std::set<std::string> seen_;
  std::set<std::string> custom_granularities_;
  std::map<std::string, std::string> measure_owners_;
};

}  // namespace

void validate_semantic_layer(const SharedState& shared, Diagnostics& diagnostics) {
  Validator(shared, diagnostics).run();
}

}  // namespace sluice::compile
