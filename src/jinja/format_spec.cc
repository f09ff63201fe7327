// format(value, spec): the mini-language and what each type makes of it.
#include <fmt/format.h>

#include <cmath>

#include "jinja/format.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

constexpr int64_t kMaxWidth = 100'000'000;

bool is_align(char32_t code) { return code == '<' || code == '>' || code == '=' || code == '^'; }

class SpecReader {
 public:
  SpecReader(std::string_view spec, std::string_view type_name)
      : spec_(spec), type_name_(type_name) {}

  Result<FormatSpec> read() {
    read_align();
    if (peek() == '+' || peek() == '-' || peek() == ' ') result_.sign = take();
    if (peek() == 'z') result_.no_negative_zero = take() == 'z';
    if (peek() == '#') result_.alternate = take() == '#';
    if (!has_fill_ && peek() == '0') {
      take();
      result_.fill = '0';
      if (!result_.explicit_align) result_.align = '=';
    }
    SLUICE_ASSIGN(const std::optional<int64_t> width, read_number());
    result_.width = width.value_or(0);
    if (result_.width > kMaxWidth) return runtime_failure("width too big");
    SLUICE_TRY(read_grouping());
    if (peek() == '.') {
      take();
      SLUICE_ASSIGN(const std::optional<int64_t> precision, read_number());
      if (!precision) return runtime_failure("Format specifier missing precision");
      if (*precision > 1'000'000) return runtime_failure("precision too big");
      result_.precision = *precision;
    }
    if (position_ < spec_.size()) {
      if (spec_.size() - position_ > 1)
        return runtime_failure(fmt::format("Invalid format specifier '{}' for object of type '{}'",
                                           spec_, type_name_));
      result_.type = take();
    }
    return result_;
  }

 private:
  char peek() const { return position_ < spec_.size() ? spec_[position_] : '\0'; }
  char take() { return spec_[position_++]; }

  void read_align() {
    if (spec_.empty()) return;
    size_t next = 0;
    const char32_t first = next_code_point(spec_, next);
    if (next < spec_.size() && is_align(static_cast<unsigned char>(spec_[next]))) {
      result_.fill = first;
      has_fill_ = true;
      result_.align = spec_[next];
      position_ = next + 1;
    } else if (is_align(first)) {
      result_.align = static_cast<char>(first);
      position_ = 1;
    }
    result_.explicit_align = result_.align != 0;
  }

  Result<std::optional<int64_t>> read_number() {
    const size_t start = position_;
    int64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      if (position_ - start > 17)
        return runtime_failure("Too many decimal digits in format string");
      number = number * 10 + (take() - '0');
    }
    if (position_ == start) return std::nullopt;
    return std::optional<int64_t>(number);
  }

  Status read_grouping() {
    if (peek() == ',' || peek() == '_') {
      result_.grouping = take();
      if ((peek() == ',' || peek() == '_') && peek() != result_.grouping)
        return runtime_failure("Cannot specify both ',' and '_'.");
    }
    return {};
  }

  std::string_view spec_;
  std::string_view type_name_;
  size_t position_ = 0;
  bool has_fill_ = false;
  FormatSpec result_;
};

tl::unexpected<Error> unknown_code(char type, std::string_view type_name) {
  return runtime_failure(
      fmt::format("Unknown format code '{}' for object of type '{}'", type, type_name));
}

