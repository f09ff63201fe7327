#include "jinja/value_decimal.h"

#include <fmt/format.h>

#include <cmath>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

constexpr int64_t kPrecision = 28;
constexpr int64_t kMaxExponent = 100'000;

using DecimalRef = Ref<DecimalObject>;

Value power_of_ten(int64_t exponent) {
  Result<Value> power = bigint_power(Value::integer(10), static_cast<uint64_t>(exponent));
  SLUICE_CHECK(power.has_value());  // exponents are bounded by kMaxExponent
  return std::move(*power);
}

Value scaled(const Value& coefficient, int64_t exponent) {
  Result<Value> product = bigint_multiply(coefficient, power_of_ten(exponent));
  SLUICE_CHECK(product.has_value());
  return std::move(*product);
}

int64_t num_digits(const Value& coefficient) {
  return static_cast<int64_t>(bigint_to_string(coefficient).size());
}

// Divides by 10^digits, ties to even.
Value drop_digits(const Value& coefficient, int64_t digits) {
  const Value unit = power_of_ten(digits);
  const Value quotient = bigint_floor_divide(coefficient, unit);
  const Value rest = bigint_modulo(coefficient, unit);
  const int order = bigint_compare(bigint_add(rest, rest), unit);
  const bool odd = bigint_sign(bigint_modulo(quotient, Value::integer(2))) != 0;
  return order > 0 || (order == 0 && odd) ? bigint_add(quotient, Value::integer(1)) : quotient;
}

Value make(bool negative, Value coefficient, int64_t exponent) {
  const int64_t excess = num_digits(coefficient) - kPrecision;
  if (excess > 0) {
    coefficient = drop_digits(coefficient, excess);
    exponent += excess;
    if (num_digits(coefficient) > kPrecision) {
      coefficient = drop_digits(coefficient, 1);
      ++exponent;
    }
  }
  return Value::object(make_ref<DecimalObject>(negative, std::move(coefficient), exponent));
}

Value make_signed(const Value& coefficient, int64_t exponent) {
  const bool negative = bigint_sign(coefficient) < 0;
  return make(negative, negative ? bigint_negate(coefficient) : coefficient, exponent);
}

// Decimals and integers; null for the rest.
DecimalRef as_decimal(const Value& value) {
  if (auto* decimal = value.object_as<DecimalObject>()) return DecimalRef(decimal);
  if (!is_integer_kind(value)) return {};
  const bool negative = bigint_sign(value) < 0;
  Value magnitude = negative ? bigint_negate(value) : bigint_add(value, Value::integer(0));
  return make_ref<DecimalObject>(negative, std::move(magnitude), 0);
}

struct Aligned {
  Value left;
  Value right;
  int64_t exponent;
};

Aligned align(const DecimalObject& a, const DecimalObject& b) {
  const int64_t exponent = std::min(a.exponent(), b.exponent());
  return {scaled(a.signed_coefficient(), a.exponent() - exponent),
          scaled(b.signed_coefficient(), b.exponent() - exponent), exponent};
}

Result<Value> divide_decimals(const DecimalObject& a, const DecimalObject& b) {
  if (!b.truth())
    return runtime_failure(a.truth() ? "[<class 'decimal.DivisionByZero'>]"
                                     : "[<class 'decimal.DivisionUndefined'>]");
  const bool negative = a.negative() != b.negative();
  int64_t exponent = a.exponent() - b.exponent();
  if (!a.truth()) return make(negative, Value::integer(0), exponent);
  const int64_t missing = num_digits(b.coefficient()) - num_digits(a.coefficient());
  const int64_t shift = std::max<int64_t>(0, missing + kPrecision + 1);
  exponent -= shift;
  const Value numerator = scaled(a.coefficient(), shift);
  Value quotient = bigint_floor_divide(numerator, b.coefficient());
  if (bigint_sign(bigint_modulo(numerator, b.coefficient())) != 0) {
    // Keep the result away from a tie: the cut digits are not zero.
    if (bigint_sign(bigint_modulo(quotient, Value::integer(5))) == 0)
      quotient = bigint_add(quotient, Value::integer(1));
    return make(negative, std::move(quotient), exponent);
  }
  const int64_t ideal = a.exponent() - b.exponent();
  while (exponent < ideal && bigint_sign(bigint_modulo(quotient, Value::integer(10))) == 0) {
    quotient = bigint_floor_divide(quotient, Value::integer(10));
    ++exponent;
  }
  return make(negative, std::move(quotient), exponent);
}

