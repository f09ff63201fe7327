// ProjectRun: one run, build, test, seed or compile over a plan: schemas, on-run-start hooks, the
// steps, on-run-end hooks. Owned by the command that runs it; cancel() may come from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "compile/session.h"
#include "plan/plan.h"
#include "run/executor.h"
#include "run/maintainer.h"
#include "run/project_settings.h"
#include "run/session_runner.h"
#include "run/source_watch.h"

namespace sluice::run {

struct ProjectRunOptions {
  std::string command;  // "run", "build"…; "compile" executes nothing
  size_t num_threads = 1;
  bool fail_fast = false;
  bool warn_error = false;
  bool write_files = true;
  bool run_hooks = true;
  bool compile_hooks =
      false;  // "compile" without a selection shows the SQL of hooks too, as in dbt
  bool store_failures = false;  // tests write tables, so their schemas must exist
  bool atomic = false;          // readers see the whole run at once, or nothing of it
  ProjectSettings settings;     // sluice.yml
  // Retry: batches of an earlier run by model; only the failed ones are built.
  std::map<std::string, BatchResults> previous_batches;
};

struct HookEvent {
  const compile::Node* node = nullptr;
  std::string label;  // "shop.on-run-start.0"
  size_t number = 0;
  size_t total = 0;
};

// RunObserver that hears of hooks too.
class ProjectRunObserver : public RunObserver {
 public:
  // The template of a hook has become SQL; not called when it fails.
  virtual void hook_rendered(const HookEvent& hook) = 0;
  virtual void hook_started(const HookEvent& hook) = 0;
  virtual void hook_finished(const HookEvent& hook, const NodeResult& result) = 0;
};

struct ProjectRunReport {
  std::vector<NodeResult> results;  // hooks at their places, steps in the order in which they ended
  bool cancelled = false;
  // Why nothing of an atomic run was published; empty: it was, or the run was not atomic.
  std::string unpublished_because;
  bool has_failures() const;
};

class ProjectRun {
 public:
  // All references outlive the object. `warehouse` may be null for "compile" of projects without an
  // engine.
  ProjectRun(compile::Session& session, warehouse::Warehouse* warehouse, FileSystem& fs,
             const Clock& clock, const plan::Plan& plan, ProjectRunObserver& observer,
             ProjectRunOptions options);

  // Fails only when nothing could begin (no connection, schemas not made); everything later is a
  // NodeResult.
  Result<ProjectRunReport> run();
  void cancel();
  // Percentage of the statement that a worker runs now; nullopt: unknown. From any thread.
  std::optional<double> progress(size_t worker) const { return runner_.progress(worker); }

 private:
  Status prepare();
  bool runs_hooks() const { return options_.run_hooks && options_.command != "compile"; }
  Result<ProjectRunReport> run_steps();
  ProjectRunReport joined(ProjectRunReport start, ProjectRunReport end);
  // atomic_run.cc
  std::vector<const compile::Node*> planned_nodes() const;
  Status check_atomic() const;
  Status begin_atomic();
  Result<ProjectRunReport> run_atomically();
  std::string reason_not_to_publish(const ProjectRunReport& start, const ProjectRunReport& end);
  Result<std::vector<std::string>> moved_sources();
  void publish_or_discard(AtomicConnection& atomic, std::string& because);
  void tell_published(const ProjectRunReport& report) const;
  // Writes what the models have read into the account, and what full refreshes would have read into
  // the results.
  Status account(std::vector<NodeResult>& steps);
  void try_account(std::vector<NodeResult>& steps);
  bool run_hooks(const std::string& tag, const std::vector<NodeResult>& node_results,
                 ProjectRunReport& report);

  compile::Session& session_;
  const plan::Plan& plan_;
  ProjectRunObserver& observer_;
  const ProjectRunOptions options_;
  Maintainer maintainer_;
  SessionRunner runner_;
  Executor executor_;
  SourceWatch watch_;
  std::atomic<bool> is_cancelled_{false};
  std::vector<NodeResult> steps_;  // of the executor
};

}  // namespace sluice::run
