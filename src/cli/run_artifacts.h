// The JSON artifacts of a command: manifest.json and run_results.json below the target folder.
// Errors are reported.
#pragma once

#include <vector>

#include "cli/workspace.h"
#include "run/node_result.h"

namespace sluice::cli {

bool write_manifest_artifact(Invocation& invocation, Workspace& workspace);
bool write_run_artifacts(Invocation& invocation, Workspace& workspace,
                         const std::vector<run::NodeResult>& results, double elapsed_seconds);

// The flags of this invocation as a dict, what `invocation_args_dict` and run_results.json show.
jinja::Value invocation_arguments(const Options& options);

}  // namespace sluice::cli
