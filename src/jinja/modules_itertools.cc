// The part of itertools that dbt exposes. Finite iterators are made at once; count(), cycle() and
// repeat() without an end are made piece by piece and refuse to be listed whole.
#include <fmt/format.h>

#include <limits>
#include <memory>

#include "jinja/modules_iterator.h"
#include "jinja/modules_object.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"

namespace sluice::jinja {
namespace {

constexpr size_t kMaxItems = 1'000'000;

// One evaluation is single-threaded, so the position may move while Python iterates a const object.
class IteratorObject final : public Object {
 public:
  IteratorObject(std::string_view name, std::vector<Value> items)
      : name_(name), items_(std::move(items)) {}
  std::string_view type_name() const override { return name_; }
  Result<std::optional<std::vector<Value>>> iterate() const override { return take(items_.size()); }
  std::vector<Value> take(size_t limit) const {
    const size_t end = std::min(items_.size(), next_ + std::min(limit, items_.size()));
    std::vector<Value> taken(items_.begin() + static_cast<std::ptrdiff_t>(next_),
                             items_.begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
    return taken;
  }
  Result<std::string> repr() const override {
    return fmt::format("<{} object at {}>", name_, static_cast<const void*>(this));
  }

 private:
  std::string_view name_;
  std::vector<Value> items_;
  mutable size_t next_ = 0;
};

class EndlessObject final : public Object {
 public:
  EndlessObject(std::string_view name, std::vector<Value> cycle, Value step)
      : name_(name), cycle_(std::move(cycle)), step_(std::move(step)) {}
  std::string_view type_name() const override { return name_; }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    return fail(ErrorCode::kJinjaRuntime, fmt::format("{}() never ends", name_),
                "take a part of it with modules.itertools.islice()");
  }
  Result<std::vector<Value>> take(size_t limit) const {
    std::vector<Value> taken;
    for (size_t i = 0; i < limit; ++i) {
      const size_t place = next_++ % cycle_.size();
      taken.push_back(cycle_[place]);
      if (step_.is_none()) continue;
      SLUICE_ASSIGN(cycle_[place], add(cycle_[place], step_));
    }
    return taken;
  }

 private:
  std::string_view name_;
  mutable std::vector<Value> cycle_;
  Value step_;  // None, or what count() adds each time
  mutable size_t next_ = 0;
};

Result<std::vector<std::vector<Value>>> pools_of(std::span<const Value> iterables) {
  std::vector<std::vector<Value>> pools;
  for (const Value& iterable : iterables) {
    SLUICE_ASSIGN(std::vector<Value> items, iterate(iterable));
    pools.push_back(std::move(items));
  }
  return pools;
}

tl::unexpected<Error> too_many(std::string_view name) {
  return runtime_failure(fmt::format("{}() would make more than {} items", name, kMaxItems));
}

std::vector<Value> pick(const std::vector<Value>& pool, const std::vector<size_t>& indices) {
  std::vector<Value> picked;
  for (const size_t index : indices) picked.push_back(pool[index]);
  return picked;
}

struct SelectionArguments {
  std::vector<Value> pool;
  size_t size = 0;
};

Result<SelectionArguments> selection_arguments(std::string_view name, const CallArgs& args,
                                               bool size_required) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>(name, {std::string_view("iterable"), "r"}, args));
  if (bound[0] == nullptr)
    return runtime_failure(fmt::format("{}() missing required argument 'iterable' (pos 1)", name));
  SelectionArguments result;
  SLUICE_ASSIGN(result.pool, iterate(*bound[0]));
  result.size = result.pool.size();
  if (bound[1] == nullptr || bound[1]->is_none()) {
    if (size_required)
      return runtime_failure(fmt::format("{}() missing required argument 'r' (pos 2)", name));
    return result;
  }
  SLUICE_ASSIGN(const int64_t size, index_argument(*bound[1]));
  if (size < 0) return runtime_failure("r must be non-negative");
  result.size = static_cast<size_t>(size);
  return result;
}

