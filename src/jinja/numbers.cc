#include "jinja/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"
#include "jinja/value_decimal.h"

namespace sluice::jinja {
namespace {

constexpr double kInt64Limit = 9223372036854775808.0;
constexpr int64_t kExactInFloat = int64_t{1} << 53U;

struct FloatDivision {
  double quotient;
  double remainder;
};

// CPython's float_divmod.
FloatDivision divide_floats(double a, double b) {
  double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder != 0.0) {
    if ((b < 0) != (remainder < 0)) {
      remainder += b;
      quotient -= 1.0;
    }
  } else {
    remainder = std::copysign(0.0, b);
  }
  if (quotient != 0.0) {
    double whole = std::floor(quotient);
    if (quotient - whole > 0.5) whole += 1.0;
    quotient = whole;
  } else {
    quotient = std::copysign(0.0, a / b);
  }
  return {quotient, remainder};
}

Result<Value> power_floats(double a, double b) {
  if (a == 0.0 && b < 0.0) return runtime_failure("0.0 cannot be raised to a negative power");
  if (a < 0.0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b))
    return runtime_failure("a negative number raised to a fraction is a complex number");
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b))
    return runtime_failure("(34, 'Numerical result out of range')");
  return Value::floating(result);
}

Result<Value> float_arithmetic(Arithmetic op, double a, double b) {
  switch (op) {
    case Arithmetic::kAdd:
      return Value::floating(a + b);
    case Arithmetic::kSub:
      return Value::floating(a - b);
    case Arithmetic::kMul:
      return Value::floating(a * b);
    case Arithmetic::kDiv:
      if (b == 0.0) return runtime_failure("float division by zero");
      return Value::floating(a / b);
    case Arithmetic::kFloorDiv:
      if (b == 0.0) return runtime_failure("float floor division by zero");
      return Value::floating(divide_floats(a, b).quotient);
    case Arithmetic::kMod:
      if (b == 0.0) return runtime_failure("float modulo");
      return Value::floating(divide_floats(a, b).remainder);
    case Arithmetic::kPow:
      return power_floats(a, b);
  }
  return runtime_failure("unknown arithmetic");
}

Result<Value> power_integers(const Value& a, const Value& b) {
  if (bigint_sign(b) < 0) {
    SLUICE_ASSIGN(const double base, number_to_float(a));
    SLUICE_ASSIGN(const double exponent, number_to_float(b));
    return power_floats(base, exponent);
  }
  const std::optional<int64_t> exponent = integer_in_range(b);
  if (!exponent) {
    if (integer_in_range(a).value_or(2) == 0 || integer_in_range(a).value_or(2) == 1) return a;
    return runtime_failure("integer too large");
  }
  return bigint_power(a, static_cast<uint64_t>(*exponent));
}

Result<Value> divide_integers(const Value& a, const Value& b) {
  const std::optional<int64_t> left = integer_in_range(a);
  const std::optional<int64_t> right = integer_in_range(b);
  if (left && right && std::abs(*left / 2) < kExactInFloat / 2 &&
      std::abs(*right / 2) < kExactInFloat / 2)
    return Value::floating(static_cast<double>(*left) / static_cast<double>(*right));
  SLUICE_ASSIGN(const double quotient, bigint_true_divide(a, b));
  return Value::floating(quotient);
}

Result<Value> zero_division(Arithmetic op) {
  if (op == Arithmetic::kDiv) return runtime_failure("division by zero");
  if (op == Arithmetic::kFloorDiv) return runtime_failure("integer division or modulo by zero");
  return runtime_failure("integer modulo by zero");
}

std::optional<Value> small_arithmetic(Arithmetic op, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case Arithmetic::kAdd:
      if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
      return Value::integer(result);
    case Arithmetic::kSub:
      if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
      return Value::integer(result);
    case Arithmetic::kMul:
      if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
      return Value::integer(result);
    case Arithmetic::kFloorDiv:
      if (b == -1) return std::nullopt;  // may overflow
      return Value::integer(floor_div(a, b));
    case Arithmetic::kMod:
      if (b == -1) return Value::integer(0);
      return Value::integer(floor_mod(a, b));
    case Arithmetic::kDiv:
    case Arithmetic::kPow:
      break;
  }
  return std::nullopt;
}

