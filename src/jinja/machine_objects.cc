// Objects that the machine makes: local macros, `loop`, `self`.
#include "jinja/filter_arguments.h"
#include "jinja/machine.h"

namespace sluice::jinja {

Result<std::optional<Value>> LocalMacro::attribute(std::string_view name) const {
  const Function& code = function();
  if (name == "name") {
    return std::optional<Value>(code.name.empty() ? Value::none() : Value::string(code.name));
  }
  if (name == "arguments") {
    std::vector<Value> names;
    for (uint32_t i = 0; i < code.num_parameters; ++i) {
      names.push_back(Value::string(outer_->program->name_of(code.slot_names[i])));
    }
    return std::optional<Value>(Value::tuple(std::move(names)));
  }
  if (name == "catch_kwargs")
    return std::optional<Value>(Value::boolean(code.kwargs_slot != UINT32_MAX));
  if (name == "catch_varargs")
    return std::optional<Value>(Value::boolean(code.varargs_slot != UINT32_MAX));
  if (name == "caller") {
    return std::optional<Value>(
        Value::boolean(code.caller_slot != UINT32_MAX || code.explicit_caller));
  }
  return std::nullopt;
}

Result<Value> LocalMacro::call(Interpreter& interpreter, const CallArgs& args) {
  return Machine::of(interpreter).call_function(outer_->program, function_, outer_, args);
}

Result<std::string> LocalMacro::repr() const {
  const std::string& name = function().name;
  return name.empty() ? std::string("<Macro anonymous>") : "<Macro '" + name + "'>";
}

const Value* LoopObject::advance() {
  if (taken_ >= items_.size()) return nullptr;
  return &items_[taken_++];
}

Result<std::optional<Value>> LoopObject::attribute(std::string_view name) const {
  auto integer = [](size_t value) {
    return std::optional<Value>(Value::integer(static_cast<int64_t>(value)));
  };
  size_t count = items_.size();
  if (name == "index") return integer(taken_);
  if (name == "index0")
    return std::optional<Value>(Value::integer(static_cast<int64_t>(taken_) - 1));
  if (name == "last") return std::optional<Value>(Value::boolean(taken_ == count));
  if (name == "first") return std::optional<Value>(Value::boolean(taken_ == 1));
  if (name == "length") return integer(count);
  if (name == "revindex") return integer(count - taken_ + 1);
  if (name == "revindex0") return integer(count - taken_);
  if (name == "depth") return integer(depth_ + 1U);
  if (name == "depth0") return integer(depth_);
  if (name == "previtem") {
    return std::optional<Value>(
        taken_ >= 2 ? items_[taken_ - 2]
                    : Value::undefined_with_detail("previtem", "there is no previous item"));
  }
  if (name == "nextitem") {
    return std::optional<Value>(
        taken_ < count ? items_[taken_]
                       : Value::undefined_with_detail("nextitem", "there is no next item"));
  }
  return std::nullopt;
}

Result<std::optional<Value>> LoopObject::call_method(Interpreter& interpreter,
                                                     std::string_view name, const CallArgs& args) {
  if (name == "cycle") {
    SLUICE_ASSIGN(Value value, cycle(args));
    return std::optional<Value>(std::move(value));
  }
  if (name == "changed") return std::optional<Value>(changed(args));
  return Object::call_method(interpreter, name, args);
}

Result<Value> LoopObject::cycle(const CallArgs& args) const {
  if (args.positional.empty()) return runtime_error("no items for cycling given");
  return args.positional[(taken_ + args.positional.size() - 1) % args.positional.size()];
}

Value LoopObject::changed(const CallArgs& args) {
  Value now = Value::tuple({args.positional.begin(), args.positional.end()});
  if (last_changed_ && jinja::equals(*last_changed_, now)) return Value::boolean(false);
  last_changed_ = std::move(now);
  return Value::boolean(true);
}

Result<Value> LoopObject::call(Interpreter& interpreter, const CallArgs& args) {
  if (function_ == 0) {
    return runtime_error(
        "Tried to call non recursive loop.  Maybe you forgot the 'recursive' modifier.");
  }
  if (args.positional.size() != 1 || !args.keyword.empty()) {
    return runtime_error("loop() takes exactly one argument: what to loop over");
  }
  return Machine::of(interpreter).call_loop(outer_, function_, args.positional[0], depth_ + 1);
}

Result<std::string> LoopObject::repr() const {
  return "<LoopContext " + std::to_string(taken_) + "/" + std::to_string(items_.size()) + ">";
}

namespace {

class BlockObject final : public Object {
 public:
  BlockObject(Ref<Frame> root, uint32_t function) : root_(std::move(root)), function_(function) {}
  std::string_view type_name() const override { return "BlockReference"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& /*args*/) override {
    return Machine::of(interpreter).call_block(root_, function_);
  }

 private:
  Ref<Frame> root_;
  uint32_t function_;
};

}  // namespace

Result<std::optional<Value>> SelfObject::attribute(std::string_view name) const {
  for (const DefinedBlock& block : root_->program->blocks) {
    if (block.name == name)
      return std::optional<Value>(Value::object(make_ref<BlockObject>(root_, block.function)));
  }
  return std::nullopt;
}

}  // namespace sluice::jinja
