// Days, weeks and strftime in the proleptic Gregorian calendar. Pure functions.
// Day algorithms: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/numbers.h"  // floor_div and floor_mod, which all who count days need

namespace sluice::jinja {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;
inline constexpr int64_t kDaysToEpoch = 719'163;  // date(1970, 1, 1).toordinal()

struct CivilDate {
  int64_t year = 1;
  int64_t month = 1;
  int64_t day = 1;
};

struct IsoWeek {
  int64_t year;
  int64_t week;
  int64_t weekday;  // Monday 1
};

int64_t days_from_civil(const CivilDate& date);  // since 1970-01-01
CivilDate civil_from_days(int64_t days);
bool is_leap_year(int64_t year);
int64_t days_in_month(int64_t year, int64_t month);
int64_t weekday_of(int64_t days);  // Monday 0
int64_t day_of_year(const CivilDate& date);
IsoWeek iso_week_of(int64_t days);
// Monday of week 1.
int64_t iso_year_start(int64_t year);

// A moment as strftime sees it.
struct BrokenTime {
  int64_t days = 0;           // local, since 1970-01-01
  int64_t micros_of_day = 0;  // local
  std::optional<int64_t> offset_seconds;
  std::string zone_name;
};

// strftime of the C locale with glibc's extensions (%-d, %k, %P…) and Python's %f.
std::string format_time(const BrokenTime& time, std::string_view format);
// "+05:30", "-04:56:02"; `separator` false: "+0530".
std::string offset_text(int64_t offset_seconds, bool separator);

extern const char* const kWeekdayNames[7];  // from Monday
extern const char* const kMonthNames[12];

}  // namespace sluice::jinja
