// Code for loops.
#include "jinja/compiler.h"

namespace sluice::jinja {

namespace {

bool has_name(const Ast& ast, NodeId target, NameId name) {
  const Node& node = ast.nodes[target];
  if (node.kind == NodeKind::kName) return node.a == name;
  if (node.kind != NodeKind::kTuple) return false;
  for (uint32_t i = 0; i < node.b; ++i) {
    if (has_name(ast, ast.lists[node.a + i], name)) return true;
  }
  return false;
}

}  // namespace

bool Compiler::uses_loop(const LoopNode& loop) {
  if (loop.recursive) return true;
  if (loop_name_ == kNone) return false;
  UndeclaredNames finder(ast_, {loop_name_});
  finder.visit_list(loop.body);
  return finder.found(loop_name_);
}

void Compiler::for_statement(const Node& node) {
  const LoopNode& loop = ast_.loops[node.a];
  bool extended = uses_loop(loop);
  if (loop_name_ != kNone && has_name(ast_, loop.target, loop_name_)) {
    return fail(ErrorCode::kJinjaSyntax, "Can't assign to special loop variable in for-loop target",
                node.offset);
  }
  at(node.offset);
  if (loop.recursive) return recursive_loop(node, loop);
  expression(loop.iterable);
  at(node.offset);
  loop_code(loop, extended, 0);
}

// The body becomes a function (slot 0: what to loop over) that `loop(…)` calls again.
void Compiler::recursive_loop(const Node& node, const LoopNode& loop) {
  expression(loop.iterable);
  Saved saved = save();
  FunctionBuilder builder(function_);
  uint32_t index = open_function(builder, "loop");
  escape_slot_ = kNone;
  hidden_slot();
  builder.code.num_parameters = 1;
  emit(Op::kLoad, 0, 1);
  at(node.offset);
  Symbols inner(symbols_, &builder);
  symbols_ = &inner;
  loop_code(loop, true, index);
  emit(Op::kReturn, 0, 0);
  close_function(builder);
  restore(saved);
  at(node.offset);
  emit(Op::kForRecursive, index, -1);
}

// What is looped over is on the stack.
void Compiler::loop_code(const LoopNode& loop, bool extended, uint32_t recursive_function) {
  uint32_t indicator = kNone;
  if (loop.otherwise.count != 0) {
    indicator = hidden_slot();
    emit(Op::kConst, constant(Value::boolean(true)), 1);
    emit(Op::kStore, indicator, -1);
  }
  if (extended && loop.filter != kNone) filtered_items(loop);
  Saved saved = save();
  Symbols inner(symbols_, function_);
  if (extended && loop_name_ != kNone) inner.declare_parameter(loop_name_);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  visitor.visit_target(loop.target, true);
  visitor.visit_list(loop.body);
  place(inner);
  uint32_t loop_slot = extended && loop_name_ != kNone ? inner.find_own(loop_name_)->slot + 1 : 0;
  emit(Op::kForBegin, loop_slot, -1);
  word(recursive_function);
  uint32_t next = pc();
  function_->loops.push_back({next, function_->captures, {}});
  emit(Op::kForNext, 0, 1);
  if (!extended && loop.filter != kNone) loop_filter(loop);
  symbols_ = &inner;
  store_target(loop.target);
  enter(inner);
  statements(loop.body);
  if (indicator != kNone) {
    emit(Op::kConst, constant(Value::boolean(false)), 1);
    emit(Op::kStore, indicator, -1);
  }
  emit(Op::kJump, next, 0);
  patch(next);
  for (uint32_t where : function_->loops.back().breaks) patch(where);
  function_->loops.pop_back();
  emit(Op::kForEnd, 0, 0);
  restore(saved);
  if (indicator == kNone) return;
  emit(Op::kLoad, indicator, 1);
  uint32_t end = jump(Op::kJumpIfFalse, -1);
  Symbols otherwise(symbols_, function_);
  SymbolVisitor(ast_, otherwise, plain_names_).visit_list(loop.otherwise);
  place(otherwise);
  enter(otherwise);
  symbols_ = &otherwise;
  statements(loop.otherwise);
  restore(saved);
  patch(end);
}

// Leaves the item on the stack when the loop's condition holds, else goes on with the next one.
void Compiler::loop_filter(const LoopNode& loop) {
  Saved saved = save();
  uint32_t next = function_->loops.back().next;
  Symbols inner(symbols_, function_);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  visitor.visit_target(loop.target, true);
  visitor.visit(loop.filter);
  place(inner);
  symbols_ = &inner;
  emit(Op::kDuplicate, 0, 1);
  store_target(loop.target);
  enter(inner);
  expression(loop.filter);
  uint32_t skip = jump(Op::kJumpIfFalse, -1);
  uint32_t accept = jump(Op::kJump, 0);
  patch(skip);
  emit(Op::kPop, 0, 0);
  emit(Op::kJump, next, 0);
  patch(accept);
  restore(saved);
}

// With `loop` in the body its length must be known first, so the condition runs over all items
// before.
void Compiler::filtered_items(const LoopNode& loop) {
  uint32_t kept = hidden_slot();
  emit(Op::kBuildList, 0, 1);
  emit(Op::kStore, kept, -1);
  emit(Op::kForBegin, 0, -1);
  word(0);
  uint32_t next = pc();
  function_->loops.push_back({next, function_->captures, {}});
  emit(Op::kForNext, 0, 1);
  loop_filter(loop);
  emit(Op::kAppend, kept, -1);
  emit(Op::kJump, next, 0);
  patch(next);
  function_->loops.pop_back();
  emit(Op::kForEnd, 0, 0);
  emit(Op::kLoad, kept, 1);
}

void Compiler::loop_jump(const Node& node) {
  bool is_break = node.kind == NodeKind::kBreak;
  if (function_->loops.empty()) {
    return fail(ErrorCode::kJinjaRuntime,
                is_break ? "'break' outside loop" : "'continue' not properly in loop", node.offset);
  }
  FunctionBuilder::Loop& loop = function_->loops.back();
  for (uint32_t i = loop.captures; i < function_->captures; ++i) emit(Op::kDropCapture, 0, 0);
  if (is_break) {
    loop.breaks.push_back(jump(Op::kJump, 0));
  } else {
    emit(Op::kJump, loop.next, 0);
  }
}

}  // namespace sluice::jinja
