#include "compile/seed_types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "jinja/ops.h"

namespace sluice::compile {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// A decimal text as Python's Decimal reads it.
struct DecimalText {
  std::string digits;  // canonical: sign, digits, point, exponent as written, symbols removed
  bool integral = false;
  bool finite = true;
};

std::string_view drop_symbols(std::string_view text) {
  constexpr std::array<std::string_view, 7> kCurrencies = {"$", "€", "£", "¥", "₹", "₽", "₩"};
  text = trim(text);
  if (!text.empty() && text.back() == '%') text.remove_suffix(1);
  for (std::string_view symbol : kCurrencies) {
    if (text.starts_with(symbol)) text.remove_prefix(symbol.size());
    if (text.ends_with(symbol)) text.remove_suffix(symbol.size());
  }
  return trim(text);
}

// digits[.digits] at the front of `text`, which is cut by it. Sets how many places after the point
// are needed; false: there is no digit.
bool take_mantissa(std::string_view& text, int64_t& num_places) {
  size_t point = std::min(text.find('.'), text.size());
  auto digits_from = [&](size_t begin) {
    size_t end = begin;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - begin;
  };
  size_t whole = digits_from(0);
  size_t end = whole;
  num_places = 0;
  if (whole == point && point < text.size()) {
    size_t fraction = digits_from(point + 1);
    std::string_view places = text.substr(point + 1, fraction);
    num_places = static_cast<int64_t>(places.find_last_not_of('0') + 1);
    end = point + 1 + fraction;
    whole += fraction;
  }
  text.remove_prefix(end);
  return whole > 0;
}

bool is_special(std::string_view text) {
  std::string word = lower(text);
  return word == "nan" || word == "inf" || word == "infinity";
}

std::optional<DecimalText> parse_decimal(std::string_view written) {
  DecimalText out;
  for (char c : drop_symbols(written))
    if (c != ',' && c != '_') out.digits += c;
  std::string_view text = out.digits;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (is_special(text)) {
    out.integral = true;  // as recorded: dbt takes such a column for integer
    out.finite = false;
    return out;
  }
  int64_t num_places = 0;
  if (!take_mantissa(text, num_places)) return std::nullopt;
  int64_t exponent = 0;
  if (!text.empty()) {
    if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
    auto number = jinja::parse_int(text.substr(1));
    if (!number || !number->is_int()) return std::nullopt;
    exponent = number->as_int();
  }
  out.integral = num_places <= exponent;
  return out;
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string word = lower(trim(text));
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

// Reads digits from the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}
  // A number of `least` to `most` digits; -1: there is none.
  int number(size_t least, size_t most) {
    size_t count = 0;
    int out = 0;
    while (count < most && count < rest_.size() && is_digit(rest_[count]))
      out = out * 10 + (rest_[count++] - '0');
    if (count < least) return -1;
    rest_.remove_prefix(count);
    return out;
  }
  bool skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, days_from_civil); nullopt: no
// such day.
std::optional<int32_t> days_of(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12) return std::nullopt;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day < 1 || day > kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0))
    return std::nullopt;
  year -= month <= 2 ? 1 : 0;
  int era = year / 400;
  int year_of_era = year - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

// %Y-%m-%d; one digit is enough for month and day.
std::optional<int32_t> read_date(Digits& digits) {
  int year = digits.number(4, 4);
  if (year < 0 || !digits.skip('-')) return std::nullopt;
  int month = digits.number(1, 2);
  if (month < 0 || !digits.skip('-')) return std::nullopt;
  int day = digits.number(1, 2);
  return day < 0 ? std::nullopt : days_of(year, month, day);
}

std::optional<int32_t> parse_date(std::string_view text) {
  Digits digits(trim(text));
  auto days = read_date(digits);
  return days && digits.done() ? days : std::nullopt;
}

