#include "run/project_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "run/cost_ledger.h"
#include "run/hook_results.h"

namespace sluice::run {
namespace {

SessionRunnerOptions runner_options(const ProjectRunOptions& options, Maintainer& maintainer) {
  SessionRunnerOptions out;
  out.num_workers = options.num_threads;
  out.compile_only = options.command == "compile";
  out.warn_error = options.warn_error;
  out.write_files = options.write_files;
  out.maintainer = &maintainer;
  out.atomic = options.atomic;
  return out;
}

// Hooks of a kind: packages by name, the root project's last, each in its own order.
std::vector<compile::Node*> hooks_with_tag(compile::Manifest& manifest, const std::string& tag) {
  std::vector<compile::Node*> hooks;
  for (const auto& node : manifest.nodes)
    if (node->type == compile::ResourceType::kOperation &&
        std::find(node->tags.begin(), node->tags.end(), tag) != node->tags.end())
      hooks.push_back(node.get());
  const size_t root = manifest.project->root_package;
  std::stable_sort(hooks.begin(), hooks.end(),
                   [root](const compile::Node* left, const compile::Node* right) {
                     if ((left->package == root) != (right->package == root))
                       return right->package == root;
                     if (left->package_name != right->package_name)
                       return left->package_name < right->package_name;
                     return left->hook_index < right->hook_index;
                   });
  return hooks;
}

// What needs its schema.
bool makes_relation(const compile::Node& node, bool store_failures) {
  using compile::ResourceType;
  if (node.type == ResourceType::kModel) return !node.is_ephemeral();
  if (node.type == ResourceType::kSeed || node.type == ResourceType::kSnapshot ||
      node.type == ResourceType::kFunction)
    return true;
  if (node.type != ResourceType::kTest) return false;
  const jinja::Value* own =
      node.config.is_dict() ? node.config.as_dict().find("store_failures") : nullptr;
  return own != nullptr && own->is_bool() ? own->as_bool() : store_failures;
}

}  // namespace

bool ProjectRunReport::has_failures() const {
  return !unpublished_because.empty() ||
         std::any_of(results.begin(), results.end(),
                     [](const NodeResult& result) { return is_failure(result); });
}

ProjectRun::ProjectRun(compile::Session& session, warehouse::Warehouse* warehouse, FileSystem& fs,
                       const Clock& clock, const plan::Plan& plan, ProjectRunObserver& observer,
                       ProjectRunOptions options)
    : session_(session),
      plan_(plan),
      observer_(observer),
      options_(std::move(options)),
      maintainer_(session, fs, clock, options_.settings),
      runner_(session, warehouse, fs, clock, runner_options(options_, maintainer_)),
      executor_(plan, runner_, observer, {options_.num_threads, options_.fail_fast}),
      watch_(session, fs) {
  runner_.attach(&executor_, &observer);
  runner_.restrict_batches(options_.previous_batches);
}

void ProjectRun::cancel() {
  is_cancelled_ = true;
  session_.cancel();
  executor_.cancel();
}

Status ProjectRun::prepare() {
  std::vector<std::string> selected;
  std::vector<const compile::Node*> writers;
  for (const plan::Step& step : plan_.steps) {
    selected.push_back(step.unique_id);
    const compile::Node* node = session_.manifest().find_node(step.unique_id);
    if (node != nullptr && makes_relation(*node, options_.store_failures)) writers.push_back(node);
  }
  session_.set_selected(std::move(selected));
  if (options_.command == "compile") return {};
  SLUICE_ASSIGN(GuardedConnection * connection, runner_.connection(0));
  SLUICE_TRY(session_.prepare_schemas(*connection, writers, true));
  return maintainer_.prepare(writers, *connection);
}

// False when a hook failed; the hooks after it do not run then.
bool ProjectRun::run_hooks(const std::string& tag, const std::vector<NodeResult>& node_results,
                           ProjectRunReport& report) {
  const std::vector<compile::Node*> hooks = hooks_with_tag(session_.manifest(), tag);
  const jinja::Value results = hook_results(session_.manifest(), node_results);
  std::string failed;
  for (size_t index = 0; index < hooks.size(); ++index) {
    compile::Node& hook = *hooks[index];
    const HookEvent event{&hook, fmt::format("{}.{}.{}", hook.package_name, tag, hook.hook_index),
                          index + 1, hooks.size()};
    NodeResult result;
    if (!failed.empty() || is_cancelled_) {
      result.unique_id = hook.unique_id;
      result.status = NodeStatus::kSkipped;
      result.thread_id = "main";
      result.skipped_by = failed;
      result.skipped_because = failed.empty() ? "the run was cancelled" : failed + " failed";
      result.message = "skipped: " + result.skipped_because;
    } else {
      bool rendered = false;
      result = runner_.run_hook(hook, results, [&] {
        rendered = true;
        observer_.hook_rendered(event);
        observer_.hook_started(event);
      });
      if (!rendered) observer_.hook_started(event);
      result.message =
          result.status == NodeStatus::kSuccess ? event.label + " passed" : result.message;
      if (is_failure(result)) failed = hook.unique_id;
    }
    observer_.hook_finished(event, result);
    report.results.push_back(std::move(result));
  }
  return failed.empty();
}

Status ProjectRun::account(std::vector<NodeResult>& steps) {
  const std::map<std::string, MaintenanceWork>& work = maintainer_.work();
  if (work.empty()) return {};
  SLUICE_ASSIGN(GuardedConnection * connection, runner_.connection(0));
  const project::Project& project = *session_.manifest().project;
  SLUICE_ASSIGN(CostLedger ledger, CostLedger::open(*connection, project.profile.database));
  SLUICE_ASSIGN(const auto full_builds, ledger.full_builds());
  std::vector<ModelCost> costs;
  for (NodeResult& result : steps) {
    const compile::Node* node = session_.manifest().find_node(result.unique_id);
    if (node == nullptr || node->type != compile::ResourceType::kModel ||
        result.status == NodeStatus::kSkipped)
      continue;
    ModelCost cost;
    cost.unique_id = result.unique_id;
    cost.action = "run";
    cost.rows_read = static_cast<int64_t>(result.scan.rows_read);
    cost.bytes_read = cost.full_bytes = result.scan.bytes_read;
    cost.is_estimated = result.scan.estimated;
    cost.seconds = result.execution_seconds;
    cost.price_per_tb = options_.settings.price_per_tb.value_or(kDefaultPricePerTb);
    if (const auto done = work.find(result.unique_id); done != work.end()) {
      cost.action = is_failure(result) ? "failed" : done->second.action;
      cost.input_bytes = done->second.input_bytes;
      const auto last = full_builds.find(result.unique_id);
      if (cost.action != "full" && last != full_builds.end())
        cost.full_bytes = scaled_full_bytes(last->second, cost.input_bytes);
      result.full_bytes = cost.full_bytes;
    }
    costs.push_back(std::move(cost));
  }
  return ledger.add(session_.options().invocation_id, costs);
}

// What cannot be accounted for is done all the same.
void ProjectRun::try_account(std::vector<NodeResult>& steps) {
  const Status accounted = account(steps);
  EventSink* events = session_.options().events;
  if (accounted || events == nullptr) return;
  events->emit({EventLevel::kWarning,
                "CostNotRecorded",
                "what the run has read was not recorded: " + accounted.error().message(),
                {},
                {}});
}

// Hooks at the start and the steps; the hooks' results come first.
Result<ProjectRunReport> ProjectRun::run_steps() {
  SLUICE_TRY(prepare());
  ProjectRunReport report;
  if (runs_hooks() && !run_hooks("on-run-start", {}, report) &&
      (options_.atomic ||
       session_.manifest().project->behaviour_flags.skip_nodes_if_on_run_start_fails))
    executor_.hold("an on-run-start hook failed");
  if (options_.compile_hooks)
    for (const char* tag : {"on-run-start", "on-run-end"})
      for (compile::Node* hook : hooks_with_tag(session_.manifest(), tag))
        SLUICE_TRY(runner_.compile_hook(*hook));
  steps_ = executor_.run();
  if (!is_cancelled_) runner_.resume();
  return report;
}

// Hooks, steps, hooks.
ProjectRunReport ProjectRun::joined(ProjectRunReport start, ProjectRunReport end) {
  if (start.results.empty()) start.results.swap(steps_);
  for (std::vector<NodeResult>* part : {&steps_, &end.results})
    std::move(part->begin(), part->end(), std::back_inserter(start.results));
  start.cancelled = is_cancelled_;
  return start;
}

Result<ProjectRunReport> ProjectRun::run() {
  if (options_.atomic) return run_atomically();
  SLUICE_ASSIGN(ProjectRunReport report, run_steps());
  if (!is_cancelled_) try_account(steps_);
  ProjectRunReport end;
  if (runs_hooks() && !is_cancelled_) run_hooks("on-run-end", steps_, end);
  return joined(std::move(report), std::move(end));
}

}  // namespace sluice::run
