// Code for expressions.
#include "jinja/compiler.h"
#include "jinja/filters.h"

namespace sluice::jinja {

void Compiler::list_items(uint32_t start, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) expression(ast_.lists[start + i]);
}

void Compiler::expression(NodeId id) {
  const Node& node = ast_.nodes[id];
  switch (node.kind) {
    case NodeKind::kConst:
      return emit(Op::kConst, node.a, 1);
    case NodeKind::kText:
      return emit(Op::kConst, text_constant(node.a), 1);
    case NodeKind::kName:
      at(node.offset);
      return load_name(node.a);
    case NodeKind::kAttribute:
    case NodeKind::kItem:
      return access(node);
    case NodeKind::kCall:
      return call(node, false, 0);
    case NodeKind::kFilter:
      return filter(node);
    case NodeKind::kTest:
      return test(node);
    default:
      return compound(node);
  }
}

void Compiler::compound(const Node& node) {
  switch (node.kind) {
    case NodeKind::kCompare:
      return comparison(node);
    case NodeKind::kCondition:
      return condition(node);
    case NodeKind::kNot:
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return logic(node);
    default:
      return combination(node);
  }
}

void Compiler::combination(const Node& node) {
  auto count = static_cast<int>(node.b);
  switch (node.kind) {
    case NodeKind::kTuple:
    case NodeKind::kList:
      list_items(node.a, node.b);
      return emit(node.kind == NodeKind::kList ? Op::kBuildList : Op::kBuildTuple, node.b,
                  1 - count);
    case NodeKind::kDict:
      list_items(node.a, node.b);
      at(node.offset);
      return emit(Op::kBuildDict, node.b / 2, 1 - count);
    case NodeKind::kConcat:
      list_items(node.a, node.b);
      at(node.offset);
      return emit(Op::kConcat, node.b, 1 - count);
    case NodeKind::kBinary:
      expression(node.a);
      expression(node.b);
      at(node.offset);
      return emit(Op::kBinary, node.flag, -1);
    default:
      expression(node.a);
      at(node.offset);
      return emit(node.kind == NodeKind::kNegate ? Op::kNegate : Op::kPositive, 0, 0);
  }
}

void Compiler::access(const Node& node) {
  expression(node.a);
  if (node.kind == NodeKind::kAttribute) {
    at(node.offset);
    return emit(Op::kAttribute, text_constant(node.b), 0);
  }
  const Node& key = ast_.nodes[node.b];
  if (key.kind != NodeKind::kSlice) {
    expression(node.b);
    at(node.offset);
    return emit(Op::kItem, 0, -1);
  }
  for (NodeId bound : {key.a, key.b, key.c}) {
    if (bound == kNone) {
      emit(Op::kConst, constant(Value::none()), 1);
    } else {
      expression(bound);
    }
  }
  at(node.offset);
  emit(Op::kSlice, 0, -3);
}

void Compiler::logic(const Node& node) {
  if (node.kind == NodeKind::kNot) {
    expression(node.a);
    at(node.offset);
    return emit(Op::kNot, 0, 0);
  }
  bool is_and = node.kind == NodeKind::kAnd;
  SLUICE_CHECK(is_and || node.kind == NodeKind::kOr);
  expression(node.a);
  at(node.offset);
  uint32_t end = jump(is_and ? Op::kJumpIfFalseKeep : Op::kJumpIfTrueKeep, -1);
  expression(node.b);
  patch(end);
}

void Compiler::comparison(const Node& node) {
  expression(node.a);
  std::vector<uint32_t> ends;
  for (uint32_t i = 0; i < node.c; ++i) {
    const Node& operand = ast_.nodes[ast_.lists[node.b + i]];
    expression(operand.a);
    at(operand.offset);
    if (i + 1 == node.c) {
      emit(Op::kCompare, operand.flag, -1);
    } else {
      emit(Op::kCompareChain, operand.flag, -1);
      ends.push_back(pc());
      word(0);
    }
  }
  for (uint32_t end : ends) patch_word(end);
}

void Compiler::condition(const Node& node) {
  bool was_soft = soft_;
  soft_ = true;
  expression(node.a);
  at(node.offset);
  uint32_t otherwise = jump(Op::kJumpIfFalse, -1);
  expression(node.b);
  uint32_t end = jump(Op::kJump, -1);
  patch(otherwise);
  if (node.c != kNone) {
    expression(node.c);
  } else {
    Span span = program_.span_at(node.offset);
    emit(Op::kNoElse,
         constant(Value::string("the inline if-expression on line " + std::to_string(span.line) +
                                " evaluated to false and no else section was defined.")),
         1);
  }
  patch(end);
  soft_ = was_soft;
}

