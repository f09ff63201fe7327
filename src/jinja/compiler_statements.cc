// Code for statements.
#include <algorithm>

#include "jinja/compiler.h"

namespace sluice::jinja {

void Compiler::statements(NodeList list) {
  for (uint32_t i = 0; i < list.count && !failed(); ++i)
    statement(ast_.nodes[ast_.lists[list.start + i]]);
}

void Compiler::statement(const Node& node) {
  switch (node.kind) {
    case NodeKind::kData:
      at(node.offset);
      emit(Op::kData, node.a, 0);
      return word(node.b);
    case NodeKind::kPrint:
      return print(node);
    case NodeKind::kIf:
      return if_statement(node);
    case NodeKind::kFor:
      return for_statement(node);
    case NodeKind::kSet:
      return set_statement(node);
    case NodeKind::kDo:
      expression(node.a);
      return emit(Op::kPop, 0, -1);
    case NodeKind::kBreak:
    case NodeKind::kContinue:
      return loop_jump(node);
    case NodeKind::kLoad:
      at(node.offset);
      expression(node.a);
      emit(Op::kPop, 0, -1);
      return emit(Op::kFail, constant(Value::string("no loader for this environment specified")),
                  0);
    default:
      return nested_statement(node);
  }
}

void Compiler::nested_statement(const Node& node) {
  switch (node.kind) {
    case NodeKind::kMacro:
      return macro(node);
    case NodeKind::kCallBlock:
      return call_block(node);
    case NodeKind::kFilterBlock:
      return filter_block(node);
    case NodeKind::kSetBlock:
      return set_block(node);
    case NodeKind::kWith:
      return with_statement(node);
    case NodeKind::kBlock:
      return block(node);
    case NodeKind::kAutoescape:
      return autoescape(node);
    default:
      SLUICE_CHECK(false);
  }
}

void Compiler::print(const Node& node) {
  expression(node.a);
  at(node.offset);
  if (escape_slot_ != kNone) return emit(Op::kOutputEscaped, escape_slot_, -1);
  emit(Op::kOutput, is_foldable(node.a) ? 1 : 0, -1);
}

void Compiler::if_statement(const Node& first) {
  bool was_soft = soft_;
  soft_ = true;
  std::vector<uint32_t> ends;
  const Node* node = &first;
  for (;;) {
    expression(node->a);
    at(node->offset);
    uint32_t next = jump(Op::kJumpIfFalse, -1);
    statements({node->b, node->c});
    if (node->d != kNone) ends.push_back(jump(Op::kJump, 0));
    patch(next);
    if (node->d == kNone) break;
    node = &ast_.nodes[node->d];
    if (node->kind == NodeKind::kBody) {
      statements({node->a, node->b});
      break;
    }
  }
  for (uint32_t end : ends) patch(end);
  soft_ = was_soft;
}

void Compiler::store_target(NodeId id) {
  const Node& node = ast_.nodes[id];
  if (node.kind == NodeKind::kName) return store_name(node.a);
  at(node.offset);
  if (node.kind == NodeKind::kNamespaceRef) {
    load_name(node.a);
    return emit(Op::kSetMember, text_constant(node.b), -2);
  }
  emit(Op::kUnpack, node.b, static_cast<int>(node.b) - 1);
  for (uint32_t i = 0; i < node.b; ++i) store_target(ast_.lists[node.a + i]);
}

void Compiler::set_statement(const Node& node) {
  expression(node.b);
  store_target(node.a);
}

void Compiler::end_capture() {
  emit(Op::kEndCapture, 0, 1);
  --function_->captures;
  if (escape_slot_ != kNone) emit(Op::kMarkSafe, escape_slot_, 0);
}

void Compiler::captured_block(NodeList body, NodeId filters) {
  Saved saved = save();
  Symbols inner(symbols_, function_);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  visitor.visit_list(body);
  visitor.visit_filter_chain(filters);
  place(inner);
  enter(inner);
  symbols_ = &inner;
  emit(Op::kBeginCapture, 0, 0);
  ++function_->captures;
  statements(body);
  end_capture();
  if (filters != kNone) filter_chain(filters);
  restore(saved);
}

void Compiler::set_block(const Node& node) {
  captured_block({node.c, node.d}, node.b);
  store_target(node.a);
}

void Compiler::filter_block(const Node& node) {
  captured_block({node.b, node.c}, node.a);
  at(node.offset);
  emit(Op::kOutput, 0, -1);
}

void Compiler::with_statement(const Node& node) {
  Saved saved = save();
  Symbols inner(symbols_, function_);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  for (uint32_t i = 0; i < node.b; i += 2) visitor.visit_target(ast_.lists[node.a + i], true);
  visitor.visit_list({node.c, node.d});
  place(inner);
  enter(inner);
  for (uint32_t i = 0; i < node.b; i += 2) {
    expression(ast_.lists[node.a + i + 1]);
    symbols_ = &inner;
    store_target(ast_.lists[node.a + i]);
    symbols_ = saved.symbols;
  }
  symbols_ = &inner;
  statements({node.c, node.d});
  restore(saved);
}

void Compiler::autoescape(const Node& node) {
  Saved saved = save();
  Symbols inner(symbols_, function_);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  visitor.visit(node.a);
  visitor.visit_list({node.b, node.c});
  place(inner);
  enter(inner);
  symbols_ = &inner;
  uint32_t slot = hidden_slot();
  expression(node.a);
  emit(Op::kStore, slot, -1);
  escape_slot_ = slot;
  statements({node.b, node.c});
  restore(saved);
}

// A block is a function of its own that sees the variables of the top level; a scoped one those
// around it.
void Compiler::block(const Node& node) {
  Saved saved = save();
  bool scoped = node.d != 0;
  FunctionBuilder builder(scoped ? function_ : root_);
  std::string name(ast_.name(node.a));
  for (const DefinedBlock& known : program_.blocks) {
    if (known.name == name)
      return fail(ErrorCode::kJinjaSyntax, "block '" + name + "' defined twice", node.offset);
  }
  uint32_t index = open_function(builder, name);
  program_.blocks.push_back({name, index});
  Symbols inner(scoped ? symbols_ : root_symbols_, &builder);
  SymbolVisitor(ast_, inner, plain_names_).visit_list({node.b, node.c});
  place(inner);
  enter(inner);
  symbols_ = &inner;
  escape_slot_ = kNone;
  statements({node.b, node.c});
  emit(Op::kReturn, 0, 0);
  close_function(builder);
  restore(saved);
  at(node.offset);
  emit(Op::kBlock, index, 0);
}

void Compiler::macro(const Node& node) {
  const DefinitionNode& definition = ast_.definitions[node.a];
  uint32_t index = macro_function(definition, node.offset);
  if (failed()) return;
  emit(Op::kMacro, index, 1);
  if (!plain_names_) program_.renames_macros = true;
  store_name(plain_names_ ? definition.name : definition.function);
  if (function_ != root_) return;
  program_.macros.push_back({index, node.offset, std::string(ast_.name(definition.name)),
                             definition.annotations, definition.defaults.count,
                             definition.supported_languages});
}

void Compiler::call_block(const Node& node) {
  uint32_t index = macro_function(ast_.definitions[node.a], node.offset);
  if (failed()) return;
  call(ast_.nodes[node.b], true, index);
  at(node.offset);
  emit(Op::kOutputText, 0, -1);
}

uint32_t Compiler::macro_function(const DefinitionNode& definition, uint32_t offset) {
  Saved saved = save();
  FunctionBuilder builder(function_);
  std::string name;
  if (definition.function != kNone) {
    name = std::string(ast_.name(plain_names_ ? definition.name : definition.function));
  }
  uint32_t index = open_function(builder, std::move(name));
  soft_ = false;
  escape_slot_ = kNone;
  Symbols inner(symbols_, &builder);
  macro_parameters(definition, inner, offset);
  SymbolVisitor visitor(ast_, inner, plain_names_);
  visitor.visit_list(definition.defaults);
  visitor.visit_list(definition.body);
  // Parameters come first, in order, so their slots are 0, 1, …
  place(inner);
  enter(inner);
  symbols_ = &inner;
  auto slot_of = [&](NameId parameter) {
    const Symbol* symbol = parameter == kNone ? nullptr : inner.find_own(parameter);
    return symbol != nullptr && symbol->origin == SymbolOrigin::kParameter ? symbol->slot
                                                                           : UINT32_MAX;
  };
  builder.code.num_parameters = definition.parameters.count;
  auto special = [&](uint32_t& slot, NameId parameter) {
    uint32_t found = slot_of(parameter);
    if (found != UINT32_MAX && found >= definition.parameters.count) slot = found;
  };
  special(builder.code.caller_slot, caller_name_);
  special(builder.code.kwargs_slot, kwargs_name_);
  special(builder.code.varargs_slot, varargs_name_);
  at(offset);
  parameter_defaults(definition);
  statements(definition.body);
  emit(Op::kReturn, 0, 0);
  close_function(builder);
  restore(saved);
  return index;
}

void Compiler::macro_parameters(const DefinitionNode& definition, Symbols& symbols,
                                uint32_t offset) {
  for (uint32_t i = 0; i < definition.parameters.count; ++i) {
    NameId name = ast_.nodes[ast_.lists[definition.parameters.start + i]].a;
    if (symbols.find_own(name) != nullptr) {
      fail(ErrorCode::kJinjaRuntime,
           "duplicate argument '" + std::string(ast_.name(name)) + "' in function definition",
           offset);
    }
    symbols.declare_parameter(name);
  }
  special_parameters(definition, symbols, offset);
}

void Compiler::special_parameters(const DefinitionNode& definition, Symbols& symbols,
                                  uint32_t offset) {
  if (caller_name_ == kNone && kwargs_name_ == kNone && varargs_name_ == kNone) return;
  std::vector<NameId> names;
  for (NameId name : {caller_name_, kwargs_name_, varargs_name_}) {
    if (name != kNone) names.push_back(name);
  }
  UndeclaredNames finder(ast_, names);
  finder.visit_list(definition.body);
  for (NameId name : names) {
    if (!finder.found(name)) continue;
    if (symbols.find_own(name) == nullptr) {
      symbols.declare_parameter(name);
      continue;
    }
    if (name != caller_name_) continue;
    function_->code.explicit_caller = true;
    uint32_t position = 0;
    while (ast_.nodes[ast_.lists[definition.parameters.start + position]].a != name) ++position;
    if (position + definition.defaults.count < definition.parameters.count) {
      fail(ErrorCode::kJinjaSyntax,
           "When defining macros or call blocks the special \"caller\" argument must be omitted or "
           "be given a default.",
           offset);
    }
  }
}

void Compiler::parameter_defaults(const DefinitionNode& definition) {
  uint32_t required = definition.parameters.count - definition.defaults.count;
  for (uint32_t i = 0; i < definition.parameters.count; ++i) {
    emit(Op::kParameter, i, 0);
    uint32_t target = pc();
    word(0);
    if (i < required) {
      emit(Op::kNotProvided, i, 0);
    } else {
      expression(ast_.lists[definition.defaults.start + i - required]);
      emit(Op::kStore, i, -1);
    }
    patch_word(target);
  }
}

}  // namespace sluice::jinja
