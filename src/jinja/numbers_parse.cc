// int(text, base) and float(text) as Python reads them.
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "jinja/ops.h"
#include "jinja/value_bigint.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

// Strips Python's whitespace on both sides and turns the decimal digits of any script into ASCII.
std::string normalise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const char32_t code = next_code_point(text, position);
    if (code < 0x80) {
      out.push_back(static_cast<char>(code));
      continue;
    }
    const int digit = decimal_digit(code);
    if (digit >= 0)
      out.push_back(static_cast<char>('0' + digit));
    else
      append_code_point(code, out);
  }
  return std::string(strip_space(out));
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

int prefix_base(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 0;
  const char mark = static_cast<char>(text[1] | 0x20);
  return mark == 'x' ? 16 : (mark == 'o' ? 8 : (mark == 'b' ? 2 : 0));
}

// Removes underscores between digits; false when one is misplaced.
bool remove_underscores(std::string& text, bool (*is_digit)(char)) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out.push_back(text[i]);
      continue;
    }
    if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1]))
      return false;
  }
  text = std::move(out);
  return true;
}

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

bool is_float_text(std::string_view text) {
  size_t i = 0;
  size_t num_digits = 0;
  while (i < text.size() && is_ascii_digit(text[i])) ++i, ++num_digits;
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && is_ascii_digit(text[i])) ++i, ++num_digits;
  }
  if (num_digits == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const size_t start = i;
    while (i < text.size() && is_ascii_digit(text[i])) ++i;
    if (i == start) return false;
  }
  return i == text.size();
}

}  // namespace

std::optional<Value> parse_int(std::string_view text, int base) {
  std::string body = normalise(text);
  std::string_view rest = body;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  const int prefix = prefix_base(rest);
  bool has_prefix = false;
  if (prefix != 0 && (base == 0 || base == prefix)) {
    base = prefix;
    rest.remove_prefix(2);
    has_prefix = true;
    if (!rest.empty() && rest[0] == '_') rest.remove_prefix(1);
  } else if (base == 0) {
    base = 10;
    const bool all_zero = rest.find_first_not_of("0_") == std::string_view::npos;
    if (rest.size() > 1 && rest[0] == '0' && !all_zero) return std::nullopt;
  }
  if (rest.empty() || (!has_prefix && rest.front() == '_') || rest.back() == '_')
    return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '_') {
      if (i == 0 || rest[i - 1] == '_') return std::nullopt;
      continue;
    }
    if (digit_value(rest[i]) >= base) return std::nullopt;
    digits.push_back(rest[i]);
  }
  int64_t small = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), small, base);
  if (parsed.ec == std::errc()) return Value::integer(negative ? -small : small);
  if (base == 10 && digits.size() > 4300) return std::nullopt;
  return bigint_from_digits(digits, base, negative);
}

std::optional<double> parse_float(std::string_view text) {
  std::string body = normalise(text);
  bool negative = false;
  if (!body.empty() && (body[0] == '+' || body[0] == '-')) {
    negative = body[0] == '-';
    body.erase(0, 1);
  }
  std::string lower;
  for (const char c : body) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
  double value = 0;
  if (lower == "inf" || lower == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (lower == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    if (!remove_underscores(body, is_ascii_digit) || !is_float_text(body)) return std::nullopt;
    const auto parsed = std::from_chars(body.data(), body.data() + body.size(), value);
    // Out of range: from_chars leaves the value alone; the text says which side it is.
    if (parsed.ec == std::errc::result_out_of_range) value = std::strtod(body.c_str(), nullptr);
  }
  return negative ? -value : value;
}

}  // namespace sluice::jinja
