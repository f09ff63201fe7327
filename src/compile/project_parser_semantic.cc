// Semantic models, metrics and saved queries: from entries of property files to resources.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/suggest.h"
#include "compile/config_defaults.h"
#include "compile/project_parser.h"
#include "compile/semantic_graph.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;
using project::OtherProperties;

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 9> kAggregations = {
    "sum",     "min",        "max",    "count_distinct", "sum_boolean",
    "average", "percentile", "median", "count"};
constexpr std::array<std::string_view, 4> kEntityTypes = {"foreign", "natural", "primary",
                                                          "unique"};
constexpr std::array<std::string_view, 2> kDimensionTypes = {"categorical", "time"};
constexpr std::array<std::string_view, 5> kMetricTypes = {"simple", "ratio", "cumulative",
                                                          "derived", "conversion"};
constexpr std::array<std::string_view, 11> kGranularities = {
    "nanosecond", "microsecond", "millisecond", "second",  "minute", "hour",
    "day",        "week",        "month",       "quarter", "year"};
constexpr std::array<std::string_view, 2> kExportKinds = {"table", "view"};

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

Value member_or_none(const Value& dict, std::string_view key) {
  const Value* value = member(dict, key);
  return value != nullptr ? *value : Value::none();
}

tl::unexpected<Error> fault(const OtherProperties& entry, std::string message, std::string hint) {
  Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
  error.add_span(entry.span);
  return fail(std::move(error));
}

Status require(const OtherProperties& entry, const Value& dict, Names keys, std::string_view what) {
  for (const std::string_view key : keys)
    if (member(dict, key) == nullptr)
      return fault(entry, fmt::format("{} has no \"{}\"", what, key),
                   fmt::format("it needs {}", fmt::join(keys, ", ")));
  return {};
}

Status check_word(const OtherProperties& entry, const Value& dict, std::string_view key,
                  Names known, std::string_view what) {
  std::string word = text_of(dict, key);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::find(known.begin(), known.end(), word) != known.end()) return {};
  const std::string near =
      nearest_name(word, std::vector<std::string_view>(known.begin(), known.end()));
  return fault(entry, fmt::format("\"{}\" is no {} of {}", word, key, what),
               near.empty() ? fmt::format("use one of: {}", fmt::join(known, ", "))
                            : fmt::format("did you mean \"{}\"?", near));
}

Status check_parts(const OtherProperties& entry, std::string_view key, Names required,
                   std::string_view kind_key, Names kinds) {
  for (const Value& part : items_of(entry.entry, key)) {
    const std::string what = fmt::format("\"{}\" in \"{}\" of semantic model '{}'",
                                         text_of(part, "name"), key, entry.name);
    SLUICE_TRY(require(entry, part, required, what));
    SLUICE_TRY(check_word(entry, part, kind_key, kinds, what));
  }
  return {};
}

Status check_semantic_model(const OtherProperties& entry) {
  constexpr std::array<std::string_view, 2> kRequired = {"name", "model"};
  constexpr std::array<std::string_view, 2> kTyped = {"name", "type"};
  constexpr std::array<std::string_view, 2> kMeasure = {"name", "agg"};
  SLUICE_TRY(
      require(entry, entry.entry, kRequired, fmt::format("semantic model '{}'", entry.name)));
  SLUICE_TRY(check_parts(entry, "entities", kTyped, "type", kEntityTypes));
  SLUICE_TRY(check_parts(entry, "dimensions", kTyped, "type", kDimensionTypes));
  SLUICE_TRY(check_parts(entry, "measures", kMeasure, "agg", kAggregations));
  for (const Value& dimension : items_of(entry.entry, "dimensions"))
    if (const Value* params = member(dimension, "type_params");
        params != nullptr && member(*params, "time_granularity") != nullptr)
      SLUICE_TRY(check_word(entry, *params, "time_granularity", kGranularities,
                            fmt::format("dimension \"{}\" of semantic model '{}'",
                                        text_of(dimension, "name"), entry.name)));
  return {};
}

std::vector<std::string> folders_below(std::string_view file) {
  std::vector<std::string> parts;
  for (size_t slash = file.find('/'); slash != std::string_view::npos; slash = file.find('/')) {
    parts.emplace_back(file.substr(0, slash));
    file.remove_prefix(slash + 1);
  }
  if (!parts.empty()) parts.erase(parts.begin());  // the resource path itself
  return parts;
}

}  // namespace

