// The JSON artifacts of a command: manifest.json and run_results.json below the target folder.
// Errors are reported.
#pragma once

#include <vector>

#include "cli/workspace.h"
#include "run/node_result.h"

namespace sluice::cli {

// What readers of the artifacts and makers of packages should take us for: the version whose
// formats and language are reproduced.
inline constexpr std::string_view kDbtVersion = "1.11.16";

bool write_manifest_artifact(Invocation& invocation, Workspace& workspace);
// run_results.json alone.
bool write_run_results_artifact(Invocation& invocation, Workspace& workspace,
                                const std::vector<run::NodeResult>& results,
                                double elapsed_seconds);
bool write_run_artifacts(Invocation& invocation, Workspace& workspace,
                         const std::vector<run::NodeResult>& results, double elapsed_seconds);

// catalog.json: what the engine says of the resources with these ids.
bool write_catalog_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<std::string>& unique_ids,
                            const compile::Catalog& catalog);

// sources.json into the target folder, or to --output; false (and reported) when it cannot be.
bool write_sources_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<run::NodeResult>& results, double elapsed_seconds);

}  // namespace sluice::cli
