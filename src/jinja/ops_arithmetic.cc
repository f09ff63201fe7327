// Binary and unary operators: numbers first, then sequences, strings, sets and objects.
#include <fmt/format.h>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {
namespace {

constexpr size_t kMaxRepeatedBytes = size_t{1} << 28U;

std::string_view symbol_of(Arithmetic op) {
  switch (op) {
    case Arithmetic::kAdd:
      return "+";
    case Arithmetic::kSub:
      return "-";
    case Arithmetic::kMul:
      return "*";
    case Arithmetic::kDiv:
      return "/";
    case Arithmetic::kFloorDiv:
      return "//";
    case Arithmetic::kMod:
      return "%";
    case Arithmetic::kPow:
      return "** or pow()";
  }
  return "?";
}

Object::BinaryOp object_op(Arithmetic op) {
  switch (op) {
    case Arithmetic::kAdd:
      return Object::BinaryOp::kAdd;
    case Arithmetic::kSub:
      return Object::BinaryOp::kSub;
    case Arithmetic::kMul:
      return Object::BinaryOp::kMul;
    case Arithmetic::kDiv:
      return Object::BinaryOp::kDiv;
    case Arithmetic::kFloorDiv:
      return Object::BinaryOp::kFloorDiv;
    case Arithmetic::kMod:
      return Object::BinaryOp::kMod;
    case Arithmetic::kPow:
      return Object::BinaryOp::kPow;
  }
  return Object::BinaryOp::kAdd;
}

// What is left when neither side is a number pair or a built-in sequence: objects, undefined, the
// type error.
Result<Value> other_binary(Arithmetic op, const Value& a, const Value& b) {
  if (a.is_undefined()) return fail(undefined_error(a));
  if (b.is_undefined()) return fail(undefined_error(b));
  if (a.is_object()) {
    SLUICE_ASSIGN(std::optional<Value> result, a.as_object().binary(object_op(op), b, false));
    if (result) return std::move(*result);
  }
  if (b.is_object()) {
    SLUICE_ASSIGN(std::optional<Value> result, b.as_object().binary(object_op(op), a, true));
    if (result) return std::move(*result);
  }
  return runtime_failure(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'",
                                     symbol_of(op), type_name(a), type_name(b)));
}

Result<Value> arithmetic(Arithmetic op, const Value& a, const Value& b) {
  if (is_number_kind(a) && is_number_kind(b)) return number_arithmetic(op, a, b);
  return other_binary(op, a, b);
}

Value concatenated(const Value& a, const Value& b) {
  std::string text;
  text.reserve(a.as_string().size() + b.as_string().size());
  text.append(a.as_string()).append(b.as_string());
  if (a.kind() == Kind::kMarkup || b.kind() == Kind::kMarkup) return Value::markup(std::move(text));
  return Value::string(std::move(text));
}

std::vector<Value> joined(const std::vector<Value>& a, const std::vector<Value>& b) {
  std::vector<Value> items;
  items.reserve(a.size() + b.size());
  items.insert(items.end(), a.begin(), a.end());
  items.insert(items.end(), b.begin(), b.end());
  return items;
}

bool is_repeatable(const Value& value) { return value.is_string() || value.is_sequence(); }

Result<Value> repeat(const Value& sequence, const Value& times) {
  if (!is_integer_kind(times))
    return runtime_failure(
        fmt::format("can't multiply sequence by non-int of type '{}'", type_name(times)));
  const std::optional<int64_t> wanted = integer_in_range(times);
  if (!wanted && bigint_sign(times) > 0)
    return runtime_failure("cannot fit 'int' into an index-sized integer");
  const auto count = static_cast<size_t>(wanted && *wanted > 0 ? *wanted : 0);
  const size_t unit = sequence.is_string() ? sequence.as_string().size()
                                           : sequence.as_items().size() * sizeof(Value);
  if (unit != 0 && count > kMaxRepeatedBytes / unit)
    return runtime_failure("out of memory: result of '*' is too large");
  if (sequence.is_string()) {
    const std::string_view piece = sequence.as_string();
    std::string text;
    text.reserve(unit * count);
    if (unit == 1) {
      text.assign(count, piece.front());
    } else {
      for (size_t i = 0; i < count; ++i) text += piece;
    }
    return sequence.kind() == Kind::kMarkup ? Value::markup(std::move(text))
                                            : Value::string(std::move(text));
  }
  std::vector<Value> items;
  items.reserve(sequence.as_items().size() * count);
  for (size_t i = 0; i < count; ++i)
    items.insert(items.end(), sequence.as_items().begin(), sequence.as_items().end());
  return sequence.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

Value set_difference(const Set& a, const Set& b) {
  Value result = Value::set();
  for (const Dict::Entry& entry : a.entries())
    if (!b.contains(entry.key)) result.as_set().add(entry.key);
  return result;
}

}  // namespace

