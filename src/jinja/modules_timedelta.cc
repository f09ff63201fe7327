// datetime.timedelta.
#include <fmt/format.h>

#include <cmath>

#include "jinja/modules_datetime.h"
#include "jinja/modules_datetime_types.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

const TimeDeltaObject& delta_of(const Value& value) {
  return static_cast<const TimeDeltaObject&>(value.as_object());
}

Result<Value> total_seconds(Interpreter& /*interpreter*/, const Value& self,
                            const CallArgs& /*args*/) {
  return Value::floating(static_cast<double>(delta_of(self).micros()) / 1e6);
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"total_seconds", total_seconds, Arity::kNone},
}));

// Rounds to the nearest, ties to even, as Python does with fractions of a microsecond.
Result<Value> delta_of_float(long double micros) {
  if (!std::isfinite(micros) || std::fabs(micros) > 9.2e18L)
    return runtime_failure("timedelta is too large");
  return make_timedelta(static_cast<int64_t>(std::nearbyint(micros)));
}

Result<Value> divide_by_number(int64_t micros, const Value& number) {
  if (number.is_float()) {
    if (number.as_float() == 0.0) return runtime_failure("float division by zero");
    return delta_of_float(static_cast<long double>(micros) / number.as_float());
  }
  const std::optional<int64_t> divisor = integer_in_range(number);
  if (!divisor) return make_timedelta(0);
  if (*divisor == 0) return runtime_failure("integer division or modulo by zero");
  const int64_t quotient = floor_div(micros, *divisor);
  const int64_t rest = floor_mod(micros, *divisor);
  const long double ratio = static_cast<long double>(rest) / static_cast<long double>(*divisor);
  const bool up = ratio > 0.5L || (ratio == 0.5L && quotient % 2 != 0);
  return make_timedelta(quotient + (up ? 1 : 0));
}

Result<std::optional<Value>> done(Result<Value> result) {
  if (!result) return fail(std::move(result.error()));
  return std::optional<Value>(std::move(*result));
}

// timedelta ○ timedelta.
Result<std::optional<Value>> combine(Object::BinaryOp op, int64_t a, int64_t b) {
  switch (op) {
    case Object::BinaryOp::kAdd:
      return done(make_timedelta(a + b));
    case Object::BinaryOp::kSub:
      return done(make_timedelta(a - b));
    case Object::BinaryOp::kDiv:
      if (b == 0) return runtime_failure("division by zero");
      return std::optional<Value>(Value::floating(static_cast<double>(a) / static_cast<double>(b)));
    case Object::BinaryOp::kFloorDiv:
      if (b == 0) return runtime_failure("integer division or modulo by zero");
      return std::optional<Value>(Value::integer(floor_div(a, b)));
    case Object::BinaryOp::kMod:
      if (b == 0) return runtime_failure("integer modulo by zero");
      return done(make_timedelta(floor_mod(a, b)));
    default:
      return std::nullopt;
  }
}

Result<std::optional<Value>> scale(Object::BinaryOp op, int64_t micros, const Value& number,
                                   bool reflected) {
  if (op == Object::BinaryOp::kMul) {
    if (number.is_float())
      return done(delta_of_float(static_cast<long double>(micros) * number.as_float()));
    const std::optional<int64_t> factor = integer_in_range(number);
    int64_t product = 0;
    if (!factor || __builtin_mul_overflow(micros, *factor, &product))
      return runtime_failure("timedelta is too large");
    return done(make_timedelta(product));
  }
  if (reflected) return std::nullopt;
  if (op == Object::BinaryOp::kDiv) return done(divide_by_number(micros, number));
  if (op == Object::BinaryOp::kFloorDiv && !number.is_float()) {
    const std::optional<int64_t> divisor = integer_in_range(number);
    if (divisor && *divisor == 0) return runtime_failure("integer division or modulo by zero");
    return done(make_timedelta(divisor ? floor_div(micros, *divisor) : 0));
  }
  return std::nullopt;
}

}  // namespace

const Method* TimeDeltaObject::method(std::string_view name) const { return kMethods.find(name); }

std::optional<Value> TimeDeltaObject::field(std::string_view name) const {
  if (name == "days") return Value::integer(floor_div(micros_, kMicrosPerDay));
  const int64_t rest = floor_mod(micros_, kMicrosPerDay);
  if (name == "seconds") return Value::integer(rest / kMicrosPerSecond);
  if (name == "microseconds") return Value::integer(rest % kMicrosPerSecond);
  return timedelta_constant(name);
}

