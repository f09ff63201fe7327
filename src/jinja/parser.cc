#include "jinja/parser.h"

#include <algorithm>
#include <iterator>

namespace sluice::jinja {

namespace {

constexpr uint32_t kMaxTreeDepth = 1500;  // recursion over the tree must fit the stack

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

Parser::Parser(std::string_view text, Ast& ast) : ast_(ast) {
  tokenize(text, tokens_, lex_failure_);
  if (tokens_.front().kind == TokenKind::kError) fail_at(lex_failure_.offset, lex_failure_.message);
}

bool Parser::parse() {
  ast_.body = statements_until({});
  return !failed_;
}

bool Parser::is_any_word(Words words) const {
  if (!is(TokenKind::kName)) return false;
  std::string_view text = text_of(current());
  return std::find(words.begin(), words.end(), text) != words.end();
}

void Parser::advance() {
  if (position_ + 1 < tokens_.size()) ++position_;
  if (is(TokenKind::kError)) fail_at(lex_failure_.offset, lex_failure_.message);
}

bool Parser::skip(TokenKind kind) {
  if (!is(kind)) return false;
  advance();
  return true;
}

bool Parser::skip_word(std::string_view word) {
  if (!is_word(word)) return false;
  advance();
  return true;
}

std::string Parser::shown(const Token& token) const {
  return quoted(token.kind == TokenKind::kName ? text_of(token) : describe(token.kind));
}

Token Parser::expect(TokenKind kind) {
  Token token = current();
  if (token.kind == kind) {
    advance();
    return token;
  }
  if (token.kind == TokenKind::kEnd) {
    fail_here("unexpected end of template, expected " + quoted(describe(kind)) + ".");
  } else {
    fail_here("expected token " + quoted(describe(kind)) + ", got " + shown(token));
  }
  return token;
}

void Parser::expect_word(std::string_view word) {
  if (skip_word(word)) return;
  if (is(TokenKind::kEnd)) {
    fail_here("unexpected end of template, expected " + quoted(word) + ".");
  } else {
    fail_here("expected token " + quoted(word) + ", got " + shown(current()));
  }
}

// Keeps the first failure and makes every loop see the end of the template.
void Parser::fail_at(uint32_t offset, std::string message) {
  if (!failed_) failure_ = {std::move(message), offset};
  failed_ = true;
  tokens_.back().kind = TokenKind::kEnd;
  position_ = tokens_.size() - 1;
}

uint32_t Parser::depth_below(const Node& node) const {
  uint32_t depth = 0;
  for_each_operand(ast_, node, [&](NodeId child) {
    depth = std::max<uint32_t>(depth, ast_.nodes[child].depth);
  });
  return depth;
}

NodeId Parser::add(NodeKind kind, uint32_t offset, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
                   uint8_t flag) {
  auto id = static_cast<NodeId>(ast_.nodes.size());
  Node node{kind, flag, 0, offset, a, b, c, d};
  uint32_t depth = is_expression(kind) ? depth_below(node) + 1 : 1;
  if (depth > kMaxTreeDepth) fail_at(offset, "expression is nested too deeply");
  node.depth = static_cast<uint16_t>(depth);
  ast_.nodes.push_back(node);
  return id;
}

NodeList Parser::take(size_t from) {
  NodeList list{static_cast<uint32_t>(ast_.lists.size()),
                static_cast<uint32_t>(scratch_.size() - from)};
  ast_.lists.insert(ast_.lists.end(), scratch_.begin() + static_cast<std::ptrdiff_t>(from),
                    scratch_.end());
  scratch_.resize(from);
  return list;
}

NodeId Parser::condition() {
  uint32_t offset = current().offset;
  NodeId value = disjunction();
  while (skip_word("if")) {
    NodeId check = disjunction();
    NodeId otherwise = skip_word("else") ? expression() : kNone;
    value = add(NodeKind::kCondition, offset, check, value, otherwise);
    offset = current().offset;
  }
  return value;
}

NodeId Parser::expression(bool with_condition) {
  constexpr int kMaxNesting = 250;
  if (nesting_ >= kMaxNesting) {
    fail_here("expression is nested too deeply");
    return add(NodeKind::kConst, current().offset, 0);
  }
  ++nesting_;
  NodeId id = with_condition ? condition() : disjunction();
  --nesting_;
  return id;
}

NodeId Parser::disjunction() {
  uint32_t offset = current().offset;
  NodeId left = conjunction();
  while (skip_word("or")) {
    NodeId right = conjunction();
    left = add(NodeKind::kOr, offset, left, right);
  }
  return left;
}

NodeId Parser::conjunction() {
  uint32_t offset = current().offset;
  NodeId left = negation();
  while (skip_word("and")) {
    NodeId right = negation();
    left = add(NodeKind::kAnd, offset, left, right);
  }
  return left;
}

namespace {

// A token that is an operator.
template <typename Operator>
struct Sign {
  TokenKind token;
  Operator op;
};

constexpr Sign<CompareOperator> kCompareSigns[] = {
    {TokenKind::kEq, CompareOperator::kEq}, {TokenKind::kNe, CompareOperator::kNe},
    {TokenKind::kGt, CompareOperator::kGt}, {TokenKind::kGe, CompareOperator::kGe},
    {TokenKind::kLt, CompareOperator::kLt}, {TokenKind::kLe, CompareOperator::kLe}};
constexpr Sign<BinaryOperator> kSumSigns[] = {{TokenKind::kAdd, BinaryOperator::kAdd},
                                              {TokenKind::kSub, BinaryOperator::kSub}};
constexpr Sign<BinaryOperator> kProductSigns[] = {{TokenKind::kMul, BinaryOperator::kMul},
                                                  {TokenKind::kDiv, BinaryOperator::kDiv},
                                                  {TokenKind::kFloorDiv, BinaryOperator::kFloorDiv},
                                                  {TokenKind::kMod, BinaryOperator::kMod}};

// Null: the token is none of these operators.
template <typename Operator, size_t kNumSigns>
const Sign<Operator>* operator_of(const Sign<Operator> (&signs)[kNumSigns], TokenKind token) {
  const auto* found =
      std::find_if(std::begin(signs), std::end(signs),
                   [token](const Sign<Operator>& sign) { return sign.token == token; });
  return found == std::end(signs) ? nullptr : found;
}

}  // namespace

NodeId Parser::negation() {
  std::vector<uint32_t> offsets;
  while (is_word("not")) {
    offsets.push_back(current().offset);
    advance();
  }
  NodeId node = comparison();
  for (; !offsets.empty(); offsets.pop_back()) node = add(NodeKind::kNot, offsets.back(), node);
  return node;
}

bool Parser::compare_operator(CompareOperator& op) {
  if (const auto* sign = operator_of(kCompareSigns, current().kind)) {
    op = sign->op;
  } else if (is_word("in")) {
    op = CompareOperator::kIn;
  } else if (is_word("not") && look().kind == TokenKind::kName && text_of(look()) == "in") {
    advance();
    op = CompareOperator::kNotIn;
  } else {
    return false;
  }
  advance();
  return true;
}

NodeId Parser::comparison() {
  uint32_t offset = current().offset;
  NodeId first = sum();
  size_t start = mark();
  CompareOperator op{};
  for (;;) {
    uint32_t place = current().offset;
    if (!compare_operator(op)) break;
    NodeId operand = sum();
    scratch_.push_back(add(NodeKind::kOperand, place, operand, 0, 0, 0, static_cast<uint8_t>(op)));
  }
  if (mark() == start) return first;
  NodeList operands = take(start);
  return add(NodeKind::kCompare, offset, first, operands.start, operands.count);
}

NodeId Parser::sum() {
  const uint32_t offset = current().offset;
  NodeId left = concatenation();
  while (const auto* sign = operator_of(kSumSigns, current().kind)) {
    advance();
    const NodeId right = concatenation();
    left = add(NodeKind::kBinary, offset, left, right, 0, 0, static_cast<uint8_t>(sign->op));
  }
  return left;
}

NodeId Parser::concatenation() {
  uint32_t offset = current().offset;
  NodeId first = product();
  if (!is(TokenKind::kTilde)) return first;
  size_t start = mark();
  scratch_.push_back(first);
  while (skip(TokenKind::kTilde)) {
    NodeId next = product();
    scratch_.push_back(next);
  }
  NodeList parts = take(start);
  return add(NodeKind::kConcat, offset, parts.start, parts.count);
}

NodeId Parser::product() {
  const uint32_t offset = current().offset;
  NodeId left = power();
  while (const auto* sign = operator_of(kProductSigns, current().kind)) {
    advance();
    const NodeId right = power();
    left = add(NodeKind::kBinary, offset, left, right, 0, 0, static_cast<uint8_t>(sign->op));
  }
  return left;
}

NodeId Parser::power() {
  uint32_t offset = current().offset;
  NodeId left = unary(true);
  while (skip(TokenKind::kPow)) {
    NodeId right = unary(true);
    left = add(NodeKind::kBinary, offset, left, right, 0, 0,
               static_cast<uint8_t>(BinaryOperator::kPow));
  }
  return left;
}

NodeId Parser::unary(bool with_filter) {
  // Signs apply to what follows them without filters; a row of them is kept off the C++ stack.
  std::vector<std::pair<NodeKind, uint32_t>> signs;
  while (is(TokenKind::kSub) || is(TokenKind::kAdd)) {
    signs.emplace_back(is(TokenKind::kSub) ? NodeKind::kNegate : NodeKind::kPositive,
                       current().offset);
    advance();
  }
  NodeId node = postfix(primary());
  for (; !signs.empty(); signs.pop_back()) {
    node = add(signs.back().first, signs.back().second, node);
    // Only what follows the outermost sign may still take a postfix: "-x" then "(…)" is a call of
    // the negation.
    node = postfix(node);
  }
  return with_filter ? filters_and_tests(node) : node;
}

NodeId Parser::postfix(NodeId node) {
  for (;;) {
    if (is(TokenKind::kDot) || is(TokenKind::kLeftBracket)) {
      node = subscript(node);
    } else if (is(TokenKind::kLeftParen)) {
      node = call(node);
    } else {
      return node;
    }
  }
}

NodeId Parser::filters_and_tests(NodeId node) {
  for (;;) {
    if (is(TokenKind::kPipe)) {
      node = filter(node, false);
    } else if (is_word("is")) {
      node = test(node);
    } else if (is(TokenKind::kLeftParen)) {
      node = call(node);
    } else {
      return node;
    }
  }
}

NodeId Parser::attribute(NodeId node, uint32_t offset) {
  Token token = current();
  advance();
  if (token.kind == TokenKind::kName) {
    return add(NodeKind::kAttribute, offset, node, ast_.intern(text_of(token)));
  }
  if (token.kind != TokenKind::kInteger) {
    fail_at(token.offset, "expected name or number");
    return node;
  }
  --position_;
  NodeId key = integer_literal();
  return add(NodeKind::kItem, offset, node, key);
}

NodeId Parser::subscript(NodeId node) {
  uint32_t offset = current().offset;
  if (skip(TokenKind::kDot)) return attribute(node, offset);
  expect(TokenKind::kLeftBracket);
  size_t start = mark();
  while (!is(TokenKind::kRightBracket) && !failed()) {
    if (mark() != start) expect(TokenKind::kComma);
    NodeId part = subscript_part();
    scratch_.push_back(part);
  }
  expect(TokenKind::kRightBracket);
  NodeList parts = take(start);
  if (parts.count == 1) return add(NodeKind::kItem, offset, node, ast_.lists[parts.start]);
  for (uint32_t i = 0; i < parts.count && !failed(); ++i) {
    if (ast_.nodes[ast_.lists[parts.start + i]].kind == NodeKind::kSlice) {
      fail_at(offset, "a slice cannot be part of a tuple index");
    }
  }
  NodeId key = add(NodeKind::kTuple, offset, parts.start, parts.count);
  return add(NodeKind::kItem, offset, node, key);
}

NodeId Parser::subscript_part() {
  uint32_t offset = current().offset;
  if (is(TokenKind::kColon)) return slice(kNone, offset);
  NodeId first = expression();
  return is(TokenKind::kColon) ? slice(first, offset) : first;
}

NodeId Parser::slice_bound() {
  if (is(TokenKind::kColon) || is(TokenKind::kRightBracket) || is(TokenKind::kComma)) return kNone;
  return expression();
}

NodeId Parser::slice(NodeId first, uint32_t offset) {
  expect(TokenKind::kColon);
  NodeId stop = slice_bound();
  NodeId step = skip(TokenKind::kColon) ? slice_bound() : kNone;
  return add(NodeKind::kSlice, offset, first, stop, step);
}

NodeId Parser::call(NodeId node) {
  uint32_t offset = current().offset;
  uint32_t args = arguments();
  // The place of a call is what is called, as people look for the name.
  if (ast_.nodes[node].kind == NodeKind::kName) offset = ast_.nodes[node].offset;
  return add(NodeKind::kCall, offset, node, args);
}

uint32_t Parser::arguments() {
  Token open = expect(TokenKind::kLeftParen);
  ArgumentsNode out;
  size_t start = mark();
  bool require_comma = false;
  while (!is(TokenKind::kRightParen) && !failed()) {
    if (require_comma) {
      expect(TokenKind::kComma);
      if (is(TokenKind::kRightParen)) break;  // trailing comma
    }
    if (!argument(out, open.offset)) break;
    require_comma = true;
  }
  expect(TokenKind::kRightParen);
  out.positional = take(start);
  ast_.arguments.push_back(std::move(out));
  return static_cast<uint32_t>(ast_.arguments.size() - 1);
}

bool Parser::argument(ArgumentsNode& out, uint32_t offset) {
  bool valid = true;
  if (skip(TokenKind::kMul)) {
    valid = out.star == kNone && out.double_star == kNone;
    out.star = expression();
  } else if (skip(TokenKind::kPow)) {
    valid = out.double_star == kNone;
    out.double_star = expression();
  } else if (is(TokenKind::kName) && look().kind == TokenKind::kAssign) {
    valid = out.double_star == kNone;
    NameId name = ast_.intern(text_of(current()));
    for (const KeywordNode& keyword : out.keywords) {
      if (keyword.name == name)
        fail_here("keyword argument repeated: " + std::string(ast_.name(name)));
    }
    advance();
    advance();
    NodeId value = expression();
    out.keywords.push_back({name, value});
  } else {
    valid = out.star == kNone && out.double_star == kNone && out.keywords.empty();
    NodeId value = expression();
    scratch_.push_back(value);
  }
  if (!valid) fail_at(offset, "invalid syntax for function call expression");
  return !failed();
}

std::string_view Parser::dotted_name() {
  Token first = expect(TokenKind::kName);
  if (!is(TokenKind::kDot)) return text_of(first);
  std::string name(text_of(first));
  while (skip(TokenKind::kDot)) {
    Token part = expect(TokenKind::kName);
    name += '.';
    name += text_of(part);
  }
  return ast_.name(ast_.intern_copy(std::move(name)));
}

NodeId Parser::filter(NodeId node, bool start_inline) {
  while ((is(TokenKind::kPipe) || start_inline) && !failed()) {
    if (!start_inline) advance();
    start_inline = false;
    uint32_t offset = current().offset;
    NameId name = ast_.intern(dotted_name());
    uint32_t args = 0;
    if (is(TokenKind::kLeftParen)) {
      args = arguments();
    } else {
      ast_.arguments.emplace_back();
      args = static_cast<uint32_t>(ast_.arguments.size() - 1);
    }
    node = add(NodeKind::kFilter, offset, node, args, name);
  }
  return node;
}

NodeId Parser::test(NodeId node) {
  advance();  // is
  bool negated = skip_word("not");
  uint32_t offset = current().offset;
  NameId name = ast_.intern(dotted_name());
  uint32_t args = 0;
  if (is(TokenKind::kLeftParen)) {
    args = arguments();
  } else {
    ArgumentsNode out;
    TokenKind kind = current().kind;
    bool operand = kind == TokenKind::kName || kind == TokenKind::kString ||
                   kind == TokenKind::kInteger || kind == TokenKind::kFloat ||
                   kind == TokenKind::kLeftBracket || kind == TokenKind::kLeftBrace;
    if (operand && !is_any_word({"else", "or", "and"})) {
      if (is_word("is")) fail_here("You cannot chain multiple tests with is");
      size_t start = mark();
      NodeId value = postfix(primary());
      scratch_.push_back(value);
      out.positional = take(start);
    }
    ast_.arguments.push_back(std::move(out));
    args = static_cast<uint32_t>(ast_.arguments.size() - 1);
  }
  NodeId result = add(NodeKind::kTest, offset, node, args, name);
  return negated ? add(NodeKind::kNot, offset, result) : result;
}

bool Parser::tuple_ends(const TupleRule& rule) const {
  return is(TokenKind::kVariableEnd) || is(TokenKind::kBlockEnd) || is(TokenKind::kRightParen) ||
         is(TokenKind::kEnd) || (!rule.end_word.empty() && is_word(rule.end_word));
}

NodeId Parser::tuple(const TupleRule& rule) {
  uint32_t offset = current().offset;
  size_t start = mark();
  bool is_tuple = false;
  for (;;) {
    if (mark() != start) expect(TokenKind::kComma);
    if (tuple_ends(rule)) break;
    NodeId item = rule.simplified ? primary(rule.with_namespace) : expression(rule.with_condition);
    scratch_.push_back(item);
    if (!is(TokenKind::kComma)) break;
    is_tuple = true;
  }
  if (!is_tuple && mark() == start + 1) {
    NodeId only = scratch_.back();
    scratch_.pop_back();
    return only;
  }
  if (!is_tuple && !rule.explicit_parentheses) {
    if (is(TokenKind::kEnd)) {
      fail_here("unexpected end of template");
    } else {
      fail_here("Expected an expression, got " + shown(current()));
    }
  }
  NodeList items = take(start);
  return add(NodeKind::kTuple, offset, items.start, items.count);
}

bool Parser::check_target(NodeId id) {
  const Node& node = ast_.nodes[id];
  switch (node.kind) {
    case NodeKind::kName:
    case NodeKind::kNamespaceRef:
      return true;
    case NodeKind::kTuple:
      for (uint32_t i = 0; i < node.b; ++i) {
        if (!check_target(ast_.lists[node.a + i])) return false;
      }
      return true;
    case NodeKind::kList:
      fail_at(node.offset, "can't assign to 'list'");
      return false;
    case NodeKind::kDict:
      fail_at(node.offset, "can't assign to 'dict'");
      return false;
    default:
      fail_at(node.offset, "can't assign to 'const'");
      return false;
  }
}

NodeId Parser::target(bool name_only, std::string_view end_word, bool with_namespace) {
  NodeId id = kNone;
  if (name_only) {
    Token token = expect(TokenKind::kName);
    std::string_view name = text_of(token);
    static constexpr std::string_view kLiterals[] = {"true",  "True", "false",
                                                     "False", "none", "None"};
    if (std::find(std::begin(kLiterals), std::end(kLiterals), name) != std::end(kLiterals)) {
      fail_at(token.offset, "can't assign to 'name'");
    }
    return add(NodeKind::kName, token.offset, ast_.intern(name));
  }
  TupleRule rule;
  rule.simplified = true;
  rule.end_word = end_word;
  rule.with_namespace = with_namespace;
  id = tuple(rule);
  if (!failed()) check_target(id);
  return id;
}

}  // namespace sluice::jinja
