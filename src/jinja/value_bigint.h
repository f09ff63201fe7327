// BigInt: integers beyond 64 bits, and the integer arithmetic that may need them. Every function
// takes values of kind kBool, kInt or kBigInt and answers the smallest kind that holds the result
// (kInt when it fits). Immutable: any thread may read. The number itself (Boost.Multiprecision)
// shows in value_bigint.cc only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

class BigInt final : public RefCounted {
 public:
  struct Number;
  explicit BigInt(std::unique_ptr<const Number> number);
  ~BigInt() override;
  const Number& number() const { return *number_; }

 private:
  std::unique_ptr<const Number> number_;
};

Value bigint_add(const Value& a, const Value& b);
Value bigint_subtract(const Value& a, const Value& b);
// Errors when the product would have more than some millions of digits.
Result<Value> bigint_multiply(const Value& a, const Value& b);
// Floor semantics; the divisor is not zero.
Value bigint_floor_divide(const Value& a, const Value& b);
Value bigint_modulo(const Value& a, const Value& b);
// Correctly rounded; the divisor is not zero. Error when the quotient does not fit a double.
Result<double> bigint_true_divide(const Value& a, const Value& b);
Result<Value> bigint_power(const Value& base, uint64_t exponent);
Value bigint_negate(const Value& a);
int bigint_sign(const Value& a);
int bigint_compare(const Value& a, const Value& b);
// Exact comparison with a finite double.
int bigint_compare_float(const Value& a, double b);
// Nearest double; infinite when it does not fit.
double bigint_to_float(const Value& a);
uint64_t bigint_bit_length(const Value& a);
// Digits with sign, lower case; base 2, 8, 10 or 16.
std::string bigint_to_string(const Value& a, int base = 10);
// `digits`: only digits of the base (2…36), no sign, at least one.
Value bigint_from_digits(std::string_view digits, int base, bool negative);
// The integer part of a finite double.
Value bigint_from_float(double value);

inline BigInt& Value::as_bigint() const { return *static_cast<BigInt*>(payload_.node); }

}  // namespace sluice::jinja
