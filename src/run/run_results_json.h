// run_results.json as dbt writes it (version 6). Deterministic: times and ids come from the caller.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "compile/manifest.h"
#include "jinja/value.h"
#include "run/node_result.h"

namespace sluice::run {

struct RunResultsRequest {
  std::string dbt_version;  // the version that readers of the file should assume
  std::string invocation_id;
  int64_t generated_at_micros = 0;
  int64_t started_at_micros = 0;  // of the invocation
  double elapsed_seconds = 0;
  jinja::Value arguments;  // a dict: what the command was called with
  std::map<std::string, std::string> custom_environment;  // DBT_ENV_CUSTOM_ENV_* without the prefix
  size_t parallelism = 1;                                 // threads that write
};

// The `metadata` member of an artifact, and the `timing` member of one of its results.
void write_artifact_metadata(JsonWriter& writer, std::string_view schema_url,
                             const RunResultsRequest& request);
void write_timing(JsonWriter& writer, const std::vector<Timing>& timing);

// `results` in the order in which they are written. Compiled code and relation names are looked up
// in the manifest. The document goes to `sink` in pieces, cut between results.
void write_run_results_json(const compile::Manifest& manifest,
                            const std::vector<NodeResult>& results,
                            const RunResultsRequest& request,
                            const std::function<void(std::string_view)>& sink);
std::string run_results_to_json(const compile::Manifest& manifest,
                                const std::vector<NodeResult>& results,
                                const RunResultsRequest& request);

}  // namespace sluice::run
