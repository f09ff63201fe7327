#include "run/run_results_json.h"

#include <algorithm>

#include "base/clock.h"
#include "base/json.h"
#include "base/parallel.h"
#include "compile/batches.h"
#include "compile/tree_sink.h"

namespace sluice::run {

namespace {

using compile::Node;
using project::ResourceType;

void optional_field(JsonWriter& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  if (text.empty())
    writer.null();
  else
    writer.string(text);
}

void write_adapter_response(JsonWriter& writer, const NodeResult& result) {
  writer.key("adapter_response").begin_object();
  if (!result.adapter_message.empty()) {
    writer.field("_message", std::string_view(result.adapter_message));
    if (!result.adapter_code.empty()) writer.field("code", std::string_view(result.adapter_code));
    if (result.rows_affected) writer.field("rows_affected", *result.rows_affected);
  }
  writer.end_object();
}

// Seeds are never compiled: dbt gives them nulls. Others say whether they were.
void write_compiled(JsonWriter& writer, const NodeResult& result, const Node* node) {
  bool is_compilable = node != nullptr && node->type != ResourceType::kSeed;
  // What a unit test runs is thrown away with its failure.
  if (is_compilable && node->unit_test && result.status == NodeStatus::kError)
    is_compilable = false;
  writer.key("compiled");
  if (is_compilable)
    writer.boolean(node->compiled);
  else
    writer.null();
  writer.key("compiled_code");
  if (is_compilable && node->compiled)
    writer.string(node->compiled_code);
  else
    writer.null();
  optional_field(writer, "relation_name",
                 is_compilable ? std::string_view(node->relation_name) : std::string_view());
}

void write_windows(JsonWriter& writer, std::string_view name,
                   const std::vector<compile::TimeWindow>& windows) {
  writer.key(name).begin_array();
  for (const compile::TimeWindow& window : windows) {
    writer.begin_array();
    writer.string(compile::moment_iso_text(window.start_micros));
    writer.string(compile::moment_iso_text(window.end_micros));
    writer.end_array();
  }
  writer.end_array();
}

void write_batches(JsonWriter& writer, const NodeResult& result) {
  writer.key("batch_results");
  if (!result.batches) {
    writer.null();
    return;
  }
  writer.begin_object();
  write_windows(writer, "successful", result.batches->successful);
  write_windows(writer, "failed", result.batches->failed);
  writer.end_object();
}

void write_result(JsonWriter& writer, const NodeResult& result, const Node* node) {
  writer.begin_object();
  writer.field("status", status_name(result.status));
  write_timing(writer, result.timing);
  writer.field("thread_id", std::string_view(result.thread_id));
  writer.field("execution_time", result.execution_seconds);
  write_adapter_response(writer, result);
  optional_field(writer, "message", result.message);
  writer.key("failures");
  if (result.failures)
    writer.integer(*result.failures);
  else
    writer.null();
  writer.field("unique_id", std::string_view(result.unique_id));
  write_compiled(writer, result, node);
  write_batches(writer, result);
  writer.end_object();
}

}  // namespace

void write_timing(JsonWriter& writer, const std::vector<Timing>& timing) {
  writer.key("timing").begin_array();
  for (const Timing& part : timing) {
    writer.begin_object();
    writer.field("name", std::string_view(part.name));
    writer.field("started_at", iso_timestamp(part.started_at_micros));
    writer.field("completed_at", iso_timestamp(part.completed_at_micros));
    writer.end_object();
  }
  writer.end_array();
}

void write_artifact_metadata(JsonWriter& writer, std::string_view schema_url,
                             const RunResultsRequest& request) {
  writer.key("metadata").begin_object();
  writer.field("dbt_schema_version", schema_url);
  writer.field("dbt_version", std::string_view(request.dbt_version));
  writer.field("generated_at", iso_timestamp(request.generated_at_micros));
  writer.field("invocation_id", std::string_view(request.invocation_id));
  writer.field("invocation_started_at", iso_timestamp(request.started_at_micros));
  writer.key("env").begin_object();
  for (const auto& [name, value] : request.custom_environment)
    writer.field(name, std::string_view(value));
  writer.end_object().end_object();
}

void write_run_results_json(const compile::Manifest& manifest,
                            const std::vector<NodeResult>& results,
                            const RunResultsRequest& request,
                            const std::function<void(std::string_view)>& sink) {
  JsonWriter writer;
  writer.begin_object();
  write_artifact_metadata(writer, "https://schemas.getdbt.com/dbt/run-results/v6.json", request);

  writer.key("results").begin_array();
  sink(writer.take_piece());
  constexpr size_t kResultsPerPiece = 512;
  const auto produce = [&](size_t piece) {
    const size_t begin = piece * kResultsPerPiece;
    JsonWriter part(piece == 0 ? "" : ",");
    for (size_t i = begin; i < std::min(begin + kResultsPerPiece, results.size()); ++i)
      write_result(part, results[i], manifest.find_node(results[i].unique_id));
    return part.take();
  };
  parallel_in_order((results.size() + kResultsPerPiece - 1) / kResultsPerPiece, request.parallelism,
                    produce, sink);
  writer.end_array();
  writer.field("elapsed_time", request.elapsed_seconds);
  writer.key("args");
  if (request.arguments.is_dict())
    compile::write_json(writer, request.arguments);
  else
    writer.begin_object().end_object();
  writer.end_object();
  sink(writer.text());
}

std::string run_results_to_json(const compile::Manifest& manifest,
                                const std::vector<NodeResult>& results,
                                const RunResultsRequest& request) {
  std::string out;
  write_run_results_json(manifest, results, request, [&](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace sluice::run
