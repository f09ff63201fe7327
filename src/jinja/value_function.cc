// Host functions as values.
#include <fmt/format.h>

#include "jinja/value.h"

namespace sluice::jinja {
namespace {

using Closure = std::function<Result<Value>(Interpreter&, const CallArgs&)>;

template <typename Function>
class FunctionObject final : public Object {
 public:
  FunctionObject(std::string name, Function function)
      : name_(std::move(name)), function_(std::move(function)) {}
  std::string_view type_name() const override { return "function"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    return function_(interpreter, args);
  }
  Result<std::string> repr() const override { return fmt::format("<function {}>", name_); }

 private:
  std::string name_;
  Function function_;
};

}  // namespace

Value make_function(std::string name, NativeFunction function) {
  return Value::object(make_ref<FunctionObject<NativeFunction>>(std::move(name), function));
}

Value make_closure(std::string name,
                   std::function<Result<Value>(Interpreter&, const CallArgs&)> function) {
  return Value::object(make_ref<FunctionObject<Closure>>(std::move(name), std::move(function)));
}

}  // namespace sluice::jinja
