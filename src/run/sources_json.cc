#include "run/sources_json.h"

#include "base/clock.h"
#include "base/json.h"
#include "compile/tree_sink.h"

namespace sluice::run {
namespace {

void write_threshold(JsonWriter& writer, const jinja::Value& freshness, std::string_view name) {
  const jinja::Value* threshold = freshness.is_dict() ? freshness.as_dict().find(name) : nullptr;
  writer.key(name);
  if (threshold != nullptr)
    compile::write_json(writer, *threshold);
  else
    writer.null();
}

void write_source(JsonWriter& writer, const compile::Source& source, const NodeResult& result) {
  writer.begin_object();
  writer.field("unique_id", std::string_view(result.unique_id));
  writer.field("max_loaded_at", python_isoformat(result.freshness->max_loaded_at_micros));
  writer.field("snapshotted_at", python_isoformat(result.freshness->snapshotted_at_micros));
  writer.field("max_loaded_at_time_ago_in_s", freshness_age_seconds(*result.freshness));
  writer.field("status", status_name(result.status));
  writer.key("criteria").begin_object();
  for (const std::string_view name : {"warn_after", "error_after", "filter"})
    write_threshold(writer, source.freshness, name);
  writer.end_object();
  writer.key("adapter_response").begin_object();
  writer.field("_message", std::string_view(result.adapter_message)).end_object();
  write_timing(writer, result.timing);
  writer.field("thread_id", std::string_view(result.thread_id));
  writer.field("execution_time", result.execution_seconds);
  writer.end_object();
}

}  // namespace

std::string python_isoformat(int64_t utc_micros) {
  std::string text = iso_timestamp(utc_micros);
  text.pop_back();
  if (text.ends_with(".000000")) text.resize(text.size() - 7);
  return text + "+00:00";
}

double freshness_age_seconds(const FreshnessFound& found) {
  return static_cast<double>(found.snapshotted_at_micros - found.max_loaded_at_micros) / 1e6;
}

std::string sources_to_json(const compile::Manifest& manifest,
                            const std::vector<NodeResult>& results,
                            const RunResultsRequest& request) {
  JsonWriter writer;
  writer.begin_object();
  write_artifact_metadata(writer, "https://schemas.getdbt.com/dbt/sources/v3.json", request);
  writer.key("results").begin_array();
  for (const NodeResult& result : results)
    if (const compile::Source* source = manifest.find_source(result.unique_id);
        source != nullptr && result.freshness)
      write_source(writer, *source, result);
  writer.end_array();
  writer.field("elapsed_time", request.elapsed_seconds).end_object();
  return writer.take();
}

}  // namespace sluice::run