Result<std::string> format_text(const std::string& text, const FormatSpec& spec) {
  if (spec.type != 0 && spec.type != 's') return unknown_code(spec.type, "str");
  if (spec.sign != 0) {
    return runtime_failure(spec.sign == ' ' ? "Space not allowed in string format specifier"
                                            : "Sign not allowed in string format specifier");
  }
  if (spec.no_negative_zero)
    return runtime_failure("Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate)
    return runtime_failure("Alternate form (#) not allowed in string format specifier");
  if (spec.grouping != 0)
    return runtime_failure(fmt::format("Cannot specify '{}' with 's'.", spec.grouping));
  if (spec.align == '=' && spec.explicit_align)
    return runtime_failure("'=' alignment not allowed in string format specifier");
  const char align = spec.align == 0 || spec.align == '=' ? '<' : spec.align;
  std::string_view shown = text;
  if (spec.precision >= 0)
    shown = shown.substr(0, byte_offset(shown, static_cast<size_t>(spec.precision)));
  return pad_text(shown, spec.fill, align, spec.width);
}

std::string sign_text(bool negative, char sign) {
  if (negative) return "-";
  return sign == '+' || sign == ' ' ? std::string(1, sign) : std::string();
}

Result<std::string> format_character(const Value& value, const FormatSpec& spec) {
  if (spec.sign != 0) return runtime_failure("Sign not allowed with integer format specifier 'c'");
  if (spec.alternate)
    return runtime_failure("Alternate form (#) not allowed with integer format specifier 'c'");
  const std::optional<int64_t> code = integer_in_range(value);
  if (!code || *code < 0 || *code > 0x10ffff)
    return runtime_failure("%c arg not in range(0x110000)");
  std::string text;
  append_code_point(static_cast<char32_t>(*code), text);
  const char align = spec.align == 0 ? '>' : (spec.align == '=' ? '>' : spec.align);
  return pad_text(text, spec.fill, align, spec.width);
}

int base_of(char type) {
  switch (type) {
    case 'b':
      return 2;
    case 'o':
      return 8;
    case 'x':
    case 'X':
      return 16;
    default:
      return 10;
  }
}

void make_upper(std::string& text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
}

Result<std::string> format_integer(const Value& value, const FormatSpec& spec) {
  if (spec.precision >= 0)
    return runtime_failure("Precision not allowed in integer format specifier");
  if (spec.no_negative_zero)
    return runtime_failure(
        "Negative zero coercion (z) not allowed in format specifier with integer format code");
  if (spec.grouping != 0 &&
      (spec.type == 'c' || spec.type == 'n' || (spec.grouping == ',' && base_of(spec.type) != 10)))
    return runtime_failure(fmt::format("Cannot specify '{}' with '{}'.", spec.grouping, spec.type));
  if (spec.type == 'c') return format_character(value, spec);
  const int base = base_of(spec.type);
  NumberText number;
  if (base == 10) {
    SLUICE_ASSIGN(number.digits, integer_to_string(value));
  } else {
    number.digits = bigint_to_string(value, base);
  }
  const bool negative = number.digits.front() == '-';
  if (negative) number.digits.erase(0, 1);
  number.prefix = sign_text(negative, spec.sign);
  if (spec.alternate && base != 10) number.prefix += {'0', spec.type};
  if (spec.type == 'X') make_upper(number.digits);
  return layout_number(number, spec, base == 10 ? 3 : 4);
}

// What float_text calls the form that a format type asks for.
char float_form(const FormatSpec& spec) {
  if (spec.type == 0) return spec.precision < 0 ? 'r' : 'g';
  const char lower = static_cast<char>(spec.type | 0x20);
  if (lower == 'n' || lower == 'g') return 'g';
  return lower == 'e' ? 'e' : 'f';
}

Result<std::string> format_float(double value, const FormatSpec& spec) {
  if (spec.grouping != 0 && spec.type == 'n')
    return runtime_failure(fmt::format("Cannot specify '{}' with 'n'.", spec.grouping));
  const bool percent = spec.type == '%';
  if (percent) value *= 100;
  const int precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
  const std::string text =
      float_text(std::fabs(value), float_form(spec), precision, spec.alternate, spec.type == 0);
  const bool is_zero = text.find_first_not_of("0.e+-") == std::string::npos;
  const bool negative =
      std::signbit(value) && !std::isnan(value) && !(spec.no_negative_zero && is_zero);
  NumberText number;
  number.prefix = sign_text(negative, spec.sign);
  const size_t end = text.find_first_not_of("0123456789");
  number.digits = text.substr(0, end);
  if (end != std::string::npos) number.suffix = text.substr(end);
  if (percent) number.suffix += '%';
  if (spec.type >= 'E' && spec.type <= 'G') make_upper(number.suffix);
  return layout_number(number, spec, 3);
}

bool is_float_type(char type) {
  return std::string_view("eEfFgG%").find(type) != std::string_view::npos && type != 0;
}

Result<std::string> format_number(const Value& value, std::string_view text) {
  const std::string_view name = type_name(value);
  SLUICE_ASSIGN(const FormatSpec spec, parse_format_spec(text, name));
  if (value.is_float()) {
    if (spec.type != 0 && spec.type != 'n' && !is_float_type(spec.type))
      return unknown_code(spec.type, name);
    return format_float(value.as_float(), spec);
  }
  if (is_float_type(spec.type)) {
    SLUICE_ASSIGN(const double number, number_to_float(value));
    return format_float(number, spec);
  }
  if (spec.type != 0 && std::string_view("bcdoxXn").find(spec.type) == std::string_view::npos)
    return unknown_code(spec.type, name);
  return format_integer(value, spec);
}

}  // namespace

