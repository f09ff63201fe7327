#include "compile/sample_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "compile/batches.h"
#include "jinja/modules_datetime.h"
#include "jinja/ops.h"

namespace sluice::compile {

namespace {

using jinja::Value;

constexpr std::string_view kSampleHint =
    "write e.g. --sample \"3 days\" or --sample \"{'start': '2024-01-01', 'end': '2024-02-01'}\"";

Error sample_error(std::string message) {
  return Error(ErrorCode::kBadArgument, fmt::format("invalid value for \"--sample\": {}", message),
               std::string(kSampleHint));
}

// `count` calendar months earlier; a day that the month lacks becomes its last one.
int64_t months_before(int64_t micros, int64_t count) {
  const int64_t days = jinja::floor_div(micros, jinja::kMicrosPerDay);
  jinja::CivilDate date = jinja::civil_from_days(days);
  const int64_t months = date.year * 12 + date.month - 1 - count;
  date.year = jinja::floor_div(months, 12);
  date.month = jinja::floor_mod(months, 12) + 1;
  date.day = std::min(date.day, jinja::days_in_month(date.year, date.month));
  return micros + (jinja::days_from_civil(date) - days) * jinja::kMicrosPerDay;
}

Result<TimeWindow> parse_relative(std::string_view text, int64_t now_micros) {
  const size_t blank = text.find(' ');
  const bool has_two_words =
      blank != std::string_view::npos && text.find(' ', blank + 1) == std::string_view::npos;
  if (!has_two_words)
    return fail(sample_error(
        fmt::format("cannot load a window from '{}'; it must be of form 'COUNT GRAIN'", text)));
  const auto count = jinja::parse_int(text.substr(0, blank));
  if (!count || !count->is_int())
    return fail(
        sample_error(fmt::format("unable to convert '{}' to an integer", text.substr(0, blank))));
  std::string grain(text.substr(blank + 1));
  std::transform(grain.begin(), grain.end(), grain.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  if (grain.ends_with('s')) grain.pop_back();
  const std::optional<BatchSize> size = parse_batch_size(grain);
  if (!size)
    return fail(sample_error(
        fmt::format("invalid grain size '{}'; it must be one of ['hour', 'day', 'month', 'year', "
                    "'hours', 'days', 'months', 'years']",
                    text.substr(blank + 1))));
  const int64_t number = count->as_int();
  if (*size == BatchSize::kMonth || *size == BatchSize::kYear)
    return TimeWindow{months_before(now_micros, number * (*size == BatchSize::kYear ? 12 : 1)),
                      now_micros};
  return TimeWindow{add_batches(*size, now_micros, -number), now_micros};
}

Result<int64_t> window_end(const Value& dict, std::string_view key) {
  const Value* given = dict.as_dict().find(key);
  if (given == nullptr)
    return fail(sample_error(fmt::format("field \"{}\" of the window is missing", key)));
  if (given->is_string())
    if (Result<int64_t> moment = parse_iso_moment(given->as_string())) return *moment;
  SLUICE_ASSIGN(std::string shown, jinja::to_repr(*given));
  return fail(
      sample_error(fmt::format("field \"{}\" of the window has invalid value {}", key, shown)));
}

}  // namespace

Result<TimeWindow> parse_sample(std::string_view text, int64_t now_micros) {
  Result<Value> parsed = jinja::from_yaml(std::string(text));
  if (!parsed || !parsed->is_dict()) return parse_relative(text, now_micros);
  TimeWindow window;
  SLUICE_ASSIGN(window.start_micros, window_end(*parsed, "start"));
  SLUICE_ASSIGN(window.end_micros, window_end(*parsed, "end"));
  return window;
}

Result<int64_t> parse_event_time(std::string_view option, std::string_view text) {
  static constexpr std::array<std::string_view, 3> kFormats = {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%S",
                                                               "%Y-%m-%d %H:%M:%S"};
  for (std::string_view format : kFormats)
    if (Result<Value> moment = jinja::parse_time(text, format))
      return moment->object_as<jinja::DateTimeObject>()->utc_micros();
  return fail(
      ErrorCode::kBadArgument,
      fmt::format("invalid value for '{}': '{}' does not match the formats '{}', '{}', '{}'.",
                  option, text, kFormats[0], kFormats[1], kFormats[2]),
      fmt::format("write e.g. {} 2024-01-31", option));
}

Result<std::optional<TimeWindow>> parse_event_window(std::string_view start, std::string_view end) {
  if (start.empty() && end.empty()) return std::optional<TimeWindow>();
  if (start.empty() || end.empty()) {
    const std::string_view given = start.empty() ? "--event-time-end" : "--event-time-start";
    const std::string_view missing = start.empty() ? "--event-time-start" : "--event-time-end";
    return fail(ErrorCode::kBadArgument,
                fmt::format("the flag `{0}` was specified, but `{1}` was not. When specifying "
                            "`{0}`, `{1}` must also be present.",
                            given, missing),
                fmt::format("add {} with a date", missing));
  }
  TimeWindow window;
  SLUICE_ASSIGN(window.start_micros, parse_event_time("--event-time-start", start));
  SLUICE_ASSIGN(window.end_micros, parse_event_time("--event-time-end", end));
  if (window.start_micros >= window.end_micros)
    return fail(ErrorCode::kBadArgument,
                "value for `--event-time-start` must be less than `--event-time-end`",
                fmt::format("given: \"{}\" and \"{}\"", start, end));
  return std::optional<TimeWindow>(window);
}

}  // namespace sluice::compile
