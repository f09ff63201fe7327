// The step of `source freshness`: one source, one question to the engine, a verdict.
#include <fmt/format.h>

#include "compile/freshness.h"
#include "run/session_runner.h"

namespace sluice::run {
namespace {

NodeStatus status_of(compile::FreshnessStatus verdict) {
  switch (verdict) {
    case compile::FreshnessStatus::kPass:
      return NodeStatus::kPass;
    case compile::FreshnessStatus::kWarn:
      return NodeStatus::kWarn;
    case compile::FreshnessStatus::kError:
      return NodeStatus::kError;
  }
  return NodeStatus::kError;
}

// dbt writes the kind of failure and the place in front of the message.
std::string dbt_text(const Error& error, const compile::Source& source) {
  return fmt::format("Runtime Error in source {} ({})\n  {}", source.name,
                     source.original_file_path, error.message());
}

}  // namespace

NodeResult SessionRunner::run_freshness(const plan::Step& step, size_t worker) {
  const compile::Source* source = session_.manifest().find_source(step.unique_id);
  SLUICE_CHECK(source != nullptr);
  const int64_t started_ns = clock_.ticks_ns();
  NodeResult result;
  result.unique_id = step.unique_id;
  result.thread_id = worker_name(worker);
  tell_phase(step, StepPhase::kCompiling);
  result.timing.push_back({"compile", clock_.now_micros(), clock_.now_micros()});
  tell_phase(step, StepPhase::kExecuting);
  const int64_t started_at = clock_.now_micros();
  const Result<GuardedConnection*> opened = connection(worker);
  Result<compile::FreshnessMeasure> measure =
      opened ? session_.measure_freshness(*source, **opened)
             : Result<compile::FreshnessMeasure>(tl::unexpected<Error>(opened.error()));
  result.timing.push_back({"execute", started_at, clock_.now_micros()});
  result.execution_seconds = static_cast<double>(clock_.ticks_ns() - started_ns) / 1e9;
  if (measure) {
    const int64_t age = measure->snapshotted_at_micros - measure->max_loaded_at_micros;
    result.status = status_of(compile::judge_freshness(source->freshness, age));
    result.freshness = {measure->max_loaded_at_micros, measure->snapshotted_at_micros};
    result.adapter_message = measure->message;
  } else if (measure.error().code() == ErrorCode::kCancelled) {
    result.status = NodeStatus::kSkipped;
    result.skipped_because = "interrupted while it ran";
    result.message = "skipped: " + result.skipped_because;
  } else {
    result.status = NodeStatus::kRuntimeError;
    result.message = dbt_text(measure.error(), *source);
    result.error = std::move(measure.error());
    result.error->locate(source->span);
  }
  return result;
}

}  // namespace sluice::run
