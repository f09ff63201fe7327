#include <algorithm>

#include "jinja/filter_arguments.h"
#include "jinja/globals.h"
#include "jinja/interpreter_state.h"
#include "jinja/native.h"
#include "jinja/template.h"

namespace sluice::jinja {

Interpreter::Interpreter(const Environment& environment, const Scope& scope)
    : state_(std::make_unique<State>(*this, environment, scope)) {
  state_->machine.steps_reserve = environment.max_steps > 0 ? environment.max_steps : INT64_MAX;
}

Interpreter::~Interpreter() = default;

const Environment& Interpreter::environment() const { return state_->environment; }
const Scope& Interpreter::scope() const { return *state_->scope; }

const Scope* Interpreter::swap_scope(const Scope* scope) {
  const Scope* before = state_->scope;
  state_->scope = scope;
  return before;
}

const std::vector<MacroFrame>& Interpreter::macro_stack() const { return state_->macro_stack; }

uint32_t Interpreter::current_line() const {
  const Activation* top = state_->machine.top();
  return top == nullptr ? 0 : top->line();
}

Error Interpreter::unwind_return(Value value) {
  state_->machine.unwind_value = std::move(value);
  return Error(ErrorCode::kJinjaReturn, "return");
}

namespace {

// A `return` that no macro took is a mistake in the template.
Error finish_error(Error error, const Template& tmpl) {
  if (error.code() == ErrorCode::kJinjaReturn) {
    Error outside(ErrorCode::kJinjaRuntime, "return() is called outside of a macro");
    outside.set_hint("print the value instead, or move the code into a macro");
    outside.locate({tmpl.name});
    return outside;
  }
  return error;
}

}  // namespace

namespace {

// The program to run for a template: the second compilation when macros must keep their names.
Result<std::shared_ptr<const Program>> program_for(
    const Template& tmpl, const Environment& environment,
    std::unordered_map<const Program*, std::shared_ptr<const Program>>& cache) {
  if (!environment.plain_jinja || !tmpl.program->renames_macros) return tmpl.program;
  auto& plain = cache[tmpl.program.get()];
  if (!plain) {
    // The final newline is gone from the normalised text already; give one back for it to be
    // dropped again.
    SLUICE_ASSIGN(plain, compile_program(tmpl.program->text + "\n",
                                         {tmpl.program->file, tmpl.program->first_line, true}));
  }
  return plain;
}

}  // namespace

Result<std::string> Interpreter::render(const Template& tmpl, std::vector<SourceMapEntry>* map) {
  SLUICE_ASSIGN(auto program, program_for(tmpl, state_->environment, state_->plain_programs));
  Machine& machine = state_->machine;
  size_t mark = machine.output().size();
  if (mark == 0) machine.output().reserve(program->text.size() + 256);
  Status status = machine.run_root(program, map, nullptr);
  if (!status) {
    machine.output().resize(mark);
    return fail(finish_error(std::move(status.error()), tmpl));
  }
  if (mark == 0) return std::exchange(machine.output(), std::string());
  std::string text = machine.output().substr(mark);
  machine.output().resize(mark);
  return text;
}

Result<Value> Interpreter::render_native(const Template& tmpl) {
  SLUICE_ASSIGN(auto program, program_for(tmpl, state_->environment, state_->plain_programs));
  std::vector<Value> parts;
  Machine& machine = state_->machine;
  size_t mark = machine.output().size();
  Status status = machine.run_root(program, nullptr, &parts);
  machine.output().resize(mark);
  if (!status) return fail(finish_error(std::move(status.error()), tmpl));
  return join_native(parts);
}

Result<Value> Interpreter::call_macro(const Macro& macro, const CallArgs& args) {
  Machine& machine = state_->machine;
  uint32_t call_line = current_line();
  state_->macro_stack.push_back({&macro, call_line});
  const Program& program = *macro.program;
  uint32_t function = program.macros.front().function;
  Ref<Frame> root;
  if (program.functions[function].reads_outer) {
    root = make_ref<Frame>();
    root->program = macro.program;
    root->function = program.functions.data();
    root->slots.assign(program.functions.front().slot_names.size(), missing_value());
  }
  Result<Value> result = machine.call_function(macro.program, function, root, args, &macro);
  state_->macro_stack.pop_back();
  if (result) return result;
  if (result.error().code() == ErrorCode::kJinjaReturn) return std::move(machine.unwind_value);
  return result;
}

namespace {

class MacroObject final : public Object {
 public:
  explicit MacroObject(std::shared_ptr<const Macro> macro) : macro_(std::move(macro)) {}
  std::string_view type_name() const override { return "MacroGenerator"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    return interpreter.call_macro(*macro_, args);
  }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "name") return std::optional<Value>(Value::string(macro_->name));
    return std::nullopt;
  }
  Result<std::string> repr() const override { return "<Macro '" + macro_->name + "'>"; }

 private:
  std::shared_ptr<const Macro> macro_;
};

}  // namespace

Value make_macro_value(std::shared_ptr<const Macro> macro) {
  return Value::object(make_ref<MacroObject>(std::move(macro)));
}

}  // namespace sluice::jinja
