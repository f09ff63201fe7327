// sources.json as dbt writes it (version 3): what `source freshness` found. Deterministic: times
// and ids come from the caller.
#pragma once

#include <string>
#include <vector>

#include "compile/manifest.h"
#include "run/node_result.h"
#include "run/run_results_json.h"

namespace sluice::run {

// Sources whose freshness could not be measured are left out, as dbt does. The request's arguments
// are not part of this artifact.
std::string sources_to_json(const compile::Manifest& manifest,
                            const std::vector<NodeResult>& results,
                            const RunResultsRequest& request);

// "2026-11-21T12:44:22.699189+00:00", the fraction left out when it is none, as Python writes it.
std::string python_isoformat(int64_t utc_micros);
// Seconds between newest row and measurement.
double freshness_age_seconds(const FreshnessFound& found);

}  // namespace sluice::run
