#include "compile/semantic_manifest_json.h"

#include <initializer_list>
#include <string_view>

#include "base/json.h"
#include "compile/semantic_graph.h"
#include "compile/semantic_resource.h"
#include "compile/tree_sink.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value& member(const Value& dict, std::string_view key) {
  static const Value kNone;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr ? *value : kNone;
}

class SemanticManifestWriter {
 public:
  explicit SemanticManifestWriter(const Manifest& manifest) : manifest_(manifest), sink_(writer_) {}

  std::string write() {
    sink_.begin_object();
    list("semantic_models", ResourceType::kSemanticModel, &SemanticManifestWriter::semantic_model);
    list("metrics", ResourceType::kMetric, &SemanticManifestWriter::metric);
    project_configuration();
    list("saved_queries", ResourceType::kSavedQuery, &SemanticManifestWriter::saved_query);
    sink_.end_object();
    return writer_.take();
  }

 private:
  void fields(const Value& dict, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
      if (key == "metadata")
        sink_.null_field(key);
      else
        sink_.field(key, member(dict, key));
    }
  }

  void list(std::string_view key, ResourceType type,
            void (SemanticManifestWriter::*write_one)(const SemanticResource&)) {
    sink_.key(key);
    sink_.begin_array();
    for (const auto& resource : manifest_.semantic_resources) {
      if (resource->type != type) continue;
      sink_.begin_object();
      sink_.field("name", resource->name);
      (this->*write_one)(*resource);
      sink_.end_object();
    }
    sink_.end_array();
  }

  void parts(const Value& body, std::string_view key,
             std::initializer_list<std::string_view> keys) {
    sink_.key(key);
    sink_.begin_array();
    for (const Value& part : items_of(body, key)) {
      sink_.begin_object();
      fields(part, keys);
      sink_.end_object();
    }
    sink_.end_array();
  }

  void meta_config(const SemanticResource& resource) {
    sink_.key("config");
    sink_.begin_object();
    sink_.dict_field("meta", member(resource.config, "meta"));
    sink_.end_object();
  }

  void semantic_model(const SemanticResource& model) {
    fields(model.body, {"defaults", "description", "node_relation", "primary_entity"});
    parts(model.body, "entities",
          {"name", "description", "type", "role", "expr", "metadata", "label", "config"});
    parts(model.body, "measures",
          {"name", "agg", "description", "create_metric", "expr", "agg_params", "metadata",
           "non_additive_dimension", "agg_time_dimension", "label", "config"});
    parts(model.body, "dimensions",
          {"name", "description", "type", "is_partition", "type_params", "expr", "metadata",
           "label", "config"});
    fields(model.body, {"label", "metadata"});
    meta_config(model);
  }

  void metric(const SemanticResource& metric) {
    fields(metric.body, {"description", "type"});
    const Value& params = member(metric.body, "type_params");
    sink_.key("type_params");
    sink_.begin_object();
    fields(params, {"measure", "numerator", "denominator", "expr", "window", "grain_to_date",
                    "metrics", "conversion_type_params"});
    const Value& cumulative = member(params, "cumulative_type_params");
    sink_.key("cumulative_type_params");
    if (cumulative.is_dict()) {
      sink_.begin_object();
      fields(cumulative, {"window", "grain_to_date", "period_agg"});
      sink_.end_object();
    } else {
      sink_.null();
    }
    fields(params, {"input_measures"});
    sink_.end_object();
    fields(metric.body, {"filter", "metadata", "label"});
    meta_config(metric);
    fields(metric.body, {"time_granularity"});
  }

  void saved_query(const SemanticResource& query) {
    const Value& params = member(query.body, "query_params");
    sink_.key("query_params");
    sink_.begin_object();
    fields(params, {"metrics", "group_by", "order_by", "limit", "where"});
    sink_.end_object();
    fields(query.body, {"description", "metadata", "label"});
    sink_.key("exports");
    sink_.begin_array();
    for (const Value& item : items_of(query.body, "exports")) {
      sink_.begin_object();
      fields(item, {"name"});
      sink_.key("config");
      sink_.begin_object();
      fields(member(item, "config"), {"export_as", "schema_name", "alias"});
      sink_.end_object();
      sink_.end_object();
    }
    sink_.end_array();
    sink_.texts("tags", query.tags);
  }

  void project_configuration() {
    sink_.key("project_configuration");
    sink_.begin_object();
    legacy_time_spines();
    sink_.null_field("metadata");
    sink_.key("dsi_package_version");
    sink_.begin_object();
    sink_.field("major_version", std::string_view("0"));
    sink_.field("minor_version", std::string_view("9"));
    sink_.field("patch_version", std::string_view("0"));
    sink_.end_object();
    sink_.key("time_spines");
    sink_.begin_array();
    for (const auto& node : manifest_.nodes)
      if (node->time_spine.is_dict()) time_spine(*node);
    sink_.end_array();
    sink_.end_object();
  }

  // Only where no model says of itself that it is a time spine.
  void legacy_time_spines() {
    sink_.key("time_spine_table_configurations");
    sink_.begin_array();
    for (const auto& node : manifest_.nodes) {
      if (node->type != ResourceType::kModel || node->name != kLegacyTimeSpine ||
          manifest_.semantic_resources.empty())
        continue;
      sink_.begin_object();
      sink_.field("location", node->relation_name);
      sink_.field("column_name", std::string_view("date_day"));
      sink_.field("grain", std::string_view("day"));
      sink_.end_object();
    }
    sink_.end_array();
  }

  void time_spine(const Node& node) {
    const std::string name = text_of(node.time_spine, "standard_granularity_column");
    std::string granularity;
    for (const Column& column : node.columns)
      if (column.name == name) granularity = text_of(column.entry, "granularity");
    sink_.begin_object();
    sink_.key("node_relation");
    sink_.begin_object();
    sink_.field("alias", node.alias);
    sink_.field("schema_name", node.schema);
    sink_.field("database", node.database);
    sink_.optional_field("relation_name", node.relation_name);
    sink_.end_object();
    sink_.key("primary_column");
    sink_.begin_object();
    sink_.field("name", name);
    sink_.field("time_granularity", granularity);
    sink_.end_object();
    fields(node.time_spine, {"custom_granularities"});
    sink_.end_object();
  }

  const Manifest& manifest_;
  JsonWriter writer_;
  JsonSink sink_;
};

}  // namespace

std::string semantic_manifest_to_json(const Manifest& manifest) {
  return SemanticManifestWriter(manifest).write();
}

}  // namespace sluice::compile
