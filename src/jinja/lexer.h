// Jinja's lexer: text to tokens, with the whitespace control that trims template data.
//
// Tokens are views by offset into the text, so the text must outlive them. Newlines must be
// normalised first (normalize_source). Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::jinja {

enum class TokenKind : uint8_t {
  kEnd,
  kError,  // the text cannot be read from here; see LexFailure
  kData,
  kVariableBegin,
  kVariableEnd,
  kBlockBegin,
  kBlockEnd,
  kName,
  kString,
  kInteger,
  kFloat,
  kAdd,
  kSub,
  kDiv,
  kFloorDiv,
  kMul,
  kPow,
  kMod,
  kTilde,
  kLeftBracket,
  kRightBracket,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kEq,
  kNe,
  kGt,
  kGe,
  kLt,
  kLe,
  kAssign,
  kDot,
  kColon,
  kPipe,
  kComma,
  kSemicolon,
};

struct Token {
  TokenKind kind;
  uint32_t offset;
  uint32_t length;
};

struct LexFailure {
  std::string message;
  uint32_t offset = 0;
};

// '\r\n' and '\r' become '\n', and one final newline is dropped.
std::string normalize_source(std::string_view text);

// Appends the tokens of the text, always closed by kEnd or kError (then `failure` is filled).
void tokenize(std::string_view text, std::vector<Token>& tokens, LexFailure& failure);

// How error messages name a kind of token: "end of print statement", ",", "integer".
std::string_view describe(TokenKind kind);

// True for Python's white space at `position` of UTF-8 text; `width` receives its bytes.
bool is_space_at(std::string_view text, size_t position, size_t& width);

}  // namespace sluice::jinja
