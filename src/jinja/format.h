// The parts that `%`-formatting, str.format and format() share. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

// Objects with a __format__ of their own (dates, decimals) implement this beside Object.
class Formattable {
 public:
  Formattable() = default;
  Formattable(const Formattable&) = delete;
  Formattable& operator=(const Formattable&) = delete;
  virtual ~Formattable() = default;
  // `spec` is not empty.
  virtual Result<std::string> format(std::string_view spec) const = 0;
};

// Python's format specification mini-language:
// [[fill]align][sign][z][#][0][width][grouping][.precision][type].
struct FormatSpec {
  char32_t fill = ' ';
  char align = 0;  // '<', '>', '^', '=' or 0: the type's own
  bool explicit_align = false;
  char sign = 0;  // '+', '-', ' ' or 0
  bool no_negative_zero = false;
  bool alternate = false;
  int64_t width = 0;
  char grouping = 0;  // ',' or '_' or 0
  int64_t precision = -1;
  char type = 0;
};

// Errors as Python's, naming `type_name`.
Result<FormatSpec> parse_format_spec(std::string_view spec, std::string_view type_name);

// Pads with `fill` to `width` code points; '=' is not handled here.
std::string pad_text(std::string_view text, char32_t fill, char align, int64_t width);

// A number in parts: padding goes between prefix and digits for '='.
struct NumberText {
  std::string prefix;  // sign and 0x
  std::string digits;  // integer digits, to be grouped
  std::string suffix;  // fraction, exponent, '%'
};
std::string layout_number(const NumberText& number, const FormatSpec& spec, size_t group_size);

// Text of a finite or infinite non-negative double as printf's %e, %f, %g (type 'e', 'f', 'g') or,
// for 'r', as repr. `keep_point` is the '#' flag; `add_point_zero` is what str(float) does ("1" →
// "1.0").
std::string float_text(double magnitude, char type, int precision, bool keep_point,
                       bool add_point_zero = false);

// "…".format_map(mapping).
Result<std::string> brace_format_map(std::string_view format, const Value& mapping);

// Non-ASCII characters of a repr as \x, \u, \U escapes: ascii(x).
std::string escape_non_ascii(std::string_view text);

}  // namespace sluice::jinja
