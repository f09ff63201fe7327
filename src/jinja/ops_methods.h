// Tables of the methods of built-in types, found by name in one probe. A table is constexpr and
// immutable: any thread.
//
// Each entry says how Python checks its argument count, so a method body only reads its arguments.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

using MethodFunction = Result<Value> (*)(Interpreter& interpreter, const Value& self,
                                         const CallArgs& args);

// Which of CPython's calling conventions words the error of a wrong argument count.
enum class Arity : uint8_t {
  kNone,        // "str.upper() takes no arguments (1 given)"
  kOne,         // "list.append() takes exactly one argument (0 given)"
  kPositional,  // "replace expected at least 2 arguments, got 1"
  kKeywords,    // positional or by keyword; the method binds them itself
};

struct Method {
  std::string_view name;
  MethodFunction function = nullptr;
  Arity arity = Arity::kNone;
  uint8_t min = 0;
  uint8_t max = 0;
};

constexpr uint8_t kAnyNumber = 255;

template <size_t kNumMethods>
class MethodTable {
 public:
  constexpr explicit MethodTable(const std::array<Method, kNumMethods>& methods)
      : methods_(methods) {
    for (size_t i = 0; i < kNumMethods; ++i) {
      size_t slot = slot_of(methods_[i].name);
      while (slots_[slot] != 0) slot = (slot + 1) % kNumSlots;
      slots_[slot] = static_cast<uint8_t>(i + 1);
    }
  }
  const Method* find(std::string_view name) const {
    for (size_t slot = slot_of(name); slots_[slot] != 0; slot = (slot + 1) % kNumSlots)
      if (methods_[slots_[slot] - 1U].name == name) return &methods_[slots_[slot] - 1U];
    return nullptr;
  }

 private:
  static constexpr size_t kNumSlots = kNumMethods < 32 ? 64 : 256;
  static constexpr size_t slot_of(std::string_view name) {
    uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
    return (hash ^ (hash >> 15U)) % kNumSlots;
  }
  std::array<Method, kNumMethods> methods_;
  std::array<uint8_t, kNumSlots> slots_{};
};

// Null: no such method.
const Method* find_str_method(std::string_view name);
const Method* find_list_method(std::string_view name);
const Method* find_tuple_method(std::string_view name);
const Method* find_dict_method(std::string_view name);
const Method* find_set_method(std::string_view name);
const Method* find_number_method(const Value& self, std::string_view name);
// By the kind of `self`; null for kinds without methods.
const Method* find_method(const Value& self, std::string_view name);

// Calls after checking the argument count.
Result<Value> call_checked(Interpreter& interpreter, const Value& self, const Method& method,
                           const CallArgs& args);

// Binds arguments of a kKeywords method to `names` in order; a missing one is null.
// Errors as CPython words them.
template <size_t kNumNames>
Result<std::array<const Value*, kNumNames>> bind_arguments(
    std::string_view method, const std::array<std::string_view, kNumNames>& names,
    const CallArgs& args);

Status bind_arguments_into(std::string_view method, std::span<const std::string_view> names,
                           const CallArgs& args, std::span<const Value*> bound);

template <size_t kNumNames>
Result<std::array<const Value*, kNumNames>> bind_arguments(
    std::string_view method, const std::array<std::string_view, kNumNames>& names,
    const CallArgs& args) {
  std::array<const Value*, kNumNames> bound{};
  SLUICE_TRY(bind_arguments_into(method, names, args, bound));
  return bound;
}

// Index arguments: an integer (booleans too), clamped to int64. Error: "'str' object cannot be
// interpreted as an integer".
Result<int64_t> index_argument(const Value& value);
// Truth of an optional flag.
Result<bool> flag_argument(const Value* value, bool fallback);

}  // namespace sluice::jinja
