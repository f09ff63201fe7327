// Scanners for PyYAML's implicit resolvers (yaml/resolver.py of the YAML 1.1 types), written out by
// hand.
#include "jinja/yaml_resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "jinja/modules_datetime.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Skips characters of a class; answers how many.
template <typename Test>
size_t skip(std::string_view text, size_t& position, Test test) {
  const size_t start = position;
  while (position < text.size() && test(text[position])) ++position;
  return position - start;
}

bool is_digit_or_bar(char c) { return is_digit(c) || c == '_'; }

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return text;
}

// (:[0-5]?[0-9])+ from `position` on; false when there is none.
bool skip_sexagesimal(std::string_view text, size_t& position) {
  size_t num_groups = 0;
  while (position < text.size() && text[position] == ':') {
    size_t next = position + 1;
    const size_t start = next;
    while (next < text.size() && is_digit(text[next]) && next - start < 2) ++next;
    const size_t size = next - start;
    if (size == 0 || (size == 2 && text[start] > '5')) return false;
    position = next;
    ++num_groups;
  }
  return num_groups > 0;
}

bool is_int(std::string_view text) {
  text = without_sign(text);
  if (text.empty() || !is_digit(text[0])) return false;
  if (text.size() > 2 && text[0] == '0' && text[1] == 'b')
    return text.find_first_not_of("01_", 2) == std::string_view::npos;
  if (text.size() > 2 && text[0] == '0' && text[1] == 'x')
    return text.find_first_not_of("0123456789abcdefABCDEF_", 2) == std::string_view::npos;
  if (text[0] == '0') return text.find_first_not_of("01234567_", 1) == std::string_view::npos;
  size_t position = 0;
  skip(text, position, is_digit_or_bar);
  if (position == text.size()) return true;
  return skip_sexagesimal(text, position) && position == text.size();
}

bool is_float(std::string_view text) {
  const std::string_view body = without_sign(text);
  if (body == ".inf" || body == ".Inf" || body == ".INF") return true;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  size_t position = 0;
  const bool starts_with_digit = !body.empty() && is_digit(body[0]);
  if (starts_with_digit) skip(body, position, is_digit_or_bar);
  if (starts_with_digit && position < body.size() && body[position] == ':') {
    if (!skip_sexagesimal(body, position)) return false;
    if (position >= body.size() || body[position] != '.') return false;
    ++position;
    skip(body, position, is_digit_or_bar);
    return position == body.size();
  }
  if (position >= body.size() || body[position] != '.') return false;
  ++position;
  const size_t decimals = skip(body, position, is_digit_or_bar);
  if (!starts_with_digit && (decimals == 0 || text.size() != body.size())) {
    // `\.[0-9][0-9_]*` takes no sign.
    return false;
  }
  if (!starts_with_digit && body[1] == '_') return false;
  if (position == body.size()) return true;
  if (body[position] != 'e' && body[position] != 'E') return false;
  ++position;
  if (position >= body.size() || (body[position] != '+' && body[position] != '-')) return false;
  ++position;
  return skip(body, position, is_digit) > 0 && position == body.size();
}

bool is_bool(std::string_view text) {
  static constexpr std::array kWords = std::to_array<std::string_view>(
      {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
       "on", "On", "ON", "off", "Off", "OFF"});
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

// The parts of a YAML timestamp; all zero but the date when there is no time.
struct Timestamp {
  std::array<int64_t, 7> fields{1, 1, 1, 0, 0, 0, 0};
  bool has_time = false;
  bool has_zone = false;
  int64_t zone_seconds = 0;
};

// Reads `min`…`max` digits.
bool read_digits(std::string_view text, size_t& position, size_t min, size_t max, int64_t& out) {
  const size_t start = position;
  out = 0;
  while (position < text.size() && position - start < max && is_digit(text[position]))
    out = out * 10 + (text[position++] - '0');
  return position - start >= min;
}

bool read_char(std::string_view text, size_t& position, char wanted) {
  if (position >= text.size() || text[position] != wanted) return false;
  ++position;
  return true;
}

void skip_blanks(std::string_view text, size_t& position) {
  skip(text, position, [](char c) { return c == ' ' || c == '\t'; });
}

bool read_zone(std::string_view text, size_t& position, Timestamp& out) {
  skip_blanks(text, position);
  if (position == text.size()) return true;
  out.has_zone = true;
  if (read_char(text, position, 'Z')) return position == text.size();
  const bool minus = text[position] == '-';
  if (!minus && text[position] != '+') return false;
  ++position;
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!read_digits(text, position, 1, 2, hours)) return false;
  if (read_char(text, position, ':') && !read_digits(text, position, 2, 2, minutes)) return false;
  out.zone_seconds = (hours * 60 + minutes) * (minus ? -60 : 60);
  return position == text.size();
}

bool read_fraction(std::string_view text, size_t& position, Timestamp& out) {
  if (!read_char(text, position, '.')) return true;
  int64_t micros = 0;
  for (size_t num_digits = 0; num_digits < 6; ++num_digits) {
    const bool more = position < text.size() && is_digit(text[position]);
    micros = micros * 10 + (more ? text[position] - '0' : 0);
    if (more) ++position;
  }
  skip(text, position, is_digit);
  out.fields[6] = micros;
  return true;
}

