// Batches: the time windows that a microbatch model is built in. All times are UTC and all
// arithmetic is of the calendar, as dbt does it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compile/manifest.h"

namespace sluice::compile {

enum class BatchSize : uint8_t { kHour, kDay, kMonth, kYear };
// nullopt for anything but hour, day, month, year.
std::optional<BatchSize> parse_batch_size(std::string_view word);

// The beginning of the hour, day, month or year that `micros` lies in.
int64_t truncate_to(BatchSize size, int64_t micros);
// The same moment rounded up; a beginning stays.
int64_t round_up_to(BatchSize size, int64_t micros);
// REQUIRES: `micros` is a beginning. `count` may be negative.
int64_t add_batches(BatchSize size, int64_t micros, int64_t count);

// "20240101", "20240101T05", "202401", "2024": model.batch.id.
std::string batch_id(BatchSize size, int64_t start_micros);
// "2024-01-01", "2024-01-01T05", "2024-01", "2024": file names and messages.
std::string batch_label(BatchSize size, int64_t start_micros);
// "2024-01-01 00:00:00+00:00", with a fraction when there is one: as Python prints it.
std::string moment_text(int64_t micros);
// "2024-01-01T00:00:00+00:00", for artifacts.
std::string moment_iso_text(int64_t micros);
// Reads what moment_iso_text wrote, or any ISO time; a zone in it is not applied but dropped, as
// dbt does. kBadArgument.
Result<int64_t> parse_iso_moment(std::string_view text);

// Which windows to build.
struct BatchRequest {
  BatchSize size = BatchSize::kDay;
  int64_t begin_micros = 0;  // the model's `begin`; a zone in it was dropped, as in dbt
  int64_t lookback = 1;      // batches before the current one that an incremental run builds again
  int64_t now_micros = 0;
  std::optional<TimeWindow> asked;  // --event-time-start, --event-time-end
  bool is_incremental = false;      // the table is there and is added to
};
// At least one; oldest first, no gaps. The end of the last one is the end asked for (or now),
// rounded up.
std::vector<Batch> plan_batches(const BatchRequest& request);
Batch make_batch(BatchSize size, TimeWindow window);

// A warning for each microbatch model of which no input can be filtered. REQUIRES: references are
// resolved.
void warn_unfiltered_batches(const Manifest& manifest, Diagnostics& diagnostics);

// model.batch: {id, event_time_start, event_time_end}.
jinja::Value batch_value(const Batch& batch);

// A model of materialization incremental with the strategy microbatch.
bool is_microbatch(const Node& node);
BatchSize batch_size_of(const Node& node);
// The settings of a microbatch model, in dbt's words when one is missing or wrong; its `begin` is
// made an ISO time. Does nothing for other nodes.
Status check_batch_settings(Node& node);
// BatchRequest without `asked`, `now_micros` and `is_incremental`. REQUIRES: settings are checked.
BatchRequest batch_request(const Node& node);

// True when batches between the first and the last may run at the same time: what
// `concurrent_batches` says, else when the template does not look at `this`.
bool allows_concurrent_batches(const Node& node);

// A copy of the node that compiles and runs as one batch: it knows the window, writes its own
// files, and has pre-hooks only as the first and post-hooks only as the last one.
Node node_of_batch(const Node& node, const Batch& batch, bool is_first, bool is_last);

}  // namespace sluice::compile
