// NodeResult: what became of one step of a plan. Made by the executor, read by printers, artifacts
// and `results` in on-run-end hooks. A plain value; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "compile/manifest.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// dbt's node statuses; the text of each is status_name().
enum class NodeStatus : uint8_t {
  kSuccess,
  kError,
  kSkipped,
  kPass,
  kFail,
  kWarn,
  kNoOp,
  kRuntimeError,  // a source whose freshness could not be measured
  kPartial,       // a microbatch model with some batches built
};
std::string_view status_name(
    NodeStatus status);  // "success", "error", "skipped", "pass", "fail", "warn", "no-op"…

struct Timing {
  SharedText name;  // "compile", "execute"
  int64_t started_at_micros = 0;
  int64_t completed_at_micros = 0;
};

// What `source freshness` found; the status of the result is its verdict.
struct FreshnessFound {
  int64_t max_loaded_at_micros = 0;
  int64_t snapshotted_at_micros = 0;
};

// What became of the batches of a microbatch model.
struct BatchResults {
  std::vector<compile::TimeWindow> successful, failed;
};

struct NodeResult {
  std::string unique_id;
  NodeStatus status = NodeStatus::kSuccess;
  std::vector<Timing> timing;
  SharedText thread_id;  // "Thread-1 (worker)"; "main" for hooks
  double execution_seconds = 0;
  std::string message;          // dbt's `message`: "OK", "INSERT 3", error text…; empty: none
  std::string adapter_message;  // adapter_response._message; empty: no response
  SharedText adapter_code;      // adapter_response.code
  std::optional<int64_t>
      rows_affected;                // adapter_response.rows_affected; rows of the relation it wrote
  std::optional<int64_t> failures;  // tests; hooks give 0
  std::optional<Error> error;   // when status is error (fail and warn carry only the message), or
                                // skipped because an ephemeral model inside it cannot be compiled
  std::string skipped_because;  // "model.shop.orders failed", "cancelled"…
  SharedText skipped_by;        // unique id of the nearest step that did not end well; empty: none
  std::optional<FreshnessFound> freshness;
  warehouse::ScanMetrics scan;
  // What a full refresh would have read; maintained models only.
  std::optional<uint64_t> full_bytes;
  std::shared_ptr<const BatchResults> batches;  // microbatch models only
  int num_retries = 0;                          // transaction conflicts that were tried again
};

// Error, fail and partial success: what makes the exit code 1 and (for `build`) skips descendants.
// A skipped node is a failure when the skip is how an ephemeral model's error shows.
bool is_failure(const NodeResult& result);

}  // namespace sluice::run
