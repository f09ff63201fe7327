// Methods of int, bool and float.
#include <bit>
#include <cmath>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/ops_methods.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {
namespace {

Result<Value> int_bit_length(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  return Value::integer(static_cast<int64_t>(bigint_bit_length(self)));
}

Result<Value> int_bit_count(Interpreter& /*interpreter*/, const Value& self,
                            const CallArgs& /*args*/) {
  int64_t total = 0;
  for (const char digit : bigint_to_string(self, 2)) total += digit == '1' ? 1 : 0;
  return Value::integer(total);
}

Result<Value> number_conjugate(Interpreter& /*interpreter*/, const Value& self,
                               const CallArgs& /*args*/) {
  return positive(self);
}

Result<Value> int_ratio(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  SLUICE_ASSIGN(Value numerator, positive(self));
  return Value::tuple({std::move(numerator), Value::integer(1)});
}

Result<Value> float_is_integer(Interpreter& /*interpreter*/, const Value& self,
                               const CallArgs& /*args*/) {
  const double value = self.as_float();
  return Value::boolean(std::isfinite(value) && value == std::floor(value));
}

Result<Value> float_ratio(Interpreter& /*interpreter*/, const Value& self,
                          const CallArgs& /*args*/) {
  const double value = self.as_float();
  if (std::isnan(value)) return runtime_failure("cannot convert NaN to integer ratio");
  if (std::isinf(value)) return runtime_failure("cannot convert Infinity to integer ratio");
  int exponent = 0;
  double mantissa = std::frexp(value, &exponent);
  while (mantissa != std::floor(mantissa)) {
    mantissa *= 2.0;
    --exponent;
  }
  SLUICE_ASSIGN(Value scale,
                bigint_power(Value::integer(2), static_cast<uint64_t>(std::abs(exponent))));
  const Value numerator = bigint_from_float(mantissa);
  if (exponent <= 0) return Value::tuple({numerator, std::move(scale)});
  SLUICE_ASSIGN(Value scaled, bigint_multiply(numerator, scale));
  return Value::tuple({std::move(scaled), Value::integer(1)});
}

Result<Value> number_bytes(Interpreter& /*interpreter*/, const Value& /*self*/,
                           const CallArgs& /*args*/) {
  return runtime_failure("int.to_bytes() is not supported: there is no bytes type");
}

constexpr MethodTable kIntegerMethods(std::to_array<Method>({
    {"as_integer_ratio", int_ratio, Arity::kNone},
    {"bit_count", int_bit_count, Arity::kNone},
    {"bit_length", int_bit_length, Arity::kNone},
    {"conjugate", number_conjugate, Arity::kNone},
    {"to_bytes", number_bytes, Arity::kKeywords},
}));

constexpr MethodTable kFloatMethods(std::to_array<Method>({
    {"as_integer_ratio", float_ratio, Arity::kNone},
    {"conjugate", number_conjugate, Arity::kNone},
    {"is_integer", float_is_integer, Arity::kNone},
}));

}  // namespace

const Method* find_number_method(const Value& self, std::string_view name) {
  return self.is_float() ? kFloatMethods.find(name) : kIntegerMethods.find(name);
}

}  // namespace sluice::jinja
