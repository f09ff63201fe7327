#include "jinja/set_methods.h"

#include <algorithm>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/ops_methods.h"

namespace sluice::jinja {
namespace {

Value copy_set(const Set& set) {
  Value result = Value::set();
  for (const Dict::Entry& entry : set.entries()) result.as_set().add(entry.key);
  return result;
}

// A set argument as it is, any other iterable as a new set.
Result<Value> as_set_value(const Value& source) {
  if (source.is_set()) return source;
  return make_set(source);
}

Status add_all(Set& set, const CallArgs& args) {
  for (const Value& source : args.positional) {
    SLUICE_ASSIGN(const std::vector<Value> items, iterate(source));
    for (const Value& item : items) {
      SLUICE_TRY(hash_or_error(item));
      set.add(item);
    }
  }
  return {};
}

// The items of `self` that every (keep) or no (!keep) argument holds.
Result<Value> filtered(const Value& self, const CallArgs& args, bool keep) {
  Value result = copy_set(self.as_set());
  for (const Value& source : args.positional) {
    SLUICE_ASSIGN(const Value other, as_set_value(source));
    Value next = Value::set();
    for (const Dict::Entry& entry : result.as_set().entries())
      if (other.as_set().contains(entry.key) == keep) next.as_set().add(entry.key);
    result = std::move(next);
  }
  return result;
}

Result<Value> symmetric(const Value& self, const Value& source) {
  SLUICE_ASSIGN(const Value other, as_set_value(source));
  Value result = Value::set();
  for (const Dict::Entry& entry : self.as_set().entries())
    if (!other.as_set().contains(entry.key)) result.as_set().add(entry.key);
  for (const Dict::Entry& entry : other.as_set().entries())
    if (!self.as_set().contains(entry.key)) result.as_set().add(entry.key);
  return result;
}

void become(const Value& self, const Value& result) {
  Set& mine = self.as_set();
  mine.clear();
  for (const Dict::Entry& entry : result.as_set().entries()) mine.add(entry.key);
}

bool holds_all(const Set& whole, const Set& part) {
  return std::all_of(part.entries().begin(), part.entries().end(),
                     [&whole](const Dict::Entry& entry) { return whole.contains(entry.key); });
}

Result<Value> set_add(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(hash_or_error(args.positional[0]));
  self.as_set().add(args.positional[0]);
  return Value::none();
}

Result<Value> set_clear(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  self.as_set().clear();
  return Value::none();
}

Result<Value> set_copy(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return copy_set(self.as_set());
}

Result<Value> set_discard(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(hash_or_error(args.positional[0]));
  self.as_set().erase(args.positional[0]);
  return Value::none();
}

Result<Value> set_remove(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(hash_or_error(args.positional[0]));
  if (self.as_set().erase(args.positional[0])) return Value::none();
  SLUICE_ASSIGN(const std::string shown, to_repr(args.positional[0]));
  return runtime_failure("KeyError: " + shown);
}

Result<Value> set_pop(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  Set& set = self.as_set();
  if (set.size() == 0) return runtime_failure("KeyError: 'pop from an empty set'");
  Value item = set.entries().front().key;
  set.erase(item);
  return item;
}

Result<Value> set_union(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  Value result = copy_set(self.as_set());
  SLUICE_TRY(add_all(result.as_set(), args));
  return result;
}

Result<Value> set_update(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(add_all(self.as_set(), args));
  return Value::none();
}

Result<Value> set_intersection(Interpreter& /*interpreter*/, const Value& self,
                               const CallArgs& args) {
  return filtered(self, args, true);
}

Result<Value> set_intersection_update(Interpreter& /*interpreter*/, const Value& self,
                                      const CallArgs& args) {
  SLUICE_ASSIGN(const Value result, filtered(self, args, true));
  become(self, result);
  return Value::none();
}

Result<Value> set_difference(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  return filtered(self, args, false);
}

Result<Value> set_difference_update(Interpreter& /*interpreter*/, const Value& self,
                                    const CallArgs& args) {
  SLUICE_ASSIGN(const Value result, filtered(self, args, false));
  become(self, result);
  return Value::none();
}

Result<Value> set_symmetric_difference(Interpreter& /*interpreter*/, const Value& self,
                                       const CallArgs& args) {
  return symmetric(self, args.positional[0]);
}

Result<Value> set_symmetric_difference_update(Interpreter& /*interpreter*/, const Value& self,
                                              const CallArgs& args) {
  SLUICE_ASSIGN(const Value result, symmetric(self, args.positional[0]));
  become(self, result);
  return Value::none();
}

Result<Value> set_isdisjoint(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  SLUICE_ASSIGN(const Value other, as_set_value(args.positional[0]));
  const auto& entries = other.as_set().entries();
  return Value::boolean(std::none_of(entries.begin(), entries.end(), [&self](const auto& entry) {
    return self.as_set().contains(entry.key);
  }));
}

Result<Value> set_issubset(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const Value other, as_set_value(args.positional[0]));
  return Value::boolean(holds_all(other.as_set(), self.as_set()));
}

Result<Value> set_issuperset(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  SLUICE_ASSIGN(const Value other, as_set_value(args.positional[0]));
  return Value::boolean(holds_all(self.as_set(), other.as_set()));
}

constexpr MethodTable kSetMethods(std::to_array<Method>({
    {"add", set_add, Arity::kOne},
    {"clear", set_clear, Arity::kNone},
    {"copy", set_copy, Arity::kNone},
    {"difference", set_difference, Arity::kPositional, 0, kAnyNumber},
    {"difference_update", set_difference_update, Arity::kPositional, 0, kAnyNumber},
    {"discard", set_discard, Arity::kOne},
    {"intersection", set_intersection, Arity::kPositional, 0, kAnyNumber},
    {"intersection_update", set_intersection_update, Arity::kPositional, 0, kAnyNumber},
    {"isdisjoint", set_isdisjoint, Arity::kOne},
    {"issubset", set_issubset, Arity::kOne},
    {"issuperset", set_issuperset, Arity::kOne},
    {"pop", set_pop, Arity::kNone},
    {"remove", set_remove, Arity::kOne},
    {"symmetric_difference", set_symmetric_difference, Arity::kOne},
    {"symmetric_difference_update", set_symmetric_difference_update, Arity::kOne},
    {"union", set_union, Arity::kPositional, 0, kAnyNumber},
    {"update", set_update, Arity::kPositional, 0, kAnyNumber},
}));

}  // namespace

const Method* find_set_method(std::string_view name) { return kSetMethods.find(name); }

Result<Value> make_set(const Value& source) {
  SLUICE_ASSIGN(const std::vector<Value> items, iterate(source));
  Value result = Value::set();
  for (const Value& item : items) {
    SLUICE_TRY(hash_or_error(item));
    result.as_set().add(item);
  }
  return result;
}

}  // namespace sluice::jinja
