// Filters on numbers and single values.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "jinja/filter_arguments.h"
#include "jinja/filters_groups.h"
#include "jinja/native.h"
#include "jinja/stable_order.h"
#include "jinja/template.h"

namespace sluice::jinja::filters {

namespace {

bool is_number(const Value& value) {
  return value.is_int() || value.is_float() || value.is_bool() || value.kind() == Kind::kBigInt;
}

double number_of(const Value& value) {
  if (value.is_float()) return value.as_float();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (value.is_int()) return static_cast<double>(value.as_int());
  auto text = to_str(value);
  return text ? std::strtod(text->c_str(), nullptr) : 0;
}

// Using an undefined as a number is its own error.
Status reject_undefined(const Value& value) {
  if (!value.is_undefined()) return {};
  auto result = add(value, Value::integer(0));
  if (!result) return tl::unexpected<Error>(std::move(result.error()));
  return {};
}

// A float without its fraction as an integer of any size; nullopt for infinities and NaN.
std::optional<Value> truncated(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  double whole = std::trunc(number);
  if (std::abs(whole) < 9.0e18) return Value::integer(static_cast<int64_t>(whole));
  std::array<char, 400> digits{};
  int length = std::snprintf(digits.data(), digits.size(), "%.0f", whole);
  return parse_int(std::string_view(digits.data(), static_cast<size_t>(length)));
}

// round(number, precision) to the nearest, ties by the exact binary value as Python does.
double round_to(double number, int64_t precision) {
  if (!std::isfinite(number) || precision > 300) return number;
  if (precision >= 0) {
    std::array<char, 700> digits{};
    std::snprintf(digits.data(), digits.size(), "%.*f", static_cast<int>(precision), number);
    return std::strtod(digits.data(), nullptr);
  }
  double unit = std::pow(10.0, static_cast<double>(-precision));
  return std::nearbyint(number / unit) * unit;
}

Result<Value> round_integer(const Value& self, int64_t precision) {
  if (precision >= 0) return self.is_bool() ? Value::integer(self.as_bool() ? 1 : 0) : self;
  SLUICE_ASSIGN(Value unit, power(Value::integer(10), Value::integer(-precision)));
  SLUICE_ASSIGN(Value quotient, floor_divide(self, unit));
  SLUICE_ASSIGN(Value rest, modulo(self, unit));
  SLUICE_ASSIGN(Value twice, multiply(rest, Value::integer(2)));
  SLUICE_ASSIGN(int order, compare(twice, unit));
  bool up = order > 0;
  if (order == 0) {
    SLUICE_ASSIGN(Value odd, modulo(quotient, Value::integer(2)));
    up = equals(odd, Value::integer(1));
  }
  if (up) {
    SLUICE_ASSIGN(quotient, add(quotient, Value::integer(1)));
  }
  return multiply(quotient, unit);
}

}  // namespace

Result<Value> abs(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("abs", args, {}));
  if (!is_number(self))
    return runtime_error("bad operand type for abs(): '" + std::string(type_name(self)) + "'");
  if (self.is_float()) return Value::floating(std::fabs(self.as_float()));
  SLUICE_ASSIGN(int sign, compare(self, Value::integer(0)));
  return sign < 0 ? negate(self) : positive(self);
}

Result<Value> round(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("round", args, {"precision", "method"}));
  SLUICE_ASSIGN(int64_t precision, bound.integer(0, 0));
  SLUICE_ASSIGN(std::string method, bound.text(1, "common"));
  if (method != "common" && method != "ceil" && method != "floor") {
    return runtime_error("method must be common, ceil or floor");
  }
  if (!is_number(self)) {
    return runtime_error("type " + std::string(type_name(self)) +
                         " doesn't define __round__ method");
  }
  if (method == "common") {
    if (!self.is_float()) return round_integer(self, precision);
    return Value::floating(round_to(self.as_float(), precision));
  }
  double unit = std::pow(10.0, static_cast<double>(precision));
  double scaled = number_of(self) * unit;
  return Value::floating((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / unit);
}

namespace {

Result<Value> base_argument(const BoundArguments& bound, int& base) {
  SLUICE_ASSIGN(int64_t number, bound.integer(1, 10));
  base = number >= 0 && number <= 36 ? static_cast<int>(number) : 10;
  return Value::none();
}

}  // namespace

Result<Value> to_int(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("int", args, {"default", "base"}));
  int base = 10;
  SLUICE_TRY(base_argument(bound, base));
  Value otherwise = bound.has(0) ? bound.value(0) : Value::integer(0);
  SLUICE_TRY(reject_undefined(self));
  if (self.is_string()) {
    if (auto value = parse_int(self.as_string(), base)) return std::move(*value);
    auto number = parse_float(self.as_string());
    auto whole = number ? truncated(*number) : std::nullopt;
    return whole ? std::move(*whole) : otherwise;
  }
  if (self.is_float()) return truncated(self.as_float()).value_or(otherwise);
  if (self.is_bool()) return Value::integer(self.as_bool() ? 1 : 0);
  if (is_number(self)) return self;
  if (self.is_object()) {  // decimals print as numbers
    SLUICE_ASSIGN(std::string text, to_str(self));
    auto number = type_name(self) == "Decimal" ? parse_float(text) : std::nullopt;
    auto whole = number ? truncated(*number) : std::nullopt;
    if (whole) return std::move(*whole);
  }
  return otherwise;
}

Result<Value> to_float(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("float", args, {"default"}));
  Value otherwise = bound.has(0) ? bound.value(0) : Value::floating(0);
  SLUICE_TRY(reject_undefined(self));
  if (is_number(self)) return Value::floating(number_of(self));
  if (self.is_string() || (self.is_object() && type_name(self) == "Decimal")) {
    SLUICE_ASSIGN(std::string text, to_str(self));
    if (auto number = parse_float(text)) return Value::floating(*number);
  }
  return otherwise;
}