// Truncates towards zero, as Decimal's // and % do.
Result<Value> divide_whole(const DecimalObject& a, const DecimalObject& b, bool remainder) {
  if (!b.truth())
    return runtime_failure(remainder ? "[<class 'decimal.InvalidOperation'>]"
                                     : "[<class 'decimal.DivisionByZero'>]");
  const Aligned sides = align(a, b);
  const auto magnitude = [](const Value& value) {
    return bigint_sign(value) < 0 ? bigint_negate(value) : value;
  };
  if (remainder)
    return make(a.negative(), bigint_modulo(magnitude(sides.left), magnitude(sides.right)),
                sides.exponent);
  return make(a.negative() != b.negative(),
              bigint_floor_divide(magnitude(sides.left), magnitude(sides.right)), 0);
}

Result<Value> power_decimal(const DecimalObject& a, const DecimalObject& b) {
  const std::optional<int64_t> exponent = integer_in_range(b.to_integer());
  if (b.exponent() < 0 || !exponent || *exponent > 10'000 || *exponent < -10'000)
    return runtime_failure("decimal powers need a small whole exponent");
  const int64_t times = std::abs(*exponent);
  SLUICE_ASSIGN(Value coefficient, bigint_power(a.coefficient(), static_cast<uint64_t>(times)));
  const Value result =
      make(a.negative() && times % 2 == 1, std::move(coefficient), a.exponent() * times);
  if (*exponent >= 0) return result;
  const DecimalObject one(false, Value::integer(1), 0);
  return divide_decimals(one, *result.object_as<DecimalObject>());
}

}  // namespace

Value DecimalObject::signed_coefficient() const {
  return negative_ ? bigint_negate(coefficient_) : coefficient_;
}

Result<std::string> DecimalObject::str() const {
  // Python's to-scientific-string.
  const std::string digits = bigint_to_string(coefficient_);
  const auto size = static_cast<int64_t>(digits.size());
  const int64_t left_digits = exponent_ + size;
  const int64_t point = exponent_ <= 0 && left_digits > -6 ? left_digits : 1;
  std::string text = negative_ ? "-" : "";
  if (point <= 0)
    text += "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  else if (point >= size)
    text += digits + std::string(static_cast<size_t>(point - size), '0');
  else
    text += digits.substr(0, static_cast<size_t>(point)) + "." +
            digits.substr(static_cast<size_t>(point));
  if (left_digits != point) text += fmt::format("E{:+d}", left_digits - point);
  return text;
}

Result<std::string> DecimalObject::repr() const {
  SLUICE_ASSIGN(const std::string text, str());
  return "Decimal('" + text + "')";
}

bool DecimalObject::truth() const { return bigint_sign(coefficient_) != 0; }

std::optional<int> DecimalObject::compare(const Value& other) const {
  if (other.is_float()) {
    const double number = other.as_float();
    if (std::isnan(number)) return std::nullopt;
    if (std::isinf(number)) return number > 0 ? -1 : 1;
    // Exact: a float is an integer over a power of two.
    int exponent = 0;
    double mantissa = std::frexp(number, &exponent);
    mantissa = std::ldexp(mantissa, 53);
    exponent -= 53;
    Value left = signed_coefficient();
    Value right = bigint_from_float(mantissa);
    Result<Value> two = bigint_power(Value::integer(2), static_cast<uint64_t>(std::abs(exponent)));
    Result<Value> grown = bigint_multiply(exponent < 0 ? left : right, *two);
    (exponent < 0 ? left : right) = std::move(*grown);
    (exponent_ > 0 ? left : right) = scaled(exponent_ > 0 ? left : right, std::abs(exponent_));
    return bigint_compare(left, right);
  }
  const DecimalRef decimal = as_decimal(other);
  if (!decimal) return std::nullopt;
  const Aligned sides = align(*this, *decimal);
  return bigint_compare(sides.left, sides.right);
}

bool DecimalObject::equals(const Value& other) const {
  const std::optional<int> order = compare(other);
  return order && *order == 0;
}

std::optional<uint64_t> DecimalObject::hash() const {
  const Value whole = to_integer();
  if (equals(whole)) return jinja::hash(whole);
  return hash_float(to_float());
}

double DecimalObject::to_float() const {
  const Result<std::string> text = str();
  return parse_float(*text).value_or(0.0);
}

Value DecimalObject::to_integer() const {
  Value whole = exponent_ >= 0 ? scaled(coefficient_, exponent_)
                               : bigint_floor_divide(coefficient_, power_of_ten(-exponent_));
  return negative_ ? bigint_negate(whole) : whole;
}

Result<Value> DecimalObject::round(int64_t digits) const {
  if (digits > kMaxExponent || digits < -kMaxExponent)
    return runtime_failure("[<class 'decimal.InvalidOperation'>]");
  const int64_t drop = -digits - exponent_;
  Value coefficient = drop > 0 ? drop_digits(coefficient_, drop) : scaled(coefficient_, -drop);
  if (num_digits(coefficient) > kPrecision)
    return runtime_failure("[<class 'decimal.InvalidOperation'>]");
  return Value::object(make_ref<DecimalObject>(negative_, std::move(coefficient), -digits));
}

