// Parser: tokens to the syntax tree. Recursive descent after Jinja2's own grammar, with dbt's tags.
// One parser per template, one thread. Errors are kJinjaSyntax with a byte offset (the caller turns
// it into a place).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/ast.h"
#include "jinja/lexer.h"

namespace sluice::jinja {

struct SyntaxFailure {
  std::string message;
  uint32_t offset = 0;
};

class Parser {
 public:
  Parser(std::string_view text, Ast& ast);
  // False: see failure().
  bool parse();
  const SyntaxFailure& failure() const { return failure_; }

 private:
  using Words = std::initializer_list<std::string_view>;

  // Tokens.
  const Token& current() const { return tokens_[position_]; }
  const Token& look() const {
    return tokens_[position_ + 1 < tokens_.size() ? position_ + 1 : position_];
  }
  std::string_view text_of(const Token& token) const {
    return ast_.text.substr(token.offset, token.length);
  }
  bool is(TokenKind kind) const { return current().kind == kind; }
  bool is_word(std::string_view word) const {
    return is(TokenKind::kName) && text_of(current()) == word;
  }
  bool is_any_word(Words words) const;
  void advance();
  bool skip(TokenKind kind);
  bool skip_word(std::string_view word);
  Token expect(TokenKind kind);
  void expect_word(std::string_view word);
  std::string shown(const Token& token) const;
  void fail_at(uint32_t offset, std::string message);
  void fail_here(std::string message) { fail_at(current().offset, std::move(message)); }
  bool failed() const { return failed_; }

  // Tree.
  NodeId add(NodeKind kind, uint32_t offset, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0,
             uint32_t d = 0, uint8_t flag = 0);
  uint32_t depth_below(const Node& node) const;
  size_t mark() const { return scratch_.size(); }
  NodeList take(size_t mark);
  NodeId constant(uint32_t offset, Value value);

  // Expressions, loosest first.
  NodeId expression(bool with_condition = true);
  NodeId condition();
  NodeId disjunction();
  NodeId conjunction();
  NodeId negation();
  NodeId comparison();
  bool compare_operator(CompareOperator& op);
  NodeId sum();
  NodeId concatenation();
  NodeId product();
  NodeId power();
  NodeId unary(bool with_filter);
  NodeId primary(bool with_namespace = false);
  NodeId name_or_literal(bool with_namespace);
  NodeId string_literal();
  NodeId integer_literal();
  NodeId float_literal();
  NodeId list_literal();
  NodeId dict_literal();
  NodeId postfix(NodeId node);
  NodeId filters_and_tests(NodeId node);
  NodeId subscript(NodeId node);
  NodeId attribute(NodeId node, uint32_t offset);
  NodeId subscript_part();
  NodeId slice(NodeId first, uint32_t offset);
  NodeId slice_bound();
  NodeId call(NodeId node);
  uint32_t arguments();
  bool argument(ArgumentsNode& out, uint32_t offset);
  NodeId filter(NodeId node, bool start_inline);
  NodeId test(NodeId node);
  std::string_view dotted_name();
  struct TupleRule {
    bool simplified = false;
    bool with_condition = true;
    bool explicit_parentheses = false;
    bool with_namespace = false;
    std::string_view end_word = {};
  };
  NodeId tuple() { return tuple(TupleRule{}); }
  NodeId tuple(const TupleRule& rule);
  bool tuple_ends(const TupleRule& rule) const;
  NodeId target(bool name_only, std::string_view end_word, bool with_namespace);
  bool check_target(NodeId id);

  // Statements.
  NodeList statements_until(Words ends);
  NodeList body_until(Words ends, bool drop_needle);
  void statement();
  bool core_statement(std::string_view tag);
  bool rare_statement(std::string_view tag);
  bool dbt_statement(std::string_view tag);
  NodeId for_statement();
  NodeId if_statement();
  NodeId set_statement();
  NodeId with_statement();
  NodeId autoescape_statement();
  NodeId block_statement();
  NodeId load_statement(std::string_view tag);
  void import_names();
  void import_context();
  NodeId call_block();
  NodeId filter_block();
  NodeId macro_statement();
  NodeId materialization_statement();
  void materialization_options(std::string& adapter, DefinitionNode& out);
  NodeId named_definition(std::string_view prefix, std::string_view end_tag, bool with_signature);
  NodeId finish_definition(uint32_t offset, DefinitionNode definition, std::string function);
  void print_statement();
  void signature(DefinitionNode& out);
  std::string annotation();
  void fail_unknown(std::string_view tag, uint32_t offset);
  void push_statement(NodeId id);

  Ast& ast_;
  std::vector<Token> tokens_;
  LexFailure lex_failure_;
  size_t position_ = 0;
  SyntaxFailure failure_;
  bool failed_ = false;
  int nesting_ = 0;
  std::vector<NodeId> scratch_;
  std::vector<std::string_view> tags_;  // open tags, for messages
  std::vector<Words> ends_;             // what each open tag waits for
};

}  // namespace sluice::jinja