Result<Value> filesizeformat(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("filesizeformat", args, {"binary"}));
  SLUICE_ASSIGN(bool binary, bound.flag(0, false));
  static constexpr std::string_view kDecimal[] = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  static constexpr std::string_view kBinary[] = {"KiB", "MiB", "GiB", "TiB",
                                                 "PiB", "EiB", "ZiB", "YiB"};
  SLUICE_TRY(reject_undefined(self));
  Value failed = Value::none();
  KeywordArg no_default{"default", failed};
  SLUICE_ASSIGN(Value number, to_float(interpreter, self, {{}, {&no_default, 1}}));
  if (number.is_none()) {
    SLUICE_ASSIGN(std::string shown, to_repr(self));
    return runtime_error("could not convert string to float: " + shown);
  }
  double bytes = number.as_float();
  double base = binary ? 1024 : 1000;
  if (bytes == 1) return Value::string("1 Byte");
  if (bytes < base) return Value::string(std::to_string(static_cast<int64_t>(bytes)) + " Bytes");
  double unit = base;
  size_t index = 0;
  while (index + 1 < std::size(kDecimal) && bytes >= unit * base) {
    unit *= base;
    ++index;
  }
  SLUICE_ASSIGN(std::string text, percent_format("%.1f ", Value::floating(bytes / unit)));
  return Value::string(text + std::string(binary ? kBinary[index] : kDecimal[index]));
}

Result<Value> attr(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("attr", args, {"name"}, 1));
  SLUICE_ASSIGN(std::string name, bound.text(0, ""));
  UndefinedFlavor flavor = interpreter.environment().undefined;
  static constexpr std::string_view kDictMethods[] = {"clear",      "copy",   "fromkeys", "get",
                                                      "items",      "keys",   "pop",      "popitem",
                                                      "setdefault", "update", "values"};
  // Only attributes: an item of a dict is not one.
  if (self.is_dict() &&
      std::find(std::begin(kDictMethods), std::end(kDictMethods), name) == std::end(kDictMethods) &&
      !name.starts_with("_")) {
    return Value::undefined_with_detail(name, "'dict object' has no attribute '" + name + "'",
                                        flavor);
  }
  return get_attribute(self, name, flavor);
}

Result<Value> default_value(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("default", args, {"default_value", "boolean"}));
  SLUICE_ASSIGN(bool boolean, bound.flag(1, false));
  bool use_default = self.is_undefined();
  if (!use_default && boolean) {
    SLUICE_ASSIGN(bool yes, truth(self));
    use_default = !yes;
  }
  if (!use_default) return self;
  return bound.has(0) ? bound.value(0) : Value::string("");
}

namespace {

// Python's pprint: on one line when it fits in 80 columns, else one item a line.
Status pretty(const Value& value, size_t indent, size_t after, std::string& out) {
  constexpr size_t kWidth = 80;
  SLUICE_ASSIGN(std::string flat, to_repr(value));
  bool container = value.is_dict() || value.is_sequence();
  if (!container || flat.size() + indent + after <= kWidth) {
    out += flat;
    return {};
  }
  std::string separator = ",\n" + std::string(indent + 1, ' ');
  bool is_first = true;
  if (value.is_dict()) {
    out += '{';
    for (const Dict::Entry& entry : value.as_dict().entries()) {
      SLUICE_ASSIGN(std::string key, to_repr(entry.key));
      out += (is_first ? "" : separator) + key + ": ";
      SLUICE_TRY(pretty(entry.value, indent + key.size() + 3, after + 1, out));
      is_first = false;
    }
    out += '}';
    return {};
  }
  out += value.is_list() ? '[' : '(';
  for (const Value& item : value.as_items()) {
    if (!is_first) out += separator;
    SLUICE_TRY(pretty(item, indent + 1, after + 1, out));
    is_first = false;
  }
  if (value.is_tuple() && value.as_items().size() == 1) out += ',';
  out += value.is_list() ? ']' : ')';
  return {};
}

// pprint sorts the keys of dicts.
Value with_sorted_keys(const Value& value) {
  if (value.is_sequence()) {
    std::vector<Value> items;
    for (const Value& item : value.as_items()) items.push_back(with_sorted_keys(item));
    return value.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
  }
  if (!value.is_dict()) return value;
  const std::vector<Dict::Entry>& entries = value.as_dict().entries();
  std::vector<size_t> order = stable_order(entries.size(), [&](size_t a, size_t b) {
    auto result = compare(entries[a].key, entries[b].key);
    return result && *result < 0;
  });
  Value sorted = Value::dict();
  for (size_t index : order) {
    sorted.as_dict().set(entries[index].key, with_sorted_keys(entries[index].value));
  }
  return sorted;
}

Result<Value> mark(Interpreter& interpreter, NativeMark kind, const Value& self,
                   const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("as_native", args, {}));
  if (!interpreter.environment().native) return self;
  SLUICE_ASSIGN(std::string text, to_str(self));
  return mark_native(kind, std::move(text));
}

}  // namespace

Result<Value> pprint(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("pprint", args, {}));
  std::string out;
  SLUICE_TRY(pretty(with_sorted_keys(self), 0, 0, out));
  return Value::string(std::move(out));
}

Result<Value> as_text(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return mark(interpreter, NativeMark::kText, self, args);
}

Result<Value> as_native(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return mark(interpreter, NativeMark::kNative, self, args);
}

Result<Value> as_bool(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return mark(interpreter, NativeMark::kBool, self, args);
}

Result<Value> as_number(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return mark(interpreter, NativeMark::kNumber, self, args);
}

}  // namespace sluice::jinja::filters
