#include "cli/node_info.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "compile/resource_shape.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

// dbt writes these without the Z.
std::string moment_text(int64_t micros) {
  if (micros == 0) return {};
  std::string text = iso_timestamp(micros);
  text.pop_back();
  return text;
}

// dbt's events know one kind of number: 1 is written as 1.0.
jinja::Value with_floats(const jinja::Value& value) {
  if (value.is_int() && !value.is_bool())
    return jinja::Value::floating(static_cast<double>(value.as_int()));
  if (value.is_dict()) {
    jinja::Value out = jinja::Value::dict();
    for (const auto& entry : value.as_dict().entries())
      out.as_dict().set(entry.key, with_floats(entry.value));
    return out;
  }
  if (!value.is_sequence()) return value;
  std::vector<jinja::Value> items;
  for (const jinja::Value& item : value.as_items()) items.push_back(with_floats(item));
  return jinja::Value::list(std::move(items));
}

void write_meta(JsonWriter& writer, const jinja::Value& meta) {
  writer.key("meta");
  writer.raw(meta.is_dict() ? jinja::to_json(with_floats(meta)).value_or("{}") : "{}");
}

void write_progress(JsonWriter& writer, const NodeProgress& progress) {
  writer.field("node_finished_at", moment_text(progress.finished_micros));
  writer.field("node_started_at", moment_text(progress.started_micros));
  writer.field("node_status", progress.status);
}

void write_relation(JsonWriter& writer, std::string_view alias, std::string_view database,
                    std::string_view schema, std::string_view rendered) {
  writer.key("node_relation").begin_object();
  writer.field("alias", alias).field("database", database);
  writer.field("relation_name", rendered).field("schema", schema).end_object();
}

}  // namespace

std::string node_info_json(const compile::Manifest& manifest, const compile::Node& node,
                           const NodeProgress& progress) {
  // A unit test stands in a property file, which has no path of its own below the folder.
  const std::string_view path =
      node.unit_test
          ? compile::below_resource_folder(manifest, node.package, node.original_file_path)
          : std::string_view(node.path);
  JsonWriter writer;
  writer.begin_object().field("materialized", node.materialized());
  write_meta(writer, node.meta);
  writer.field("node_checksum", node.checksum);
  writer.field("node_name", node.name).field("node_path", path);
  write_relation(writer, node.alias, node.database, node.schema, node.relation_name);
  write_progress(writer, progress);
  writer.field("resource_type", project::resource_type_name(node.type));
  writer.field("unique_id", node.unique_id).end_object();
  return writer.take();
}

std::string node_info_json(const compile::Source& source, const NodeProgress& progress) {
  JsonWriter writer;
  writer.begin_object().field("materialized", "");
  write_meta(writer, source.meta);
  writer.field("node_checksum", "");
  writer.field("node_name", source.name).field("node_path", source.path);
  write_relation(writer, source.identifier, source.database, source.schema, source.relation_name);
  write_progress(writer, progress);
  writer.field("resource_type", "source").field("unique_id", source.unique_id).end_object();
  return writer.take();
}

std::string run_result_json(const run::NodeResult& result) {
  JsonWriter writer;
  writer.begin_object().key("adapter_response").begin_object();
  if (!result.adapter_message.empty()) writer.field("_message", result.adapter_message);
  if (!result.adapter_code.empty()) writer.field("code", result.adapter_code);
  if (result.rows_affected) writer.field("rows_affected", std::to_string(*result.rows_affected));
  writer.end_object();
  writer.key("execution_time").raw(fmt::format("{:.6f}", result.execution_seconds));
  writer.field("message", result.message);
  writer.field("num_failures", result.failures.value_or(0));
  writer.field("status", run::status_name(result.status)).field("thread", result.thread_id);
  writer.key("timing_info").begin_array();
  for (const run::Timing& timing : result.timing) {
    writer.begin_object().field("completed_at", iso_timestamp(timing.completed_at_micros));
    writer.field("name", timing.name);
    writer.field("started_at", iso_timestamp(timing.started_at_micros)).end_object();
  }
  writer.end_array().end_object();
  return writer.take();
}

}  // namespace sluice::cli