Result<FormatSpec> parse_format_spec(std::string_view spec, std::string_view type_name) {
  return SpecReader(spec, type_name).read();
}

std::string pad_text(std::string_view text, char32_t fill, char align, int64_t width) {
  const int64_t missing = width - static_cast<int64_t>(utf8_length(text));
  if (missing <= 0) return std::string(text);
  int64_t left = 0;
  if (align == '>') left = missing;
  if (align == '^') left = missing / 2;
  std::string out;
  for (int64_t i = 0; i < left; ++i) append_code_point(fill, out);
  out += text;
  for (int64_t i = left; i < missing; ++i) append_code_point(fill, out);
  return out;
}

std::string layout_number(const NumberText& number, const FormatSpec& spec, size_t group_size) {
  const bool fills_inside = spec.align == '=';
  std::string digits = number.digits;
  const size_t rest = number.prefix.size() + number.suffix.size();
  const auto width = static_cast<size_t>(spec.width);
  const auto grouped = [&](const std::string& plain) {
    if (spec.grouping == 0 || plain.empty()) return plain;
    std::string out;
    for (size_t i = 0; i < plain.size(); ++i) {
      if (i != 0 && (plain.size() - i) % group_size == 0) out += spec.grouping;
      out += plain[i];
    }
    return out;
  };
  std::string shown = grouped(digits);
  if (fills_inside && spec.fill == '0' && spec.grouping != 0 && !digits.empty()) {
    const auto zeros = [&](size_t total) { return total + (total - 1) / group_size; };
    size_t total = digits.size();
    while (zeros(total) + rest < width) ++total;
    shown = grouped(std::string(total - digits.size(), '0') + digits);
  }
  const std::string body = shown + number.suffix;
  if (!fills_inside)
    return pad_text(number.prefix + body, spec.fill, spec.align == 0 ? '>' : spec.align,
                    spec.width);
  const auto inner = spec.width - static_cast<int64_t>(number.prefix.size());
  return number.prefix + pad_text(body, spec.fill, '>', inner);
}

std::string escape_non_ascii(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  for (size_t position = 0; position < text.size();) {
    const auto code = static_cast<uint32_t>(next_code_point(text, position));
    if (code < 0x80)
      out.push_back(static_cast<char>(code));
    else if (code < 0x100)
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
    else if (code < 0x10000)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
    else
      fmt::format_to(std::back_inserter(out), "\\U{:08x}", code);
  }
  return out;
}

Result<std::string> format_value(const Value& value, std::string_view spec) {
  if (spec.empty()) return to_str(value);
  if (value.is_string()) {
    SLUICE_ASSIGN(const FormatSpec parsed, parse_format_spec(spec, "str"));
    return format_text(value.as_string(), parsed);
  }
  if (is_number_kind(value)) return format_number(value, spec);
  if (value.is_object())
    if (const auto* formattable = dynamic_cast<const Formattable*>(&value.as_object()))
      return formattable->format(spec);
  return runtime_failure(
      fmt::format("unsupported format string passed to {}.__format__", type_name(value)));
}

}  // namespace sluice::jinja
