#include "jinja/value.h"

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {

Value Value::undefined(std::string name, UndefinedFlavor flavor) {
  return undefined_with_detail(std::move(name), {}, flavor);
}

Value Value::undefined_with_detail(std::string name, std::string detail, UndefinedFlavor flavor) {
  auto node = make_ref<UndefinedNode>();
  node->name = std::move(name);
  node->detail = std::move(detail);
  node->flavor = flavor;
  return from_node(Kind::kUndefined, node.get());
}

Value Value::boolean(bool value) {
  Value result(Kind::kBool);
  result.payload_.boolean = value;
  return result;
}

Value Value::integer(int64_t value) {
  Value result(Kind::kInt);
  result.payload_.integer = value;
  return result;
}

Value Value::floating(double value) {
  Value result(Kind::kFloat);
  result.payload_.floating = value;
  return result;
}

Value Value::string(std::string text) {
  return from_node(Kind::kString, make_ref<StringNode>(std::move(text)).get());
}

Value Value::markup(std::string text) {
  return from_node(Kind::kMarkup, make_ref<StringNode>(std::move(text)).get());
}

Value Value::list(std::vector<Value> items) {
  auto node = make_ref<ListNode>();
  node->items = std::move(items);
  return from_node(Kind::kList, node.get());
}

Value Value::tuple(std::vector<Value> items) {
  auto node = make_ref<ListNode>();
  node->items = std::move(items);
  return from_node(Kind::kTuple, node.get());
}

Value Value::dict() { return from_node(Kind::kDict, make_ref<Dict>().get()); }

Value Value::set() { return from_node(Kind::kSet, make_ref<Set>().get()); }

Value Value::object(Ref<Object> object) { return from_node(Kind::kObject, object.get()); }

Value Value::from_node(Kind kind, RefCounted* node) {
  Value result(kind);
  result.payload_.node = node;
  if (node != nullptr) node->retain();
  return result;
}

Result<std::optional<Value>> Object::attribute(std::string_view /*name*/) const {
  return std::nullopt;
}

Status Object::set_attribute(std::string_view /*name*/, Value /*value*/) {
  return runtime_failure("cannot assign attribute on non-namespace object");
}

Result<std::optional<Value>> Object::item(const Value& /*key*/) const { return std::nullopt; }

Result<Value> Object::call(Interpreter& /*interpreter*/, const CallArgs& /*args*/) {
  return runtime_failure("'" + std::string(type_name()) + "' object is not callable");
}

Result<std::optional<Value>> Object::call_method(Interpreter& interpreter, std::string_view name,
                                                 const CallArgs& args) {
  SLUICE_ASSIGN(std::optional<Value> member, attribute(name));
  if (!member) return std::nullopt;
  SLUICE_ASSIGN(Value result, jinja::call(interpreter, *member, args));
  return std::optional<Value>(std::move(result));
}

Result<std::string> Object::str() const { return repr(); }

Result<std::string> Object::repr() const { return "<" + std::string(type_name()) + " object>"; }

bool Object::equals(const Value& other) const { return other.identity() == this; }

std::optional<uint64_t> Object::hash() const {
  return hash_integer(static_cast<int64_t>(reinterpret_cast<intptr_t>(this)));
}

}  // namespace sluice::jinja
