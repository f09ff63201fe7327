// `result:` and `source_status:`: what an earlier run left in run_results.json and sources.json.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"
#include "graph/previous_state.h"

namespace sluice::graph {

using IdSet = std::unordered_set<std::string>;

// Ids with the status `wanted` ("error", "fail", "success"…) in the earlier run.
Result<IdSet> ids_with_result(const PreviousState& previous, std::string_view wanted);

// Ids of sources that were loaded after they had been in the earlier state; `wanted` is "fresher",
// any other word names none.
Result<IdSet> ids_with_source_status(const PreviousState& previous, std::string_view wanted);

}  // namespace sluice::graph