std::unique_ptr<SemanticResource> ProjectParser::semantic_resource(const OtherProperties& entry,
                                                                   ResourceType type) {
  auto resource = std::make_unique<SemanticResource>();
  resource->type = type;
  resource->name = entry.name;
  resource->package = entry.package;
  resource->package_name = shared_.project().packages[entry.package].name;
  resource->original_file_path = entry.file;
  resource->unique_id = fmt::format("{}.{}.{}", project::resource_type_name(type),
                                    resource->package_name, entry.name);
  resource->fqn = {resource->package_name};
  for (std::string& folder : folders_below(entry.file)) resource->fqn.push_back(std::move(folder));
  resource->fqn.push_back(entry.name);
  resource->created_at_micros = shared_.options.started_at_micros;
  resource->span = entry.span;
  resource->body = Value::dict();
  return resource;
}

// Tags of an entry replace those of dbt_project.yml here, other than elsewhere.
Status ProjectParser::configure(SemanticResource& resource, const Value& own) {
  const project::Project& project = shared_.project();
  Value config = project::project_config(project, resource.package, resource.type, resource.fqn);
  resource.unrendered_config = Value::dict();
  if (resource.type == ResourceType::kMetric)
    for (const auto& item : config.as_dict().entries())
      resource.unrendered_config.as_dict().set(item.key, item.value);
  if (own.is_dict()) {
    if (own.as_dict().find("tags") != nullptr) config.as_dict().erase(Value::string("tags"));
    SLUICE_TRY(project::merge_config(config, own, resource.type));
    for (const auto& item : own.as_dict().entries())
      resource.unrendered_config.as_dict().set(item.key, item.value);
  }
  SLUICE_TRY(project::merge_config(
      config, project::root_config(project, resource.package, resource.type, resource.fqn),
      resource.type));
  fill_config_defaults(config, resource.type);
  resource.config = std::move(config);
  resource.group = text_of(resource.config, "group");
  return {};
}

void ProjectParser::take(std::unique_ptr<SemanticResource> resource) {
  Manifest& manifest = shared_.manifest;
  const Value* enabled = resource->config.as_dict().find("enabled");
  const bool on = enabled == nullptr || jinja::truth(*enabled).value_or(true);
  (on ? manifest.semantic_resources : manifest.disabled_semantic_resources)
      .push_back(std::move(resource));
}

Status ProjectParser::parse_semantic_model(const OtherProperties& entry) {
  SLUICE_TRY(check_semantic_model(entry));
  auto resource = semantic_resource(entry, ResourceType::kSemanticModel);
  SLUICE_TRY(configure(*resource, member_or_none(entry.entry, "config")));
  NodeContext ctx(shared_, nullptr, entry.package, Phase::kParse, nullptr);
  jinja::Environment environment = environment_for(shared_, Phase::kParse);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  const std::string model = text_of(entry.entry, "model");
  SLUICE_ASSIGN(jinja::Template tmpl, jinja::compile_template(fmt::format("{{{{ {} }}}}", model),
                                                              entry.file, entry.span.line));
  SLUICE_TRY(interpreter.render(tmpl));
  if (ctx.refs.size() != 1)
    return fault(entry,
                 fmt::format("\"model\" of semantic model '{}' is \"{}\", which refers to no model",
                             entry.name, model),
                 fmt::format("write model: ref('{}')", model));
  resource->refs = std::move(ctx.refs);
  jinja::Dict& body = resource->body.as_dict();
  body.set("model", Value::string(model));
  body.set("node_relation", Value::none());
  const Value* description = member(entry.entry, "description");
  body.set("description",
           description != nullptr && description->is_string()
               ? Value::string(render_description(description->as_string(), entry.span))
               : Value::none());
  body.set("label", member_or_none(entry.entry, "label"));
  Value defaults = Value::none();
  if (const Value* given = member(entry.entry, "defaults")) {
    defaults = Value::dict();
    defaults.as_dict().set("agg_time_dimension", member_or_none(*given, "agg_time_dimension"));
  }
  body.set("defaults", defaults);
  const Value meta = member_or_none(resource->config, "meta");
  const auto parts = [&](std::string_view key, auto shape) {
    std::vector<Value> shaped;
    for (const Value& part : items_of(entry.entry, key)) shaped.push_back(shape(part, meta));
    body.set(key, Value::list(std::move(shaped)));
  };
  parts("entities", semantic_entity);
  parts("measures", semantic_measure);
  parts("dimensions", semantic_dimension);
  body.set("primary_entity", member_or_none(entry.entry, "primary_entity"));
  add_measure_metrics(*resource, entry);
  take(std::move(resource));
  return {};
}

