#include "jinja/modules_object.h"

#include <fmt/format.h>

#include "jinja/ops.h"
#include "jinja/value_views.h"

namespace sluice::jinja {

Value ModuleObject::self() const {
  return Value::object(Ref<Object>(const_cast<ModuleObject*>(this)));
}

Result<std::optional<Value>> ModuleObject::attribute(std::string_view name) const {
  if (std::optional<Value> value = field(name)) return value;
  if (method(name) == nullptr) return std::nullopt;
  return std::optional<Value>(make_bound_method(self(), std::string(name)));
}

Result<std::optional<Value>> ModuleObject::call_method(Interpreter& interpreter,
                                                       std::string_view name,
                                                       const CallArgs& args) {
  const Method* found = method(name);
  if (found == nullptr) return Object::call_method(interpreter, name, args);
  SLUICE_ASSIGN(Value result, call_checked(interpreter, self(), *found, args));
  return std::optional<Value>(std::move(result));
}

Result<Value> TypeObject::call(Interpreter& interpreter, const CallArgs& args) {
  return parts_.construct(interpreter, self(), args);
}

Result<std::optional<Value>> TypeObject::call_method(Interpreter& interpreter,
                                                     std::string_view name, const CallArgs& args) {
  SLUICE_ASSIGN(std::optional<Value> result, ModuleObject::call_method(interpreter, name, args));
  if (result || args.positional.empty() || !args.positional[0].is_object()) return result;
  Object& instance = args.positional[0].as_object();
  if (instance.type_name() != parts_.name) return std::nullopt;
  return instance.call_method(interpreter, name,
                              CallArgs{args.positional.subspan(1), args.keyword});
}

Result<std::string> TypeObject::repr() const { return fmt::format("<class '{}'>", parts_.name); }

Value make_modules(std::function<int64_t()> now_unix_micros) {
  const auto clock = std::make_shared<const Clock>(std::move(now_unix_micros));
  Value modules = Value::dict();
  modules.as_dict().set("pytz", make_pytz_module());
  modules.as_dict().set("datetime", make_datetime_module(clock));
  modules.as_dict().set("re", make_re_module());
  modules.as_dict().set("itertools", make_itertools_module());
  return modules;
}

}  // namespace sluice::jinja