std::optional<int64_t> micros_of(int32_t days, int hour, int minute, int second) {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  return (((static_cast<int64_t>(days) * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000;
}

// Z, +02:00, +0200, +02; added so that the value is in UTC. nullopt: not a zone.
std::optional<int64_t> read_zone(Digits& digits) {
  if (digits.done() || digits.skip('Z')) return int64_t{0};
  int sign = digits.skip('+') ? -1 : digits.skip('-') ? 1 : 0;
  if (sign == 0) return std::nullopt;
  int hours = digits.number(2, 2);
  digits.skip(':');
  int minutes = digits.done() ? 0 : digits.number(2, 2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  return sign * (hours * 60 + minutes) * int64_t{60'000'000};
}

// ISO 8601 after the 'T': hh[:mm[:ss[.fraction]]][zone], with or without colons.
std::optional<int64_t> read_iso_time(Digits& digits, int32_t days) {
  int hour = digits.number(2, 2), minute = 0, second = 0;
  int64_t fraction = 0;
  auto starts_digit = [&] { return !digits.done() && is_digit(digits.rest()[0]); };
  if (digits.skip(':') || starts_digit()) {
    minute = digits.number(2, 2);
    if (digits.skip(':') || starts_digit()) {
      second = digits.number(2, 2);
      if (digits.skip('.') || digits.skip(',')) {
        int64_t unit = 100'000;
        while (starts_digit()) {
          fraction += digits.number(1, 1) * unit;
          unit /= 10;
        }
      }
    }
  }
  auto micros = micros_of(days, hour, minute, second);
  auto zone = read_zone(digits);
  if (!micros || !zone || !digits.done()) return std::nullopt;
  return *micros + fraction + *zone;
}

std::optional<int64_t> parse_datetime(std::string_view text) {
  text = trim(text);
  Digits digits(text);
  if (text.find('T') == std::string_view::npos) {
    // %Y-%m-%d %H:%M:%S
    auto days = read_date(digits);
    if (!days || !digits.skip(' ')) return std::nullopt;
    int hour = digits.number(1, 2);
    if (!digits.skip(':')) return std::nullopt;
    int minute = digits.number(1, 2);
    if (!digits.skip(':')) return std::nullopt;
    int second = digits.number(1, 2);
    return digits.done() ? micros_of(*days, hour, minute, second) : std::nullopt;
  }
  std::optional<int32_t> days;
  if (text.size() > 8 && text[8] == 'T') {
    int year = digits.number(4, 4), month = digits.number(2, 2), day = digits.number(2, 2);
    if (year >= 0 && month >= 0 && day >= 0) days = days_of(year, month, day);
  } else {
    days = read_date(digits);
  }
  return days && digits.skip('T') ? read_iso_time(digits, *days) : std::nullopt;
}

bool fits(SeedType type, std::string_view text) {
  switch (type) {
    case SeedType::kInteger: {
      auto decimal = parse_decimal(text);
      return decimal && decimal->integral;
    }
    case SeedType::kNumber:
      return parse_decimal(text).has_value();
    case SeedType::kDate:
      return parse_date(text).has_value();
    case SeedType::kDateTime:
      return parse_datetime(text).has_value();
    case SeedType::kBoolean:
      return parse_boolean(text).has_value();
    case SeedType::kText:
      return true;
  }
  return true;
}

}  // namespace

std::string_view seed_type_name(SeedType type) {
  constexpr std::array<std::string_view, 6> kNames = {"integer",  "number",  "date",
                                                      "datetime", "boolean", "text"};
  return kNames[static_cast<size_t>(type)];
}

bool is_seed_null(std::string_view text) {
  text = trim(text);
  return text.empty() || lower(text) == "null";
}

SeedType infer_seed_type(const std::vector<std::string_view>& values) {
  for (SeedType type : {SeedType::kInteger, SeedType::kNumber, SeedType::kDate, SeedType::kDateTime,
                        SeedType::kBoolean})
    if (std::all_of(values.begin(), values.end(), [type](std::string_view text) {
          return is_seed_null(text) || fits(type, text);
        }))
      return type;
  return SeedType::kText;
}

warehouse::Cell seed_cell(SeedType type, std::string_view text) {
  if (is_seed_null(text)) return std::monostate{};
  switch (type) {
    case SeedType::kInteger: {
      DecimalText decimal = *parse_decimal(text);
      auto number = jinja::parse_int(decimal.digits);
      if (number && number->is_int()) return number->as_int();
      if (auto value = jinja::parse_float(decimal.digits);
          value && decimal.finite && *value > -9e15 && *value < 9e15)
        return static_cast<int64_t>(*value);  // "1e5", "5.0": exact below 2^53
      return warehouse::Decimal{std::move(decimal.digits)};
    }
    case SeedType::kNumber:
      return warehouse::Decimal{parse_decimal(text)->digits};
    case SeedType::kDate:
      return warehouse::DateDays{*parse_date(text)};
    case SeedType::kDateTime:
      return warehouse::TimestampMicros{*parse_datetime(text), false};
    case SeedType::kBoolean:
      return *parse_boolean(text);
    case SeedType::kText:
      break;
  }
  return std::string(text);
}

}  // namespace sluice::compile
