// YAML 1.1 resolution of plain scalars, as PyYAML's SafeLoader does it: the regular expressions of
// its implicit resolvers, written as small matchers (they run once per scalar of a project, so no
// regex engine). The order of the tests is PyYAML's: bool, float, int, null, timestamp.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

#include "yaml/scalar.h"

namespace sluice::yaml {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_digit_or_underscore(char c) { return is_digit(c) || c == '_'; }

// Consumes characters while `accept` holds; answers how many.
template <typename Accept>
size_t skip(std::string_view& text, Accept accept) {
  size_t count = 0;
  while (count < text.size() && accept(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool skip_char(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void skip_sign(std::string_view& text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
}

// (?::[0-5]?[0-9])+
bool skip_sexagesimal_tail(std::string_view& text) {
  size_t groups = 0;
  while (text.size() >= 2 && text[0] == ':' && is_digit(text[1])) {
    const bool two = text.size() >= 3 && text[1] <= '5' && is_digit(text[2]);
    text.remove_prefix(two ? 3 : 2);
    ++groups;
  }
  return groups > 0;
}

// (?:[eE][-+][0-9]+)? then the end. PyYAML insists on the sign: 1e3 and 1.0e3 are strings.
bool is_optional_exponent(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() < 3 || (text[0] != 'e' && text[0] != 'E')) return false;
  if (text[1] != '-' && text[1] != '+') return false;
  text.remove_prefix(2);
  return skip(text, is_digit) > 0 && text.empty();
}

bool is_inf_word(std::string_view text) {
  return text == ".inf" || text == ".Inf" || text == ".INF";
}
bool is_nan_word(std::string_view text) {
  return text == ".nan" || text == ".NaN" || text == ".NAN";
}

bool is_float(std::string_view text) {
  if (text.starts_with('.') && text.size() > 1 && is_digit(text[1])) {
    text.remove_prefix(2);
    skip(text, is_digit_or_underscore);
    return is_optional_exponent(text);
  }
  if (is_nan_word(text)) return true;
  skip_sign(text);
  if (is_inf_word(text)) return true;
  if (text.empty() || !is_digit(text[0])) return false;
  skip(text, is_digit_or_underscore);
  const bool sexagesimal = skip_sexagesimal_tail(text);
  if (!skip_char(text, '.')) return false;
  skip(text, is_digit_or_underscore);
  return sexagesimal ? text.empty() : is_optional_exponent(text);
}

template <typename Accept>
bool is_all(std::string_view text, Accept accept) {
  return !text.empty() && std::all_of(text.begin(), text.end(), accept);
}

bool is_hex_or_underscore(char c) {
  return is_digit_or_underscore(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// What follows a leading 0: binary, hexadecimal or octal digits.
bool is_based_tail(std::string_view text) {
  if (skip_char(text, 'b'))
    return is_all(text, [](char c) { return c == '0' || c == '1' || c == '_'; });
  if (skip_char(text, 'x')) return is_all(text, is_hex_or_underscore);
  return is_all(text, [](char c) { return (c >= '0' && c <= '7') || c == '_'; });
}

bool is_int(std::string_view text) {
  skip_sign(text);
  if (text.empty() || !is_digit(text[0])) return false;
  if (text == "0") return true;
  if (text[0] == '0') return is_based_tail(text.substr(1));
  skip(text, is_digit_or_underscore);
  return text.empty() || (skip_sexagesimal_tail(text) && text.empty());
}

bool skip_digits(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  while (count < most && count < text.size() && is_digit(text[count])) ++count;
  if (count < least) return false;
  text.remove_prefix(count);
  return true;
}

bool is_zone(std::string_view text) {
  skip(text, [](char c) { return c == ' ' || c == '\t'; });
  if (text.empty()) return false;
  if (text == "Z") return true;
  if (text[0] != '-' && text[0] != '+') return false;
  text.remove_prefix(1);
  if (!skip_digits(text, 1, 2)) return false;
  if (text.empty()) return true;
  return skip_char(text, ':') && skip_digits(text, 2, 2) && text.empty();
}

bool skip_date(std::string_view& text) {
  return skip_digits(text, 4, 4) && skip_char(text, '-') && skip_digits(text, 1, 2) &&
         skip_char(text, '-') && skip_digits(text, 1, 2);
}

bool skip_time(std::string_view& text) {
  return skip_digits(text, 1, 2) && skip_char(text, ':') && skip_digits(text, 2, 2) &&
         skip_char(text, ':') && skip_digits(text, 2, 2);
}

bool is_timestamp(std::string_view text) {
  const size_t whole_size = text.size();
  if (!skip_date(text)) return false;
  if (text.empty()) return whole_size == 10;
  if (!skip_char(text, 'T') && !skip_char(text, 't') &&
      skip(text, [](char c) { return c == ' ' || c == '\t'; }) == 0)
    return false;
  if (!skip_time(text)) return false;
  if (skip_char(text, '.')) skip(text, is_digit);
  return text.empty() || is_zone(text);
}

// Digits of one base into `value`; false when they do not fit.
bool parse_magnitude(std::string_view digits, int base, uint64_t& value) {
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return result.ec == std::errc() && result.ptr == digits.data() + digits.size();
}

bool parse_sexagesimal(std::string_view text, uint64_t& value) {
  value = 0;
  while (!text.empty()) {
    const size_t colon = std::min(text.find(':'), text.size());
    uint64_t part = 0;
    if (!parse_magnitude(text.substr(0, colon), 10, part)) return false;
    if (__builtin_mul_overflow(value, uint64_t{60}, &value) ||
        __builtin_add_overflow(value, part, &value))
      return false;
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return true;
}

std::string without_underscores(std::string_view text) {
  std::string out(text);
  std::erase(out, '_');
  return out;
}

// Fills an integer node; false when nothing is left to read ("0x_"), which Python refuses too.
bool fill_int(Node& node) {
  const std::string clean = without_underscores(node.text);
  std::string_view digits = clean;
  const bool negative = digits.starts_with('-');
  skip_sign(digits);
  uint64_t magnitude = 0;
  bool fits = false;
  if (digits.starts_with("0b") || digits.starts_with("0x")) {
    const int base = digits[1] == 'b' ? 2 : 16;
    digits.remove_prefix(2);
    if (digits.empty()) return false;
    fits = parse_magnitude(digits, base, magnitude);
  } else if (digits.starts_with('0')) {
    fits = parse_magnitude(digits, 8, magnitude);
  } else {
    fits = parse_sexagesimal(digits, magnitude);
  }
  const uint64_t limit = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  node.tag = Tag::kInt;
  if (!fits || magnitude > limit + (negative ? 1 : 0)) {
    node.big_int = true;
    return true;
  }
  node.integer = static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
  return true;
}

void fill_float(Node& node) {
  node.tag = Tag::kFloat;
  std::string clean = without_underscores(node.text);
  std::string_view digits = clean;
  const double sign = digits.starts_with('-') ? -1.0 : 1.0;
  skip_sign(digits);
  if (is_inf_word(digits)) {
    node.floating = sign * std::numeric_limits<double>::infinity();
  } else if (is_nan_word(digits)) {
    node.floating = std::numeric_limits<double>::quiet_NaN();
  } else {
    double total = 0;
    while (true) {  // base 60 when there are colons
      const size_t colon = digits.find(':');
      total = total * 60 + std::strtod(std::string(digits.substr(0, colon)).c_str(), nullptr);
      if (colon == std::string_view::npos) break;
      digits.remove_prefix(colon + 1);
    }
    node.floating = sign * total;
  }
}

constexpr std::array<std::string_view, 18> kBoolWords = {
    "yes", "Yes", "YES", "true",  "True",  "TRUE",  "on",  "On",  "ON",
    "no",  "No",  "NO",  "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr size_t kNumTrueWords = 9;

// Words with a meaning; the caller has looked at the length.
void resolve_word(Node& node) {
  const auto* found = std::find(kBoolWords.begin(), kBoolWords.end(), node.text);
  const auto index = static_cast<size_t>(found - kBoolWords.begin());
  if (index < kBoolWords.size()) {
    node.tag = Tag::kBool;
    node.boolean = index < kNumTrueWords;
  } else if (node.text == "~" || node.text == "null" || node.text == "Null" ||
             node.text == "NULL") {
    node.tag = Tag::kNull;
  }
}

}  // namespace

void resolve_plain(Node& node) {
  const std::string_view text = node.text;
  node.tag = Tag::kNull;
  if (text.empty()) return;
  node.tag = Tag::kString;
  const char first = text[0];
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    if (is_float(text)) {
      fill_float(node);
    } else if (is_int(text)) {
      if (!fill_int(node)) node.tag = Tag::kString;
    } else if (is_digit(first) && is_timestamp(text)) {
      node.tag = Tag::kTimestamp;
    }
  } else if (text.size() <= 5) {
    resolve_word(node);
  }
}

Node resolve_plain_scalar(std::string_view text) {
  Node node;
  node.text = text;
  resolve_plain(node);
  return node;
}

namespace {

// !!bool reads its words in any case.
bool apply_bool_tag(Node& node) {
  std::string lower(node.text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto* found = std::find(kBoolWords.begin(), kBoolWords.end(), lower);
  if (found == kBoolWords.end()) return false;
  node.tag = Tag::kBool;
  node.boolean = static_cast<size_t>(found - kBoolWords.begin()) < kNumTrueWords;
  return true;
}

}  // namespace

bool apply_scalar_tag(Tag tag, Node& node) {
  switch (tag) {
    case Tag::kNull:
      node.tag = Tag::kNull;
      return true;
    case Tag::kString:
      node.tag = Tag::kString;
      return true;
    case Tag::kBool:
      return apply_bool_tag(node);
    case Tag::kInt:
      return is_int(node.text) && fill_int(node);
    case Tag::kFloat:
      if (!is_float(node.text) && !is_int(node.text)) return false;
      fill_float(node);
      return true;
    case Tag::kTimestamp:
      if (!is_timestamp(node.text)) return false;
      node.tag = Tag::kTimestamp;
      return true;
    case Tag::kSequence:
    case Tag::kMapping:
      break;
  }
  return false;
}

}  // namespace sluice::yaml
