#include "jinja/lexer.h"

#include <gtest/gtest.h>

namespace sluice::jinja {
namespace {

// Tokens as "kind:text" separated by spaces.
std::string lexed(std::string_view text) {
  std::vector<Token> tokens;
  LexFailure failure;
  tokenize(text, tokens, failure);
  std::string out;
  for (const Token& token : tokens) {
    if (!out.empty()) out += " ";
    if (token.kind == TokenKind::kEnd) {
      out += "end";
    } else if (token.kind == TokenKind::kError) {
      out += "error:" + failure.message;
    } else {
      out += "[" + std::string(text.substr(token.offset, token.length)) + "]";
    }
  }
  return out;
}

TEST(Lexer, ReadsEveryKindOfToken) {
  struct Row {
    std::string_view text;
    std::string_view tokens;
  };
  const Row rows[] = {
      {"", "end"},
      {"plain { } text", "[plain { } text] end"},
      {"a{{ b }}c", "[a] [{{] [b] [}}] [c] end"},
      {"{{ {'a': {1: 2}}}}", "[{{] [{] ['a'] [:] [{] [1] [:] [2] [}] [}] [}}] end"},
      {"{{ 1_000 1.5e-3 0x_1F 0b1 0o7 1e3 007 }}",
       "[{{] [1_000] [1.5e-3] [0x_1F] [0b1] [0o7] [1e3] [00] [7] [}}] end"},
      {"{{ a.1.2 }}", "[{{] [a] [.] [1] [.] [2] [}}] end"},
      {"{{ 1__0 }}", "[{{] [1] [__0] [}}] end"},
      {"{{ a//b**c!=d>=e<=f==g~h|i }}",
       "[{{] [a] [//] [b] [**] [c] [!=] [d] [>=] [e] [<=] [f] [==] [g] [~] [h] [|] [i] [}}] end"},
      {"{{ 'it\\'s' \"q\" }}", "[{{] ['it\\'s'] [\"q\"] [}}] end"},
      {"{{ größe }}", "[{{] [größe] [}}] end"},
      {"{{ 'open }}", "[{{] error:unexpected char ''' at 3"},
      {"{{ a ? b }}", "[{{] [a] error:unexpected char '?' at 5"},
      {"{{ (1] }}", "[{{] [(] [1] error:unexpected ']', expected ')'"},
      {"{# a", "error:Missing end of comment tag"},
      {"{% raw %}x", "error:Missing end of raw directive"},
  };
  for (const Row& row : rows) EXPECT_EQ(lexed(row.text), row.tokens) << row.text;
}

TEST(Lexer, TrimsWhiteSpaceBySign) {
  EXPECT_EQ(lexed("a \n{{- b -}}\n c"), "[a] [{{-] [b] [-}}] [c] end");
  EXPECT_EQ(lexed("a {%+ b +%} c"), "[a ] [{%+] [b] [+%}] [ c] end");
  EXPECT_EQ(lexed("a {#- x -#} b"), "[a] [b] end");
  EXPECT_EQ(lexed("a {%- raw -%} {{ x }} {%- endraw -%} b"), "[a] [{{ x }}] [b] end");
  EXPECT_EQ(lexed("a\xc2\xa0{{- b }}"), "[a] [{{-] [b] [}}] end");
  EXPECT_EQ(lexed("{{-1}}"), "[{{-] [1] [}}] end");
}

TEST(Lexer, NormalisesNewlines) {
  EXPECT_EQ(normalize_source("a\r\nb\rc\n"), "a\nb\nc");
  EXPECT_EQ(normalize_source("\n\n"), "\n");
  EXPECT_EQ(normalize_source("a\r\n"), "a");
  EXPECT_EQ(normalize_source(""), "");
}

}  // namespace
}  // namespace sluice::jinja
