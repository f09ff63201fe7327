#include "jinja/parser.h"

#include <gtest/gtest.h>

#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

// The expression of "{{ … }}" with every grouping in parentheses.
class Printer {
 public:
  explicit Printer(const Ast& ast) : ast_(ast) {}

  std::string print(NodeId id) const {
    const Node& node = ast_.nodes[id];
    static constexpr std::string_view kBinary[] = {"+", "-", "*", "/", "//", "%", "**"};
    static constexpr std::string_view kCompare[] = {
        "==", "!=", ">", ">=", "<", "<=", "in", "not in"};
    switch (node.kind) {
      case NodeKind::kConst:
        return to_repr(ast_.constants[node.a]).value_or("?");
      case NodeKind::kText:
        return string_repr(ast_.name(node.a));
      case NodeKind::kName:
        return std::string(ast_.name(node.a));
      case NodeKind::kAttribute:
        return print(node.a) + "." + std::string(ast_.name(node.b));
      case NodeKind::kItem:
        return print(node.a) + "[" + print(node.b) + "]";
      case NodeKind::kSlice:
        return bound(node.a) + ":" + bound(node.b) + ":" + bound(node.c);
      case NodeKind::kNegate:
        return "(-" + print(node.a) + ")";
      case NodeKind::kPositive:
        return "(+" + print(node.a) + ")";
      case NodeKind::kNot:
        return "(not " + print(node.a) + ")";
      case NodeKind::kAnd:
        return "(" + print(node.a) + " and " + print(node.b) + ")";
      case NodeKind::kOr:
        return "(" + print(node.a) + " or " + print(node.b) + ")";
      case NodeKind::kBinary:
        return "(" + print(node.a) + " " + std::string(kBinary[node.flag]) + " " + print(node.b) +
               ")";
      case NodeKind::kOperand:
        return std::string(kCompare[node.flag]) + " " + print(node.a);
      default:
        return print_compound(node);
    }
  }

 private:
  std::string print_compound(const Node& node) const {
    switch (node.kind) {
      case NodeKind::kCompare:
        return "(" + print(node.a) + " " + list({node.b, node.c}, " ") + ")";
      case NodeKind::kConcat:
        return "(" + list({node.a, node.b}, " ~ ") + ")";
      case NodeKind::kTuple:
        return "(" + list({node.a, node.b}, ", ") + ",)";
      case NodeKind::kList:
        return "[" + list({node.a, node.b}, ", ") + "]";
      case NodeKind::kDict:
        return "{" + list({node.a, node.b}, ", ") + "}";
      case NodeKind::kCondition:
        return "(" + print(node.b) + " if " + print(node.a) + " else " + bound(node.c) + ")";
      case NodeKind::kCall:
        return print(node.a) + arguments(node.b);
      case NodeKind::kFilter:
        return print(node.a) + "|" + std::string(ast_.name(node.c)) + arguments(node.b);
      case NodeKind::kTest:
        return "(" + print(node.a) + " is " + std::string(ast_.name(node.c)) + arguments(node.b) +
               ")";
      default:
        return "?";
    }
  }

  std::string bound(NodeId id) const { return id == kNone ? "" : print(id); }
  std::string list(NodeList items, std::string_view joint) const {
    std::string out;
    for (uint32_t i = 0; i < items.count; ++i) {
      if (i != 0) out += joint;
      out += print(ast_.lists[items.start + i]);
    }
    return out;
  }
  std::string arguments(uint32_t index) const {
    const ArgumentsNode& args = ast_.arguments[index];
    std::string out = list(args.positional, ", ");
    for (const KeywordNode& keyword : args.keywords) {
      out += " " + std::string(ast_.name(keyword.name)) + "=" + print(keyword.value);
    }
    if (args.star != kNone) out += " *" + print(args.star);
    if (args.double_star != kNone) out += " **" + print(args.double_star);
    return "(" + out + ")";
  }
  const Ast& ast_;
};

std::string parsed(std::string_view expression) {
  std::string source = "{{ " + std::string(expression) + " }}";
  Ast ast(source);
  Parser parser(source, ast);
  if (!parser.parse()) return "error: " + parser.failure().message;
  return Printer(ast).print(ast.nodes[ast.lists[ast.body.start]].a);
}

TEST(Parser, GroupsByPrecedence) {
  struct Row {
    std::string_view expression;
    std::string_view grouped;
  };
  const Row rows[] = {
      {"a or b and not c", "(a or (b and (not c)))"},
      {"not a == b", "(not (a == b))"},
      {"a < b <= c not in d", "(a < b <= c not in d)"},
      {"a + b ~ c * d", "(a + (b ~ (c * d)))"},
      {"2 ** 3 ** 2", "((2 ** 3) ** 2)"},
      {"-2 ** 2", "((-2) ** 2)"},
      {"-a.b|c", "(-a.b)|c()"},
      {"a - b - c", "((a - b) - c)"},
      {"a if b else c if d", "(a if b else (c if d else ))"},
      {"a is not b c", "(not (a is b(c)))"},
      {"a is b(1) and c", "((a is b(1)) and c)"},
      {"a is defined or b", "((a is defined()) or b)"},
      {"a|b(1, k=2)|c.d", "a|b(1 k=2)|c.d()"},
      {"f(1, *a, **b)", "f(1 *a **b)"},
      {"a[1:2], b[::3], c[:]", "(a[1:2:], b[::3], c[::],)"},
      {"a.0.b[c, d]", "a[0].b[(c, d,)]"},
      {"'a' \"b\" 'c'.x", "'abc'.x"},
      {"(), (1,), [1, 2,], {'a': 1,}", "((,), (1,), [1, 2], {'a', 1},)"},
      {"true, True, none, None", "(True, True, None, None,)"},
      {"a b", "error: expected token 'end of print statement', got 'b'"},
      {"a.", "error: expected name or number"},
      {"f(a=1, 2)", "error: invalid syntax for function call expression"},
      {"a is b is c", "error: You cannot chain multiple tests with is"},
  };
  for (const Row& row : rows) EXPECT_EQ(parsed(row.expression), row.grouped) << row.expression;
}

TEST(Parser, ReadsEscapes) {
  EXPECT_EQ(parsed(R"('\x41\u00e9\n\t\\\'\q\101')"), R"("Aé\n\t\\'\\qA")");
  EXPECT_EQ(parsed(R"('\xZZ')"), "error: malformed escape in a string literal");
}

TEST(Parser, BoundsNesting) {
  std::string deep(5000, '(');
  EXPECT_EQ(parsed(deep + "1" + std::string(5000, ')')), "error: expression is nested too deeply");
  std::string chain = "a";
  for (int i = 0; i < 5000; ++i) chain += "+a";
  EXPECT_EQ(parsed(chain), "error: expression is nested too deeply");
  std::string blocks;
  for (int i = 0; i < 5000; ++i) blocks += "{% if a %}";
  Ast ast(blocks);
  Parser parser(blocks, ast);
  EXPECT_FALSE(parser.parse());
  EXPECT_EQ(parser.failure().message, "blocks are nested too deeply");
}

}  // namespace
}  // namespace sluice::jinja
