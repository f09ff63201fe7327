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

size_t skip_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_ascii_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool is_float_text(std::string_view text) {
  size_t num_digits = skip_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    num_digits += skip_digits(text);
  }
  if (num_digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (skip_digits(text) == 0) return false;
  }
  return text.empty();
}

// Takes a sign off; whether it was a minus.
bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// Takes the prefix of a base off ("0x", and the underscore that may follow it) and settles base 0,
// which means "as a literal". False for a decimal literal with a leading zero.
bool take_base(std::string_view& text, int& base) {
  const int prefix = prefix_base(text);
  if (prefix != 0 && (base == 0 || base == prefix)) {
    base = prefix;
    text.remove_prefix(2);
    if (text.starts_with('_')) text.remove_prefix(1);
    return true;
  }
  if (base != 0) return true;
  base = 10;
  const bool all_zero = text.find_first_not_of("0_") == std::string_view::npos;
  return text.size() <= 1 || text[0] != '0' || all_zero;
}

// Digits of a base without the underscores between them; nullopt when one is misplaced, or for what
// is no digit.
std::optional<std::string> plain_digits(std::string_view text, int base) {
  if (text.empty() || text.back() == '_') return std::nullopt;
  std::string digits;
  char before = '_';
  for (const char c : text) {
    if (c == '_' ? before == '_' : digit_value(c) >= base) return std::nullopt;
    if (c != '_') digits.push_back(c);
    before = c;
  }
  return digits;
}

}  // namespace

std::optional<Value> parse_int(std::string_view text, int base) {
  const std::string body = normalise(text);
  std::string_view rest = body;
  const bool negative = take_sign(rest);
  if (!take_base(rest, base)) return std::nullopt;
  const std::optional<std::string> digits = plain_digits(rest, base);
  if (!digits) return std::nullopt;
  int64_t small = 0;
  const auto parsed = std::from_chars(digits->data(), digits->data() + digits->size(), small, base);
  if (parsed.ec == std::errc()) return Value::integer(negative ? -small : small);
  if (base == 10 && digits->size() > 4300) return std::nullopt;
  return bigint_from_digits(*digits, base, negative);
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
