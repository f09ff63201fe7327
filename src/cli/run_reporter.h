// RunReporter: tells a run as it happens (dbt's lines, or a live area on a terminal) and sums it up
// at the end. Thread-safe where the observer interface asks for it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cli/console.h"
#include "cli/node_info.h"
#include "compile/manifest.h"
#include "run/project_run.h"

namespace sluice::cli {

struct RunReporterOptions {
  size_t printer_width = 80;
  bool tests_skip = false;  // a failed test skips what stands behind it: in `build`
  bool tells_steps = true;  // false for `compile`: only failures are told
};

class RunReporter final : public run::ProjectRunObserver {
 public:
  RunReporter(Console& console, const Clock& clock, const compile::Manifest& manifest,
              RunReporterOptions options);
  ~RunReporter() override;
  RunReporter(const RunReporter&) = delete;
  RunReporter& operator=(const RunReporter&) = delete;

  void step_started(const plan::Step& step, size_t number, size_t total, size_t worker) override;
  void step_finished(const plan::Step& step, const run::NodeResult& result, size_t number,
                     size_t total) override;
  void step_reached(const plan::Step& step, run::StepPhase phase) override;
  void batch_started(const run::BatchEvent& batch) override;
  void batch_finished(const run::BatchEvent& batch, const run::NodeResult& result) override;
  void hook_rendered(const run::HookEvent& hook) override;
  void hook_started(const run::HookEvent& hook) override;
  void hook_finished(const run::HookEvent& hook, const run::NodeResult& result) override;

  // Lines of the live area now; `progress` gives the percentage of what a worker runs.
  std::vector<std::string> live_lines(
      const std::function<std::optional<double>(size_t worker)>& progress) const;

 private:
  // What the lines about a step call it.
  std::string describe_step(const std::string& unique_id) const;

  struct Running {
    int64_t started_ns;
    size_t worker;
  };
  void tell(EventLevel level, const std::string& name, const std::string& head,
            const std::string& status, Color color, const std::string& node,
            std::vector<std::pair<std::string, std::string>> data);

  void tell_result(const compile::Node& node, const run::NodeResult& result, size_t number,
                   size_t total);
  void tell_start(const std::string& unique_id);
  void tell_injected(const std::string& unique_id);
  void tell_end(const run::NodeResult& result);
  void note_progress(const std::string& unique_id, std::string_view status, bool finished);
  std::string node_info(const std::string& unique_id) const;

  // run_reporter_freshness.cc
  void tell_freshness(const compile::Source& source, const run::NodeResult& result, size_t number,
                      size_t total);

  Console& console_;
  const Clock& clock_;
  const compile::Manifest& manifest_;
  const RunReporterOptions options_;
  const int64_t started_ns_;

  mutable std::mutex running_mutex_;
  std::map<std::string, Running> running_;        // by unique id
  std::map<std::string, NodeProgress> progress_;  // by unique id
  size_t num_finished_ = 0;
  size_t num_failed_ = 0;
  size_t num_total_ = 0;
};

// "sql table model analytics.orders", "seed file main.s", "test not_null_orders_id".
std::string describe_node(const compile::Node& node);
// "freshness of raw.orders"
std::string describe_freshness(const compile::Source& source);

}  // namespace sluice::cli
