#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/node_info.h"
#include "cli/plan_runner.h"
#include "cli/run_artifacts.h"
#include "cli/run_summary.h"
#include "compile/freshness.h"

namespace sluice::cli {
namespace {

// One step for each selected source that has a threshold; nothing waits for anything.
plan::Plan freshness_plan(Workspace& workspace, const graph::Selection& selection) {
  plan::Plan plan;
  for (const graph::Index index : selection.nodes) {
    const compile::Source* source =
        workspace.session().manifest().find_source(workspace.graph().ids()[index]);
    if (source == nullptr || !compile::has_freshness(*source)) continue;
    plan::Step step;
    step.unique_id = source->unique_id;
    step.action = plan::Action::kFreshness;
    step.reason = "source: it has a freshness threshold";
    plan.steps.push_back(std::move(step));
  }
  std::sort(plan.steps.begin(), plan.steps.end(),
            [](const plan::Step& left, const plan::Step& right) {
              return left.unique_id < right.unique_id;
            });
  return plan;
}

double elapsed_seconds(const Invocation& invocation) {
  return static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
}

// A flag of dbt_project.yml; hooks run unless it says no.
bool runs_hooks(const project::Project& project) {
  const jinja::Value* flag =
      project.flags.is_dict() ? project.flags.as_dict().find("source_freshness_run_project_hooks")
                              : nullptr;
  return flag == nullptr || !flag->is_bool() || flag->as_bool();
}

void print_failure(Console& console, const compile::Source& source, const run::NodeResult& result) {
  const std::string title =
      fmt::format("Failure in source {} ({})", source.name, source.original_file_path);
  std::string text = paint(title, Color::kRed, console.colors()) + "\n  ";
  const std::string body = result.error ? "error" + render(*result.error)
                                        : "stale: its newest row is older than error_after allows";
  for (const char byte : body) text += byte == '\n' ? std::string("\n  ") : std::string(1, byte);
  console.info("", "Formatting");
  console.emit({EventLevel::kError,
                result.error ? "RunResultError" : "RunResultFailure",
                text,
                result.unique_id,
                {{"node_info", node_info_json(source, {})}}});
}

void print_summary(Console& console, const compile::Manifest& manifest,
                   const std::vector<run::NodeResult>& results, double elapsed) {
  size_t num_sources = 0;
  for (const run::NodeResult& result : results)
    num_sources += manifest.find_source(result.unique_id) != nullptr ? 1U : 0U;
  const size_t num_hooks = results.size() - num_sources;
  const auto counted = [](size_t count, std::string_view name) {
    return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
  };
  const std::string hooks = num_hooks > 0 ? counted(num_hooks, "project hook") + ", " : "";
  console.info("", "Formatting");
  tell_finished(console, hooks + counted(num_sources, "source"), elapsed);
  for (const run::NodeResult& result : results) {
    const compile::Source* source = manifest.find_source(result.unique_id);
    if (source != nullptr && run::is_failure(result)) print_failure(console, *source, result);
  }
  console.info("", "Formatting");
  console.info("Done.", "FreshnessCheckComplete");
}

int check_freshness(Invocation& invocation, Workspace& workspace, const plan::Plan& plan,
                    SignalWatcher& signals) {
  run::ProjectRunOptions run_options;
  run_options.command = invocation.options.command_name;
  run_options.num_threads = workspace.num_threads();
  run_options.fail_fast = invocation.options.fail_fast;
  run_options.run_hooks = runs_hooks(workspace.project());
  const Result<run::ProjectRunReport> report =
      run_plan(invocation, workspace, plan, run_options, true, signals);
  if (!report) return report_error(invocation, report.error());
  const double elapsed = elapsed_seconds(invocation);
  const bool written = write_sources_artifact(invocation, workspace, report->results, elapsed);
  print_summary(invocation.console, workspace.session().manifest(), report->results, elapsed);
  if (report->cancelled) return kExitCancelled;
  if (report->has_failures()) return kExitFailed;
  return written ? kExitOk : kExitUsage;
}

}  // namespace

int source_command(Invocation& invocation) {
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  if (!write_manifest_artifact(invocation, workspace)) return kExitUsage;
  const std::optional<graph::Selection> selection =
      workspace.select({project::ResourceType::kSource});
  if (!selection) return kExitUsage;
  const plan::Plan plan = freshness_plan(workspace, *selection);
  if (plan.steps.empty()) {
    if (!tell_nothing_to_do(invocation)) return kExitUsage;
    return write_sources_artifact(invocation, workspace, {}, 0) ? kExitOk : kExitUsage;
  }
  if (!workspace.open_warehouse()) return kExitUsage;
  print_concurrency(invocation, workspace, plan.steps.size());
  return check_freshness(invocation, workspace, plan, signals);
}

}  // namespace sluice::cli