Result<Value> accumulate(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<3>("accumulate", {std::string_view("iterable"), "func", "initial"}, args));
  if (bound[0] == nullptr)
    return runtime_failure("accumulate() missing required argument 'iterable' (pos 1)");
  SLUICE_ASSIGN(const std::vector<Value> items, iterate(*bound[0]));
  std::vector<Value> totals;
  if (bound[2] != nullptr && !bound[2]->is_none()) totals.push_back(*bound[2]);
  for (const Value& item : items) {
    if (totals.empty()) {
      totals.push_back(item);
      continue;
    }
    if (bound[1] == nullptr || bound[1]->is_none()) {
      SLUICE_ASSIGN(Value total, add(totals.back(), item));
      totals.push_back(std::move(total));
      continue;
    }
    const std::array<Value, 2> pair{totals.back(), item};
    SLUICE_ASSIGN(Value total, call(interpreter, *bound[1], CallArgs{pair, {}}));
    totals.push_back(std::move(total));
  }
  return make_iterator("itertools.accumulate", std::move(totals));
}

Result<Value> chain(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto pools, pools_of(args.positional));
  std::vector<Value> items;
  for (const std::vector<Value>& pool : pools) items.insert(items.end(), pool.begin(), pool.end());
  return make_iterator("itertools.chain", std::move(items));
}

Result<Value> chain_from_iterable(Interpreter& interpreter, const CallArgs& args) {
  if (args.positional.size() != 1)
    return runtime_failure(fmt::format(
        "chain.from_iterable() takes exactly one argument ({} given)", args.positional.size()));
  SLUICE_ASSIGN(const std::vector<Value> iterables, iterate(args.positional[0]));
  return chain(interpreter, CallArgs{iterables, {}});
}

// `chain` is callable and has `from_iterable`.
class ChainType final : public Object {
 public:
  std::string_view type_name() const override { return "type"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    return chain(interpreter, args);
  }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name != "from_iterable") return std::nullopt;
    return std::optional<Value>(make_function("from_iterable", chain_from_iterable));
  }
  Result<std::string> repr() const override { return std::string("<class 'itertools.chain'>"); }
};

Result<Value> select(std::string_view name, std::string_view type, const SelectionArguments& wanted,
                     bool repeats) {
  std::vector<Value> found;
  std::vector<size_t> indices(wanted.size);
  for (size_t i = 0; i < wanted.size; ++i) indices[i] = repeats ? 0 : i;
  const size_t pool_size = wanted.pool.size();
  const bool possible = repeats ? pool_size > 0 || wanted.size == 0 : wanted.size <= pool_size;
  while (possible) {
    if (found.size() >= kMaxItems) return too_many(name);
    found.push_back(Value::tuple(pick(wanted.pool, indices)));
    size_t place = wanted.size;
    while (place > 0 &&
           indices[place - 1] == (repeats ? pool_size - 1 : place - 1 + pool_size - wanted.size))
      --place;
    if (place == 0) break;
    const size_t next = ++indices[place - 1];
    for (size_t i = place; i < wanted.size; ++i) indices[i] = repeats ? next : indices[i - 1] + 1;
  }
  return make_iterator(type, std::move(found));
}

Result<Value> combinations(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const SelectionArguments wanted, selection_arguments("combinations", args, true));
  return select("combinations", "itertools.combinations", wanted, false);
}

Result<Value> combinations_with_replacement(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const SelectionArguments wanted,
                selection_arguments("combinations_with_replacement", args, true));
  return select("combinations_with_replacement", "itertools.combinations_with_replacement", wanted,
                true);
}

Result<Value> compress(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("compress", {std::string_view("data"), "selectors"}, args));
  if (bound[0] == nullptr || bound[1] == nullptr)
    return runtime_failure("compress() missing required argument 'selectors' (pos 2)");
  SLUICE_ASSIGN(const std::vector<Value> data, iterate(*bound[0]));
  SLUICE_ASSIGN(const std::vector<Value> selectors, iterate(*bound[1]));
  std::vector<Value> kept;
  for (size_t i = 0; i < std::min(data.size(), selectors.size()); ++i) {
    SLUICE_ASSIGN(const bool keep, truth(selectors[i]));
    if (keep) kept.push_back(data[i]);
  }
  return make_iterator("itertools.compress", std::move(kept));
}

Result<Value> count(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("count", {std::string_view("start"), "step"}, args));
  const Value start = bound[0] == nullptr ? Value::integer(0) : *bound[0];
  const Value step = bound[1] == nullptr ? Value::integer(1) : *bound[1];
  if (!is_number_kind(start) || !is_number_kind(step))
    return runtime_failure("a number is required");
  return Value::object(make_ref<EndlessObject>("itertools.count", std::vector<Value>{start}, step));
}

