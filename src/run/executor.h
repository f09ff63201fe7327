// Executor: runs the steps of a Plan over worker threads. It decides what may start (everything a
// step waits for ended well, nobody writes the same relation), skips what cannot, and stops on
// request; how a step runs is a NodeRunner's business, who is told is a RunObserver's. One run per
// Executor. cancel() may come from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.h"
#include "run/node_result.h"

namespace sluice::run {

// Runs one step. Called from many threads at once, but by one thread at a time for the same worker.
class NodeRunner {
 public:
  virtual ~NodeRunner() = default;
  // Blocks until the step ended. An interrupted step answers kSkipped.
  virtual NodeResult run(const plan::Step& step, size_t worker) = 0;
  // From any thread, any number of times: makes the running steps end soon and later ones end at
  // once.
  virtual void interrupt() = 0;
};

// Lets the worker of a step share parts of it with workers that have nothing to do.
class Crew {
 public:
  virtual ~Crew() = default;
  // Runs all tasks, each with the number of the worker that it runs on, and returns when the last
  // one has ended. REQUIRES: called by the worker `worker` while it runs a step.
  virtual void run_all(size_t worker, std::vector<std::function<void(size_t)>> tasks) = 0;
};

// One batch of a microbatch model; `number` counts from 1.
struct BatchEvent {
  const compile::Node* node = nullptr;
  std::string label;  // "2024-01-01"
  size_t number = 0;
  size_t total = 0;
};

// What a running step begins with next; kCompiled: its SQL is there.
enum class StepPhase : uint8_t { kCompiling, kCompiled, kExecuting };

// Hears what happens, from worker threads: must be thread-safe. `number` counts steps from 1 as
// they start or are skipped; `total` is the number of steps that will be told in all.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void step_started(const plan::Step& step, size_t number, size_t total, size_t worker) = 0;
  virtual void step_finished(const plan::Step& step, const NodeResult& result, size_t number,
                             size_t total) = 0;
  // A step that runs has come so far; between step_started() and step_finished().
  virtual void step_reached(const plan::Step& /*step*/, StepPhase /*phase*/) {}
  virtual void batch_started(const BatchEvent& /*batch*/) {}
  virtual void batch_finished(const BatchEvent& /*batch*/, const NodeResult& /*result*/) {}
};

struct ExecutorOptions {
  size_t num_threads = 1;
  bool fail_fast = false;
  int interrupt_again_ms =
      100;  // a statement that began just after an interrupt is caught by the next one
};

// "Thread-1 (worker)" for worker 0: dbt's name, in logs and results.
std::string worker_name(size_t worker);

class Executor : public Crew {
 public:
  // All references outlive the executor.
  Executor(const plan::Plan& plan, NodeRunner& runner, RunObserver& observer,
           ExecutorOptions options);

  // Runs everything; results in the order in which steps ended. Steps of action kSkip (inlined or
  // nothing to do) are passed through silently: no result, but a failure before them reaches the
  // steps behind them.
  std::vector<NodeResult> run();

  // Before run(): starts nothing at all; every step is skipped for this reason.
  void hold(std::string because) { stopped_because_ = std::move(because); }
  // Starts nothing more, interrupts what runs, marks the rest skipped.
  void cancel();
  bool cancelled() const;

  void run_all(size_t worker, std::vector<std::function<void(size_t)>> tasks) override;

 private:
  enum class State : uint8_t { kWaiting, kReady, kRunning, kEndedWell, kEndedBadly };
  struct Progress {
    State state = State::kWaiting;
    size_t num_open = 0;          // steps it still waits for
    std::vector<size_t> readers;  // steps that wait for it
    SharedText skipped_because;   // first reason found; empty: none
    SharedText skipped_by;
  };
  struct Skipped {
    size_t step;
    size_t number;
    NodeResult result;
  };

  // Parts of one step; guarded by progress_mutex_.
  struct SharedTasks {
    std::vector<std::function<void(size_t)>> tasks;
    size_t next = 0;
    size_t num_open = 0;
  };

  void work(size_t worker);
  bool run_shared_task(size_t worker, SharedTasks* of, std::unique_lock<std::mutex>& lock);
  void wait_for_progress(std::unique_lock<std::mutex>& lock);
  void tell_progress();
  std::optional<size_t> take_ready();
  void finish_step(size_t step, NodeResult result, std::vector<Skipped>& skipped);
  void settle(size_t step, bool well, const std::string& because, const std::string& by,
              std::vector<Skipped>& skipped);
  void skip_step(size_t step, std::vector<Skipped>& skipped);
  void skip_all_waiting(std::vector<Skipped>& skipped);
  void report(std::vector<Skipped>& skipped);
  void begin();

  const plan::Plan& plan_;
  NodeRunner& runner_;
  RunObserver& observer_;
  const ExecutorOptions options_;

  mutable std::mutex progress_mutex_;
  std::condition_variable progress_changed_;  // for idle workers
  std::condition_variable end_came_near_;     // for run(): all is settled, or the run is to stop
  std::vector<Progress> progress_;
  std::set<size_t> ready_;  // plan order first
  std::set<std::string> busy_relations_;
  std::vector<NodeResult> results_;
  std::list<SharedTasks*> shared_;
  size_t num_running_ = 0;
  size_t num_idle_ = 0;  // workers that wait for progress_changed_
  size_t num_unsettled_ = 0;
  size_t next_number_ = 0;
  size_t total_ = 0;
  bool cancelled_ = false;
  std::string
      stopped_because_;  // "cancelled", "stopped at the first failure (model.x)"; empty: goes on
};

}  // namespace sluice::run
