// Entering and leaving functions: frames, arguments, captured output.
#include <algorithm>

#include "jinja/filter_arguments.h"
#include "jinja/interpreter_state.h"
#include "jinja/machine.h"

namespace sluice::jinja {

Machine::~Machine() {
  for (const Ref<Frame>& frame : leftover_frames_) frame->slots.clear();
}

Machine& Machine::of(Interpreter& interpreter) { return interpreter.state_->machine; }

Status Machine::open(Activation& activation, const std::shared_ptr<const Program>& program,
                     uint32_t function, const Ref<Frame>& outer) {
  const Function& code = program->functions[function];
  activation.owner = &program;
  activation.program = program.get();
  activation.function = &code;
  activation.outer = outer;
  activation.loops_base = loops_.size();
  activation.captures_base = captures_.size();
  activation.caller = top_;
  size_t num_slots = code.slot_names.size();
  if (code.has_inner) {
    activation.frame = make_ref<Frame>();
    activation.frame->program = program;
    activation.frame->function = &code;
    activation.frame->outer = outer;
    activation.frame->slots.assign(num_slots, missing_value());
    activation.slots = activation.frame->slots.data();
    activation.stack = values_.take(code.max_stack);
  } else {
    activation.slots = values_.take(num_slots + code.max_stack);
    activation.stack = activation.slots + num_slots;
    for (size_t i = 0; i < num_slots; ++i) activation.slots[i] = missing_value();
  }
  top_ = &activation;
  return {};
}

void Machine::close(Activation& activation) {
  top_ = activation.caller;
  size_t num_slots = activation.function->slot_names.size();
  if (activation.frame) {
    values_.give_back(activation.stack, activation.function->max_stack);
    keep_for_later(activation.frame);
  } else {
    values_.give_back(activation.slots, num_slots + activation.function->max_stack);
  }
}

// A macro in a slot of the frame that it refers to is a cycle: cut it. Containers may hide more of
// them; those frames are emptied when the evaluation ends.
void Machine::keep_for_later(const Ref<Frame>& frame) {
  constexpr size_t kMaxFrames = 4096;
  bool suspicious = false;
  for (Value& slot : frame->slots) {
    if (slot.is_object()) {
      auto* closure = slot.object_as<LocalMacro>();
      if (closure != nullptr && closure->outer() == frame.get()) {
        slot = missing_value();
      } else {
        suspicious = true;
      }
    } else if (slot.is_sequence() || slot.is_dict()) {
      suspicious = true;
    }
  }
  if (suspicious && leftover_frames_.size() < kMaxFrames) leftover_frames_.push_back(frame);
}

Status Machine::run_root(const std::shared_ptr<const Program>& program,
                         std::vector<SourceMapEntry>* map, std::vector<Value>* natives) {
  Activation activation;
  activation.map = map;
  activation.natives = natives;
  SLUICE_TRY(open(activation, program, 0, Ref<Frame>()));
  Status status = execute(activation);
  Ref<Frame> frame = activation.frame;
  close(activation);
  if (frame) {
    for (Value& slot : frame->slots) slot = missing_value();
  }
  return status;
}

Status Machine::refill_steps() {
  constexpr int64_t kPiece = 1 << 18;  // a few milliseconds of work between two looks
  const Environment& environment = interpreter_.environment();
  if (environment.cancelled && environment.cancelled->load(std::memory_order_relaxed))
    return fail(ErrorCode::kCancelled, "the run was cancelled");
  steps_reserve += std::min<int64_t>(steps_left + 1, 0);  // the debt that charge() made
  if (steps_reserve <= 0)
    return fail(ErrorCode::kJinjaRuntime, "template runs too long",
                "look for a loop or a macro that never ends");
  steps_left = std::min(steps_reserve, kPiece);
  steps_reserve -= steps_left;
  return {};
}

Result<Value> Machine::captured(Activation& activation, size_t mark) {
  int max_depth = interpreter_.environment().max_depth;
  Status status;
  if (depth >= max_depth) {
    status = fail(ErrorCode::kJinjaRuntime, "maximum recursion depth exceeded",
                  "a macro or loop calls itself more than " + std::to_string(max_depth) + " times");
  } else {
    ++depth;
    status = execute(activation);
    --depth;
  }
  close(activation);
  if (!status) {
    output_.resize(mark);
    return tl::unexpected<Error>(std::move(status.error()));
  }
  Value text = Value::string(std::string_view(output_).substr(mark));
  output_.resize(mark);
  return text;
}

Result<Value> Machine::call_function(const std::shared_ptr<const Program>& program,
                                     uint32_t function, const Ref<Frame>& outer,
                                     const CallArgs& args, const Macro* macro) {
  Activation activation;
  activation.macro = macro;
  size_t mark = output_.size();
  SLUICE_TRY(open(activation, program, function, outer));
  Status bound = bind_arguments(*program, *activation.function, activation.slots, args,
                                interpreter_.environment().undefined);
  if (!bound) {
    close(activation);
    return tl::unexpected<Error>(std::move(bound.error()));
  }
  return captured(activation, mark);
}

Result<Value> Machine::call_block(const Ref<Frame>& root, uint32_t function) {
  Activation activation;
  size_t mark = output_.size();
  SLUICE_TRY(open(activation, root->program, function, root));
  return captured(activation, mark);
}

Result<Value> Machine::call_loop(const Ref<Frame>& outer, uint32_t function, const Value& items,
                                 uint32_t loop_depth) {
  Activation activation;
  size_t mark = output_.size();
  SLUICE_TRY(open(activation, outer->program, function, outer));
  activation.slots[0] = items;
  activation.loop_depth = loop_depth;
  return captured(activation, mark);
}

namespace {

class ArgumentBinder {
 public:
  ArgumentBinder(const Program& program, const Function& function, Value* slots,
                 const CallArgs& args, UndefinedFlavor flavor)
      : program_(program), function_(function), slots_(slots), args_(args), flavor_(flavor) {}

