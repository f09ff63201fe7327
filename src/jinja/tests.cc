// The tests of `is`, under all their names.
#include <algorithm>
#include <iterator>

#include "jinja/ast.h"
#include "jinja/filter_arguments.h"
#include "jinja/filters.h"
#include "jinja/template.h"

namespace sluice::jinja {

namespace {

#define SLUICE_TEST(name) \
  Result<bool> name(Interpreter& interpreter, const Value& self, const CallArgs& args)
#define SLUICE_UNUSED static_cast<void>(interpreter), static_cast<void>(args)

Status no_arguments(const CallArgs& args) {
  auto bound = BoundArguments::bind("test", args, {});
  if (!bound) return fail(std::move(bound.error()));
  return {};
}

Result<Value> one_argument(const CallArgs& args, std::string_view test) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind(test, args, {"other"}, 1));
  return bound.value(0);
}

template <bool (*Check)(const Value&)>
Result<bool> simple(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(no_arguments(args));
  return Check(self);
}

bool is_defined(const Value& value) { return !value.is_undefined(); }
bool is_undefined(const Value& value) { return value.is_undefined(); }
bool is_none(const Value& value) { return value.is_none(); }
bool is_boolean(const Value& value) { return value.is_bool(); }
bool is_true(const Value& value) { return value.is_bool() && value.as_bool(); }
bool is_false(const Value& value) { return value.is_bool() && !value.as_bool(); }
bool is_integer(const Value& value) { return value.is_int() || value.kind() == Kind::kBigInt; }
bool is_float(const Value& value) { return value.is_float(); }
bool is_number(const Value& value) {
  return is_integer(value) || value.is_float() || value.is_bool() || type_name(value) == "Decimal";
}
bool is_string(const Value& value) { return value.is_string(); }
bool is_escaped(const Value& value) { return value.kind() == Kind::kMarkup; }
bool is_mapping(const Value& value) {
  return value.is_dict() || (value.is_object() && value.as_object().is_mapping());
}
bool is_callable(const Value& value) {
  return value.is_undefined() || (value.is_object() && value.as_object().callable());
}
bool is_iterable(const Value& value) {
  if (value.is_object()) {
    auto items = value.as_object().length();
    if (items || value.as_object().is_mapping() || value.as_object().is_sequence()) return true;
    auto all = value.as_object().iterate();
    return all && all->has_value();
  }
  return value.is_undefined() || value.is_string() || value.is_sequence() || value.is_dict() ||
         value.is_set();
}
// Has a length and items by key.
bool is_sequence(const Value& value) {
  if (value.is_object()) return value.as_object().is_sequence() || value.as_object().is_mapping();
  return value.is_undefined() || value.is_string() || value.is_sequence() || value.is_dict();
}

SLUICE_TEST(is_generator_safe_iterable) {
  SLUICE_TRY(no_arguments(args));
  static_cast<void>(interpreter);
  // Asking a generator for its items would use them up.
  if (self.is_object() &&
      (type_name(self) == "generator" || type_name(self) == "list_reverseiterator"))
    return true;
  return is_iterable(self);
}

Result<bool> remainder_is(const Value& self, const Value& divisor, int64_t rest) {
  SLUICE_ASSIGN(Value result, modulo(self, divisor));
  return equals(result, Value::integer(rest));
}

SLUICE_TEST(odd) {
  static_cast<void>(interpreter);
  SLUICE_TRY(no_arguments(args));
  return remainder_is(self, Value::integer(2), 1);
}

SLUICE_TEST(even) {
  static_cast<void>(interpreter);
  SLUICE_TRY(no_arguments(args));
  return remainder_is(self, Value::integer(2), 0);
}

SLUICE_TEST(divisibleby) {
  static_cast<void>(interpreter);
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("divisibleby", args, {"num"}, 1));
  return remainder_is(self, bound.value(0), 0);
}

SLUICE_TEST(in) {
  static_cast<void>(interpreter);
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("in", args, {"seq"}, 1));
  return contains(bound.value(0), self);
}

