// Compiler: syntax tree to bytecode. One instance per template, one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/ast.h"
#include "jinja/program.h"
#include "jinja/symbols.h"

namespace sluice::jinja {

// A function under construction.
struct FunctionBuilder {
  explicit FunctionBuilder(FunctionBuilder* outer) : parent(outer) {}
  FunctionBuilder* parent;
  Function code;
  uint32_t index = 0;
  uint32_t height = 0;    // values on the stack at this point
  uint32_t captures = 0;  // open captures at this point
  struct ContextSlot {
    NameId name;
    uint32_t slot;
  };
  std::vector<ContextSlot>
      context_slots;  // free names that are only read share one slot per function
  struct Loop {
    uint32_t next;                 // pc of kForNext
    uint32_t captures;             // open captures around the loop
    std::vector<uint32_t> breaks;  // jumps to patch
  };
  std::vector<Loop> loops;
};

class Compiler {
 public:
  Compiler(const Ast& ast, Program& program, bool plain_names);
  // False: see message(), offset(), code().
  bool compile();
  const std::string& message() const { return message_; }
  uint32_t offset() const { return offset_; }
  ErrorCode code() const { return code_; }

 private:
  // Emission.
  uint32_t pc() const { return static_cast<uint32_t>(function_->code.code.size()); }
  void emit(Op op, uint32_t a, int effect);
  void word(uint32_t value) { function_->code.code.push_back(value); }
  void at(uint32_t offset);
  uint32_t jump(Op op, int effect);
  void patch(uint32_t where);
  void patch_word(uint32_t where) { function_->code.code[where] = pc(); }
  uint32_t constant(Value value);
  uint32_t text_constant(NameId name);
  uint32_t new_slot(NameId name);
  uint32_t hidden_slot();
  void fail(ErrorCode code, std::string message, uint32_t offset);
  bool failed() const { return !message_.empty(); }

  // Names.
  void place(Symbols& symbols);  // gives every symbol its slot
  void enter(Symbols& symbols);  // code that opens an inner scope
  void load_name(NameId name);
  void store_name(NameId name);
  uint32_t context_slot(NameId name);
  uint32_t levels_between(const FunctionBuilder* outer);

  // Expressions (leave one value).
  void expression(NodeId id);
  void compound(const Node& node);
  void access(const Node& node);
  void combination(const Node& node);
  void logic(const Node& node);
  void comparison(const Node& node);
  void condition(const Node& node);
  void call(const Node& node, bool with_caller, uint32_t caller_function);
  uint32_t pass_arguments(uint32_t arguments, bool with_caller, uint32_t caller_function,
                          CallShape& shape);
  void filter(const Node& node);
  void filter_chain(NodeId id);  // value is on the stack already
  void apply_filter(const Node& node);
  void test(const Node& node);
  // The filter or test of a node (nullopt: there is none of that name) on the value on the stack.
  void apply_named(const Node& node, std::string_view what, std::optional<uint32_t> index, Op op);
  bool is_foldable(NodeId id) const;
  void list_items(uint32_t start, uint32_t count);

  // Statements.
  void statements(NodeList list);
  void statement(const Node& node);
  void nested_statement(const Node& node);
  void print(const Node& node);
  void if_statement(const Node& node);
  void for_statement(const Node& node);
  void recursive_loop(const Node& node, const LoopNode& loop);
  void loop_code(const LoopNode& loop, bool extended, uint32_t recursive_function);
  void loop_body(const LoopNode& loop, bool extended);
  void filtered_items(const LoopNode& loop);
  void loop_filter(const LoopNode& loop);
  void loop_jump(const Node& node);
  void set_statement(const Node& node);
  void set_block(const Node& node);
  void filter_block(const Node& node);
  void call_block(const Node& node);
  void with_statement(const Node& node);
  void autoescape(const Node& node);
  void block(const Node& node);
  void macro(const Node& node);
  void store_target(NodeId target);
  uint32_t macro_function(const DefinitionNode& definition, uint32_t offset);
  void macro_parameters(const DefinitionNode& definition, Symbols& symbols, uint32_t offset);
  void special_parameters(const DefinitionNode& definition, Symbols& symbols, uint32_t offset);
  void parameter_defaults(const DefinitionNode& definition);
  bool uses_loop(const LoopNode& loop);
  bool known_name(std::string_view name, NameId& id) const;

  // Functions.
  uint32_t open_function(FunctionBuilder& builder, std::string name);
  void close_function(FunctionBuilder& builder);
  void end_capture();
  // Leaves on the stack what the statements print, through the filters (kNone: none).
  void captured_block(NodeList body, NodeId filters);

  struct Saved {
    FunctionBuilder* function;
    Symbols* symbols;
    bool soft;
    uint32_t escape_slot;
  };
  Saved save() const { return {function_, symbols_, soft_, escape_slot_}; }
  void restore(const Saved& saved);

  const Ast& ast_;
  Program& program_;
  bool plain_names_;
  FunctionBuilder* function_ = nullptr;
  FunctionBuilder* root_ = nullptr;
  Symbols* symbols_ = nullptr;
  Symbols* root_symbols_ = nullptr;
  bool soft_ = false;  // a missing filter fails when it runs
  uint32_t escape_slot_ =
      kNone;  // slot that tells whether autoescape is on; kNone outside {% autoescape %}
  std::vector<uint32_t> text_constants_;  // by NameId
  uint32_t empty_constant_ = 0;
  NameId loop_name_ = kNone;
  NameId caller_name_ = kNone;
  NameId kwargs_name_ = kNone;
  NameId varargs_name_ = kNone;
  NameId self_name_ = kNone;
  std::string message_;
  uint32_t offset_ = 0;
  ErrorCode code_ = ErrorCode::kJinjaSyntax;
};

}  // namespace sluice::jinja