Result<Value> add(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) {
    int64_t sum = 0;
    if (!__builtin_add_overflow(a.as_int(), b.as_int(), &sum)) return Value::integer(sum);
  }
  if (a.is_string() && b.is_string()) return concatenated(a, b);
  if (a.is_list() && b.is_list()) return Value::list(joined(a.as_items(), b.as_items()));
  if (a.is_tuple() && b.is_tuple()) return Value::tuple(joined(a.as_items(), b.as_items()));
  const bool is_concatenation = a.is_string() || a.is_sequence();
  if (is_concatenation && !b.is_object() && !b.is_undefined()) {
    const std::string_view name = a.is_string() ? "str" : type_name(a);
    return runtime_failure(
        fmt::format("can only concatenate {} (not \"{}\") to {}", name, type_name(b), name));
  }
  return arithmetic(Arithmetic::kAdd, a, b);
}

Result<Value> subtract(const Value& a, const Value& b) {
  if (a.is_set() && b.is_set()) return set_difference(a.as_set(), b.as_set());
  return arithmetic(Arithmetic::kSub, a, b);
}

Result<Value> multiply(const Value& a, const Value& b) {
  if (is_number_kind(a) && is_number_kind(b)) return number_arithmetic(Arithmetic::kMul, a, b);
  if (is_repeatable(a) && !b.is_undefined() && !b.is_object()) return repeat(a, b);
  if (is_repeatable(b) && !a.is_undefined() && !a.is_object()) return repeat(b, a);
  return other_binary(Arithmetic::kMul, a, b);
}

Result<Value> divide(const Value& a, const Value& b) { return arithmetic(Arithmetic::kDiv, a, b); }

Result<Value> floor_divide(const Value& a, const Value& b) {
  return arithmetic(Arithmetic::kFloorDiv, a, b);
}

Result<Value> modulo(const Value& a, const Value& b) {
  if (a.is_string()) {
    // Undefined.__rmod__ is asked before str.__mod__ only for subclasses; str formats it as ''.
    SLUICE_ASSIGN(std::string text, percent_format(a.as_string(), b));
    return Value::string(std::move(text));
  }
  return arithmetic(Arithmetic::kMod, a, b);
}

Result<Value> power(const Value& a, const Value& b) { return arithmetic(Arithmetic::kPow, a, b); }

Result<Value> negate(const Value& a) {
  if (a.is_float()) return Value::floating(-a.as_float());
  if (is_integer_kind(a)) return number_arithmetic(Arithmetic::kSub, Value::integer(0), a);
  if (a.is_undefined()) return fail(undefined_error(a));
  if (a.is_object()) {
    SLUICE_ASSIGN(std::optional<Value> result,
                  a.as_object().binary(Object::BinaryOp::kMul, Value::integer(-1), false));
    if (result) return std::move(*result);
  }
  return runtime_failure(fmt::format("bad operand type for unary -: '{}'", type_name(a)));
}

Result<Value> positive(const Value& a) {
  if (a.is_bool()) return Value::integer(small_integer(a));
  if (is_number_kind(a)) return a;
  if (a.is_undefined()) return fail(undefined_error(a));
  if (a.is_object()) {
    SLUICE_ASSIGN(std::optional<Value> result,
                  a.as_object().binary(Object::BinaryOp::kMul, Value::integer(1), false));
    if (result) return std::move(*result);
  }
  return runtime_failure(fmt::format("bad operand type for unary +: '{}'", type_name(a)));
}

}  // namespace sluice::jinja
