// The windows of time that the command line gives: --sample, --event-time-start, --event-time-end.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "compile/manifest.h"

namespace sluice::compile {

// "3 days" before `now_micros` (hours, days, months, years; months by the calendar), or
// {'start': '2024-01-01', 'end': '2024-02-01'} with ISO times, in UTC when they name no zone.
// kBadArgument.
Result<TimeWindow> parse_sample(std::string_view text, int64_t now_micros);

// "2024-01-31", "2024-01-31T12:00:00" or "2024-01-31 12:00:00", UTC. `option` names it in errors.
Result<int64_t> parse_event_time(std::string_view option, std::string_view text);

// Both or none; the start comes first. Empty texts: not given.
Result<std::optional<TimeWindow>> parse_event_window(std::string_view start, std::string_view end);

}  // namespace sluice::compile
