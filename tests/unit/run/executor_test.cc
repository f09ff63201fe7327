// The executor over a fake runner: order, threads, skips, fail-fast, cancel.
#include "run/executor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace sluice::run {
namespace {

using ::testing::ElementsAre;

plan::Step make_step(const std::string& id, std::vector<size_t> waits_for = {},
                     const std::string& relation = {}, plan::Action action = plan::Action::kFull) {
  plan::Step step;
  step.unique_id = id;
  step.action = action;
  step.waits_for = std::move(waits_for);
  step.relation = relation;
  return step;
}

// Ends every step at once with the status it was given, and remembers the order and what
// overlapped.
class FakeRunner : public NodeRunner {
 public:
  NodeResult run(const plan::Step& step, size_t /*worker*/) override {
    NodeResult result;
    result.unique_id = step.unique_id;
    std::unique_lock lock(mutex_);
    ran.push_back(step.unique_id);
    if (!step.relation.empty() && !writing_.insert(step.relation).second)
      relations_overlapped = true;
    most_at_once = std::max(most_at_once, ++num_running_);
    if (blocks.contains(step.unique_id)) {
      changed_.notify_all();
      changed_.wait(lock, [this] { return interrupted; });
      result.status = NodeStatus::kSkipped;
    } else if (statuses.contains(step.unique_id)) {
      result.status = statuses.at(step.unique_id);
    }
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
    --num_running_;
    writing_.erase(step.relation);
    return result;
  }

  void interrupt() override {
    std::lock_guard lock(mutex_);
    interrupted = true;
    changed_.notify_all();
  }

  void wait_until_ran(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ran.size() >= count; });
  }

  std::map<std::string, NodeStatus> statuses;
  std::set<std::string> blocks;
  std::vector<std::string> ran;
  size_t most_at_once = 0;
  bool relations_overlapped = false;
  bool interrupted = false;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> writing_;
  size_t num_running_ = 0;
};

class CountingObserver : public RunObserver {
 public:
  void step_started(const plan::Step& /*step*/, size_t number, size_t total,
                    size_t /*worker*/) override {
    std::lock_guard lock(mutex_);
    numbers.insert(number);
    last_total = total;
  }
  void step_finished(const plan::Step& step, const NodeResult& result, size_t number,
                     size_t /*total*/) override {
    std::lock_guard lock(mutex_);
    numbers.insert(number);
    finished[step.unique_id] = result.status;
  }
  std::set<size_t> numbers;
  std::map<std::string, NodeStatus> finished;
  size_t last_total = 0;

 private:
  std::mutex mutex_;
};

std::map<std::string, NodeResult> by_id(const std::vector<NodeResult>& results) {
  std::map<std::string, NodeResult> out;
  for (const NodeResult& result : results) out[result.unique_id] = result;
  return out;
}

