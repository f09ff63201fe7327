// fromisoformat of date, time and datetime: the ISO 8601 subset of Python 3.11.
#include "jinja/modules_datetime.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

tl::unexpected<Error> invalid(std::string_view text) {
  return runtime_failure("Invalid isoformat string: " + string_repr(text));
}

// Exactly `size` digits at `position`.
bool digits_at(std::string_view text, size_t position, size_t size, int64_t& out) {
  if (position + size > text.size()) return false;
  out = 0;
  for (size_t i = position; i < position + size; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

// Days of the week and day that follow "YYYY[-]W": ww[-D] when extended, else ww[D].
Result<std::optional<int64_t>> read_week_date(int64_t year, std::string_view text, bool extended) {
  int64_t week = 0;
  int64_t day = 1;
  if (!digits_at(text, 0, 2, week)) return std::nullopt;
  text.remove_prefix(2);
  if (!text.empty()) {
    if (extended && text[0] != '-') return std::nullopt;
    if (extended) text.remove_prefix(1);
    if (text.size() != 1 || !digits_at(text, 0, 1, day)) return std::nullopt;
  }
  if (week < 1 || week > (iso_year_start(year + 1) - iso_year_start(year)) / 7)
    return runtime_failure("Invalid week: " + std::to_string(week));
  if (day < 1 || day > 7)
    return runtime_failure("Invalid weekday: " + std::to_string(day) + " (range is [1, 7])");
  return std::optional<int64_t>(iso_year_start(year) + (week - 1) * 7 + day - 1);
}

// Days of YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D]; nullopt: not that shape.
Result<std::optional<int64_t>> read_date(std::string_view text) {
  int64_t year = 0;
  if (!digits_at(text, 0, 4, year)) return std::nullopt;
  text.remove_prefix(4);
  const bool extended = text.starts_with('-');
  if (extended) text.remove_prefix(1);
  if (text.starts_with('W')) return read_week_date(year, text.substr(1), extended);
  int64_t month = 0;
  int64_t day = 0;
  if (!digits_at(text, 0, 2, month)) return std::nullopt;
  text.remove_prefix(2);
  if (extended && !text.starts_with('-')) return std::nullopt;
  if (extended) text.remove_prefix(1);
  if (text.size() != 2 || !digits_at(text, 0, 2, day)) return std::nullopt;
  SLUICE_ASSIGN(const int64_t days, checked_days(year, month, day));
  return std::optional<int64_t>(days);
}

// HH[:MM[:SS[.fff[fff]]]] with or without colons, in microseconds.
std::optional<std::array<int64_t, 4>> read_clock(std::string_view text) {
  std::array<int64_t, 4> fields{};
  if (!digits_at(text, 0, 2, fields[0])) return std::nullopt;
  size_t position = 2;
  const bool extended = text.size() > 2 && text[2] == ':';
  for (size_t i = 1; i < 3 && position < text.size(); ++i) {
    if (text[position] == '.' || text[position] == ',') break;
    if (extended) {
      if (text[position] != ':') return std::nullopt;
      ++position;
    }
    if (!digits_at(text, position, 2, fields[i])) return std::nullopt;
    position += 2;
  }
  if (position == text.size()) return fields;
  if (text[position] != '.' && text[position] != ',') return std::nullopt;
  const size_t num_digits = text.size() - ++position;
  if (num_digits == 0 || text.find_first_not_of("0123456789", position) != std::string_view::npos)
    return std::nullopt;
  std::string micros(text.substr(position, 6));
  micros.append(6 - micros.size(), '0');
  fields[3] = std::stoll(micros);
  return fields;
}

struct ClockTime {
  int64_t micros = 0;
  ZoneRef zone;
};

Result<ClockTime> read_time(std::string_view text, std::string_view whole) {
  const size_t mark = text.find_first_of("+-Z");
  const auto clock = read_clock(text.substr(0, mark));
  if (!clock) return invalid(whole);
  ClockTime result;
  SLUICE_ASSIGN(result.micros, checked_time((*clock)[0], (*clock)[1], (*clock)[2], (*clock)[3]));
  if (mark == std::string_view::npos) return result;
  if (text[mark] == 'Z') {
    if (mark + 1 != text.size()) return invalid(whole);
    result.zone = fixed_zone(0);
    return result;
  }
  const auto offset = read_clock(text.substr(mark + 1));
  if (!offset) return invalid(whole);
  const int64_t seconds = (*offset)[0] * 3600 + (*offset)[1] * 60 + (*offset)[2];
  if (seconds >= kSecondsPerDay)
    return runtime_failure(
        "offset must be a timedelta strictly between -timedelta(hours=24) and "
        "timedelta(hours=24).");
  result.zone = fixed_zone(text[mark] == '-' ? -seconds : seconds);
  return result;
}

// Where the date of a datetime text ends.
size_t date_size(std::string_view text) {
  if (text.size() < 7) return text.size();
  const bool extended = text[4] == '-';
  const size_t after_year = extended ? 5 : 4;
  if (text[after_year] != 'W') return std::min(text.size(), after_year + (extended ? 5 : 4));
  size_t end = after_year + 3;
  if (extended && end < text.size() && text[end] == '-')
    end += 2;
  else if (!extended && end < text.size() && text[end] >= '0' && text[end] <= '9')
    end += 1;
  return std::min(end, text.size());
}

}  // namespace

Result<Value> parse_iso_date(std::string_view text) {
  SLUICE_ASSIGN(const std::optional<int64_t> days, read_date(text));
  if (!days) return invalid(text);
  return make_date_of_days(*days);
}

Result<Value> parse_iso_time(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('T')) rest.remove_prefix(1);
  SLUICE_ASSIGN(ClockTime time, read_time(rest, text));
  return Value::object(make_ref<TimeObject>(time.micros, std::move(time.zone)));
}

Result<Value> parse_iso_datetime(std::string_view text) {
  const size_t size = date_size(text);
  SLUICE_ASSIGN(const std::optional<int64_t> days, read_date(text.substr(0, size)));
  if (!days) return invalid(text);
  if (size == text.size()) return make_datetime_of(*days * kMicrosPerDay, ZoneRef());
  size_t start = size;
  next_code_point(text, start);  // any one character separates date and time
  if (start >= text.size()) return invalid(text);
  SLUICE_ASSIGN(ClockTime time, read_time(text.substr(start), text));
  return make_datetime_of(*days * kMicrosPerDay + time.micros, std::move(time.zone));
}

}  // namespace sluice::jinja