// Pushes the arguments in the order positional, keywords, *args, **kwargs; answers how many values
// that makes.
uint32_t Compiler::pass_arguments(uint32_t arguments, bool with_caller, uint32_t caller_function,
                                  CallShape& shape) {
  const ArgumentsNode& args = ast_.arguments[arguments];
  list_items(args.positional.start, args.positional.count);
  for (const KeywordNode& keyword : args.keywords) expression(keyword.value);
  uint32_t pushed = args.positional.count + static_cast<uint32_t>(args.keywords.size());
  shape.positional = args.positional.count;
  shape.keywords = static_cast<uint32_t>(args.keywords.size());
  if (with_caller) {
    emit(Op::kMacro, caller_function, 1);
    ++shape.keywords;
    ++pushed;
  }
  if (args.star != kNone) {
    expression(args.star);
    shape.star = true;
    ++pushed;
  }
  if (args.double_star != kNone) {
    expression(args.double_star);
    shape.double_star = true;
    ++pushed;
  }
  // Only now: the arguments themselves may contain calls with keywords.
  shape.keyword_start = static_cast<uint32_t>(program_.keyword_names.size());
  for (const KeywordNode& keyword : args.keywords)
    program_.keyword_names.push_back(text_constant(keyword.name));
  if (with_caller) program_.keyword_names.push_back(constant(Value::string("caller")));
  return pushed;
}

void Compiler::call(const Node& node, bool with_caller, uint32_t caller_function) {
  const Node& callee = ast_.nodes[node.a];
  CallShape shape;
  bool method = callee.kind == NodeKind::kAttribute;
  if (method) {
    expression(callee.a);
    shape.name = text_constant(callee.b);
  } else {
    expression(node.a);
  }
  uint32_t pushed = pass_arguments(node.b, with_caller, caller_function, shape);
  at(method ? callee.offset : node.offset);
  program_.shapes.push_back(shape);
  emit(method ? Op::kCallMethod : Op::kCall, static_cast<uint32_t>(program_.shapes.size() - 1),
       -static_cast<int>(pushed));
}

void Compiler::filter(const Node& node) {
  expression(node.a);
  apply_filter(node);
}

void Compiler::filter_chain(NodeId id) {
  const Node& node = ast_.nodes[id];
  if (node.a != kNone) filter_chain(node.a);
  apply_filter(node);
}

void Compiler::apply_filter(const Node& node) {
  apply_named(node, "filter", find_filter(ast_.name(node.c)), Op::kFilter);
}

void Compiler::test(const Node& node) {
  expression(node.a);
  apply_named(node, "test", find_test(ast_.name(node.c)), Op::kTest);
}

void Compiler::apply_named(const Node& node, std::string_view what, std::optional<uint32_t> index,
                           Op op) {
  if (!index) {
    std::string message =
        "No " + std::string(what) + " named '" + std::string(ast_.name(node.c)) + "'.";
    if (!soft_) return fail(ErrorCode::kJinjaSyntax, std::move(message), node.offset);
    at(node.offset);
    return emit(Op::kMissingFilter, constant(Value::string(std::move(message))), 0);
  }
  CallShape shape;
  shape.name = text_constant(node.c);
  shape.function = *index;
  const uint32_t pushed = pass_arguments(node.b, false, 0, shape);
  at(node.offset);
  program_.shapes.push_back(shape);
  emit(op, static_cast<uint32_t>(program_.shapes.size() - 1), -static_cast<int>(pushed));
}

// Would Jinja compute the expression while compiling? Then its value is text, also in native
// rendering.
bool Compiler::is_foldable(NodeId id) const {
  const Node& node = ast_.nodes[id];
  switch (node.kind) {
    case NodeKind::kConst:
    case NodeKind::kText:
      return true;
    case NodeKind::kName:
    case NodeKind::kCall:
    case NodeKind::kNamespaceRef:
      return false;
    case NodeKind::kFilter: {
      auto index = find_filter(ast_.name(node.c));
      if (!index || !filter_at(*index).foldable) return false;
      break;
    }
    default:
      break;
  }
  bool foldable = true;
  for_each_operand(ast_, node, [&](NodeId child) { foldable = foldable && is_foldable(child); });
  return foldable;
}

}  // namespace sluice::jinja