SLUICE_TEST(sameas) {
  static_cast<void>(interpreter);
  SLUICE_ASSIGN(Value other, one_argument(args, "sameas"));
  if (self.kind() != other.kind()) return false;
  if (self.identity() != nullptr || other.identity() != nullptr) {
    bool text = self.is_string() || self.is_undefined();  // equal literals are one object in Python
    return self.identity() == other.identity() || (text && equals(self, other));
  }
  return equals(self, other);
}

SLUICE_TEST(equal) {
  static_cast<void>(interpreter);
  SLUICE_ASSIGN(Value other, one_argument(args, "eq"));
  return equals(self, other);
}

SLUICE_TEST(not_equal) {
  static_cast<void>(interpreter);
  SLUICE_ASSIGN(Value other, one_argument(args, "ne"));
  return !equals(self, other);
}

template <CompareOperator Operator>
Result<bool> ordered(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(Value other, one_argument(args, "compare"));
  SLUICE_ASSIGN(const int order, compare(self, other, kCompareText[static_cast<size_t>(Operator)]));
  return is_ordered(Operator, order);
}

Result<bool> text_predicate(Interpreter& interpreter, const Value& self, std::string_view method) {
  SLUICE_ASSIGN(std::string text, to_str(self));
  SLUICE_ASSIGN(std::optional<Value> result,
                call_method(interpreter, Value::string(std::move(text)), method, {}));
  SLUICE_CHECK(result.has_value());
  return truth(*result);
}

SLUICE_TEST(lower) {
  SLUICE_TRY(no_arguments(args));
  return text_predicate(interpreter, self, "islower");
}

SLUICE_TEST(upper) {
  SLUICE_TRY(no_arguments(args));
  return text_predicate(interpreter, self, "isupper");
}

SLUICE_TEST(names_filter) {
  SLUICE_UNUSED;
  return self.is_string() && find_filter(self.as_string()).has_value();
}

SLUICE_TEST(names_test) {
  SLUICE_UNUSED;
  return self.is_string() && find_test(self.as_string()).has_value();
}

#undef SLUICE_TEST
#undef SLUICE_UNUSED

// Sorted by name.
constexpr Test kTests[] = {
    {"!=", not_equal},
    {"<", ordered<CompareOperator::kLt>},
    {"<=", ordered<CompareOperator::kLe>},
    {"==", equal},
    {">", ordered<CompareOperator::kGt>},
    {">=", ordered<CompareOperator::kGe>},
    {"boolean", simple<is_boolean>},
    {"callable", simple<is_callable>},
    {"defined", simple<is_defined>},
    {"divisibleby", divisibleby},
    {"eq", equal},
    {"equalto", equal},
    {"escaped", simple<is_escaped>},
    {"even", even},
    {"false", simple<is_false>},
    {"filter", names_filter},
    {"float", simple<is_float>},
    {"ge", ordered<CompareOperator::kGe>},
    {"greaterthan", ordered<CompareOperator::kGt>},
    {"gt", ordered<CompareOperator::kGt>},
    {"in", in},
    {"integer", simple<is_integer>},
    {"iterable", is_generator_safe_iterable},
    {"le", ordered<CompareOperator::kLe>},
    {"lessthan", ordered<CompareOperator::kLt>},
    {"lower", lower},
    {"lt", ordered<CompareOperator::kLt>},
    {"mapping", simple<is_mapping>},
    {"ne", not_equal},
    {"none", simple<is_none>},
    {"number", simple<is_number>},
    {"odd", odd},
    {"sameas", sameas},
    {"sequence", simple<is_sequence>},
    {"string", simple<is_string>},
    {"test", names_test},
    {"true", simple<is_true>},
    {"undefined", simple<is_undefined>},
    {"upper", upper},
};

}  // namespace

std::optional<uint32_t> find_test(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kTests), std::end(kTests), name,
                       [](const Test& test, std::string_view key) { return test.name < key; });
  if (found == std::end(kTests) || found->name != name) return std::nullopt;
  return static_cast<uint32_t>(found - std::begin(kTests));
}

const Test& test_at(uint32_t index) { return kTests[index]; }

std::vector<std::string> test_names() {
  std::vector<std::string> names;
  for (const Test& test : kTests) names.emplace_back(test.name);
  return names;
}

}  // namespace sluice::jinja
