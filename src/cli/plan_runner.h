// Runs a plan with everything around it that a command shows: the reporter, the live area, Ctrl-C.
#pragma once

#include "cli/invocation.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "plan/plan.h"
#include "run/project_run.h"

namespace sluice::cli {

// Fails only when nothing could begin. `tells_steps`: whether each step gets its lines.
Result<run::ProjectRunReport> run_plan(Invocation& invocation, Workspace& workspace,
                                       const plan::Plan& plan,
                                       const run::ProjectRunOptions& run_options, bool tells_steps,
                                       SignalWatcher& signals);
// "Concurrency: 4 threads (target='dev')" between empty lines.
void print_concurrency(Invocation& invocation, Workspace& workspace, size_t num_nodes);

}  // namespace sluice::cli