Result<Value> big_arithmetic(Arithmetic op, const Value& a, const Value& b) {
  switch (op) {
    case Arithmetic::kAdd:
      return bigint_add(a, b);
    case Arithmetic::kSub:
      return bigint_subtract(a, b);
    case Arithmetic::kMul:
      return bigint_multiply(a, b);
    case Arithmetic::kFloorDiv:
      return bigint_floor_divide(a, b);
    case Arithmetic::kMod:
      return bigint_modulo(a, b);
    case Arithmetic::kDiv:
      return divide_integers(a, b);
    case Arithmetic::kPow:
      return power_integers(a, b);
  }
  return runtime_failure("unknown arithmetic");
}

bool is_zero(const Value& value) {
  return value.kind() != Kind::kBigInt && small_integer(value) == 0;
}

template <typename Number>
int order_of(Number left, Number right) {
  return left < right ? -1 : (left > right ? 1 : 0);
}

std::optional<int> integer_compare_float(const Value& integer, double number) {
  if (std::isnan(number)) return std::nullopt;
  if (std::isinf(number)) return number > 0 ? -1 : 1;
  return bigint_compare_float(integer, number);
}

// Rounds the decimal text of a float at 10^-digits. Correct because to_chars rounds the exact
// binary value.
double round_float(double value, int64_t digits) {
  if (!std::isfinite(value) || value == 0.0 || digits > 323) return value;
  if (digits < -308) return std::copysign(0.0, value);
  std::array<char, 800> text{};
  if (digits >= 0) {
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::fixed, static_cast<int>(digits));
    return std::strtod(std::string(text.data(), end.ptr).c_str(), nullptr);
  }
  const auto probe =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const std::string_view shortest(text.data(), static_cast<size_t>(probe.ptr - text.data()));
  const int exponent = std::atoi(std::string(shortest.substr(shortest.find('e') + 1)).c_str());
  const int64_t precision = exponent + digits;
  if (precision < 0) {
    const double unit = std::pow(10.0, static_cast<double>(-digits));
    return std::copysign(std::fabs(value) > unit / 2 ? unit : 0.0, value);
  }
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::scientific, static_cast<int>(precision));
  return std::strtod(std::string(text.data(), end.ptr).c_str(), nullptr);
}

Result<Value> round_integer(const Value& value, int64_t digits) {
  if (digits < -10000) return Value::integer(0);
  SLUICE_ASSIGN(const Value unit, bigint_power(Value::integer(10), static_cast<uint64_t>(-digits)));
  const Value quotient = bigint_floor_divide(value, unit);
  const Value rest = bigint_modulo(value, unit);
  const int order = bigint_compare(bigint_add(rest, rest), unit);
  const bool odd = bigint_sign(bigint_modulo(quotient, Value::integer(2))) != 0;
  const bool up = order > 0 || (order == 0 && odd);
  return bigint_multiply(up ? bigint_add(quotient, Value::integer(1)) : quotient, unit);
}

}  // namespace

std::optional<int64_t> integer_in_range(const Value& value) {
  if (value.is_int()) return value.as_int();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  return std::nullopt;
}

Result<double> number_to_float(const Value& value) {
  if (value.is_float()) return value.as_float();
  if (value.is_int()) return static_cast<double>(value.as_int());
  if (value.is_bool()) return value.as_bool() ? 1.0 : 0.0;
  if (const auto* decimal = value.object_as<DecimalObject>()) return decimal->to_float();
  const double result = bigint_to_float(value);
  if (std::isinf(result)) return runtime_failure("int too large to convert to float");
  return result;
}

Result<Value> number_arithmetic(Arithmetic op, const Value& a, const Value& b) {
  if (a.is_float() || b.is_float()) {
    SLUICE_ASSIGN(const double left, number_to_float(a));
    SLUICE_ASSIGN(const double right, number_to_float(b));
    return float_arithmetic(op, left, right);
  }
  const bool divides =
      op == Arithmetic::kDiv || op == Arithmetic::kFloorDiv || op == Arithmetic::kMod;
  if (divides && is_zero(b)) return zero_division(op);
  if (a.kind() != Kind::kBigInt && b.kind() != Kind::kBigInt) {
    std::optional<Value> result = small_arithmetic(op, small_integer(a), small_integer(b));
    if (result) return std::move(*result);
  }
  return big_arithmetic(op, a, b);
}

