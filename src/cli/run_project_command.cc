#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/plan_runner.h"
#include "cli/query_output.h"
#include "cli/run_artifacts.h"
#include "cli/run_summary.h"
#include "cli/workspace.h"
#include "plan/plan.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

std::vector<ResourceType> types_of_command(Command command) {
  switch (command) {
    case Command::kRun:
      return {ResourceType::kModel};
    case Command::kSeed:
      return {ResourceType::kSeed};
    case Command::kSnapshot:
      return {ResourceType::kSnapshot};
    case Command::kTest:
      return {ResourceType::kTest, ResourceType::kUnitTest};
    case Command::kClone:
      return {ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot};
    case Command::kCompile:
      return {ResourceType::kModel, ResourceType::kSnapshot, ResourceType::kTest,
              ResourceType::kAnalysis, ResourceType::kFunction};
    default:
      return {ResourceType::kModel, ResourceType::kSeed,     ResourceType::kSnapshot,
              ResourceType::kTest,  ResourceType::kUnitTest, ResourceType::kFunction};
  }
}

// Names the user wrote, without operators: "+orders" → "orders".
bool is_named(const Options& options, const std::string& name) {
  return std::ranges::any_of(options.select, [&](std::string word) {
    word.erase(0, word.find_first_not_of("+@0123456789"));
    const size_t end = word.find_last_not_of("+0123456789");
    return word == name || (end != std::string::npos && word.substr(0, end + 1) == name);
  });
}

// `compile --select x` shows what it compiled.
void print_compiled(Invocation& invocation, Workspace& workspace, const plan::Plan& plan) {
  for (const plan::Step& step : plan.steps) {
    const compile::Node* node = workspace.session().manifest().find_node(step.unique_id);
    if (node == nullptr || !node->compiled || !is_named(invocation.options, node->name)) continue;
    output_compiled(invocation, {node->name, node->unique_id, false}, node->compiled_code);
  }
}

int exit_code_of(const Invocation& invocation, const run::ProjectRunReport& report) {
  if (report.cancelled) return kExitCancelled;
  if (!report.has_failures()) return kExitOk;
  return invocation.options.command == Command::kCompile ? kExitUsage : kExitFailed;
}

int execute_plan(Invocation& invocation, Workspace& workspace, const plan::Plan& plan,
                 SignalWatcher& signals,
                 const std::map<std::string, run::BatchResults>& previous_batches) {
  const Options& options = invocation.options;
  const bool compiles = options.command == Command::kCompile;
  compile::Manifest& manifest = workspace.session().manifest();
  run::ProjectRunOptions run_options;
  run_options.command = options.command_name;
  run_options.settings = workspace.settings();
  run_options.settings.price_per_tb = workspace.price_per_tb();
  run_options.num_threads = workspace.num_threads();
  run_options.fail_fast = options.fail_fast;
  run_options.atomic = options.atomic;
  run_options.warn_error = options.warnings.verdict("LogTestResult") == WarningVerdict::kError;
  run_options.run_hooks = options.command != Command::kClone;
  run_options.store_failures = options.store_failures;
  run_options.previous_batches = previous_batches;
  run_options.compile_hooks = compiles && options.select.empty() && options.exclude.empty();
  const Result<run::ProjectRunReport> report =
      run_plan(invocation, workspace, plan, run_options, !compiles, signals);
  if (!report) return report_error(invocation, report.error());

  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  tell_results(invocation.console, invocation.clock, report->results, !report->has_failures(),
               elapsed);
  const bool written = write_run_artifacts(invocation, workspace, report->results, elapsed);
  if (!compiles || report->has_failures() || report->cancelled) {
    RunSummaryOptions summary;
    summary.elapsed_seconds = elapsed;
    summary.price_per_tb = workspace.price_per_tb();
    summary.cancelled = report->cancelled;
    summary.with_table = !compiles;
    summary.target_path = workspace.project().target_path;
    summary.root = workspace.project().root;
    print_run_summary(invocation.console, manifest, report->results, summary);
  }
  if (compiles) print_compiled(invocation, workspace, plan);
  if (options.show_rows && !report->cancelled) show_seed_rows(invocation, workspace, *report);
  const int exit_code = exit_code_of(invocation, *report);
  return exit_code == kExitOk && !written ? kExitUsage : exit_code;
}

// `choose` picks the nodes once the project is open; nullopt when it has reported an error.
template <typename Choose>
int run_chosen(Invocation& invocation, const Choose& choose,
               const std::map<std::string, run::BatchResults>& previous_batches = {}) {
  const Options& options = invocation.options;
  // Before any other thread exists: all of them are to leave the signals to the watcher.
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project() || !workspace.prepare_deferral()) return kExitUsage;
  const std::optional<graph::Selection> selection = choose(workspace);
  if (!selection) return kExitUsage;
  const plan::Plan plan = plan::make_plan(workspace.session().manifest(), workspace.graph(),
                                          *selection, {options.command_name, options.full_refresh});
  if (plan.steps.empty()) {
    if (!tell_nothing_to_do(invocation)) return kExitUsage;
    tell_results(invocation.console, invocation.clock, {}, true, 0);
    return write_run_artifacts(invocation, workspace, {}, 0) ? kExitOk : kExitUsage;
  }
  const bool needs_engine = options.command != Command::kCompile || options.introspect;
  if (needs_engine && !workspace.open_warehouse()) return kExitUsage;
  print_concurrency(invocation, workspace, plan.steps.size());
  return execute_plan(invocation, workspace, plan, signals, previous_batches);
}

}  // namespace

int run_project_command(Invocation& invocation) {
  const Options& options = invocation.options;
  if (options.command == Command::kCompile && options.inline_given) return show_command(invocation);
  return run_chosen(invocation, [&options](Workspace& workspace) {
    return workspace.select(types_of_command(options.command));
  });
}

int retry_nodes(Invocation& invocation, const std::vector<std::string>& unique_ids,
                const std::map<std::string, run::BatchResults>& previous_batches) {
  return run_chosen(
      invocation, [&unique_ids](Workspace& workspace) { return workspace.pick(unique_ids); },
      previous_batches);
}

}  // namespace sluice::cli