Result<std::optional<Value>> DecimalObject::binary(BinaryOp op, const Value& other,
                                                   bool reflected) const {
  const DecimalRef operand = as_decimal(other);
  if (!operand) return std::nullopt;
  const DecimalObject& a = reflected ? *operand : *this;
  const DecimalObject& b = reflected ? *this : *operand;
  Result<Value> result = runtime_failure("unsupported decimal operation");
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub: {
      const Aligned sides = align(a, b);
      result = make_signed(op == BinaryOp::kAdd ? bigint_add(sides.left, sides.right)
                                                : bigint_subtract(sides.left, sides.right),
                           sides.exponent);
      break;
    }
    case BinaryOp::kMul: {
      SLUICE_ASSIGN(Value product, bigint_multiply(a.coefficient(), b.coefficient()));
      result = make(a.negative() != b.negative(), std::move(product), a.exponent() + b.exponent());
      break;
    }
    case BinaryOp::kDiv:
      result = divide_decimals(a, b);
      break;
    case BinaryOp::kFloorDiv:
      result = divide_whole(a, b, false);
      break;
    case BinaryOp::kMod:
      result = divide_whole(a, b, true);
      break;
    case BinaryOp::kPow:
      result = power_decimal(a, b);
      break;
  }
  if (!result) return fail(std::move(result.error()));
  return std::optional<Value>(std::move(*result));
}

std::string DecimalObject::fixed_text(int64_t precision, bool percent) const {
  const int64_t exponent = exponent_ + (percent ? 2 : 0);
  const int64_t digits = precision >= 0 ? precision : std::max<int64_t>(0, -exponent);
  const int64_t drop = -digits - exponent;
  std::string text =
      bigint_to_string(drop > 0 ? drop_digits(coefficient_, drop) : scaled(coefficient_, -drop));
  if (static_cast<int64_t>(text.size()) <= digits)
    text.insert(0, static_cast<size_t>(digits) + 1 - text.size(), '0');
  if (digits > 0) text.insert(text.size() - static_cast<size_t>(digits), ".");
  if (percent) text += '%';
  return text;
}

Result<std::string> DecimalObject::unsigned_text(const FormatSpec& spec) const {
  const char lower = static_cast<char>(spec.type | 0x20);
  const bool percent = spec.type == '%';
  if (lower == 'f' || percent) return fixed_text(spec.precision, percent);
  if (spec.type == 0 && spec.precision < 0)
    return DecimalObject(false, coefficient_, exponent_).str();
  if (lower != 'e' && lower != 'g' && spec.type != 0)
    return runtime_failure("invalid format string");
  const int precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
  return float_text(std::fabs(to_float()), lower == 'e' ? 'e' : 'g', precision, spec.alternate);
}

Result<std::string> DecimalObject::format(std::string_view text) const {
  SLUICE_ASSIGN(const FormatSpec spec, parse_format_spec(text, "decimal.Decimal"));
  NumberText number;
  if (negative_)
    number.prefix = "-";
  else if (spec.sign == '+' || spec.sign == ' ')
    number.prefix = spec.sign;
  SLUICE_ASSIGN(const std::string shown, unsigned_text(spec));
  const size_t end = shown.find_first_not_of("0123456789");
  number.digits = shown.substr(0, end);
  if (end != std::string::npos) number.suffix = shown.substr(end);
  return layout_number(number, spec, 3);
}

std::optional<Value> parse_decimal(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int64_t exponent = 0;
  const size_t mark = digits.find_first_of("eE");
  if (mark != std::string_view::npos) {
    const std::optional<Value> shift = parse_int(digits.substr(mark + 1));
    if (!shift || !shift->is_int()) return std::nullopt;
    exponent = shift->as_int();
    digits = digits.substr(0, mark);
  }
  std::string whole;
  const size_t point = digits.find('.');
  whole = digits.substr(0, point);
  if (point != std::string_view::npos) {
    whole += digits.substr(point + 1);
    exponent -= static_cast<int64_t>(digits.size() - point - 1);
  }
  if (whole.empty() || whole.find_first_not_of("0123456789") != std::string::npos ||
      exponent > kMaxExponent || exponent < -kMaxExponent)
    return std::nullopt;
  return Value::object(
      make_ref<DecimalObject>(negative, bigint_from_digits(whole, 10, false), exponent));
}

Value make_decimal(std::string digits) {
  std::optional<Value> decimal = parse_decimal(digits);
  SLUICE_CHECK(decimal.has_value());  // drivers hand over digits only
  return std::move(*decimal);
}

}  // namespace sluice::jinja
