#include "run/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/thread_name.h"

namespace sluice::run {

std::string worker_name(size_t worker) { return fmt::format("Thread-{} (worker)", worker + 1); }

Executor::Executor(const plan::Plan& plan, NodeRunner& runner, RunObserver& observer,
                   ExecutorOptions options)
    : plan_(plan), runner_(runner), observer_(observer), options_(options) {}

bool Executor::cancelled() const {
  std::lock_guard lock(progress_mutex_);
  return cancelled_;
}

void Executor::cancel() {
  {
    std::lock_guard lock(progress_mutex_);
    cancelled_ = true;
    if (stopped_because_.empty()) stopped_because_ = "the run was cancelled";
  }
  runner_.interrupt();
  progress_changed_.notify_all();
  end_came_near_.notify_all();
}

void Executor::wait_for_progress(std::unique_lock<std::mutex>& lock) {
  ++num_idle_;
  progress_changed_.wait(lock);
  --num_idle_;
}

// Wakes only whom it concerns: with tens of thousands of short steps a wake-up for each costs more
// than the steps.
void Executor::tell_progress() {
  if (num_unsettled_ == 0 || !stopped_because_.empty()) {
    progress_changed_.notify_all();
    end_came_near_.notify_all();
  } else if (num_idle_ > 0 && !ready_.empty()) {
    progress_changed_.notify_all();
  }
}

// Fills the counters and passes through what has nothing to do.
void Executor::begin() {
  progress_.resize(plan_.steps.size());
  num_unsettled_ = plan_.steps.size();
  results_.reserve(plan_.steps.size());
  for (size_t step = 0; step < plan_.steps.size(); ++step) {
    std::vector<size_t> parents = plan_.steps[step].waits_for;
    std::sort(parents.begin(), parents.end());
    parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
    progress_[step].num_open = parents.size();
    for (size_t parent : parents) progress_[parent].readers.push_back(step);
    if (plan_.steps[step].action != plan::Action::kSkip) ++total_;
  }
  std::vector<Skipped> none;
  for (size_t step = 0; step < plan_.steps.size(); ++step) {
    if (progress_[step].state != State::kWaiting || progress_[step].num_open != 0) continue;
    if (plan_.steps[step].action == plan::Action::kSkip) {
      settle(step, true, {}, {}, none);
    } else {
      progress_[step].state = State::kReady;
      ready_.insert(step);
    }
  }
}

std::vector<NodeResult> Executor::run() {
  {
    std::lock_guard lock(progress_mutex_);
    begin();
  }
  const size_t num_workers = std::max<size_t>(options_.num_threads, 1);
  {
    std::vector<std::jthread> workers;
    workers.reserve(num_workers);
    for (size_t worker = 0; worker < num_workers; ++worker)
      workers.emplace_back([this, worker] {
        set_thread_name(worker_name(worker));
        work(worker);
      });
    std::unique_lock lock(progress_mutex_);
    while (num_unsettled_ > 0) {
      if (stopped_because_.empty() || num_running_ == 0) {
        end_came_near_.wait(lock);
        continue;
      }
      end_came_near_.wait_for(lock, std::chrono::milliseconds(options_.interrupt_again_ms));
      if (num_running_ == 0) continue;
      lock.unlock();
      runner_.interrupt();
      lock.lock();
    }
  }
  std::lock_guard lock(progress_mutex_);
  return std::move(results_);
}

// First ready step, in plan order, whose relation nobody writes now.
std::optional<size_t> Executor::take_ready() {
  for (auto it = ready_.begin(); it != ready_.end(); ++it) {
    const plan::Step& step = plan_.steps[*it];
    if (!step.relation.empty() && busy_relations_.contains(step.relation)) continue;
    const size_t found = *it;
    ready_.erase(it);
    if (!step.relation.empty()) busy_relations_.insert(step.relation);
    return found;
  }
  return std::nullopt;
}

void Executor::work(size_t worker) {
  std::unique_lock lock(progress_mutex_);
  while (num_unsettled_ > 0) {
    if (!stopped_because_.empty()) {
      std::vector<Skipped> skipped;
      skip_all_waiting(skipped);
      if (!skipped.empty()) {
        lock.unlock();
        report(skipped);
        lock.lock();
      }
      if (num_unsettled_ > 0) wait_for_progress(lock);
      continue;
    }
    if (run_shared_task(worker, nullptr, lock)) continue;
    const std::optional<size_t> step = take_ready();
    if (!step) {
      wait_for_progress(lock);
      continue;
    }
    progress_[*step].state = State::kRunning;
    ++num_running_;
    const size_t number = ++next_number_;
    const size_t total = total_;
    lock.unlock();
    observer_.step_started(plan_.steps[*step], number, total, worker);
    NodeResult result = runner_.run(plan_.steps[*step], worker);
    observer_.step_finished(plan_.steps[*step], result, number, total);
    lock.lock();
    std::vector<Skipped> skipped;
    finish_step(*step, std::move(result), skipped);
    if (!skipped.empty()) {
      lock.unlock();
      report(skipped);
      lock.lock();
    }
  }
  tell_progress();
}

// Runs one task that waits (of `of`, or of anyone when null); false when there is none.
bool Executor::run_shared_task(size_t worker, SharedTasks* of, std::unique_lock<std::mutex>& lock) {
  for (SharedTasks* shared : shared_) {
    if ((of != nullptr && shared != of) || shared->next == shared->tasks.size()) continue;
    const std::function<void(size_t)> task = std::move(shared->tasks[shared->next++]);
    lock.unlock();
    task(worker);
    lock.lock();
    if (--shared->num_open == 0) progress_changed_.notify_all();
    return true;
  }
  return false;
}

void Executor::run_all(size_t worker, std::vector<std::function<void(size_t)>> tasks) {
  SharedTasks shared;
  shared.num_open = tasks.size();
  shared.tasks = std::move(tasks);
  std::unique_lock lock(progress_mutex_);
  const auto place = shared_.insert(shared_.end(), &shared);
  progress_changed_.notify_all();
  while (run_shared_task(worker, &shared, lock)) {
  }
  progress_changed_.wait(lock, [&shared] { return shared.num_open == 0; });
  shared_.erase(place);
}

void Executor::finish_step(size_t step, NodeResult result, std::vector<Skipped>& skipped) {
  --num_running_;
  busy_relations_.erase(plan_.steps[step].relation);
  const std::string id = plan_.steps[step].unique_id;
  const bool failed = is_failure(result);
  const bool well = !failed && result.status != NodeStatus::kSkipped;
  results_.push_back(std::move(result));
  if (options_.fail_fast && failed && stopped_because_.empty())
    stopped_because_ = fmt::format("the run stopped at the first failure ({})", id);
  settle(step, well,
         well ? std::string() : fmt::format("{} {}", id, failed ? "failed" : "was skipped"), id,
         skipped);
  if (!stopped_because_.empty()) skip_all_waiting(skipped);
  tell_progress();
}

// Marks a step as ended and releases, or skips, the steps behind it. Iterative: chains can be
// thousands long.
void Executor::settle(size_t first, bool first_well, const std::string& because,
                      const std::string& by, std::vector<Skipped>& skipped) {
  progress_[first].state = first_well ? State::kEndedWell : State::kEndedBadly;
  if (!first_well && progress_[first].skipped_because.empty()) {
    progress_[first].skipped_because = because;
    progress_[first].skipped_by = by;
  }
  std::vector<size_t> ended = {first};
  while (!ended.empty()) {
    const size_t step = ended.back();
    ended.pop_back();
    --num_unsettled_;
    for (size_t reader : progress_[step].readers) {
      Progress& next = progress_[reader];
      if (progress_[step].state == State::kEndedBadly && next.skipped_because.empty()) {
        next.skipped_because = progress_[step].skipped_because;
        next.skipped_by = progress_[step].skipped_by;
      }
      if (--next.num_open > 0 || next.state != State::kWaiting) continue;
      const bool is_silent = plan_.steps[reader].action == plan::Action::kSkip;
      if (!next.skipped_because.empty()) {
        next.state = State::kEndedBadly;
        if (!is_silent) skip_step(reader, skipped);
        ended.push_back(reader);
      } else if (is_silent) {
        next.state = State::kEndedWell;
        ended.push_back(reader);
      } else {
        next.state = State::kReady;
        ready_.insert(reader);
      }
    }
  }
}

// Records a skip; the caller settles the step.
void Executor::skip_step(size_t step, std::vector<Skipped>& skipped) {
  NodeResult result;
  result.unique_id = plan_.steps[step].unique_id;
  result.status = NodeStatus::kSkipped;
  result.thread_id = thread_name();
  result.skipped_because = progress_[step].skipped_because;
  result.skipped_by = progress_[step].skipped_by;
  result.message = "skipped: " + result.skipped_because;
  results_.push_back(result);
  skipped.push_back({step, ++next_number_, std::move(result)});
}

// After a cancel or at fail-fast: nothing more starts.
void Executor::skip_all_waiting(std::vector<Skipped>& skipped) {
  ready_.clear();
  for (size_t step = 0; step < plan_.steps.size(); ++step) {
    Progress& progress = progress_[step];
    if (progress.state != State::kWaiting && progress.state != State::kReady) continue;
    progress.state = State::kEndedBadly;
    if (progress.skipped_because.empty()) progress.skipped_because = stopped_because_;
    --num_unsettled_;
    if (plan_.steps[step].action != plan::Action::kSkip) skip_step(step, skipped);
  }
  if (!skipped.empty() || num_unsettled_ == 0) tell_progress();
}

void Executor::report(std::vector<Skipped>& skipped) {
  for (const Skipped& item : skipped)
    observer_.step_finished(plan_.steps[item.step], item.result, item.number, total_);
  skipped.clear();
}

}  // namespace sluice::run