// A measure with create_metric is a simple metric too.
void ProjectParser::add_measure_metrics(const SemanticResource& model,
                                        const OtherProperties& entry) {
  const Value* enabled = model.config.as_dict().find("enabled");
  if (enabled != nullptr && !jinja::truth(*enabled).value_or(true)) return;
  for (const Value& measure : items_of(entry.entry, "measures")) {
    if (!jinja::truth(member_or_none(measure, "create_metric")).value_or(false)) continue;
    OtherProperties metric = entry;
    metric.name = text_of(measure, "name");
    auto resource = semantic_resource(metric, ResourceType::kMetric);
    Value own = Value::dict();
    for (const std::string_view key : {"enabled", "group", "meta"})
      if (const Value* value = member(model.config, key)) own.as_dict().set(key, *value);
    Status configured = configure(*resource, own);
    if (!configured) diagnostics_.add_error(std::move(configured.error().locate(entry.span)));
    jinja::Dict& body = resource->body.as_dict();
    const Value* description = member(measure, "description");
    const Value* label = member(measure, "label");
    body.set("description", description != nullptr
                                ? *description
                                : Value::string("Metric created from measure " + metric.name));
    body.set("label", label != nullptr ? *label : Value::string(metric.name));
    body.set("type", Value::string("simple"));
    Value params = Value::dict();
    params.as_dict().set("measure", Value::string(metric.name));
    const Value* expr = member(measure, "expr");
    params.as_dict().set("expr", expr != nullptr ? *expr : Value::string(metric.name));
    body.set("type_params", metric_type_params(params, "simple"));
    body.set("filter", Value::none());
    body.set("time_granularity", Value::none());
    measure_metrics_.push_back(std::move(resource));
  }
}

Status ProjectParser::parse_metric(const OtherProperties& entry) {
  constexpr std::array<std::string_view, 4> kRequired = {"name", "label", "type", "type_params"};
  const std::string what = fmt::format("metric '{}'", entry.name);
  SLUICE_TRY(require(entry, entry.entry, kRequired, what));
  SLUICE_TRY(check_word(entry, entry.entry, "type", kMetricTypes, what));
  auto resource = semantic_resource(entry, ResourceType::kMetric);
  SLUICE_TRY(configure(*resource, member_or_none(entry.entry, "config")));
  std::string type = text_of(entry.entry, "type");
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  jinja::Dict& body = resource->body.as_dict();
  const std::string description = text_of(entry.entry, "description");
  body.set("description", Value::string(render_description(description, entry.span)));
  body.set("label", member_or_none(entry.entry, "label"));
  body.set("type", Value::string(type));
  body.set("type_params", metric_type_params(*member(entry.entry, "type_params"), type));
  body.set("filter", where_filter(member(entry.entry, "filter")));
  body.set("time_granularity", member_or_none(entry.entry, "time_granularity"));
  take(std::move(resource));
  return {};
}

Status ProjectParser::parse_saved_query(const OtherProperties& entry) {
  constexpr std::array<std::string_view, 2> kRequired = {"name", "query_params"};
  const std::string what = fmt::format("saved query '{}'", entry.name);
  SLUICE_TRY(require(entry, entry.entry, kRequired, what));
  auto resource = semantic_resource(entry, ResourceType::kSavedQuery);
  SLUICE_TRY(configure(*resource, member_or_none(entry.entry, "config")));
  if (const Value* tags = resource->config.as_dict().find("tags"))
    resource->tags = text_items(tags);
  jinja::Dict& body = resource->body.as_dict();
  body.set("query_params", saved_query_params(*member(entry.entry, "query_params")));
  std::vector<Value> exports;
  for (const Value& item : items_of(entry.entry, "exports")) {
    const Value config = member_or_none(item, "config");
    SLUICE_TRY(check_word(entry, config, "export_as", kExportKinds,
                          fmt::format("export \"{}\" of {}", text_of(item, "name"), what)));
    Value shaped = Value::dict(), shown = Value::dict();
    const Value* schema = member(config, "schema");
    const Value* alias = member(config, "alias");
    shown.as_dict().set("export_as", *member(config, "export_as"));
    shown.as_dict().set("schema_name", schema != nullptr
                                           ? *schema
                                           : Value::string(shared_.project().profile.schema));
    shown.as_dict().set("alias", alias != nullptr ? *alias : member_or_none(item, "name"));
    shown.as_dict().set("database", Value::string(shared_.project().profile.database));
    shaped.as_dict().set("name", member_or_none(item, "name"));
    shaped.as_dict().set("config", shown);
    shaped.as_dict().set("unrendered_config", config);
    exports.push_back(std::move(shaped));
  }
  body.set("exports", Value::list(std::move(exports)));
  const Value* description = member(entry.entry, "description");
  body.set("description",
           description != nullptr && description->is_string()
               ? Value::string(render_description(description->as_string(), entry.span))
               : Value::none());
  body.set("label", member_or_none(entry.entry, "label"));
  take(std::move(resource));
  return {};
}

