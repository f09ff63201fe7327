#include <fmt/format.h>

#include <utility>

#include "cli/commands.h"
#include "cli/retry_options.h"
#include "cli/workspace.h"
#include "graph/previous_state.h"
#include "run/previous_batches.h"

namespace sluice::cli {

namespace {

// run_results.json of --state, else of the target folder; none when it is missing (reported).
Result<jinja::Value> results_to_retry(Invocation& invocation) {
  const Options& options = invocation.options;
  Workspace workspace(invocation);
  Workspace::LoadNeeds needs;
  needs.packages = false;
  needs.profile = false;
  if (!workspace.load(needs)) return jinja::Value::none();
  const std::string folder = options.state.empty()
                                 ? workspace.project().target_path
                                 : join_path(invocation.working_directory, options.state);
  SLUICE_ASSIGN(
      jinja::Value results,
      graph::read_artifact(invocation.fs, join_path(folder, "run_results.json"), "run-results"));
  if (!results.is_none()) return results;
  return fail(ErrorCode::kStateMissing,
              fmt::format("could not find the previous run in \"{}\"",
                          options.state.empty() ? relative_path(folder, workspace.project().root)
                                                : options.state),
              "run a command first, or name the folder of its run_results.json with --state");
}

}  // namespace

int retry_command(Invocation& invocation) {
  Result<jinja::Value> results = results_to_retry(invocation);
  if (!results) return report_error(invocation, results.error());
  if (results->is_none()) return kExitUsage;
  Result<Options> options = options_to_retry(invocation.options, *results);
  if (!options) return report_error(invocation, options.error());
  Invocation again{*options,
                   invocation.environment,
                   invocation.fs,
                   invocation.clock,
                   invocation.scrubber,
                   invocation.console,
                   invocation.invocation_id,
                   invocation.started_at_micros,
                   invocation.started_ns,
                   invocation.working_directory,
                   invocation.leftovers,
                   invocation.warnings};
  const std::vector<std::string> ids = ids_to_retry(*results);
  if (options->command != Command::kRunOperation)
    return retry_nodes(again, ids, run::batches_to_retry(*results));
  return ids.empty() ? kExitOk : run_operation_command(again);
}

}  // namespace sluice::cli
