// Machine: runs the bytecode of one evaluation. Owned by an Interpreter; one thread.
//
// All output of an evaluation goes to one string; a capture (macro, set block) is a mark in it, and
// what stands behind the mark is cut off when the capture ends. Slots and operands live in chunks
// that never move, so arguments are passed as views of the stack. A function with functions inside
// keeps its slots in a counted Frame, as they may outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jinja/program.h"
#include "jinja/template.h"
#include "jinja/value.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {

class LoopObject;

// What a slot holds before anything is assigned to it.
inline Value missing_value() { return Value::from_node(Kind::kUndefined, nullptr); }
inline bool is_missing(const Value& value) {
  return value.is_undefined() && value.identity() == nullptr;
}

// Slots that functions inside can reach.
struct Frame final : RefCounted {
  std::shared_ptr<const Program> program;
  const Function* function = nullptr;
  std::vector<Value> slots;
  Ref<Frame> outer;
};

// Values in chunks with stable addresses, taken and given back like a stack.
class ValueStack {
 public:
  Value* take(size_t count);
  void give_back(Value* values, size_t count);

 private:
  struct Chunk {
    std::unique_ptr<Value[]> values;
    size_t size;
    size_t used;
  };
  std::vector<Chunk> chunks_;
  size_t current_ = 0;
};

// One running function.
struct Activation {
  const std::shared_ptr<const Program>* owner = nullptr;
  const Program* program = nullptr;
  const Function* function = nullptr;
  Value* slots = nullptr;
  Value* stack = nullptr;
  Ref<Frame> frame;  // when the function has inner ones
  Ref<Frame> outer;
  uint32_t pc = 0;
  uint32_t loop_depth = 0;  // of a recursive loop
  size_t loops_base = 0;
  size_t captures_base = 0;
  Activation* caller = nullptr;
  const Macro* macro = nullptr;           // null for the top level and for macros inside a template
  std::vector<Value>* natives = nullptr;  // native rendering collects here instead of printing
  std::vector<SourceMapEntry>* map = nullptr;

  uint32_t offset() const;  // into the text
  uint32_t line() const;
};

// A loop that is running: the items, or the `loop` object that holds them.
struct RunningLoop {
  std::vector<Value> items;
  size_t next = 0;
  Ref<LoopObject> object;
};

class Machine {
 public:
  explicit Machine(Interpreter& interpreter) : interpreter_(interpreter) {}
  ~Machine();

  // Runs the top level of a program; output is appended to output().
  Status run_root(const std::shared_ptr<const Program>& program, std::vector<SourceMapEntry>* map,
                  std::vector<Value>* natives);
  // Calls a macro function and gives what it printed.
  Result<Value> call_function(const std::shared_ptr<const Program>& program, uint32_t function,
                              const Ref<Frame>& outer, const CallArgs& args,
                              const Macro* macro = nullptr);
  // Runs a function without parameters (a block), or a recursive loop over `items`.
  Result<Value> call_block(const Ref<Frame>& root, uint32_t function);
  Result<Value> call_loop(const Ref<Frame>& outer, uint32_t function, const Value& items,
                          uint32_t depth);

  std::string& output() { return output_; }
  Activation* top() const { return top_; }
  Interpreter& interpreter() { return interpreter_; }
  static Machine& of(Interpreter& interpreter);
  static auto& state_of(Interpreter& interpreter) { return *interpreter.state_; }
  int depth = 0;              // nested calls
  int64_t steps_left = 0;     // instructions before refill_steps() is asked
  int64_t steps_reserve = 0;  // instructions that it may still hand out
  // An instruction that reads or makes a large value counts as many, so that a limit on steps is
  // one on time.
  void charge(const Value& value) {
    const size_t size = value.is_string()               ? value.as_string().size()
                        : value.is_sequence()           ? value.as_items().size() * sizeof(Value)
                        : value.kind() == Kind::kBigInt ? bigint_bit_length(value)
                                                        : 0;
    constexpr size_t kFree = 256;
    constexpr size_t kPerStep = 16;
    if (size > kFree) steps_left -= static_cast<int64_t>(size / kPerStep);
  }
  // Hands out the next instructions. Errors: kCancelled, or the limit of Environment::max_steps.
  Status refill_steps();
  Value unwind_value;  // what return(…) carries

 private:
  friend class Execution;
  Status open(Activation& activation, const std::shared_ptr<const Program>& program,
              uint32_t function, const Ref<Frame>& outer);
  void close(Activation& activation);
  Status execute(Activation& activation);
  Result<Value> captured(Activation& activation, size_t mark);
  void keep_for_later(const Ref<Frame>& frame);

  Interpreter& interpreter_;
  std::string output_;
  ValueStack values_;
  std::vector<RunningLoop> loops_;
  std::vector<size_t> captures_;
  Activation* top_ = nullptr;
  std::vector<Ref<Frame>>
      leftover_frames_;  // may be part of cycles; emptied when the evaluation ends
};

// Puts arguments into the slots of a macro function, with Jinja's rules and messages.
Status bind_arguments(const Program& program, const Function& function, Value* slots,
                      const CallArgs& args, UndefinedFlavor flavor);

// Puts place and excerpt on an error that has none.
void locate_error(Error& error, const Activation& activation);

// A macro defined inside a template, with the variables around it.
class LocalMacro final : public Object {
 public:
  LocalMacro(Ref<Frame> outer, uint32_t function) : outer_(std::move(outer)), function_(function) {}
  std::string_view type_name() const override { return "Macro"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override;
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override;
  Result<std::string> repr() const override;
  const Frame* outer() const { return outer_.get(); }

 private:
  const Function& function() const { return outer_->program->functions[function_]; }
  Ref<Frame> outer_;
  uint32_t function_;
};

// `loop` inside a for loop.
class LoopObject final : public Object {
 public:
  LoopObject(std::vector<Value> items, Ref<Frame> outer, uint32_t function, uint32_t depth)
      : items_(std::move(items)), outer_(std::move(outer)), function_(function), depth_(depth) {}
  std::string_view type_name() const override { return "LoopContext"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override;
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override;
  bool callable() const override { return function_ != 0; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override;
  Result<std::string> repr() const override;
  std::optional<size_t> length() const override { return items_.size(); }

  // Moves to the next item; null at the end.
  const Value* advance();

 private:
  Result<Value> cycle(const CallArgs& args) const;
  Value changed(const CallArgs& args);
  std::vector<Value> items_;
  size_t taken_ = 0;
  Ref<Frame> outer_;
  uint32_t function_;  // of a recursive loop; 0: not recursive
  uint32_t depth_;
  std::optional<Value> last_changed_;
};

// `self`: the blocks of the template.
class SelfObject final : public Object {
 public:
  explicit SelfObject(Ref<Frame> root) : root_(std::move(root)) {}
  std::string_view type_name() const override { return "TemplateReference"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override;
  Result<std::string> repr() const override { return std::string("<TemplateReference None>"); }

 private:
  Ref<Frame> root_;
};

}  // namespace sluice::jinja
