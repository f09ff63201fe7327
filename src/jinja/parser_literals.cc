// The leaves of expressions: names, literals and bracketed displays.
#include "jinja/ops.h"
#include "jinja/parser.h"
#include "jinja/value_text.h"

namespace sluice::jinja {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads `count` hexadecimal digits; false when there are fewer or the code point is out of range.
bool append_hex_escape(std::string_view body, size_t& at, int count, std::string& out) {
  uint32_t code = 0;
  for (int i = 0; i < count; ++i, ++at) {
    int digit = at < body.size() ? hex_digit(body[at]) : -1;
    if (digit < 0) return false;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  if (code > 0x10ffff) return false;
  append_code_point(static_cast<char32_t>(code), out);
  return true;
}

void append_octal_escape(std::string_view body, size_t& at, std::string& out) {
  uint32_t code = 0;
  for (int i = 0; i < 3 && at < body.size() && body[at] >= '0' && body[at] <= '7'; ++i, ++at) {
    code = code * 8 + static_cast<uint32_t>(body[at] - '0');
  }
  append_code_point(static_cast<char32_t>(code), out);
}

// One escape after its backslash; `at` points to the letter. False: malformed.
bool append_escape(std::string_view body, size_t& at, std::string& out) {
  static constexpr std::string_view kLetters = "\n\\'\"abfnrtv";
  char c = body[at];
  if (c >= '0' && c <= '7') {
    append_octal_escape(body, at, out);
    return true;
  }
  ++at;
  if (c == 'x') return append_hex_escape(body, at, 2, out);
  if (c == 'u') return append_hex_escape(body, at, 4, out);
  if (c == 'U') return append_hex_escape(body, at, 8, out);
  if (c == 'N') return false;
  size_t index = kLetters.find(c);
  if (index == std::string_view::npos) {
    out.push_back('\\');
    out.push_back(c);
  } else if (index != 0) {  // a backslash before a line end joins the lines
    static constexpr char kValues[] = {'\0', '\\', '\'', '"',  '\a', '\b',
                                       '\f', '\n', '\r', '\t', '\v'};
    out.push_back(kValues[index]);
  }
  return true;
}

bool unescape(std::string_view body, std::string& out) {
  for (size_t at = 0; at < body.size();) {
    if (body[at] != '\\') {
      out.push_back(body[at++]);
      continue;
    }
    ++at;
    if (at >= body.size() || !append_escape(body, at, out)) return false;
  }
  return true;
}

}  // namespace

NodeId Parser::constant(uint32_t offset, Value value) {
  ast_.constants.push_back(std::move(value));
  return add(NodeKind::kConst, offset, static_cast<uint32_t>(ast_.constants.size() - 1));
}

NodeId Parser::primary(bool with_namespace) {
  uint32_t offset = current().offset;
  switch (current().kind) {
    case TokenKind::kName:
      return name_or_literal(with_namespace);
    case TokenKind::kString:
      return string_literal();
    case TokenKind::kInteger:
      return integer_literal();
    case TokenKind::kFloat:
      return float_literal();
    case TokenKind::kLeftParen: {
      advance();
      TupleRule rule;
      rule.explicit_parentheses = true;
      NodeId node = tuple(rule);
      expect(TokenKind::kRightParen);
      return node;
    }
    case TokenKind::kLeftBracket:
      return list_literal();
    case TokenKind::kLeftBrace:
      return dict_literal();
    default:
      fail_here("unexpected " + shown(current()));
      return constant(offset, Value::none());
  }
}

NodeId Parser::name_or_literal(bool with_namespace) {
  Token token = current();
  std::string_view name = text_of(token);
  advance();
  if (name == "true" || name == "True") return constant(token.offset, Value::boolean(true));
  if (name == "false" || name == "False") return constant(token.offset, Value::boolean(false));
  if (name == "none" || name == "None") return constant(token.offset, Value::none());
  NameId id = ast_.intern(name);
  if (with_namespace && skip(TokenKind::kDot)) {
    Token member = expect(TokenKind::kName);
    return add(NodeKind::kNamespaceRef, token.offset, id, ast_.intern(text_of(member)));
  }
  return add(NodeKind::kName, token.offset, id);
}

NodeId Parser::string_literal() {
  Token first = current();
  std::string joined;
  std::string_view plain;
  bool copied = false;
  for (int parts = 0; is(TokenKind::kString); ++parts) {
    Token token = current();
    std::string_view body = text_of(token).substr(1, token.length - 2);
    bool escaped = body.find('\\') != std::string_view::npos;
    if (parts == 0 && !escaped && look().kind != TokenKind::kString) {
      plain = body;
      advance();
      break;
    }
    copied = true;
    if (!unescape(body, joined)) fail_at(token.offset, "malformed escape in a string literal");
    advance();
  }
  NameId id = copied ? ast_.intern_copy(std::move(joined)) : ast_.intern(plain);
  return add(NodeKind::kText, first.offset, id);
}

NodeId Parser::integer_literal() {
  Token token = current();
  std::string_view text = text_of(token);
  advance();
  if (text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    int64_t value = 0;
    for (char c : text) value = value * 10 + (c - '0');
    return constant(token.offset, Value::integer(value));
  }
  std::string digits;
  for (char c : text) {
    if (c != '_') digits.push_back(c);
  }
  auto value = parse_int(digits, 0);
  if (!value) fail_at(token.offset, "invalid integer '" + digits + "'");
  return constant(token.offset, value.value_or(Value::none()));
}

NodeId Parser::float_literal() {
  Token token = current();
  advance();
  auto value = parse_float(text_of(token));
  if (!value) fail_at(token.offset, "invalid number '" + std::string(text_of(token)) + "'");
  return constant(token.offset, Value::floating(value.value_or(0)));
}

NodeId Parser::list_literal() {
  uint32_t offset = expect(TokenKind::kLeftBracket).offset;
  size_t start = mark();
  while (!is(TokenKind::kRightBracket) && !failed()) {
    if (mark() != start) expect(TokenKind::kComma);
    if (is(TokenKind::kRightBracket)) break;
    NodeId item = expression();
    scratch_.push_back(item);
  }
  expect(TokenKind::kRightBracket);
  NodeList items = take(start);
  return add(NodeKind::kList, offset, items.start, items.count);
}

NodeId Parser::dict_literal() {
  uint32_t offset = expect(TokenKind::kLeftBrace).offset;
  size_t start = mark();
  while (!is(TokenKind::kRightBrace) && !failed()) {
    if (mark() != start) expect(TokenKind::kComma);
    if (is(TokenKind::kRightBrace)) break;
    NodeId key = expression();
    scratch_.push_back(key);
    expect(TokenKind::kColon);
    NodeId value = expression();
    scratch_.push_back(value);
  }
  expect(TokenKind::kRightBrace);
  NodeList items = take(start);
  return add(NodeKind::kDict, offset, items.start, items.count);
}

}  // namespace sluice::jinja