void ProjectParser::parse_semantic_layer() {
  const auto each = [&](std::string_view key, auto read) {
    for (const OtherProperties& other : shared_.project().others) {
      if (other.yaml_key != key || !other.entry.is_dict()) continue;
      Status parsed = (this->*read)(other);
      if (!parsed) diagnostics_.add_error(std::move(parsed.error().locate(other.span)));
    }
  };
  each("semantic_models", &ProjectParser::parse_semantic_model);
  each("metrics", &ProjectParser::parse_metric);
  for (auto& metric : measure_metrics_) take(std::move(metric));
  measure_metrics_.clear();
  each("saved_queries", &ProjectParser::parse_saved_query);
  shared_.manifest.index();
}

Status ProjectParser::resolve_semantic_model(SemanticResource& model) {
  const RefCall& call = model.refs.front();
  const Node* target = shared_.references.find_ref(call, model.package);
  if (target == nullptr) {
    Error error = unknown_ref_error(shared_, nullptr, call);
    std::string message = error.message();
    const std::string_view from = "this template";
    if (message.starts_with(from))
      message.replace(
          0, from.size(),
          fmt::format("semantic_model '{}' ({})", model.unique_id, model.original_file_path));
    error.set_message(std::move(message));
    return fail(std::move(error));
  }
  model.depends_on_nodes = {target->unique_id};
  Value relation = Value::dict();
  relation.as_dict().set("alias", Value::string(target->alias));
  relation.as_dict().set("schema_name", Value::string(target->schema));
  relation.as_dict().set("database", Value::string(target->database));
  relation.as_dict().set("relation_name", target->relation_name.empty()
                                              ? Value::none()
                                              : Value::string(target->relation_name));
  model.body.as_dict().set("node_relation", std::move(relation));
  return {};
}

Status ProjectParser::resolve_saved_query(SemanticResource& query) {
  for (const Value& name : items_of(*query.body.as_dict().find("query_params"), "metrics")) {
    const RefCall call{"", jinja::to_str(name).value_or(std::string()), "", 0};
    const SemanticResource* metric = find_metric(shared_.manifest, call, query.package);
    if (metric == nullptr)
      return fail(unknown_metric_error(
          shared_, fmt::format("saved_query '{}' ({})", query.unique_id, query.original_file_path),
          call));
    if (std::find(query.depends_on_nodes.begin(), query.depends_on_nodes.end(),
                  metric->unique_id) == query.depends_on_nodes.end())
      query.depends_on_nodes.push_back(metric->unique_id);
  }
  return {};
}

void ProjectParser::resolve_semantic_layer() {
  if (shared_.manifest.semantic_resources.empty()) return;
  const size_t num_errors = diagnostics_.num_errors();
  for (auto& resource : shared_.manifest.semantic_resources) {
    Status resolved;
    if (resource->type == ResourceType::kSemanticModel)
      resolved = resolve_semantic_model(*resource);
    else if (resource->type == ResourceType::kSavedQuery)
      resolved = resolve_saved_query(*resource);
    if (!resolved)
      diagnostics_.add_error(
          std::move(resolved.error().set_node(resource->unique_id).locate(resource->span)));
  }
  resolve_metrics(shared_, diagnostics_);
  if (diagnostics_.num_errors() == num_errors) validate_semantic_layer(shared_, diagnostics_);
}

}  // namespace sluice::compile
