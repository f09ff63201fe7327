#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "gen/store_orders.h"

namespace sluice::cli {
namespace {

Result<gen::StoreOrdersOptions> to_generator_options(const Options& options,
                                                     const std::string& working_directory) {
  gen::StoreOrdersOptions out;
  out.folder = normalize_path(join_path(working_directory, options.dir));
  out.num_days = options.days;
  out.base_orders = options.base_orders;
  out.seed = options.seed;
  out.until = options.until;
  out.threads = options.threads;
  for (const std::string& text : options.late) {
    SLUICE_ASSIGN(gen::LateOrders late, gen::parse_late_orders(text));
    out.late.push_back(std::move(late));
  }
  return out;
}

}  // namespace

int gen_store_orders_command(Invocation& invocation) {
  const Result<gen::StoreOrdersOptions> options =
      to_generator_options(invocation.options, invocation.working_directory);
  if (!options) return report_error(invocation, options.error());
  SignalWatcher signals;
  std::atomic<bool> is_cancelled{false};
  signals.on_first([&is_cancelled] { is_cancelled = true; });
  std::mutex progress_mutex;
  gen::StoreOrdersProgress progress;
  invocation.console.start_live([&] {
    std::lock_guard lock(progress_mutex);
    return std::vector<std::string>{fmt::format("[{}/{} days] {} rows written", progress.days_done,
                                                progress.days_total,
                                                format_count(progress.rows_written))};
  });
  const Result<gen::StoreOrdersSummary> summary = gen::generate_store_orders(
      *options, invocation.clock, [&](const gen::StoreOrdersProgress& now) {
        std::lock_guard lock(progress_mutex);
        progress = now;
        return !is_cancelled;
      });
  invocation.console.stop_live();
  signals.on_first(nullptr);
  if (!summary) {
    report_error(invocation, summary.error());
    return summary.error().code() == ErrorCode::kCancelled ? kExitCancelled : kExitUsage;
  }
  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  invocation.console.info(
      fmt::format("Wrote {} order lines of {} orders, {} to {}: {} files, {} in {}",
                  format_count(summary->rows), format_count(summary->orders), summary->first_day,
                  summary->last_day, format_count(summary->files), format_bytes(summary->bytes),
                  format_seconds(elapsed)),
      "GeneratedStoreOrders");
  return kExitOk;
}

}  // namespace sluice::cli
