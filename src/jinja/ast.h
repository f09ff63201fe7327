// Syntax tree of one template. Nodes live in one array and name each other by index; lists are
// ranges of a second array; names and strings are interned. Built by the parser, read by the
// compiler, then dropped.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

using NodeId = uint32_t;
using NameId = uint32_t;
inline constexpr uint32_t kNone = 0xffffffffU;

enum class NodeKind : uint8_t {
  // Expressions. The letters are the fields of Node.
  kConst,         // a: index into Ast::constants
  kText,          // a: NameId of a string literal
  kName,          // a: NameId
  kTuple,         // a,b: list
  kList,          // a,b: list
  kDict,          // a,b: list of key, value, key, value…
  kAttribute,     // a: object, b: NameId
  kItem,          // a: object, b: key
  kSlice,         // a,b,c: bounds or kNone (only as the key of kItem)
  kCall,          // a: callee, b: arguments
  kFilter,        // a: value or kNone, b: arguments, c: NameId
  kTest,          // a: value, b: arguments, c: NameId
  kBinary,        // a, b; flag: BinaryOperator
  kNegate,        // a
  kPositive,      // a
  kNot,           // a
  kAnd,           // a, b
  kOr,            // a, b
  kCompare,       // a: first, b,c: list of kOperand
  kOperand,       // a: expression; flag: CompareOperator
  kConcat,        // a,b: list
  kCondition,     // a: test, b: then, c: else or kNone
  kNamespaceRef,  // a: NameId of the namespace, b: NameId of the attribute (assignment target)
  // Statements.
  kData,         // a: offset, b: length of template text
  kPrint,        // a: expression
  kIf,           // a: test, b,c: body list, d: else chain: kIf node, kBody node or kNone
  kBody,         // a,b: list
  kFor,          // a: index into Ast::loops
  kMacro,        // a: index into Ast::definitions
  kCallBlock,    // a: index into Ast::definitions, b: kCall node
  kFilterBlock,  // a: kFilter node, b,c: body list
  kSet,          // a: target, b: expression
  kSetBlock,     // a: target, b: kFilter node or kNone, c,d: body list
  kDo,           // a: expression
  kWith,         // a,b: list of target, value, target, value…; c,d: body list
  kBlock,        // a: NameId, b,c: body list, d: 1 when scoped
  kAutoescape,   // a: expression, b,c: body list
  kBreak,
  kContinue,
  kLoad,  // include, import, from, extends: no loader, so it fails when it runs. a: expression
};

enum class BinaryOperator : uint8_t { kAdd, kSub, kMul, kDiv, kFloorDiv, kMod, kPow };
enum class CompareOperator : uint8_t { kEq, kNe, kGt, kGe, kLt, kLe, kIn, kNotIn };

// How >, >=, < and <= are written, for messages (index: the operator).
inline constexpr std::string_view kCompareText[] = {"==", "!=", ">", ">=", "<", "<="};
// What >, >=, < or <= says of an order: <0, 0, >0.
constexpr bool is_ordered(CompareOperator op, int order) {
  switch (op) {
    case CompareOperator::kGt:
      return order > 0;
    case CompareOperator::kGe:
      return order >= 0;
    case CompareOperator::kLt:
      return order < 0;
    default:
      return order <= 0;
  }
}

struct NodeList {
  uint32_t start = 0;
  uint32_t count = 0;
};

struct Node {
  NodeKind kind;
  uint8_t flag;
  uint16_t depth;   // of the tree below, so that recursion over it stays bounded
  uint32_t offset;  // into the text
  uint32_t a, b, c, d;
};

struct KeywordNode {
  NameId name;
  NodeId value;
};

struct ArgumentsNode {
  NodeList positional;
  std::vector<KeywordNode> keywords;
  NodeId star = kNone;
  NodeId double_star = kNone;
};

struct LoopNode {
  NodeId target;
  NodeId iterable;
  NodeId filter = kNone;
  bool recursive = false;
  NodeList body;
  NodeList otherwise;
};

// What a `{% macro %}`-like tag declares; also the body of a call block (then it has no name).
struct DefinitionNode {
  NameId name = kNone;                   // as the template calls it: 'f'
  NameId function = kNone;               // as dbt renames it: 'dbt_macro__f'
  NodeList parameters;                   // kName nodes
  NodeList defaults;                     // of the last parameters
  std::vector<std::string> annotations;  // one per parameter
  std::string supported_languages;
  NodeList body;
};

class Ast {
 public:
  explicit Ast(std::string_view text);

  NameId intern(std::string_view name);
  // For text that is not part of the source (an unescaped literal, 'dbt_macro__x').
  NameId intern_copy(std::string name);
  std::string_view name(NameId id) const { return names_[id]; }
  size_t num_names() const { return names_.size(); }

  const Node& node(NodeId id) const { return nodes[id]; }
  const NodeId* items(NodeList list) const { return lists.data() + list.start; }

  std::string_view text;
  std::vector<Node> nodes;
  std::vector<NodeId> lists;
  std::vector<ArgumentsNode> arguments;
  std::vector<LoopNode> loops;
  std::vector<DefinitionNode> definitions;
  std::vector<Value> constants;
  NodeList body;

 private:
  void grow();
  std::vector<std::string_view> names_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> table_;
  std::deque<std::string> copies_;
};

// The list that makes up a literal or a concatenation; empty for other nodes.
inline NodeList operand_list(const Node& node) {
  bool has_list = node.kind == NodeKind::kTuple || node.kind == NodeKind::kList ||
                  node.kind == NodeKind::kDict || node.kind == NodeKind::kConcat;
  if (has_list) return {node.a, node.b};
  return node.kind == NodeKind::kCompare ? NodeList{node.b, node.c} : NodeList{};
}

inline bool has_arguments(NodeKind kind) {
  return kind == NodeKind::kCall || kind == NodeKind::kFilter || kind == NodeKind::kTest;
}

// How many of the fields a, b, c of an expression are operands (kNone where one is absent).
inline int num_operand_fields(NodeKind kind) {
  if (has_arguments(kind)) return 1;
  switch (kind) {
    case NodeKind::kAttribute:
    case NodeKind::kNegate:
    case NodeKind::kPositive:
    case NodeKind::kNot:
    case NodeKind::kOperand:
    case NodeKind::kCompare:
      return 1;
    case NodeKind::kItem:
    case NodeKind::kBinary:
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return 2;
    default:
      return kind == NodeKind::kSlice || kind == NodeKind::kCondition ? 3 : 0;
  }
}

// Calls visit(child) for the parts of an expression, in order of evaluation.
template <typename Visit>
void for_each_operand(const Ast& ast, const Node& node, Visit visit) {
  const NodeId fields[] = {node.a, node.b, node.c};
  for (int i = 0; i < num_operand_fields(node.kind); ++i) {
    if (fields[i] != kNone) visit(fields[i]);
  }
  NodeList list = operand_list(node);
  for (uint32_t i = 0; i < list.count; ++i) visit(ast.lists[list.start + i]);
  if (!has_arguments(node.kind)) return;
  const ArgumentsNode& args = ast.arguments[node.b];
  for (uint32_t i = 0; i < args.positional.count; ++i) visit(ast.lists[args.positional.start + i]);
  for (const KeywordNode& keyword : args.keywords) visit(keyword.value);
  if (args.star != kNone) visit(args.star);
  if (args.double_star != kNone) visit(args.double_star);
}

inline bool is_expression(NodeKind kind) { return kind <= NodeKind::kNamespaceRef; }

}  // namespace sluice::jinja