Result<Value> cycle(Interpreter& /*interpreter*/, const CallArgs& args) {
  if (args.positional.size() != 1)
    return runtime_failure(
        fmt::format("cycle expected 1 argument, got {}", args.positional.size()));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(args.positional[0]));
  if (items.empty()) return make_iterator("itertools.cycle", {});
  return Value::object(make_ref<EndlessObject>("itertools.cycle", std::move(items), Value::none()));
}

Result<size_t> slice_bound(const Value& value, size_t fallback, std::string_view which) {
  if (value.is_none()) return fallback;
  const std::optional<int64_t> number = integer_in_range(value);
  if (!number || *number < 0)
    return runtime_failure(
        fmt::format("{} for islice() must be None or an integer: 0 <= x <= sys.maxsize.", which));
  return static_cast<size_t>(*number);
}

Result<Value> islice(Interpreter& /*interpreter*/, const CallArgs& args) {
  const size_t given = args.positional.size();
  if (given < 2 || given > 4)
    return runtime_failure(fmt::format("islice expected at {} arguments, got {}",
                                       given < 2 ? "least 2" : "most 4", given));
  const Value stop_value = args.positional[given == 2 ? 1 : 2];
  SLUICE_ASSIGN(const size_t start,
                slice_bound(given == 2 ? Value::none() : args.positional[1], 0, "Indices"));
  SLUICE_ASSIGN(const size_t stop, slice_bound(stop_value, kMaxItems, "Stop argument"));
  SLUICE_ASSIGN(const size_t step,
                slice_bound(given == 4 ? args.positional[3] : Value::none(), 1, "Step"));
  if (step == 0) return runtime_failure("Step for islice() must be a positive integer or None.");
  SLUICE_ASSIGN(const std::vector<Value> items, take_items(args.positional[0], stop));
  std::vector<Value> picked;
  for (size_t i = start; i < std::min(stop, items.size()); i += step) picked.push_back(items[i]);
  return make_iterator("itertools.islice", std::move(picked));
}

Result<Value> permutations(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const SelectionArguments wanted, selection_arguments("permutations", args, false));
  std::vector<Value> found;
  const size_t pool_size = wanted.pool.size();
  if (wanted.size > pool_size) return make_iterator("itertools.permutations", {});
  std::vector<size_t> indices;
  std::vector<bool> used(pool_size, false);
  // Depth-first in index order gives Python's order.
  size_t candidate = 0;
  for (;;) {
    if (indices.size() == wanted.size) {
      if (found.size() >= kMaxItems) return too_many("permutations");
      found.push_back(Value::tuple(pick(wanted.pool, indices)));
      candidate = pool_size;
    }
    while (candidate < pool_size && used[candidate]) ++candidate;
    if (candidate < pool_size) {
      used[candidate] = true;
      indices.push_back(candidate);
      candidate = 0;
      continue;
    }
    if (indices.empty()) break;
    candidate = indices.back() + 1;
    used[indices.back()] = false;
    indices.pop_back();
  }
  return make_iterator("itertools.permutations", std::move(found));
}

Result<Value> product(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(std::vector<std::vector<Value>> pools, pools_of(args.positional));
  if (const Value* repeat_value = args.find("repeat")) {
    SLUICE_ASSIGN(const int64_t times, index_argument(*repeat_value));
    if (times < 0) return runtime_failure("repeat argument cannot be negative");
    const std::vector<std::vector<Value>> once = pools;
    pools.clear();
    for (int64_t i = 0; i < std::min<int64_t>(times, 64); ++i)
      pools.insert(pools.end(), once.begin(), once.end());
  }
  std::vector<std::vector<Value>> rows{{}};
  for (const std::vector<Value>& pool : pools) {
    if (rows.size() * std::max<size_t>(pool.size(), 1) > kMaxItems) return too_many("product");
    std::vector<std::vector<Value>> longer;
    for (const std::vector<Value>& row : rows) {
      for (const Value& item : pool) {
        longer.push_back(row);
        longer.back().push_back(item);
      }
    }
    rows = std::move(longer);
  }
  std::vector<Value> found;
  for (std::vector<Value>& row : rows) found.push_back(Value::tuple(std::move(row)));
  return make_iterator("itertools.product", std::move(found));
}

