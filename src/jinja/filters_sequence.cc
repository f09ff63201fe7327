// Filters on sequences as a whole.
#include <algorithm>
#include <random>

#include "base/clock.h"
#include "jinja/attribute_path.h"
#include "jinja/filter_arguments.h"
#include "jinja/filters_groups.h"
#include "jinja/generator_object.h"
#include "jinja/template.h"

namespace sluice::jinja::filters {

namespace {

Value nothing(Interpreter& interpreter, std::string_view detail) {
  return Value::undefined_with_detail("", std::string(detail), interpreter.environment().undefined);
}

bool is_reversible(const Value& value) { return !value.is_object() || length(value).has_value(); }

}  // namespace

Result<Value> length(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("len", args, {}));
  SLUICE_ASSIGN(size_t count, jinja::length(self));
  return Value::integer(static_cast<int64_t>(count));
}

Result<Value> first(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("first", args, {}));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  return items.empty() ? nothing(interpreter, "No first item, sequence was empty.") : items.front();
}

Result<Value> last(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("last", args, {}));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  if (self.is_set() || !is_reversible(self)) {
    return runtime_error("'" + std::string(type_name(self)) + "' object is not reversible");
  }
  return items.empty() ? nothing(interpreter, "No last item, sequence was empty.") : items.back();
}

Result<Value> random(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("random", args, {}));
  SLUICE_ASSIGN(size_t count, jinja::length(self));
  if (count == 0) return nothing(interpreter, "No random item, sequence was empty.");
  std::mt19937_64 generator(random_seed());
  const size_t index = std::uniform_int_distribution<size_t>(0, count - 1)(generator);
  return get_item(self, Value::integer(static_cast<int64_t>(index)),
                  interpreter.environment().undefined);
}

Result<Value> list(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("list", args, {}));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  return Value::list(std::move(items));
}

Result<Value> items(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("items", args, {}));
  if (self.is_undefined()) return make_generator({});
  bool mapping = self.is_dict() || (self.is_object() && self.as_object().is_mapping());
  if (!mapping) return runtime_error("Can only get item pairs from a mapping.");
  SLUICE_ASSIGN(std::optional<Value> pairs, call_method(interpreter, self, "items", {}));
  if (!pairs) return runtime_error("Can only get item pairs from a mapping.");
  SLUICE_ASSIGN(std::vector<Value> values, iterate(*pairs));
  return make_generator(std::move(values));
}

Result<Value> reverse(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("reverse", args, {}));
  SLUICE_ASSIGN(std::vector<Value> values, iterate(self));
  std::reverse(values.begin(), values.end());
  if (!self.is_string()) return make_generator(std::move(values), "list_reverseiterator");
  std::string text;
  for (const Value& character : values) text += character.as_string();
  return Value::string(std::move(text));
}

Result<Value> join(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("join", args, {"d", "attribute"}));
  SLUICE_ASSIGN(std::string joint, bound.text(0, ""));
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(bound.value(1)));
  SLUICE_ASSIGN(std::vector<Value> values, iterate(self));
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i != 0) out += joint;
    SLUICE_ASSIGN(Value part, path.get(interpreter, values[i]));
    SLUICE_TRY(append_str(part, out));
  }
  return Value::string(std::move(out));
}

Result<Value> batch(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("batch", args, {"linecount", "fill_with"}, 1));
  SLUICE_ASSIGN(int64_t size, bound.integer(0, 1));
  SLUICE_ASSIGN(std::vector<Value> values, iterate(self));
  std::vector<Value> rows;
  std::vector<Value> row;
  for (Value& value : values) {
    if (static_cast<int64_t>(row.size()) == size)
      rows.push_back(Value::list(std::exchange(row, {})));
    row.push_back(std::move(value));
  }
  if (!row.empty()) {
    constexpr int64_t kMaxFill = 100000;
    if (!bound.value(1).is_none()) {
      while (static_cast<int64_t>(row.size()) < std::min(size, kMaxFill))
        row.push_back(bound.value(1));
    }
    rows.push_back(Value::list(std::move(row)));
  }
  return make_generator(std::move(rows));
}

Result<Value> slice(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("slice", args, {"slices", "fill_with"}, 1));
  SLUICE_ASSIGN(int64_t slices, bound.integer(0, 1));
  SLUICE_ASSIGN(std::vector<Value> values, iterate(self));
  if (slices == 0) return runtime_error("integer division or modulo by zero");
  if (slices < 0) return make_generator({});
  constexpr int64_t kMaxSlices = 100000;
  if (slices > kMaxSlices) return runtime_error("cannot make more than 100000 slices");
  auto count = static_cast<size_t>(slices);
  size_t each = values.size() / count;
  size_t longer = values.size() % count;
  std::vector<Value> rows;
  size_t offset = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t start = offset + i * each;
    if (i < longer) ++offset;
    size_t end = offset + (i + 1) * each;
    std::vector<Value> row(values.begin() + static_cast<std::ptrdiff_t>(start),
                           values.begin() + static_cast<std::ptrdiff_t>(end));
    if (!bound.value(1).is_none() && i >= longer) row.push_back(bound.value(1));
    rows.push_back(Value::list(std::move(row)));
  }
  return make_generator(std::move(rows));
}

}  // namespace sluice::jinja::filters
