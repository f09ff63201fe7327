// Numbers as Python computes them: bool, int (of any size) and float together. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "jinja/value.h"

namespace sluice::jinja {

inline bool is_integer_kind(const Value& value) {
  return value.is_int() || value.is_bool() || value.kind() == Kind::kBigInt;
}
inline bool is_number_kind(const Value& value) {
  return is_integer_kind(value) || value.is_float();
}
// kBool and kInt only.
inline int64_t small_integer(const Value& value) {
  return value.is_bool() ? static_cast<int64_t>(value.as_bool()) : value.as_int();
}
// Integer kinds to int64; nullopt for what does not fit and for other kinds.
std::optional<int64_t> integer_in_range(const Value& value);
// float(x) of a number kind or a decimal. Error: "int too large to convert to float".
Result<double> number_to_float(const Value& value);

// Python's // and % of two machine integers; `b` is neither 0 nor -1.
constexpr int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
constexpr int64_t floor_mod(int64_t a, int64_t b) {
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

enum class Arithmetic : uint8_t { kAdd, kSub, kMul, kDiv, kFloorDiv, kMod, kPow };
// Both operands are number kinds.
Result<Value> number_arithmetic(Arithmetic op, const Value& a, const Value& b);

bool number_equals(const Value& a, const Value& b);
// <0, 0, >0; nullopt when a NaN takes part.
std::optional<int> number_compare(const Value& a, const Value& b);

// round(value, digits): half to even, correctly rounded; the kind of the operand is kept. Without
// digits a float gives an int. The value must be a number kind or a decimal. Source: CPython's
// float.__round__ and int.__round__.
Result<Value> python_round(const Value& value, std::optional<int64_t> digits);
// int(x) of a float: truncation. Errors for infinities and NaN.
Result<Value> float_to_integer(double value);

// str(x) of an integer kind; error beyond Python's limit of 4300 digits.
Result<std::string> integer_to_string(const Value& value);

}  // namespace sluice::jinja