bool number_equals(const Value& a, const Value& b) {
  const std::optional<int> order = number_compare(a, b);
  return order && *order == 0;
}

std::optional<int> number_compare(const Value& a, const Value& b) {
  if (a.is_float() && b.is_float()) {
    if (std::isnan(a.as_float()) || std::isnan(b.as_float())) return std::nullopt;
    return order_of(a.as_float(), b.as_float());
  }
  if (a.is_float()) {
    const std::optional<int> order = integer_compare_float(b, a.as_float());
    return order ? std::optional<int>(-*order) : std::nullopt;
  }
  if (b.is_float()) return integer_compare_float(a, b.as_float());
  if (a.kind() != Kind::kBigInt && b.kind() != Kind::kBigInt)
    return order_of(small_integer(a), small_integer(b));
  return bigint_compare(a, b);
}

Result<Value> python_round(const Value& value, std::optional<int64_t> digits) {
  if (const auto* decimal = value.object_as<DecimalObject>()) {
    SLUICE_ASSIGN(Value rounded, decimal->round(digits.value_or(0)));
    if (digits) return rounded;
    return rounded.object_as<DecimalObject>()->to_integer();
  }
  if (value.is_float()) {
    if (!digits) {
      const double number = value.as_float();
      if (std::isnan(number)) return runtime_failure("cannot convert float NaN to integer");
      return float_to_integer(std::isinf(number) ? number : std::nearbyint(number));
    }
    const double rounded = round_float(value.as_float(), *digits);
    if (std::isinf(rounded) && std::isfinite(value.as_float()))
      return runtime_failure("rounded value too large to represent");
    return Value::floating(rounded);
  }
  if (!digits || *digits >= 0)
    return value.is_bool() ? Value::integer(small_integer(value)) : value;
  return round_integer(value, *digits);
}

Result<Value> float_to_integer(double value) {
  if (std::isnan(value)) return runtime_failure("cannot convert float NaN to integer");
  if (std::isinf(value)) return runtime_failure("cannot convert float infinity to integer");
  if (value >= -kInt64Limit && value < kInt64Limit)
    return Value::integer(static_cast<int64_t>(value));
  return bigint_from_float(value);
}

Result<std::string> integer_to_string(const Value& value) {
  if (value.kind() != Kind::kBigInt) return std::to_string(small_integer(value));
  constexpr uint64_t kMostBits = 14'285;  // of a number with 4300 digits
  std::string digits =
      bigint_bit_length(value) > kMostBits ? std::string(4301, '9') : bigint_to_string(value);
  if (digits.size() - (digits.front() == '-' ? 1U : 0U) > 4300)
    return runtime_failure(
        "Exceeds the limit (4300 digits) for integer string conversion; use "
        "sys.set_int_max_str_digits() to increase the limit");
  return digits;
}

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<size_t>(end.ptr - buffer.data()));
  const size_t mark = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(mark + 1)).c_str());
  std::string digits;
  for (const char c : text.substr(0, mark))
    if (c >= '0' && c <= '9') digits.push_back(c);
  std::string result = text.front() == '-' ? "-" : "";
  const auto num_digits = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    result += digits[0];
    if (num_digits > 1) result.append(".").append(digits, 1);
    result += exponent < 0 ? "e-" : "e+";
    const int magnitude = std::abs(exponent);
    if (magnitude < 10) result += '0';
    return result + std::to_string(magnitude);
  }
  if (exponent < 0)
    return result + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  if (num_digits <= exponent + 1) {
    const auto num_zeros = static_cast<size_t>(exponent + 1 - num_digits);
    return result + digits + std::string(num_zeros, '0') + ".0";
  }
  const auto whole = static_cast<size_t>(exponent) + 1;
  return result + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace sluice::jinja
