#include "jinja/modules_calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sluice::jinja {

const char* const kWeekdayNames[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
const char* const kMonthNames[12] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

int64_t days_from_civil(const CivilDate& date) {
  const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t shifted_month = date.month + (date.month > 2 ? -3 : 9);
  const int64_t day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = floor_div(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  date.month = shifted_month + (shifted_month < 10 ? 3 : -9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

bool is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t days_in_month(int64_t year, int64_t month) {
  static constexpr int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

int64_t weekday_of(int64_t days) { return floor_mod(days + 3, 7); }

int64_t day_of_year(const CivilDate& date) {
  return days_from_civil(date) - days_from_civil({date.year, 1, 1}) + 1;
}

int64_t iso_year_start(int64_t year) {
  const int64_t january_fourth = days_from_civil({year, 1, 4});
  return january_fourth - weekday_of(january_fourth);
}

IsoWeek iso_week_of(int64_t days) {
  int64_t year = civil_from_days(days).year;
  if (days < iso_year_start(year))
    --year;
  else if (days >= iso_year_start(year + 1))
    ++year;
  return {year, (days - iso_year_start(year)) / 7 + 1, weekday_of(days) + 1};
}

std::string offset_text(int64_t offset_seconds, bool separator) {
  const char sign = offset_seconds < 0 ? '-' : '+';
  const int64_t magnitude = offset_seconds < 0 ? -offset_seconds : offset_seconds;
  const char* colon = separator ? ":" : "";
  std::string text =
      fmt::format("{}{:02d}{}{:02d}", sign, magnitude / 3600, colon, magnitude / 60 % 60);
  if (magnitude % 60 != 0) text += fmt::format("{}{:02d}", colon, magnitude % 60);
  return text;
}

namespace {

// Padding of one conversion: what the flag asks for, or the conversion's own.
std::string padded(int64_t number, int width, char own, char flag) {
  const char fill = flag == '-' ? '\0' : (flag == '_' ? ' ' : (flag == '0' ? '0' : own));
  std::string digits = std::to_string(number);
  if (fill != '\0' && digits.size() < static_cast<size_t>(width))
    digits.insert(0, static_cast<size_t>(width) - digits.size(), fill);
  return digits;
}

void swap_case(std::string& text, char flag) {
  if (flag != '^' && flag != '#') return;
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
}

// A moment taken apart, as the conversions name it.
struct TimeParts {
  explicit TimeParts(const BrokenTime& time)
      : date(civil_from_days(time.days)),
        week(iso_week_of(time.days)),
        weekday(weekday_of(time.days)),
        day(day_of_year(date)),
        seconds_of_day(time.micros_of_day / kMicrosPerSecond),
        hour(seconds_of_day / 3600),
        epoch_seconds(time.days * kSecondsPerDay + seconds_of_day -
                      time.offset_seconds.value_or(0)) {}

  CivilDate date;
  IsoWeek week;
  int64_t weekday;  // Monday 0
  int64_t day;      // of the year
  int64_t seconds_of_day;
  int64_t hour;
  int64_t epoch_seconds;
};

// A conversion to a number: its least width, what fills it up, and where the number comes from.
struct NumberConversion {
  char code;
  int width;
  char fill;
  int64_t (*number)(const TimeParts& parts);
};

int64_t twelve_hour(const TimeParts& parts) { return parts.hour % 12 == 0 ? 12 : parts.hour % 12; }

constexpr NumberConversion kNumberConversions[] = {
    {'C', 2, '0', [](const TimeParts& parts) { return parts.date.year / 100; }},
    {'d', 2, '0', [](const TimeParts& parts) { return parts.date.day; }},
    {'e', 2, ' ', [](const TimeParts& parts) { return parts.date.day; }},
    {'g', 2, '0', [](const TimeParts& parts) { return parts.week.year % 100; }},
    {'G', 1, '0', [](const TimeParts& parts) { return parts.week.year; }},
    {'H', 2, '0', [](const TimeParts& parts) { return parts.hour; }},
    {'I', 2, '0', twelve_hour},
    {'j', 3, '0', [](const TimeParts& parts) { return parts.day; }},
    {'k', 2, ' ', [](const TimeParts& parts) { return parts.hour; }},
    {'l', 2, ' ', twelve_hour},
    {'m', 2, '0', [](const TimeParts& parts) { return parts.date.month; }},
    {'M', 2, '0', [](const TimeParts& parts) { return parts.seconds_of_day / 60 % 60; }},
    {'s', 1, '0', [](const TimeParts& parts) { return parts.epoch_seconds; }},
    {'S', 2, '0', [](const TimeParts& parts) { return parts.seconds_of_day % 60; }},
    {'u', 1, '0', [](const TimeParts& parts) { return parts.weekday + 1; }},
    {'U', 2, '0',
     [](const TimeParts& parts) { return (parts.day + 6 - (parts.weekday + 1) % 7) / 7; }},
    {'V', 2, '0', [](const TimeParts& parts) { return parts.week.week; }},
    {'w', 1, '0', [](const TimeParts& parts) { return (parts.weekday + 1) % 7; }},
    {'W', 2, '0', [](const TimeParts& parts) { return (parts.day + 6 - parts.weekday) / 7; }},
    {'y', 2, '0', [](const TimeParts& parts) { return parts.date.year % 100; }},
    {'Y', 1, '0', [](const TimeParts& parts) { return parts.date.year; }},
};

class TimeFormatter {
 public:
  explicit TimeFormatter(const BrokenTime& time) : time_(time), parts_(time) {}

  std::string run(std::string_view format) const {
    std::string out;
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%' || i + 1 == format.size()) {
        out += format[i];
        continue;
      }
      size_t next = i + 1;
      char flag = '\0';
      while (next + 1 < format.size() &&
             std::string_view("-_0^#").find(format[next]) != std::string_view::npos)
        flag = format[next++];
      std::string text;
      if (convert(format[next], flag, text))
        out += text;
      else
        out += format.substr(i, next - i + 1);
      i = next;
    }
    return out;
  }

 private:
  bool convert(char code, char flag, std::string& out) const {
    return convert_number(code, flag, out) || convert_name(code, flag, out) ||
           convert_clock_text(code, flag, out) || convert_composite(code, flag, out);
  }

  bool convert_number(char code, char flag, std::string& out) const {
    const auto* found =
        std::find_if(std::begin(kNumberConversions), std::end(kNumberConversions),
                     [code](const NumberConversion& known) { return known.code == code; });
    if (found == std::end(kNumberConversions)) return false;
    out = padded(found->number(parts_), found->width, found->fill, flag);
    return true;
  }

  bool convert_name(char code, char flag, std::string& out) const {
    switch (code) {
      case 'a':
      case 'A':
        out = kWeekdayNames[parts_.weekday];
        break;
      case 'b':
      case 'h':
      case 'B':
        out = kMonthNames[parts_.date.month - 1];
        break;
      default:
        return false;
    }
    if (code != 'A' && code != 'B') out.resize(3);
    swap_case(out, flag);
    return true;
  }

  bool convert_clock_text(char code, char flag, std::string& out) const {
    switch (code) {
      case 'f':
        out = fmt::format("{:06d}", time_.micros_of_day % kMicrosPerSecond);
        return true;
      case 'p':
      case 'P':
        out = parts_.hour < 12 ? "am" : "pm";
        if (code == 'p' && flag != '#') swap_case(out, '^');
        return true;
      case 'z':
        if (time_.offset_seconds) out = offset_text(*time_.offset_seconds, false);
        return true;
      case 'Z':
        out = time_.zone_name;
        return true;
      default:
        return false;
    }
  }

  bool convert_composite(char code, char flag, std::string& out) const {
    switch (code) {
      case 'c':
        out = run("%a %b %e %H:%M:%S %Y");
        break;
      case 'D':
      case 'x':
        out = run("%m/%d/%y");
        break;
      case 'F':
        out = run("%Y-%m-%d");
        break;
      case 'n':
        out = "\n";
        break;
      case 'r':
        out = run("%I:%M:%S %p");
        break;
      case 'R':
        out = run("%H:%M");
        break;
      case 't':
        out = "\t";
        break;
      case 'T':
      case 'X':
        out = run("%H:%M:%S");
        break;
      case '%':
        out = "%";
        break;
      default:
        return false;
    }
    swap_case(out, flag);
    return true;
  }

  const BrokenTime& time_;
  TimeParts parts_;
};

}  // namespace

std::string format_time(const BrokenTime& time, std::string_view format) {
  return TimeFormatter(time).run(format);
}

}  // namespace sluice::jinja
