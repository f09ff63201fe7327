// Store transactions for the demo: Hive-partitioned Parquet files (year=/month=/date=) of a shop's
// order lines, made by DuckDB alone. The rows of a day depend on (seed, day, base_orders) only,
// never on the other days, on threads or on when they are made; making a day again replaces its
// files. One call at a time per folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace sluice::gen {

// Orders that arrive late: an additional file in the partition of an older day.
struct LateOrders {
  std::string date;  // "YYYY-MM-DD"
  int64_t num_orders = 0;
};

struct StoreOrdersOptions {
  std::string folder = "data/partitioned";  // relative paths are relative to the working folder
  int64_t num_days = 90;                    // >= 1
  int64_t base_orders =
      20000;  // orders of an ordinary weekday, >= 1; from 1,000 on no day has fewer than 1,000
  uint64_t seed = 1;
  std::string until;             // last day, "YYYY-MM-DD"; "" = today (UTC) by the clock
  std::vector<LateOrders> late;  // when not empty: only these files are written, no whole day
  int threads = 0;               // workers; 0: all of the machine
};

struct StoreOrdersProgress {
  int64_t days_done = 0;
  int64_t days_total = 0;
  int64_t rows_written = 0;
};

struct StoreOrdersSummary {
  int64_t days = 0;  // partitions written
  int64_t files = 0;
  int64_t rows = 0;  // order lines
  int64_t orders = 0;
  uint64_t bytes = 0;               // of the files written
  std::string first_day, last_day;  // "YYYY-MM-DD"
};

// Parses "2026-01-31:500". kUsage.
Result<LateOrders> parse_late_orders(const std::string& text);

// Writes the files; `progress` is called after each group of days, by one thread at a time, and may
// stop the work by returning false (kCancelled; finished days stay). Errors: kUsage (bad values,
// with what to do), kIo, kNoSpace.
Result<StoreOrdersSummary> generate_store_orders(
    const StoreOrdersOptions& options, const Clock& clock,
    const std::function<bool(const StoreOrdersProgress&)>& progress);

}  // namespace sluice::gen