TEST(Executor, RunsInPlanOrderOnOneThread) {
  plan::Plan plan;
  plan.steps = {make_step("a"), make_step("b", {0}), make_step("c"), make_step("d", {1, 2})};
  FakeRunner runner;
  CountingObserver observer;
  Executor executor(plan, runner, observer, {.num_threads = 1});
  const auto results = executor.run();
  EXPECT_THAT(runner.ran, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(results.size(), 4U);
  EXPECT_THAT(observer.numbers, ElementsAre(1U, 2U, 3U, 4U));
}

TEST(Executor, EmptyPlanGivesNothing) {
  const plan::Plan plan;
  FakeRunner runner;
  CountingObserver observer;
  EXPECT_TRUE(Executor(plan, runner, observer, {.num_threads = 4}).run().empty());
}

TEST(Executor, SkipsEverythingBehindAFailureAndSaysWhy) {
  plan::Plan plan;
  plan.steps = {make_step("a"), make_step("b", {0}), make_step("c", {1}), make_step("other")};
  FakeRunner runner;
  runner.statuses["a"] = NodeStatus::kError;
  CountingObserver observer;
  const auto results = by_id(Executor(plan, runner, observer, {.num_threads = 2}).run());
  EXPECT_EQ(results.at("b").status, NodeStatus::kSkipped);
  EXPECT_EQ(results.at("c").status, NodeStatus::kSkipped);
  EXPECT_EQ(results.at("c").skipped_because, "a failed");
  EXPECT_EQ(results.at("c").skipped_by, "a");
  EXPECT_EQ(results.at("other").status, NodeStatus::kSuccess);
  EXPECT_EQ(observer.numbers.size(), 4U);
}

TEST(Executor, WarningsLetReadersRunAndFailedTestsDoNot) {
  plan::Plan plan;
  plan.steps = {make_step("warns", {}, "", plan::Action::kTest),
                make_step("fails", {}, "", plan::Action::kTest), make_step("after_warning", {0}),
                make_step("after_failure", {1})};
  FakeRunner runner;
  runner.statuses = {{"warns", NodeStatus::kWarn}, {"fails", NodeStatus::kFail}};
  CountingObserver observer;
  const auto results = by_id(Executor(plan, runner, observer, {.num_threads = 2}).run());
  EXPECT_EQ(results.at("after_warning").status, NodeStatus::kSuccess);
  EXPECT_EQ(results.at("after_failure").status, NodeStatus::kSkipped);
}

TEST(Executor, PassesFailuresThroughStepsWithNothingToDo) {
  plan::Plan plan;
  plan.steps = {make_step("a"), make_step("inlined", {0}, "", plan::Action::kSkip),
                make_step("b", {1}), make_step("lone", {}, "", plan::Action::kSkip),
                make_step("c", {3})};
  FakeRunner runner;
  runner.statuses["a"] = NodeStatus::kError;
  CountingObserver observer;
  const auto all = Executor(plan, runner, observer, {.num_threads = 1}).run();
  const auto results = by_id(all);
  EXPECT_EQ(all.size(), 3U);
  EXPECT_EQ(observer.last_total, 3U);
  EXPECT_FALSE(results.contains("inlined"));
  EXPECT_EQ(results.at("b").skipped_because, "a failed");
  EXPECT_EQ(results.at("c").status, NodeStatus::kSuccess);
}

TEST(Executor, WritersOfOneRelationNeverOverlap) {
  plan::Plan plan;
  for (int index = 0; index < 200; ++index)
    plan.steps.push_back(make_step(fmt::format("n{}", index), {}, fmt::format("r{}", index % 3)));
  FakeRunner runner;
  CountingObserver observer;
  const auto results = Executor(plan, runner, observer, {.num_threads = 8}).run();
  EXPECT_EQ(results.size(), 200U);
  EXPECT_FALSE(runner.relations_overlapped);
  EXPECT_LE(runner.most_at_once, 3U);
}

TEST(Executor, WideGraphOverManyThreadsEndsOnce) {
  plan::Plan plan;
  for (size_t index = 0; index < 1000; ++index) {
    std::vector<size_t> waits_for;
    if (index >= 10) waits_for = {index - 10, index - 7, index - 7};
    plan.steps.push_back(make_step(fmt::format("n{}", index), waits_for));
  }
  FakeRunner runner;
  runner.statuses["n17"] = NodeStatus::kError;
  CountingObserver observer;
  const auto results = Executor(plan, runner, observer, {.num_threads = 8}).run();
  EXPECT_EQ(results.size(), 1000U);
  EXPECT_EQ(by_id(results).size(), 1000U);
  EXPECT_EQ(observer.finished.size(), 1000U);
}

TEST(Executor, FailFastStopsAndSkipsTheRest) {
  plan::Plan plan;
  plan.steps = {make_step("a"), make_step("b"), make_step("c")};
  FakeRunner runner;
  runner.statuses["a"] = NodeStatus::kError;
  CountingObserver observer;
  const auto results =
      by_id(Executor(plan, runner, observer, {.num_threads = 1, .fail_fast = true}).run());
  EXPECT_THAT(runner.ran, ElementsAre("a"));
  EXPECT_EQ(results.at("c").status, NodeStatus::kSkipped);
  EXPECT_EQ(results.at("c").skipped_because, "the run stopped at the first failure (a)");
}

TEST(Executor, FailFastInterruptsWhatRuns) {
  plan::Plan plan;
  plan.steps = {make_step("slow"), make_step("bad"), make_step("later", {0})};
  FakeRunner runner;
  runner.blocks = {"slow"};
  runner.statuses["bad"] = NodeStatus::kError;
  CountingObserver observer;
  const auto results =
      by_id(Executor(plan, runner, observer,
                     {.num_threads = 2, .fail_fast = true, .interrupt_again_ms = 1})
                .run());
  EXPECT_TRUE(runner.interrupted);
  EXPECT_EQ(results.at("slow").status, NodeStatus::kSkipped);
  EXPECT_EQ(results.at("later").status, NodeStatus::kSkipped);
}

TEST(Executor, CancelEndsRunningStepsAndSkipsTheRest) {
  plan::Plan plan;
  plan.steps = {make_step("slow"), make_step("slow_too"), make_step("c"), make_step("d", {0})};
  FakeRunner runner;
  runner.blocks = {"slow", "slow_too"};
  CountingObserver observer;
  Executor executor(plan, runner, observer, {.num_threads = 2});
  std::jthread canceller([&] {
    runner.wait_until_ran(2);
    executor.cancel();
  });
  const auto results = by_id(executor.run());
  EXPECT_TRUE(executor.cancelled());
  EXPECT_EQ(results.size(), 4U);
  EXPECT_EQ(results.at("c").skipped_because, "the run was cancelled");
  EXPECT_FALSE(observer.finished.contains("nothing"));
}

TEST(Executor, CancelBeforeTheStartRunsNothing) {
  plan::Plan plan;
  plan.steps = {make_step("a"), make_step("b", {0})};
  FakeRunner runner;
  CountingObserver observer;
  Executor executor(plan, runner, observer, {.num_threads = 2});
  executor.cancel();
  EXPECT_EQ(executor.run().size(), 2U);
  EXPECT_TRUE(runner.ran.empty());
}

// A step of ten parts that it shares with the other workers.
class SharingRunner : public NodeRunner {
 public:
  NodeResult run(const plan::Step& step, size_t worker) override {
    std::vector<std::function<void(size_t)>> parts;
    for (size_t part = 0; part < 10; ++part)
      parts.emplace_back([this](size_t on_worker) {
        std::unique_lock lock(mutex_);
        workers.insert(on_worker);
        ++num_done;
        // The first two parts wait for each other: they run at the same time or never end.
        if (num_done <= 2) changed_.wait(lock, [this] { return num_done >= 2; });
        changed_.notify_all();
      });
    crew->run_all(worker, std::move(parts));
    std::lock_guard lock(mutex_);
    done_when_returned = num_done;
    NodeResult result;
    result.unique_id = step.unique_id;
    return result;
  }
  void interrupt() override {}

  Crew* crew = nullptr;
  std::set<size_t> workers;
  size_t num_done = 0;
  size_t done_when_returned = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST(Executor, IdleWorkersTakePartsOfAStep) {
  plan::Plan plan{{make_step("only")}};
  SharingRunner runner;
  CountingObserver observer;
  Executor executor(plan, runner, observer, {.num_threads = 3});
  runner.crew = &executor;
  const auto results = executor.run();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(runner.done_when_returned, 10U);
  EXPECT_GE(runner.workers.size(), 2U);
}

}  // namespace
}  // namespace sluice::run
