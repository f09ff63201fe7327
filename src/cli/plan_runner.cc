#include "cli/plan_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/scrubbing_file_system.h"
#include "cli/run_reporter.h"

namespace sluice::cli {

Result<run::ProjectRunReport> run_plan(Invocation& invocation, Workspace& workspace,
                                       const plan::Plan& plan,
                                       const run::ProjectRunOptions& run_options, bool tells_steps,
                                       SignalWatcher& signals) {
  const auto width = static_cast<size_t>(std::max(0, invocation.options.printer_width));
  RunReporter reporter(invocation.console, invocation.clock, workspace.session().manifest(),
                       {width, invocation.options.command == Command::kBuild, tells_steps});
  ScrubbingFileSystem files(invocation.fs, invocation.scrubber);
  run::ProjectRun project_run(workspace.session(), workspace.warehouse(), files, invocation.clock,
                              plan, reporter, run_options);
  signals.on_first([&] {
    invocation.console.warn(
        "cancelling: running statements are interrupted; press Ctrl-C again to stop at once",
        "CancelRequested");
    project_run.cancel();
  });
  invocation.console.start_live([&] {
    return reporter.live_lines([&](size_t worker) { return project_run.progress(worker); });
  });
  Result<run::ProjectRunReport> report = project_run.run();
  invocation.console.stop_live();
  signals.on_first(nullptr);
  return report;
}

void print_concurrency(Invocation& invocation, Workspace& workspace, size_t num_nodes) {
  const std::string& target = workspace.project().profile.target_name;
  JsonWriter target_json;
  target_json.string(target);
  invocation.console.info("", "Formatting");
  invocation.console.emit(
      {EventLevel::kInfo,
       "ConcurrencyLine",
       fmt::format("Concurrency: {} threads (target='{}')", workspace.num_threads(), target),
       {},
       {{"num_threads", std::to_string(workspace.num_threads())},
        {"target_name", target_json.take()},
        {"node_count", std::to_string(num_nodes)}}});
  invocation.console.info("", "Formatting");
}

}  // namespace sluice::cli
