#include "jinja/value_bigint.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>

#include "jinja/ops_errors.h"

namespace sluice::jinja {

using boost::multiprecision::cpp_int;

struct BigInt::Number {
  cpp_int value;
};

BigInt::BigInt(std::unique_ptr<const Number> number) : number_(std::move(number)) {}
BigInt::~BigInt() = default;

namespace {

constexpr uint64_t kMaxBits = 1ULL << 20U;

cpp_int number_of(const Value& value) {
  if (value.kind() == Kind::kBigInt) return value.as_bigint().number().value;
  if (value.is_bool()) return cpp_int(value.as_bool() ? 1 : 0);
  return cpp_int(value.as_int());
}

Value value_of(cpp_int number) {
  if (number >= std::numeric_limits<int64_t>::min() &&
      number <= std::numeric_limits<int64_t>::max())
    return Value::integer(static_cast<int64_t>(number));
  auto held = std::make_unique<BigInt::Number>();
  held->value = std::move(number);
  return Value::from_node(Kind::kBigInt, make_ref<BigInt>(std::move(held)).get());
}

uint64_t bits_of(const cpp_int& number) {
  if (number == 0) return 0;
  return static_cast<uint64_t>(msb(number < 0 ? cpp_int(-number) : number)) + 1;
}

// Nearest double of a non-negative quotient: keep 64 significant bits and a sticky bit, then round
// once by hand.
double scaled_to_float(const cpp_int& mantissa_in, int64_t exponent, bool sticky) {
  cpp_int mantissa = mantissa_in;
  if (mantissa == 0) return 0.0;
  const auto bits = static_cast<int64_t>(bits_of(mantissa));
  // Position of the lowest kept bit: 53 bits, fewer for subnormals.
  const int64_t lowest = std::max<int64_t>(exponent + bits - 53, -1074);
  const int64_t drop = lowest - exponent;
  if (drop > 0) {
    const auto shift = static_cast<unsigned>(drop);
    const cpp_int rest = mantissa & ((cpp_int(1) << shift) - 1);
    const cpp_int half = cpp_int(1) << (shift - 1);
    mantissa >>= shift;
    const bool odd = static_cast<bool>((mantissa & 1) != 0);
    if (rest > half || (rest == half && (sticky || odd))) ++mantissa;
    exponent = lowest;
  }
  return std::ldexp(static_cast<double>(static_cast<uint64_t>(mantissa)),
                    static_cast<int>(exponent));
}

double float_of(const cpp_int& number) {
  const bool negative = number < 0;
  const cpp_int magnitude = negative ? cpp_int(-number) : number;
  if (bits_of(magnitude) > 1024)
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  const double result = scaled_to_float(magnitude, 0, false);
  return negative ? -result : result;
}

}  // namespace

Value bigint_add(const Value& a, const Value& b) {
  return value_of(cpp_int(number_of(a) + number_of(b)));
}

Value bigint_subtract(const Value& a, const Value& b) {
  return value_of(cpp_int(number_of(a) - number_of(b)));
}

Result<Value> bigint_multiply(const Value& a, const Value& b) {
  const cpp_int left = number_of(a);
  const cpp_int right = number_of(b);
  if (bits_of(left) + bits_of(right) > kMaxBits) return runtime_failure("integer too large");
  return value_of(cpp_int(left * right));
}

Value bigint_floor_divide(const Value& a, const Value& b) {
  const cpp_int left = number_of(a);
  const cpp_int right = number_of(b);
  cpp_int quotient;
  cpp_int remainder;
  divide_qr(left, right, quotient, remainder);
  if (remainder != 0 && (remainder < 0) != (right < 0)) --quotient;
  return value_of(std::move(quotient));
}

Value bigint_modulo(const Value& a, const Value& b) {
  const cpp_int right = number_of(b);
  cpp_int remainder = number_of(a) % right;
  if (remainder != 0 && (remainder < 0) != (right < 0)) remainder += right;
  return value_of(std::move(remainder));
}

Result<double> bigint_true_divide(const Value& a, const Value& b) {
  const cpp_int left = number_of(a);
  const cpp_int right = number_of(b);
  const bool negative = (left < 0) != (right < 0);
  cpp_int numerator = left < 0 ? cpp_int(-left) : left;
  cpp_int denominator = right < 0 ? cpp_int(-right) : right;
  // Scale so that the integer quotient has at least 66 bits.
  const int64_t shift =
      66 - static_cast<int64_t>(bits_of(numerator)) + static_cast<int64_t>(bits_of(denominator));
  if (shift > 0)
    numerator <<= static_cast<unsigned>(shift);
  else
    denominator <<= static_cast<unsigned>(-shift);
  cpp_int quotient;
  cpp_int remainder;
  divide_qr(numerator, denominator, quotient, remainder);
  if (static_cast<int64_t>(bits_of(quotient)) - shift > 1025)
    return runtime_failure("integer division result too large for a float");
  const double result = scaled_to_float(quotient, -shift, remainder != 0);
  if (std::isinf(result)) return runtime_failure("integer division result too large for a float");
  return negative ? -result : result;
}

Result<Value> bigint_power(const Value& base, uint64_t exponent) {
  const cpp_int number = number_of(base);
  const uint64_t bits = bits_of(number);
  if (bits > 1 && (exponent > kMaxBits || bits * exponent > kMaxBits))
    return runtime_failure("integer too large");
  if (bits <= 1) {
    if (number == 0) return Value::integer(exponent == 0 ? 1 : 0);
    return Value::integer(number < 0 && exponent % 2 == 1 ? -1 : 1);
  }
  return value_of(cpp_int(pow(number, static_cast<unsigned>(exponent))));
}

Value bigint_negate(const Value& a) { return value_of(cpp_int(-number_of(a))); }

int bigint_sign(const Value& a) { return number_of(a).sign(); }

int bigint_compare(const Value& a, const Value& b) { return number_of(a).compare(number_of(b)); }

int bigint_compare_float(const Value& a, double b) {
  const cpp_int left = number_of(a);
  const double whole = std::trunc(b);
  const int order = left.compare(cpp_int(whole));
  if (order != 0) return order;
  return whole < b ? -1 : (whole > b ? 1 : 0);
}

double bigint_to_float(const Value& a) { return float_of(number_of(a)); }

uint64_t bigint_bit_length(const Value& a) { return bits_of(number_of(a)); }

std::string bigint_to_string(const Value& a, int base) {
  const cpp_int number = number_of(a);
  if (base == 10) return number.str();
  const bool negative = number < 0;
  cpp_int magnitude = negative ? cpp_int(-number) : number;
  std::string digits;
  if (base == 2) {
    for (const char c : magnitude.str(0, std::ios_base::hex)) {
      const auto nibble = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
      for (unsigned bit = 8; bit != 0; bit >>= 1U)
        digits.push_back((nibble & bit) != 0 ? '1' : '0');
    }
    digits.erase(0, std::min(digits.find('1'), digits.size() - 1));
  } else {
    digits = magnitude.str(0, base == 16 ? std::ios_base::hex : std::ios_base::oct);
  }
  return negative ? "-" + digits : digits;
}

Value bigint_from_digits(std::string_view digits, int base, bool negative) {
  cpp_int number = 0;
  uint64_t chunk = 0;
  uint64_t scale = 1;
  const auto radix = static_cast<uint64_t>(base);
  for (const char c : digits) {
    uint64_t digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<uint64_t>(c - '0');
    else
      digit = static_cast<uint64_t>((c | 0x20) - 'a') + 10;
    chunk = chunk * radix + digit;
    scale *= radix;
    if (scale > (1ULL << 58U)) {
      number = number * scale + chunk;
      chunk = 0;
      scale = 1;
    }
  }
  number = number * scale + chunk;
  return value_of(negative ? cpp_int(-number) : number);
}

Value bigint_from_float(double value) { return value_of(cpp_int(std::trunc(value))); }

}  // namespace sluice::jinja
