#include "jinja/ops_sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "jinja/numbers.h"
#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

// Sorted. dir(object) of Python 3.11.
constexpr std::array kOnEverything = std::to_array<std::string_view>(
    {"__class__",   "__delattr__", "__dir__",           "__doc__",         "__eq__",
     "__format__",  "__ge__",      "__getattribute__",  "__getstate__",    "__gt__",
     "__hash__",    "__init__",    "__init_subclass__", "__le__",          "__lt__",
     "__ne__",      "__new__",     "__reduce__",        "__reduce_ex__",   "__repr__",
     "__setattr__", "__sizeof__",  "__str__",           "__subclasshook__"});

constexpr std::array kOnNumbers = std::to_array<std::string_view>(
    {"__abs__",   "__add__",      "__bool__",       "__ceil__", "__divmod__",  "__float__",
     "__floor__", "__floordiv__", "__getnewargs__", "__int__",  "__mod__",     "__mul__",
     "__neg__",   "__pos__",      "__pow__",        "__radd__", "__rdivmod__", "__rfloordiv__",
     "__rmod__",  "__rmul__",     "__round__",      "__rpow__", "__rsub__",    "__rtruediv__",
     "__sub__",   "__truediv__",  "__trunc__"});

constexpr std::array kOnIntegersOnly = std::to_array<std::string_view>(
    {"__and__", "__index__", "__invert__", "__lshift__", "__or__", "__rand__", "__rlshift__",
     "__ror__", "__rrshift__", "__rshift__", "__rxor__", "__xor__"});

constexpr std::array kOnContainers =
    std::to_array<std::string_view>({"__add__", "__contains__", "__getitem__", "__getnewargs__",
                                     "__iter__", "__len__", "__mul__", "__rmul__"});

constexpr std::array kOnMutableContainers = std::to_array<std::string_view>(
    {"__class_getitem__", "__delitem__", "__iadd__", "__imul__", "__ior__", "__or__",
     "__reversed__", "__ror__", "__setitem__"});

constexpr std::array kOnObjects = std::to_array<std::string_view>(
    {"__annotations__", "__builtins__", "__call__",     "__closure__",    "__code__",
     "__contains__",    "__defaults__", "__dict__",     "__func__",       "__get__",
     "__getitem__",     "__globals__",  "__iter__",     "__kwdefaults__", "__len__",
     "__module__",      "__name__",     "__qualname__", "__self__",       "__weakref__"});

template <size_t kSize>
bool includes(const std::array<std::string_view, kSize>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace

bool has_hidden_attribute(const Value& value, std::string_view name) {
  if (name.size() < 5 || name.substr(0, 2) != "__") return false;
  if (includes(kOnEverything, name)) return true;
  if (is_number_kind(value))
    return includes(kOnNumbers, name) || (!value.is_float() && includes(kOnIntegersOnly, name));
  if (value.is_object()) return includes(kOnObjects, name);
  if (value.is_string())
    return includes(kOnContainers, name) || name == "__mod__" || name == "__rmod__";
  if (value.is_none()) return name == "__bool__";
  if (value.is_undefined()) return true;
  return includes(kOnContainers, name) || includes(kOnMutableContainers, name);
}

Value unsafe_undefined(const Value& owner, std::string_view name, UndefinedFlavor flavor) {
  auto node = make_ref<UndefinedNode>();
  node->name = std::string(name);
  node->detail =
      fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, type_name(owner));
  node->flavor = flavor;
  node->unsafe = true;
  return Value::from_node(Kind::kUndefined, node.get());
}

}  // namespace sluice::jinja