Result<Value> repeat(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("repeat", {std::string_view("object"), "times"}, args));
  if (bound[0] == nullptr)
    return runtime_failure("repeat() missing required argument 'object' (pos 1)");
  if (bound[1] == nullptr)
    return Value::object(
        make_ref<EndlessObject>("itertools.repeat", std::vector<Value>{*bound[0]}, Value::none()));
  SLUICE_ASSIGN(const int64_t times, index_argument(*bound[1]));
  if (times > static_cast<int64_t>(kMaxItems)) return too_many("repeat");
  return make_iterator(
      "itertools.repeat",
      std::vector<Value>(static_cast<size_t>(std::max<int64_t>(times, 0)), *bound[0]));
}

Result<Value> starmap(Interpreter& interpreter, const CallArgs& args) {
  if (args.positional.size() != 2)
    return runtime_failure(
        fmt::format("starmap expected 2 arguments, got {}", args.positional.size()));
  SLUICE_ASSIGN(const auto rows, iterate(args.positional[1]));
  std::vector<Value> made;
  for (const Value& row : rows) {
    SLUICE_ASSIGN(const std::vector<Value> arguments, iterate(row));
    SLUICE_ASSIGN(Value result, call(interpreter, args.positional[0], CallArgs{arguments, {}}));
    made.push_back(std::move(result));
  }
  return make_iterator("itertools.starmap", std::move(made));
}

Result<Value> tee(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("tee", {std::string_view("iterable"), "n"}, args));
  if (bound[0] == nullptr) return runtime_failure("tee expected at least 1 argument, got 0");
  SLUICE_ASSIGN(const std::vector<Value> items, iterate(*bound[0]));
  int64_t copies = 2;
  if (bound[1] != nullptr) {
    SLUICE_ASSIGN(copies, index_argument(*bound[1]));
  }
  if (copies < 0) return runtime_failure("n must be >= 0");
  if (copies > 10'000) return too_many("tee");
  std::vector<Value> made;
  for (int64_t i = 0; i < copies; ++i) made.push_back(make_iterator("itertools._tee", items));
  return Value::tuple(std::move(made));
}

Result<Value> zip_longest(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto pools, pools_of(args.positional));
  const Value* fill = args.find("fillvalue");
  size_t longest = 0;
  for (const std::vector<Value>& pool : pools) longest = std::max(longest, pool.size());
  std::vector<Value> rows;
  for (size_t i = 0; i < longest; ++i) {
    std::vector<Value> row;
    for (const std::vector<Value>& pool : pools)
      row.push_back(i < pool.size() ? pool[i] : (fill == nullptr ? Value::none() : *fill));
    rows.push_back(Value::tuple(std::move(row)));
  }
  return make_iterator("itertools.zip_longest", std::move(rows));
}

}  // namespace

Value make_iterator(std::string_view name, std::vector<Value> items) {
  return Value::object(make_ref<IteratorObject>(name, std::move(items)));
}

Result<std::vector<Value>> take_items(const Value& iterable, size_t limit) {
  if (const auto* endless = iterable.object_as<EndlessObject>()) {
    if (limit >= kMaxItems) return too_many(endless->type_name());
    return endless->take(limit);
  }
  if (const auto* iterator = iterable.object_as<IteratorObject>()) return iterator->take(limit);
  SLUICE_ASSIGN(std::vector<Value> items, iterate(iterable));
  if (items.size() > limit) items.resize(limit);
  return items;
}

Value make_itertools_module() {
  Value module = Value::dict();
  const auto add_function = [&module](const std::string& name, NativeFunction function) {
    module.as_dict().set(name, make_function(name, function));
  };
  add_function("count", count);
  add_function("cycle", cycle);
  add_function("repeat", repeat);
  add_function("accumulate", accumulate);
  module.as_dict().set("chain", Value::object(make_ref<ChainType>()));
  add_function("compress", compress);
  add_function("islice", islice);
  add_function("starmap", starmap);
  add_function("tee", tee);
  add_function("zip_longest", zip_longest);
  add_function("product", product);
  add_function("permutations", permutations);
  add_function("combinations", combinations);
  add_function("combinations_with_replacement", combinations_with_replacement);
  return module;
}

}  // namespace sluice::jinja