bool read_timestamp(std::string_view text, Timestamp& out) {
  size_t position = 0;
  if (!read_digits(text, position, 4, 4, out.fields[0]) || !read_char(text, position, '-') ||
      !read_digits(text, position, 1, 2, out.fields[1]) || !read_char(text, position, '-') ||
      !read_digits(text, position, 1, 2, out.fields[2]))
    return false;
  // A bare date is written with two digits each.
  if (position == text.size()) return text.size() == 10;
  out.has_time = true;
  if (!read_char(text, position, 'T') && !read_char(text, position, 't')) {
    const size_t before = position;
    skip_blanks(text, position);
    if (position == before) return false;
  }
  if (!read_digits(text, position, 1, 2, out.fields[3]) || !read_char(text, position, ':') ||
      !read_digits(text, position, 2, 2, out.fields[4]) || !read_char(text, position, ':') ||
      !read_digits(text, position, 2, 2, out.fields[5]))
    return false;
  return read_fraction(text, position, out) && read_zone(text, position, out);
}

std::string without_bars(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != '_'; });
  return out;
}

Result<Value> construct_int(std::string_view text) {
  const std::string plain = without_bars(text);
  const bool negative = plain.starts_with('-');
  const std::string_view body = without_sign(plain);
  const auto signed_value = [&](std::string_view digits, int base) -> Result<Value> {
    if (digits.empty()) return runtime_failure(fmt::format("invalid literal for int(): '{}'", text));
    return bigint_from_digits(digits, base, negative);
  };
  if (body == "0") return Value::integer(0);
  if (body.starts_with("0b")) return signed_value(body.substr(2), 2);
  if (body.starts_with("0x")) return signed_value(body.substr(2), 16);
  if (body.starts_with('0')) return signed_value(body, 8);
  if (body.find(':') == std::string_view::npos) return signed_value(body, 10);
  Value total = Value::integer(0);
  size_t start = 0;
  while (start <= body.size()) {
    const size_t end = std::min(body.find(':', start), body.size());
    SLUICE_ASSIGN(total, bigint_multiply(total, Value::integer(60)));
    total = bigint_add(total, bigint_from_digits(body.substr(start, end - start), 10, false));
    start = end + 1;
  }
  return negative ? bigint_negate(total) : total;
}

Result<Value> construct_float(std::string_view text) {
  std::string plain = without_bars(text);
  std::transform(plain.begin(), plain.end(), plain.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  const double sign = plain.starts_with('-') ? -1.0 : 1.0;
  const std::string_view body = without_sign(plain);
  if (body == ".inf") return Value::floating(sign * std::numeric_limits<double>::infinity());
  if (body == ".nan") return Value::floating(std::numeric_limits<double>::quiet_NaN());
  double total = 0.0;
  size_t start = 0;
  while (start <= body.size()) {
    const size_t end = std::min(body.find(':', start), body.size());
    const std::optional<double> part = parse_float(body.substr(start, end - start));
    if (!part)
      return runtime_failure(fmt::format("could not convert string to float: '{}'", text));
    total = total * 60 + *part;
    start = end + 1;
  }
  return Value::floating(sign * total);
}

Result<Value> construct_timestamp(std::string_view text) {
  Timestamp stamp;
  if (!read_timestamp(text, stamp))
    return runtime_failure(fmt::format("invalid timestamp '{}'", text));
  if (!stamp.has_time) return make_checked_date(stamp.fields[0], stamp.fields[1], stamp.fields[2]);
  return make_checked_datetime(stamp.fields,
                               stamp.has_zone ? std::optional(stamp.zone_seconds) : std::nullopt);
}

}  // namespace

YamlTag resolve_yaml_scalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return YamlTag::kNull;
  if (is_bool(text)) return YamlTag::kBool;
  if (text == "<<") return YamlTag::kMerge;
  if (text == "=") return YamlTag::kValue;
  const char first = text[0];
  if (!is_digit(first) && first != '+' && first != '-' && first != '.') return YamlTag::kStr;
  if (is_float(text)) return YamlTag::kFloat;
  if (is_int(text)) return YamlTag::kInt;
  Timestamp stamp;
  if (is_digit(first) && read_timestamp(text, stamp)) return YamlTag::kTimestamp;
  return YamlTag::kStr;
}

Result<Value> construct_yaml_scalar(YamlTag tag, std::string_view text) {
  switch (tag) {
    case YamlTag::kNull:
      return Value::none();
    case YamlTag::kBool: {
      const char first = static_cast<char>(text[0] | 0x20);
      const char second = static_cast<char>(text.size() > 1 ? text[1] | 0x20 : 0);
      return Value::boolean(first == 'y' || first == 't' || (first == 'o' && second == 'n'));
    }
    case YamlTag::kInt:
      return construct_int(text);
    case YamlTag::kFloat:
      return construct_float(text);
    case YamlTag::kTimestamp:
      return construct_timestamp(text);
    case YamlTag::kStr:
      return Value::string(text);
    case YamlTag::kMerge:
      return runtime_failure(
          "could not determine a constructor for the tag 'tag:yaml.org,2002:merge'");
    case YamlTag::kValue:
      return runtime_failure(
          "could not determine a constructor for the tag 'tag:yaml.org,2002:value'");
  }
  return Value::string(text);
}

}  // namespace sluice::jinja
