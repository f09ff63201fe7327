#include "jinja/modules_calendar.h"

#include <fmt/format.h>

namespace sluice::jinja {

const char* const kWeekdayNames[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
const char* const kMonthNames[12] = {"January", "February", "March",     "April",
                                     "May",     "June",     "July",      "August",
                                     "September", "October", "November", "December"};

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

int64_t floor_mod(int64_t a, int64_t b) { return a - floor_div(a, b) * b; }

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

class TimeFormatter {
 public:
  explicit TimeFormatter(const BrokenTime& time)
      : time_(time), date_(civil_from_days(time.days)), week_(iso_week_of(time.days)) {
    const int64_t seconds = time.micros_of_day / kMicrosPerSecond;
    hour_ = seconds / 3600;
    minute_ = seconds / 60 % 60;
    second_ = seconds % 60;
    weekday_ = weekday_of(time.days);
  }

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
    return convert_date(code, flag, out) || convert_time(code, flag, out) ||
           convert_composite(code, flag, out);
  }

  bool convert_date(char code, char flag, std::string& out) const {
    switch (code) {
      case 'a':
        out = std::string(kWeekdayNames[weekday_]).substr(0, 3);
        break;
      case 'A':
        out = kWeekdayNames[weekday_];
        break;
      case 'b':
      case 'h':
        out = std::string(kMonthNames[date_.month - 1]).substr(0, 3);
        break;
      case 'B':
        out = kMonthNames[date_.month - 1];
        break;
      case 'C':
        out = padded(date_.year / 100, 2, '0', flag);
        break;
      case 'd':
        out = padded(date_.day, 2, '0', flag);
        break;
      case 'e':
        out = padded(date_.day, 2, ' ', flag);
        break;
      case 'g':
        out = padded(week_.year % 100, 2, '0', flag);
        break;
      case 'G':
        out = padded(week_.year, 1, '0', flag);
        break;
      case 'j':
        out = padded(day_of_year(date_), 3, '0', flag);
        break;
      case 'm':
        out = padded(date_.month, 2, '0', flag);
        break;
      case 'u':
        out = std::to_string(weekday_ + 1);
        break;
      case 'U':
        out = padded((day_of_year(date_) + 6 - (weekday_ + 1) % 7) / 7, 2, '0', flag);
        break;
      case 'V':
        out = padded(week_.week, 2, '0', flag);
        break;
      case 'w':
        out = std::to_string((weekday_ + 1) % 7);
        break;
      case 'W':
        out = padded((day_of_year(date_) + 6 - weekday_) / 7, 2, '0', flag);
        break;
      case 'y':
        out = padded(date_.year % 100, 2, '0', flag);
        break;
      case 'Y':
        out = padded(date_.year, 1, '0', flag);
        break;
      default:
        return false;
    }
    swap_case(out, flag);
    return true;
  }

  bool convert_time(char code, char flag, std::string& out) const {
    const int64_t twelve = hour_ % 12 == 0 ? 12 : hour_ % 12;
    switch (code) {
      case 'f':
        out = fmt::format("{:06d}", time_.micros_of_day % kMicrosPerSecond);
        break;
      case 'H':
        out = padded(hour_, 2, '0', flag);
        break;
      case 'I':
        out = padded(twelve, 2, '0', flag);
        break;
      case 'k':
        out = padded(hour_, 2, ' ', flag);
        break;
      case 'l':
        out = padded(twelve, 2, ' ', flag);
        break;
      case 'M':
        out = padded(minute_, 2, '0', flag);
        break;
      case 'p':
        out = hour_ < 12 ? (flag == '#' ? "am" : "AM") : (flag == '#' ? "pm" : "PM");
        break;
      case 'P':
        out = hour_ < 12 ? "am" : "pm";
        break;
      case 's':
        out = std::to_string(time_.days * kSecondsPerDay +
                             time_.micros_of_day / kMicrosPerSecond -
                             time_.offset_seconds.value_or(0));
        break;
      case 'S':
        out = padded(second_, 2, '0', flag);
        break;
      case 'z':
        if (time_.offset_seconds) out = offset_text(*time_.offset_seconds, false);
        break;
      case 'Z':
        out = time_.zone_name;
        break;
      default:
        return false;
    }
    return true;
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
  CivilDate date_;
  IsoWeek week_;
  int64_t hour_ = 0;
  int64_t minute_ = 0;
  int64_t second_ = 0;
  int64_t weekday_ = 0;
};

}  // namespace

std::string format_time(const BrokenTime& time, std::string_view format) {
  return TimeFormatter(time).run(format);
}

}  // namespace sluice::jinja
