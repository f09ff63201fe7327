// What `results` shows to on-run-end hooks: a list of objects with dbt's RunResult attributes
// (status, node, message, timing, execution_time, adapter_response, failures, thread_id,
// to_dict()).
#pragma once

#include <vector>

#include "compile/manifest.h"
#include "jinja/value.h"
#include "run/node_result.h"

namespace sluice::run {

// Nodes are turned into dicts only when a template asks. `manifest` outlives the value.
jinja::Value hook_results(const compile::Manifest& manifest,
                          const std::vector<NodeResult>& results);

}  // namespace sluice::run