  Status bind() {
    size_t given = std::min<size_t>(args_.positional.size(), function_.num_parameters);
    for (size_t i = 0; i < given; ++i) slots_[i] = args_.positional[i];
    bool caller_named = given == function_.num_parameters && function_.explicit_caller;
    for (size_t i = given; i < function_.num_parameters; ++i) {
      const std::string& name = parameter(i);
      if (name == "caller") caller_named = true;
      if (const Value* value = args_.find(name)) slots_[i] = *value;
    }
    first_keyword_ = given;
    takes_caller_ = function_.caller_slot != UINT32_MAX && !caller_named;
    if (takes_caller_) {
      const Value* caller = args_.find("caller");
      slots_[function_.caller_slot] =
          caller != nullptr ? *caller
                            : Value::undefined_with_detail("caller", "No caller defined", flavor_);
    }
    SLUICE_TRY(bind_keywords());
    return bind_rest();
  }

 private:
  const std::string& parameter(size_t index) const {
    return program_.name_of(function_.slot_names[index]);
  }

  bool is_consumed(std::string_view name) const {
    if (takes_caller_ && name == "caller") return true;
    for (size_t i = first_keyword_; i < function_.num_parameters; ++i) {
      if (parameter(i) == name) return true;
    }
    return false;
  }

  std::string title() const {
    return function_.name.empty() ? "macro None" : "macro '" + function_.name + "'";
  }

  Status bind_keywords() {
    Value rest;
    if (function_.kwargs_slot != UINT32_MAX) rest = Value::dict();
    for (const KeywordArg& keyword : args_.keyword) {
      if (is_consumed(keyword.name)) continue;
      if (rest.is_dict()) {
        rest.as_dict().set(keyword.name, keyword.value);
      } else if (keyword.name == "caller") {
        return runtime_error(title() +
                             " was invoked with two values for the special caller argument. This "
                             "is most likely a bug.");
      } else {
        return runtime_error(title() + " takes no keyword argument '" + std::string(keyword.name) +
                             "'");
      }
    }
    if (rest.is_dict()) slots_[function_.kwargs_slot] = std::move(rest);
    return {};
  }

  Status bind_rest() {
    if (function_.varargs_slot != UINT32_MAX) {
      std::vector<Value> rest;
      for (size_t i = function_.num_parameters; i < args_.positional.size(); ++i)
        rest.push_back(args_.positional[i]);
      slots_[function_.varargs_slot] = Value::tuple(std::move(rest));
    } else if (args_.positional.size() > function_.num_parameters) {
      return runtime_error(title() + " takes not more than " +
                           std::to_string(function_.num_parameters) + " argument(s)");
    }
    return {};
  }

  const Program& program_;
  const Function& function_;
  Value* slots_;
  const CallArgs& args_;
  UndefinedFlavor flavor_;
  size_t first_keyword_ = 0;
  bool takes_caller_ = false;
};

}  // namespace

Status bind_arguments(const Program& program, const Function& function, Value* slots,
                      const CallArgs& args, UndefinedFlavor flavor) {
  return ArgumentBinder(program, function, slots, args, flavor).bind();
}

}  // namespace sluice::jinja
