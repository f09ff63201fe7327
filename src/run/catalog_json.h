// catalog.json as dbt writes it (version 1). Deterministic: times and ids come from the caller.
#pragma once

#include <string>
#include <vector>

#include "compile/session.h"
#include "run/run_results_json.h"

namespace sluice::run {

// `unique_ids`: the resources that the catalog was asked for; each gets the table that it is.
std::string catalog_to_json(const compile::Manifest& manifest,
                            const std::vector<std::string>& unique_ids,
                            const compile::Catalog& catalog, const RunResultsRequest& request);

}  // namespace sluice::run