Result<std::string> TimeDeltaObject::str() const {
  const int64_t days = floor_div(micros_, kMicrosPerDay);
  const int64_t rest = floor_mod(micros_, kMicrosPerDay);
  const int64_t seconds = rest / kMicrosPerSecond;
  std::string text;
  if (days != 0) text = fmt::format("{} day{}, ", days, days == 1 || days == -1 ? "" : "s");
  text += fmt::format("{}:{:02d}:{:02d}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (rest % kMicrosPerSecond != 0) text += fmt::format(".{:06d}", rest % kMicrosPerSecond);
  return text;
}

Result<std::string> TimeDeltaObject::repr() const {
  const int64_t days = floor_div(micros_, kMicrosPerDay);
  const int64_t rest = floor_mod(micros_, kMicrosPerDay);
  std::string parts;
  const auto add_part = [&parts](std::string_view name, int64_t number) {
    if (number == 0) return;
    parts += fmt::format("{}{}={}", parts.empty() ? "" : ", ", name, number);
  };
  add_part("days", days);
  add_part("seconds", rest / kMicrosPerSecond);
  add_part("microseconds", rest % kMicrosPerSecond);
  return fmt::format("datetime.timedelta({})", parts.empty() ? "0" : parts);
}

bool TimeDeltaObject::equals(const Value& other) const {
  const auto* delta = other.object_as<TimeDeltaObject>();
  return delta != nullptr && delta->micros_ == micros_;
}

std::optional<uint64_t> TimeDeltaObject::hash() const {
  return combine_hashes(hash_text("timedelta"), hash_integer(micros_));
}

std::optional<int> TimeDeltaObject::compare(const Value& other) const {
  const auto* delta = other.object_as<TimeDeltaObject>();
  if (delta == nullptr) return std::nullopt;
  return micros_ < delta->micros_ ? -1 : (micros_ > delta->micros_ ? 1 : 0);
}

Result<std::optional<Value>> TimeDeltaObject::binary(BinaryOp op, const Value& other,
                                                     bool reflected) const {
  if (const auto* delta = other.object_as<TimeDeltaObject>())
    return combine(op, reflected ? delta->micros_ : micros_, reflected ? micros_ : delta->micros_);
  if (is_number_kind(other)) return scale(op, micros_, other, reflected);
  return std::nullopt;
}

Result<Value> make_timedelta(int64_t micros) {
  return Value::object(make_ref<TimeDeltaObject>(micros));
}

std::optional<Value> timedelta_constant(std::string_view name) {
  // Python's bounds are ±999999999 days; ours are those of 64-bit microseconds.
  constexpr int64_t kLargestDays = 106'751'991;
  if (name == "min") return Value::object(make_ref<TimeDeltaObject>(-kLargestDays * kMicrosPerDay));
  if (name == "max") return Value::object(make_ref<TimeDeltaObject>(kLargestDays * kMicrosPerDay));
  if (name == "resolution") return Value::object(make_ref<TimeDeltaObject>(1));
  return std::nullopt;
}

Result<Value> construct_timedelta(Interpreter& /*interpreter*/, const Value& /*self*/,
                                  const CallArgs& args) {
  static constexpr std::array<int64_t, 7> kFactors = {
      kMicrosPerDay,           kMicrosPerSecond, 1, 1000, 60 * kMicrosPerSecond,
      3600 * kMicrosPerSecond, 7 * kMicrosPerDay};
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<7>("timedelta",
                                  {std::string_view("days"), "seconds", "microseconds",
                                   "milliseconds", "minutes", "hours", "weeks"},
                                  args));
  int64_t exact = 0;
  long double fractional = 0;
  for (size_t i = 0; i < bound.size(); ++i) {
    if (bound[i] == nullptr) continue;
    if (bound[i]->is_float()) {
      fractional +=
          static_cast<long double>(bound[i]->as_float()) * static_cast<long double>(kFactors[i]);
      continue;
    }
    if (bound[i]->is_undefined()) return fail(undefined_error(*bound[i]));
    if (!is_integer_kind(*bound[i]))
      return runtime_failure(fmt::format("unsupported type for timedelta {} component: {}",
                                         std::array{"days", "seconds", "microseconds",
                                                    "milliseconds", "minutes", "hours", "weeks"}[i],
                                         type_name(*bound[i])));
    const std::optional<int64_t> number = integer_in_range(*bound[i]);
    int64_t part = 0;
    if (!number || __builtin_mul_overflow(*number, kFactors[i], &part) ||
        __builtin_add_overflow(exact, part, &exact))
      return runtime_failure("timedelta is too large; it must stay below 106751991 days");
  }
  if (fractional == 0) return make_timedelta(exact);
  return delta_of_float(static_cast<long double>(exact) + fractional);
}

const Method* find_timedelta_class_method(std::string_view /*name*/) { return nullptr; }

}  // namespace sluice::jinja
