// A microbatch model as a step: its batches one after the other, those between the first and the
// last at the same time where the model allows it. The first batch makes or checks the table, so
// the others wait for it and are skipped when it fails. A batch is a transaction of its own.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compile/batches.h"
#include "run/session_runner.h"

namespace sluice::run {

namespace {

using compile::Batch;
using compile::Node;

bool ended_well(const NodeResult& result) { return result.status == NodeStatus::kSuccess; }

// dbt's words for the whole.
void conclude(const std::vector<NodeResult>& results, NodeResult& whole) {
  const auto num_well = static_cast<size_t>(std::ranges::count_if(results, ended_well));
  if (num_well == results.size()) {
    whole.status = NodeStatus::kSuccess;
    whole.message = "SUCCESS";
  } else if (num_well == 0) {
    whole.status = NodeStatus::kError;
    whole.message = "ERROR";
  } else {
    whole.status = NodeStatus::kPartial;
    whole.message = fmt::format("PARTIAL SUCCESS ({}/{})", num_well, results.size());
  }
  whole.failures = 0;
  for (const NodeResult& result : results) {
    if (result.error && !whole.error) whole.error = result.error;
    if (result.rows_affected)
      whole.rows_affected = whole.rows_affected.value_or(0) + *result.rows_affected;
    whole.num_retries += result.num_retries;
    whole.scan.rows_read += result.scan.rows_read;
    whole.scan.bytes_read += result.scan.bytes_read;
    whole.scan.files_read += result.scan.files_read;
    whole.scan.estimated |= result.scan.estimated;
  }
}

}  // namespace

void SessionRunner::attach(Crew* crew, RunObserver* observer) {
  crew_ = crew;
  observer_ = observer;
}

void SessionRunner::restrict_batches(std::map<std::string, BatchResults> previous) {
  previous_batches_ = std::move(previous);
}

std::vector<Batch> SessionRunner::batches_to_run(const Node& node) const {
  const auto previous = previous_batches_.find(node.unique_id);
  if (previous == previous_batches_.end() || previous->second.successful.empty())
    return session_.plan_batches(node);
  std::vector<Batch> batches;
  for (const compile::TimeWindow& window : previous->second.failed)
    batches.push_back(compile::make_batch(compile::batch_size_of(node), window));
  return batches;
}

NodeResult SessionRunner::run_batch(const Node& node, const plan::Step& step, size_t worker,
                                    const BatchEvent& event, const Batch& batch) {
  if (observer_ != nullptr) observer_->batch_started(event);
  const int64_t started_ns = clock_.ticks_ns();
  // Only the first batch of a build from nothing replaces the table.
  const bool is_retry = previous_batches_.contains(node.unique_id) &&
                        !previous_batches_.at(node.unique_id).successful.empty();
  Batch own = batch;
  own.adds_to_table = is_retry || event.number > 1;
  Node copy = compile::node_of_batch(node, own, event.number == 1, event.number == event.total);
  NodeResult result = run_node(copy, step, worker);
  result.unique_id = node.unique_id;
  result.execution_seconds = static_cast<double>(clock_.ticks_ns() - started_ns) / 1e9;
  if (observer_ != nullptr) observer_->batch_finished(event, result);
  return result;
}

NodeResult SessionRunner::run_batches(Node& node, const plan::Step& step, size_t worker) {
  NodeResult whole;
  const int64_t started_at = clock_.now_micros();
  const std::vector<Batch> batches = batches_to_run(node);
  std::vector<NodeResult> results(batches.size());
  const auto event_of = [&](size_t index) {
    return BatchEvent{&node, batches[index].label, index + 1, batches.size()};
  };
  const auto run_one = [&](size_t index, size_t on_worker) {
    results[index] = run_batch(node, step, on_worker, event_of(index), batches[index]);
  };
  run_one(0, worker);
  const bool goes_on = ended_well(results[0]);
  const size_t last = batches.size() - 1;
  if (goes_on && crew_ != nullptr && last > 1 && compile::allows_concurrent_batches(node)) {
    std::vector<std::function<void(size_t)>> tasks;
    for (size_t index = 1; index < last; ++index)
      tasks.emplace_back([&run_one, index](size_t on_worker) { run_one(index, on_worker); });
    crew_->run_all(worker, std::move(tasks));
    run_one(last, worker);
  } else {
    for (size_t index = 1; index < batches.size(); ++index) {
      if (goes_on) {
        run_one(index, worker);
        continue;
      }
      results[index].status = NodeStatus::kSkipped;
      if (observer_ != nullptr) observer_->batch_finished(event_of(index), results[index]);
    }
  }
  conclude(results, whole);
  const int64_t ended_at = clock_.now_micros();
  whole.timing = {{"compile", started_at, started_at}, {"execute", started_at, ended_at}};
  BatchResults told;
  if (const auto previous = previous_batches_.find(node.unique_id);
      previous != previous_batches_.end())
    told.successful = previous->second.successful;
  for (size_t index = 0; index < batches.size(); ++index)
    (ended_well(results[index]) ? told.successful : told.failed).push_back(batches[index].window);
  whole.batches = std::make_shared<const BatchResults>(std::move(told));
  return whole;
}

}  // namespace sluice::run
