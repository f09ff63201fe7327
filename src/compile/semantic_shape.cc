// The shape of semantic models, metrics and saved queries in dbt's manifest.
#include "compile/resource_shape.h"
#include "compile/semantic_resource.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value& member(const Value& dict, std::string_view key) {
  static const Value kNone;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr ? *value : kNone;
}

void body_fields(TreeSink& sink, const SemanticResource& resource,
                 std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) sink.field(key, member(resource.body, key));
}

void identity(TreeSink& sink, const Manifest& manifest, const SemanticResource& resource) {
  sink.field("name", resource.name);
  sink.field("resource_type", project::resource_type_name(resource.type));
  sink.field("package_name", resource.package_name);
  sink.field("path",
             below_resource_folder(manifest, resource.package, resource.original_file_path));
  sink.field("original_file_path", resource.original_file_path);
  sink.field("unique_id", resource.unique_id);
  sink.texts("fqn", resource.fqn);
}

void depends_on(TreeSink& sink, const SemanticResource& resource) {
  sink.key("depends_on");
  sink.begin_object();
  sink.texts("macros", {});
  sink.texts("nodes", resource.depends_on_nodes);
  sink.end_object();
}

void refs(TreeSink& sink, const SemanticResource& resource) {
  sink.key("refs");
  sink.begin_array();
  for (const RefCall& call : resource.refs) {
    sink.begin_object();
    sink.field("name", call.name);
    sink.optional_field("package", call.package);
    sink.optional_field("version", call.version);
    sink.end_object();
  }
  sink.end_array();
}

void created_at(TreeSink& sink, const SemanticResource& resource) {
  sink.key("created_at");
  sink.number(static_cast<double>(resource.created_at_micros) / 1e6);
}

void metric_fields(TreeSink& sink, const SemanticResource& metric) {
  body_fields(sink, metric, {"description", "label", "type", "type_params", "filter"});
  sink.null_field("metadata");
  body_fields(sink, metric, {"time_granularity"});
  sink.dict_field("meta", member(metric.config, "meta"));
  sink.texts("tags", {});
  sink.dict_field("config", metric.config);
  sink.dict_field("unrendered_config", metric.unrendered_config);
  sink.texts("sources", {});
  depends_on(sink, metric);
  refs(sink, metric);
  sink.texts("metrics", {});
  created_at(sink, metric);
}

void semantic_model_fields(TreeSink& sink, const SemanticResource& model) {
  body_fields(sink, model,
              {"model", "node_relation", "description", "label", "defaults", "entities", "measures",
               "dimensions"});
  sink.null_field("metadata");
  depends_on(sink, model);
  refs(sink, model);
  created_at(sink, model);
  sink.dict_field("config", model.config);
  sink.dict_field("unrendered_config", model.unrendered_config);
  body_fields(sink, model, {"primary_entity"});
}

void saved_query_fields(TreeSink& sink, const SemanticResource& query) {
  body_fields(sink, query, {"query_params", "exports", "description", "label"});
  sink.null_field("metadata");
  sink.dict_field("config", query.config);
  sink.dict_field("unrendered_config", query.unrendered_config);
}

}  // namespace

void describe_semantic_resource(TreeSink& sink, const Manifest& manifest,
                                const SemanticResource& resource) {
  sink.begin_object();
  identity(sink, manifest, resource);
  if (resource.type == ResourceType::kMetric) metric_fields(sink, resource);
  if (resource.type == ResourceType::kSemanticModel) semantic_model_fields(sink, resource);
  if (resource.type == ResourceType::kSavedQuery) saved_query_fields(sink, resource);
  sink.optional_field("group", resource.group);
  if (resource.type == ResourceType::kSavedQuery) {
    depends_on(sink, resource);
    created_at(sink, resource);
    refs(sink, resource);
    sink.texts("tags", resource.tags);
  }
  sink.end_object();
}

Value semantic_resource_to_value(const Manifest& manifest, const SemanticResource& resource) {
  ValueSink sink;
  describe_semantic_resource(sink, manifest, resource);
  return sink.take();
}

}  // namespace sluice::compile
