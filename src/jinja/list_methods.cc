// Methods of list and tuple.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/list_methods.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/ops_methods.h"
#include "jinja/stable_order.h"

namespace sluice::jinja {
namespace {

size_t insert_position(int64_t index, size_t size) {
  const auto signed_size = static_cast<int64_t>(size);
  if (index < 0) index = std::max<int64_t>(0, index + signed_size);
  return static_cast<size_t>(std::min(index, signed_size));
}

Result<Value> list_append(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  self.as_items().push_back(args.positional[0]);
  return Value::none();
}

Result<Value> list_clear(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  self.as_items().clear();
  return Value::none();
}

Result<Value> list_copy(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::list(self.as_items());
}

Result<Value> sequence_count(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  const auto& items = self.as_items();
  const auto total = std::count_if(items.begin(), items.end(), [&args](const Value& item) {
    return equals(item, args.positional[0]);
  });
  return Value::integer(total);
}

Result<Value> list_extend(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(std::vector<Value> items, iterate(args.positional[0]));
  auto& mine = self.as_items();
  mine.insert(mine.end(), std::make_move_iterator(items.begin()),
              std::make_move_iterator(items.end()));
  return Value::none();
}

Result<Value> sequence_index(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  const auto& items = self.as_items();
  size_t start = 0;
  size_t stop = items.size();
  if (args.positional.size() > 1) {
    SLUICE_ASSIGN(const int64_t bound, index_argument(args.positional[1]));
    start = insert_position(bound, items.size());
  }
  if (args.positional.size() > 2) {
    SLUICE_ASSIGN(const int64_t bound, index_argument(args.positional[2]));
    stop = insert_position(bound, items.size());
  }
  for (size_t i = start; i < stop; ++i)
    if (equals(items[i], args.positional[0])) return Value::integer(static_cast<int64_t>(i));
  if (self.is_tuple()) return runtime_failure("tuple.index(x): x not in tuple");
  SLUICE_ASSIGN(const std::string shown, to_repr(args.positional[0]));
  return runtime_failure(shown + " is not in list");
}

Result<Value> list_insert(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t index, index_argument(args.positional[0]));
  auto& items = self.as_items();
  const Value item = args.positional[1];
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(insert_position(index, items.size())),
               item);
  return Value::none();
}

Result<Value> list_pop(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  int64_t index = -1;
  if (!args.positional.empty()) {
    SLUICE_ASSIGN(index, index_argument(args.positional[0]));
  }
  auto& items = self.as_items();
  if (items.empty()) return runtime_failure("pop from empty list");
  const auto size = static_cast<int64_t>(items.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return runtime_failure("pop index out of range");
  Value item = std::move(items[static_cast<size_t>(index)]);
  items.erase(items.begin() + index);
  return item;
}

Result<Value> list_remove(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  auto& items = self.as_items();
  const auto found = std::find_if(items.begin(), items.end(), [&args](const Value& item) {
    return equals(item, args.positional[0]);
  });
  if (found == items.end()) return runtime_failure("list.remove(x): x not in list");
  items.erase(found);
  return Value::none();
}

Result<Value> list_reverse(Interpreter& /*interpreter*/, const Value& self,
                           const CallArgs& /*args*/) {
  std::reverse(self.as_items().begin(), self.as_items().end());
  return Value::none();
}

Result<Value> list_sort(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  if (!args.positional.empty()) return runtime_failure("sort() takes no positional arguments");
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("sort", {std::string_view("key"), "reverse"}, args));
  SLUICE_ASSIGN(const bool reverse, flag_argument(bound[1], false));
  std::vector<Value> keys;
  if (bound[0] != nullptr && !bound[0]->is_none()) {
    for (const Value& item : self.as_items()) {
      SLUICE_ASSIGN(Value key, call(interpreter, *bound[0], CallArgs{{&item, 1}, {}}));
      keys.push_back(std::move(key));
    }
  }
  std::vector<Value> items = self.as_items();
  SLUICE_TRY(sort_values(items, keys, reverse));
  self.as_items() = std::move(items);
  return Value::none();
}

constexpr MethodTable kListMethods(std::to_array<Method>({
    {"append", list_append, Arity::kOne},
    {"clear", list_clear, Arity::kNone},
    {"copy", list_copy, Arity::kNone},
    {"count", sequence_count, Arity::kOne},
    {"extend", list_extend, Arity::kOne},
    {"index", sequence_index, Arity::kPositional, 1, 3},
    {"insert", list_insert, Arity::kPositional, 2, 2},
    {"pop", list_pop, Arity::kPositional, 0, 1},
    {"remove", list_remove, Arity::kOne},
    {"reverse", list_reverse, Arity::kNone},
    {"sort", list_sort, Arity::kKeywords},
}));

constexpr MethodTable kTupleMethods(std::to_array<Method>({
    {"count", sequence_count, Arity::kOne},
    {"index", sequence_index, Arity::kPositional, 1, 3},
}));

}  // namespace

const Method* find_list_method(std::string_view name) { return kListMethods.find(name); }
const Method* find_tuple_method(std::string_view name) { return kTupleMethods.find(name); }

Status sort_values(std::vector<Value>& items, const std::vector<Value>& keys, bool reverse) {
  const std::vector<Value>& by = keys.empty() ? items : keys;
  std::optional<Error> failure;
  // A merge sort keeps going after a failed comparison without harm: every order is acceptable to
  // it.
  const auto is_less = [&failure](const Value& a, const Value& b) {
    if (failure) return false;
    Result<int> order_of = compare(a, b);
    if (!order_of) {
      failure = std::move(order_of.error());
      return false;
    }
    return *order_of < 0;
  };
  std::vector<size_t> order = stable_order(items.size(), [&](size_t a, size_t b) {
    return reverse ? is_less(by[b], by[a]) : is_less(by[a], by[b]);
  });
  if (failure) return fail(std::move(*failure));
  std::vector<Value> sorted;
  sorted.reserve(items.size());
  for (size_t position : order) sorted.push_back(items[position]);
  items = std::move(sorted);
  return {};
}

}  // namespace sluice::jinja
