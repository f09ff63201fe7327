// Statements: what stands between {% and %}.
#include <algorithm>

#include "jinja/parser.h"

namespace sluice::jinja {

namespace {

std::string alternatives(std::initializer_list<std::string_view> words) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += " or ";
    out += "'" + std::string(word) + "'";
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

}  // namespace

void Parser::push_statement(NodeId id) { scratch_.push_back(id); }

// Reads data, prints and tags until one of `ends` stands after '{%' (not consumed) or the template
// ends.
NodeList Parser::statements_until(Words ends) {
  size_t start = mark();
  ends_.push_back(ends);
  while (!is(TokenKind::kEnd)) {
    Token token = current();
    if (token.kind == TokenKind::kData) {
      push_statement(add(NodeKind::kData, token.offset, token.offset, token.length));
      advance();
    } else if (token.kind == TokenKind::kVariableBegin) {
      advance();
      uint32_t offset = current().offset;
      NodeId value = tuple();
      push_statement(add(NodeKind::kPrint, offset, value));
      expect(TokenKind::kVariableEnd);
    } else {
      advance();
      if (ends.size() != 0 && is_any_word(ends)) break;
      statement();
      expect(TokenKind::kBlockEnd);
    }
  }
  ends_.pop_back();
  return take(start);
}

NodeList Parser::body_until(Words ends, bool drop_needle) {
  constexpr size_t kMaxOpenTags = 200;
  skip(TokenKind::kColon);
  expect(TokenKind::kBlockEnd);
  if (tags_.size() > kMaxOpenTags) fail_here("blocks are nested too deeply");
  NodeList body = statements_until(ends);
  if (is(TokenKind::kEnd) && !failed()) {
    ends_.push_back(ends);
    fail_unknown({}, current().offset);
    ends_.pop_back();
  }
  if (drop_needle) advance();
  return body;
}

void Parser::fail_unknown(std::string_view tag, uint32_t offset) {
  std::string message = tag.empty() ? "Unexpected end of template."
                                    : "Encountered unknown tag '" + std::string(tag) + "'.";
  bool expected = false;
  for (const Words& words : ends_) {
    if (std::find(words.begin(), words.end(), tag) != words.end()) expected = true;
  }
  if (!ends_.empty() && ends_.back().size() != 0) {
    std::string looking = alternatives(ends_.back());
    message += expected ? " You probably made a nesting mistake. Jinja is expecting this tag, but "
                          "currently looking for " +
                              looking + "."
                        : " Jinja was looking for the following tags: " + looking + ".";
  }
  if (!tags_.empty()) {
    message +=
        " The innermost block that needs to be closed is '" + std::string(tags_.back()) + "'.";
  }
  fail_at(offset, std::move(message));
}

void Parser::statement() {
  if (!is(TokenKind::kName)) {
    fail_here(is(TokenKind::kEnd) ? "unexpected end of template" : "tag name expected");
    return;
  }
  Token token = current();
  std::string_view tag = text_of(token);
  tags_.push_back(tag);
  bool known = core_statement(tag) || dbt_statement(tag) || rare_statement(tag);
  tags_.pop_back();
  if (!known) fail_unknown(tag, token.offset);
}

bool Parser::core_statement(std::string_view tag) {
  uint32_t offset = current().offset;
  if (tag == "for") {
    push_statement(for_statement());
  } else if (tag == "if") {
    push_statement(if_statement());
  } else if (tag == "set") {
    push_statement(set_statement());
  } else if (tag == "do") {
    advance();
    NodeId value = tuple();
    push_statement(add(NodeKind::kDo, offset, value));
  } else if (tag == "macro") {
    push_statement(macro_statement());
  } else if (tag == "call") {
    push_statement(call_block());
  } else if (tag == "filter") {
    push_statement(filter_block());
  } else {
    return false;
  }
  return true;
}

bool Parser::rare_statement(std::string_view tag) {
  uint32_t offset = current().offset;
  if (tag == "with") {
    push_statement(with_statement());
  } else if (tag == "break" || tag == "continue") {
    advance();
    push_statement(add(tag == "break" ? NodeKind::kBreak : NodeKind::kContinue, offset));
  } else if (tag == "print") {
    print_statement();
  } else if (tag == "block") {
    push_statement(block_statement());
  } else if (tag == "autoescape") {
    push_statement(autoescape_statement());
  } else if (tag == "include" || tag == "import" || tag == "from" || tag == "extends") {
    push_statement(load_statement(tag));
  } else {
    return false;
  }
  return true;
}

bool Parser::dbt_statement(std::string_view tag) {
  if (tag == "materialization") {
    push_statement(materialization_statement());
  } else if (tag == "test") {
    push_statement(named_definition("test_", "endtest", true));
  } else if (tag == "data_test") {
    push_statement(named_definition("test_", "enddata_test", true));
  } else if (tag == "docs") {
    push_statement(named_definition("dbt_docs__", "enddocs", false));
  } else if (tag == "snapshot") {
    push_statement(named_definition("snapshot_", "endsnapshot", false));
  } else {
    return false;
  }
  return true;
}

NodeId Parser::for_statement() {
  uint32_t offset = current().offset;
  advance();
  LoopNode loop;
  loop.target = target(false, "in", false);
  expect_word("in");
  TupleRule rule;
  rule.with_condition = false;
  rule.end_word = "recursive";
  loop.iterable = tuple(rule);
  if (skip_word("if")) loop.filter = expression();
  loop.recursive = skip_word("recursive");
  loop.body = body_until({"endfor", "else"}, false);
  bool has_else = is_word("else");
  advance();
  if (has_else) loop.otherwise = body_until({"endfor"}, true);
  ast_.loops.push_back(loop);
  return add(NodeKind::kFor, offset, static_cast<uint32_t>(ast_.loops.size() - 1));
}

NodeId Parser::if_statement() {
  struct Branch {
    uint32_t offset;
    NodeId check;
    NodeList body;
  };
  std::vector<Branch> branches;
  NodeId rest = kNone;
  TupleRule rule;
  rule.with_condition = false;
  for (;;) {
    uint32_t offset = current().offset;
    advance();  // if, elif
    NodeId check = tuple(rule);
    NodeList body = body_until({"elif", "else", "endif"}, false);
    branches.push_back({offset, check, body});
    if (failed() || !is_word("elif")) break;
  }
  bool has_else = is_word("else");
  uint32_t else_offset = current().offset;
  advance();
  if (has_else) {
    NodeList body = body_until({"endif"}, true);
    rest = add(NodeKind::kBody, else_offset, body.start, body.count);
  }
  for (; !branches.empty(); branches.pop_back()) {
    const Branch& branch = branches.back();
    rest =
        add(NodeKind::kIf, branch.offset, branch.check, branch.body.start, branch.body.count, rest);
  }
  return rest;
}

NodeId Parser::set_statement() {
  uint32_t offset = current().offset;
  advance();
  NodeId where = target(false, {}, true);
  if (skip(TokenKind::kAssign)) {
    NodeId value = tuple();
    return add(NodeKind::kSet, offset, where, value);
  }
  NodeId chain = filter(kNone, false);
  NodeList body = body_until({"endset"}, true);
  return add(NodeKind::kSetBlock, offset, where, chain, body.start, body.count);
}

NodeId Parser::with_statement() {
  uint32_t offset = current().offset;
  advance();
  size_t start = mark();
  while (!is(TokenKind::kBlockEnd) && !failed()) {
    if (mark() != start) expect(TokenKind::kComma);
    NodeId where = target(false, {}, false);
    scratch_.push_back(where);
    expect(TokenKind::kAssign);
    NodeId value = expression();
    scratch_.push_back(value);
  }
  NodeList pairs = take(start);
  NodeList body = body_until({"endwith"}, true);
  return add(NodeKind::kWith, offset, pairs.start, pairs.count, body.start, body.count);
}

NodeId Parser::autoescape_statement() {
  uint32_t offset = current().offset;
  advance();
  NodeId value = expression();
  NodeList body = body_until({"endautoescape"}, true);
  return add(NodeKind::kAutoescape, offset, value, body.start, body.count);
}

NodeId Parser::block_statement() {
  uint32_t offset = current().offset;
  advance();
  Token name = expect(TokenKind::kName);
  bool scoped = skip_word("scoped");
  skip_word("required");
  if (is(TokenKind::kSub)) {
    fail_here(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use "
        "an underscore instead.");
  }
  NodeList body = body_until({"endblock"}, true);
  skip_word(text_of(name));
  return add(NodeKind::kBlock, offset, ast_.intern(text_of(name)), body.start, body.count,
             scoped ? 1 : 0);
}

void Parser::import_context() {
  if ((is_word("with") || is_word("without")) && look().kind == TokenKind::kName &&
      text_of(look()) == "context") {
    advance();
    advance();
  }
}

void Parser::import_names() {
  bool any = false;
  while (!is(TokenKind::kBlockEnd) && !failed()) {
    if (any) expect(TokenKind::kComma);
    if (!is(TokenKind::kName)) {
      expect(TokenKind::kName);
      return;
    }
    if (is_word("with") || is_word("without")) {
      import_context();
      if (is(TokenKind::kBlockEnd)) return;
    }
    target(true, {}, false);
    if (skip_word("as")) target(true, {}, false);
    any = true;
    import_context();
    if (!is(TokenKind::kComma)) return;
  }
}

NodeId Parser::load_statement(std::string_view tag) {
  uint32_t offset = current().offset;
  advance();
  NodeId source = expression();
  if (tag == "include") {
    if (is_word("ignore")) {
      advance();
      expect_word("missing");
    }
    import_context();
  } else if (tag == "import") {
    expect_word("as");
    target(true, {}, false);
    import_context();
  } else if (tag == "from") {
    expect_word("import");
    import_names();
  }
  return add(NodeKind::kLoad, offset, source);
}

void Parser::print_statement() {
  advance();
  bool any = false;
  while (!is(TokenKind::kBlockEnd) && !failed()) {
    if (any) expect(TokenKind::kComma);
    uint32_t offset = current().offset;
    NodeId value = expression();
    push_statement(add(NodeKind::kPrint, offset, value));
    any = true;
  }
}

// Source text of a parameter's type, up to the ',' '=' or ')' outside brackets.
std::string Parser::annotation() {
  uint32_t begin = current().offset;
  int depth = 0;
  while (!is(TokenKind::kEnd) && !is(TokenKind::kBlockEnd)) {
    bool stop = is(TokenKind::kComma) || is(TokenKind::kAssign) || is(TokenKind::kRightParen);
    if (depth == 0 && stop) break;
    if (is(TokenKind::kLeftBracket) || is(TokenKind::kLeftParen)) ++depth;
    if (is(TokenKind::kRightBracket) || is(TokenKind::kRightParen)) --depth;
    advance();
  }
  if (failed()) return {};
  std::string_view text = trimmed(ast_.text.substr(begin, current().offset - begin));
  if (text.empty()) fail_here("expected a type after ':', got " + shown(current()));
  return std::string(text);
}

void Parser::signature(DefinitionNode& out) {
  expect(TokenKind::kLeftParen);
  size_t start = mark();
  std::vector<NodeId> defaults;
  while (!is(TokenKind::kRightParen) && !failed()) {
    if (mark() != start) expect(TokenKind::kComma);
    NodeId name = target(true, {}, false);
    scratch_.push_back(name);
    out.annotations.push_back(skip(TokenKind::kColon) ? annotation() : std::string());
    if (skip(TokenKind::kAssign)) {
      defaults.push_back(expression());
    } else if (!defaults.empty()) {
      fail_here("non-default argument follows default argument");
    }
  }
  expect(TokenKind::kRightParen);
  out.parameters = take(start);
  start = mark();
  scratch_.insert(scratch_.end(), defaults.begin(), defaults.end());
  out.defaults = take(start);
}

NodeId Parser::call_block() {
  uint32_t offset = current().offset;
  advance();
  DefinitionNode definition;
  if (is(TokenKind::kLeftParen)) signature(definition);
  NodeId call = expression();
  if (!failed() && ast_.nodes[call].kind != NodeKind::kCall) fail_at(offset, "expected call");
  definition.body = body_until({"endcall"}, true);
  ast_.definitions.push_back(std::move(definition));
  return add(NodeKind::kCallBlock, offset, static_cast<uint32_t>(ast_.definitions.size() - 1),
             call);
}

NodeId Parser::filter_block() {
  uint32_t offset = current().offset;
  advance();
  NodeId chain = filter(kNone, true);
  NodeList body = body_until({"endfilter"}, true);
  return add(NodeKind::kFilterBlock, offset, chain, body.start, body.count);
}

NodeId Parser::finish_definition(uint32_t offset, DefinitionNode definition, std::string function) {
  definition.function = ast_.intern_copy(std::move(function));
  ast_.definitions.push_back(std::move(definition));
  return add(NodeKind::kMacro, offset, static_cast<uint32_t>(ast_.definitions.size() - 1));
}

NodeId Parser::macro_statement() {
  uint32_t offset = current().offset;
  advance();
  DefinitionNode definition;
  definition.name = ast_.nodes[target(true, {}, false)].a;
  signature(definition);
  definition.body = body_until({"endmacro"}, true);
  return finish_definition(offset, std::move(definition),
                           "dbt_macro__" + std::string(failed() ? "" : ast_.name(definition.name)));
}

NodeId Parser::named_definition(std::string_view prefix, std::string_view end_tag,
                                bool with_signature) {
  uint32_t offset = current().offset;
  advance();
  DefinitionNode definition;
  NameId short_name = ast_.nodes[target(true, {}, false)].a;
  if (failed()) return add(NodeKind::kBreak, offset);
  std::string name = std::string(prefix) + std::string(ast_.name(short_name));
  definition.name = ast_.intern_copy(name);
  if (with_signature) signature(definition);
  definition.body = body_until({end_tag}, true);
  // Docs blocks are kept apart from macros by their own prefix; the rest share the macros' one.
  return finish_definition(offset, std::move(definition),
                           prefix == "dbt_docs__" ? name : "dbt_macro__" + name);
}

void Parser::materialization_options(std::string& adapter, DefinitionNode& out) {
  while (skip(TokenKind::kComma) && !failed()) {
    if (skip_word("default")) {
      adapter = "default";
    } else if (skip_word("adapter")) {
      expect(TokenKind::kAssign);
      Token value = expect(TokenKind::kString);
      if (!failed()) adapter = std::string(text_of(value).substr(1, value.length - 2));
    } else if (skip_word("supported_languages")) {
      expect(TokenKind::kAssign);
      uint32_t begin = current().offset;
      expression();
      if (!failed()) {
        out.supported_languages =
            std::string(trimmed(ast_.text.substr(begin, current().offset - begin)));
      }
    } else {
      fail_here("expected 'default', 'adapter' or 'supported_languages', got " + shown(current()));
    }
  }
}

NodeId Parser::materialization_statement() {
  uint32_t offset = current().offset;
  advance();
  DefinitionNode definition;
  NameId short_name = ast_.nodes[target(true, {}, false)].a;
  std::string adapter = "default";
  materialization_options(adapter, definition);
  if (failed()) return add(NodeKind::kBreak, offset);
  std::string name = "materialization_" + std::string(ast_.name(short_name)) + "_" + adapter;
  definition.name = ast_.intern_copy(name);
  definition.body = body_until({"endmaterialization"}, true);
  return finish_definition(offset, std::move(definition), "dbt_macro__" + name);
}

}  // namespace sluice::jinja
