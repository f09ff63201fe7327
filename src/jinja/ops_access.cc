// Attributes, items, slices and calls: the lookup order of Jinja's sandboxed environment.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/ops_methods.h"
#include "jinja/ops_sandbox.h"
#include "jinja/value_bigint.h"
#include "jinja/value_text.h"
#include "jinja/value_views.h"

namespace sluice::jinja {
namespace {

std::string owner_name(const Value& owner) {
  return owner.is_none() ? std::string("None") : fmt::format("{} object", type_name(owner));
}

Value missing_attribute(const Value& owner, std::string_view name, UndefinedFlavor flavor) {
  return Value::undefined_with_detail(
      std::string(name),
      fmt::format("{} has no attribute {}", string_repr(owner_name(owner)), string_repr(name)),
      flavor);
}

Result<Value> missing_item(const Value& owner, const Value& key, UndefinedFlavor flavor) {
  if (key.is_string()) return missing_attribute(owner, key.as_string(), flavor);
  SLUICE_ASSIGN(const std::string shown, to_repr(key));
  return Value::undefined_with_detail(
      shown, fmt::format("{} has no element {}", owner_name(owner), shown), flavor);
}

// Python's getattr for built-in kinds and objects: data attributes and methods.
Result<std::optional<Value>> python_attribute(const Value& value, std::string_view name) {
  if (value.is_object()) return value.as_object().attribute(name);
  if (const Method* method = find_method(value, name))
    return std::optional<Value>(Value::object(make_ref<BoundMethod>(value, method)));
  if (is_number_kind(value)) {
    if (name == "real" || (name == "numerator" && !value.is_float()))
      return std::optional<Value>(value.is_bool() ? Value::integer(small_integer(value)) : value);
    if (name == "imag")
      return std::optional<Value>(value.is_float() ? Value::floating(0.0) : Value::integer(0));
    if (name == "denominator" && !value.is_float()) return std::optional<Value>(Value::integer(1));
  }
  return std::nullopt;
}

// Where an index from the front or from the back points to; nullopt: outside, or no integer.
std::optional<size_t> position_of(const Value& index, size_t size) {
  const std::optional<int64_t> number = integer_in_range(index);
  if (!number) return std::nullopt;
  const auto count = static_cast<int64_t>(size);
  const int64_t position = *number < 0 ? *number + count : *number;
  if (position < 0 || position >= count) return std::nullopt;
  return static_cast<size_t>(position);
}

std::optional<Value> character_at(const std::string& text, const Value& index) {
  const std::optional<size_t> position = position_of(index, utf8_length(text));
  if (!position) return std::nullopt;
  const size_t start = byte_offset(text, *position);
  size_t end = start;
  next_code_point(text, end);
  return Value::string(text.substr(start, end - start));
}

// Python's obj[key] where the key is there; nullopt for a LookupError or a TypeError, which Jinja
// treats alike.
Result<std::optional<Value>> python_item(const Value& value, const Value& key) {
  switch (value.kind()) {
    case Kind::kDict: {
      const Value* found = value.as_dict().find(key);
      if (found == nullptr) return std::nullopt;
      return std::optional<Value>(*found);
    }
    case Kind::kList:
    case Kind::kTuple: {
      const std::vector<Value>& items = value.as_items();
      const std::optional<size_t> position = position_of(key, items.size());
      if (!position) return std::nullopt;
      return std::optional<Value>(items[*position]);
    }
    case Kind::kString:
    case Kind::kMarkup:
      return character_at(value.as_string(), key);
    case Kind::kObject:
      return value.as_object().item(key);
    default:
      return std::nullopt;
  }
}

Result<Value> undefined_member(const Value& value, std::string_view name, UndefinedFlavor flavor) {
  if (value.as_undefined().flavor == UndefinedFlavor::kCapture) {
    if (name.empty()) return value;
    return Value::undefined(std::string(name), UndefinedFlavor::kCapture);
  }
  if (!value.as_undefined().unsafe && has_hidden_attribute(value, name))
    return unsafe_undefined(value, name, flavor);
  return fail(undefined_error(value));
}

// Slice bounds normalised as PySlice_AdjustIndices does.
struct Range {
  int64_t start;
  int64_t step;
  int64_t count;
};

bool is_slice_bound(const Value& value) { return value.is_none() || is_integer_kind(value); }

int64_t slice_bound(const Value& value, int64_t fallback) {
  if (value.is_none()) return fallback;
  if (const std::optional<int64_t> number = integer_in_range(value)) return *number;
  return bigint_sign(value) < 0 ? std::numeric_limits<int64_t>::min()
                                : std::numeric_limits<int64_t>::max();
}

int64_t clamp_bound(int64_t bound, int64_t size, bool backwards) {
  if (bound < 0) {
    bound = bound < -size ? -1 : bound + size;
    if (bound < 0) bound = backwards ? -1 : 0;
  } else if (bound >= size) {
    bound = backwards ? size - 1 : size;
  }
  return bound;
}

Result<Range> resolve_slice(int64_t size, const Value& start, const Value& stop,
                            const Value& step) {
  constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
  int64_t stride = slice_bound(step, 1);
  if (stride == 0) return runtime_failure("slice step cannot be zero");
  stride = std::max(stride, -kFar);
  const bool backwards = stride < 0;
  int64_t first = slice_bound(start, backwards ? kFar : 0);
  int64_t last = slice_bound(stop, backwards ? -kFar : kFar);
  first = clamp_bound(first, size, backwards);
  last = clamp_bound(last, size, backwards);
  int64_t count = 0;
  if (backwards && last < first)
    count = (first - last - 1) / -stride + 1;
  else if (!backwards && first < last)
    count = (last - first - 1) / stride + 1;
  return Range{first, stride, count};
}

std::string slice_text(const std::string& text, const Range& range, bool ascii) {
  std::string out;
  if (range.count == 0) return out;
  if (ascii) {
    if (range.step == 1)
      return text.substr(static_cast<size_t>(range.start), static_cast<size_t>(range.count));
    for (int64_t i = 0; i < range.count; ++i)
      out.push_back(text[static_cast<size_t>(range.start + i * range.step)]);
    return out;
  }
  const std::u32string codes = decode_text(text);
  for (int64_t i = 0; i < range.count; ++i)
    append_code_point(codes[static_cast<size_t>(range.start + i * range.step)], out);
  return out;
}

Result<Value> slice_items(const Value& value, const std::vector<Value>& items, const Value& start,
                          const Value& stop, const Value& step) {
  SLUICE_ASSIGN(const Range range,
                resolve_slice(static_cast<int64_t>(items.size()), start, stop, step));
  std::vector<Value> picked;
  picked.reserve(static_cast<size_t>(range.count));
  for (int64_t i = 0; i < range.count; ++i)
    picked.push_back(items[static_cast<size_t>(range.start + i * range.step)]);
  return value.is_tuple() ? Value::tuple(std::move(picked)) : Value::list(std::move(picked));
}

}  // namespace

Result<Value> get_attribute(const Value& value, std::string_view name, UndefinedFlavor flavor) {
  if (value.is_undefined()) return undefined_member(value, name, flavor);
  const bool hidden = !name.empty() && name.front() == '_';
  if (hidden) {
    if (has_hidden_attribute(value, name)) return unsafe_undefined(value, name, flavor);
    if (value.is_object()) {
      SLUICE_ASSIGN(const std::optional<Value> member, value.as_object().attribute(name));
      if (member) return unsafe_undefined(value, name, flavor);
    }
  } else {
    SLUICE_ASSIGN(std::optional<Value> member, python_attribute(value, name));
    if (member) return std::move(*member);
  }
  if (value.is_dict()) {
    const Value* found = value.as_dict().find(name);
    if (found != nullptr) return *found;
  } else if (value.is_object()) {
    SLUICE_ASSIGN(std::optional<Value> item, value.as_object().item(Value::string(name)));
    if (item) return std::move(*item);
  }
  return missing_attribute(value, name, flavor);
}

Result<Value> get_item(const Value& value, const Value& key, UndefinedFlavor flavor) {
  if (value.is_undefined()) return undefined_member(value, {}, flavor);
  SLUICE_ASSIGN(std::optional<Value> item, python_item(value, key));
  if (item) return std::move(*item);
  if (key.is_string()) {
    const std::string& name = key.as_string();
    SLUICE_ASSIGN(std::optional<Value> member, python_attribute(value, name));
    const bool hidden = !name.empty() && name.front() == '_';
    if (hidden && (member || has_hidden_attribute(value, name)))
      return unsafe_undefined(value, name, flavor);
    if (member) return std::move(*member);
  }
  return missing_item(value, key, flavor);
}

Result<Value> slice(const Value& value, const Value& start, const Value& stop, const Value& step) {
  if (!is_slice_bound(start) || !is_slice_bound(stop) || !is_slice_bound(step))
    return runtime_failure("slice indices must be integers or None or have an __index__ method");
  switch (value.kind()) {
    case Kind::kString:
    case Kind::kMarkup: {
      const std::string& text = value.as_string();
      const bool ascii = is_ascii(text);
      const auto size = static_cast<int64_t>(ascii ? text.size() : utf8_length(text));
      SLUICE_ASSIGN(const Range range, resolve_slice(size, start, stop, step));
      std::string part = slice_text(text, range, ascii);
      return value.kind() == Kind::kMarkup ? Value::markup(std::move(part))
                                           : Value::string(std::move(part));
    }
    case Kind::kList:
    case Kind::kTuple:
      return slice_items(value, value.as_items(), start, stop, step);
    case Kind::kUndefined:
      return undefined_member(value, {}, value.as_undefined().flavor);
    case Kind::kObject:
      if (value.as_object().is_sequence()) {
        SLUICE_ASSIGN(const auto items, value.as_object().iterate());
        if (items) return slice_items(value, *items, start, stop, step);
      }
      break;
    default:
      break;
  }
  if (value.is_dict()) return runtime_failure("unhashable type: 'slice'");
  return runtime_failure(fmt::format("'{}' object is not subscriptable", type_name(value)));
}

Result<std::optional<Value>> call_method(Interpreter& interpreter, const Value& self,
                                         std::string_view name, const CallArgs& args) {
  if (self.is_object()) {
    if (!name.empty() && name.front() == '_') return std::nullopt;
    return self.as_object().call_method(interpreter, name, args);
  }
  if (self.is_undefined()) {
    if (self.as_undefined().flavor == UndefinedFlavor::kCapture) return std::optional<Value>(self);
    if (!name.empty() && name.front() == '_') return std::nullopt;
    return fail(undefined_error(self));
  }
  const Method* method = find_method(self, name);
  if (method == nullptr) return std::nullopt;
  SLUICE_ASSIGN(Value result, call_checked(interpreter, self, *method, args));
  return std::optional<Value>(std::move(result));
}

Result<Value> call(Interpreter& interpreter, const Value& callee, const CallArgs& args) {
  if (callee.is_object()) return callee.as_object().call(interpreter, args);
  if (callee.is_undefined()) {
    if (callee.as_undefined().flavor == UndefinedFlavor::kCapture) return callee;
    return fail(undefined_error(callee));
  }
  return runtime_failure(fmt::format("'{}' object is not callable", type_name(callee)));
}

}  // namespace sluice::jinja
