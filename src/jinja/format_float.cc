// Digits of floats. std::to_chars rounds the exact binary value half to even, as Python does.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "jinja/format.h"
#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

std::string converted(double value, std::chars_format format, int precision) {
  std::vector<char> buffer(static_cast<size_t>(precision) + 400);
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), end.ptr};
}

std::string exponent_text(int exponent) {
  std::string text = exponent < 0 ? "e-" : "e+";
  const int magnitude = std::abs(exponent);
  if (magnitude < 10) text += '0';
  return text + std::to_string(magnitude);
}

void strip_zeros(std::string& text) {
  if (text.find('.') == std::string::npos) return;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
}

std::string general_text(double value, int precision, bool keep_point, bool add_point_zero) {
  if (precision == 0) precision = 1;
  const std::string scientific = converted(value, std::chars_format::scientific, precision - 1);
  const size_t mark = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + mark + 1);
  const int limit = precision - (add_point_zero ? 1 : 0);
  if (exponent < -4 || exponent >= limit) {
    std::string mantissa = scientific.substr(0, mark);
    if (!keep_point) strip_zeros(mantissa);
    if (keep_point && precision == 1) mantissa += '.';
    return mantissa + exponent_text(exponent);
  }
  const int decimals = precision - 1 - exponent;
  std::string text = converted(value, std::chars_format::fixed, decimals);
  if (!keep_point) strip_zeros(text);
  if (keep_point && decimals == 0) text += '.';
  if (add_point_zero && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::string float_text(double magnitude, char type, int precision, bool keep_point,
                       bool add_point_zero) {
  if (std::isinf(magnitude)) return "inf";
  if (std::isnan(magnitude)) return "nan";
  if (type == 'r') return float_repr(magnitude);
  if (type == 'g') return general_text(magnitude, precision, keep_point, add_point_zero);
  if (type == 'f') {
    std::string text = converted(magnitude, std::chars_format::fixed, precision);
    if (keep_point && precision == 0) text += '.';
    return text;
  }
  const std::string scientific = converted(magnitude, std::chars_format::scientific, precision);
  const size_t mark = scientific.find('e');
  std::string mantissa = scientific.substr(0, mark);
  if (keep_point && precision == 0) mantissa += '.';
  return mantissa + exponent_text(std::atoi(scientific.c_str() + mark + 1));
}

}  // namespace sluice::jinja
