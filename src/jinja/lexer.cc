#include "jinja/lexer.h"

#include <utf8proc.h>

namespace sluice::jinja {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_ascii_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

// Bytes of the word character at `position`, 0 when there is none.
size_t word_width(std::string_view text, size_t position) {
  char c = text[position];
  if (static_cast<unsigned char>(c) < 0x80) return is_ascii_word(c) ? 1 : 0;
  utf8proc_int32_t code = 0;
  auto width = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                                static_cast<utf8proc_ssize_t>(text.size() - position), &code);
  if (width <= 0) return 0;
  utf8proc_category_t category = utf8proc_category(code);
  bool word = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
              (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
  return word ? static_cast<size_t>(width) : 0;
}

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<Token>& tokens, LexFailure& failure)
      : text_(text), tokens_(tokens), failure_(failure) {}

  void run() {
    while (position_ < text_.size()) {
      if (!read_data()) return;
    }
    push(TokenKind::kEnd, text_.size(), 0);
  }

 private:
  void push(TokenKind kind, size_t offset, size_t length) {
    tokens_.push_back({kind, static_cast<uint32_t>(offset), static_cast<uint32_t>(length)});
  }

  bool error(std::string message, size_t offset) {
    failure_.message = std::move(message);
    failure_.offset = static_cast<uint32_t>(offset);
    push(TokenKind::kError, offset, 0);
    return false;
  }

  bool starts(size_t at, std::string_view word) const {
    return text_.substr(at, word.size()) == word;
  }

  size_t skip_space(size_t at) const {
    size_t width = 0;
    while (at < text_.size() && is_space_at(text_, at, width)) at += width;
    return at;
  }

  // End of [begin, end) once trailing white space is cut.
  size_t strip_end(size_t begin, size_t end) const {
    while (end > begin) {
      if (is_ascii_space(text_[end - 1])) {
        --end;
        continue;
      }
      size_t start = end - 1;
      while (start > begin && (static_cast<unsigned char>(text_[start]) & 0xc0) == 0x80) --start;
      size_t width = 0;
      if (start == end - 1 || !is_space_at(text_, start, width) || start + width != end) break;
      end = start;
    }
    return end;
  }

  void push_data(size_t begin, size_t end, char sign) {
    if (sign == '-') end = strip_end(begin, end);
    if (end > begin) push(TokenKind::kData, begin, end - begin);
  }

  size_t find_open(size_t from) const {
    for (size_t at = from;;) {
      at = text_.find('{', at);
      if (at == std::string_view::npos || at + 1 >= text_.size()) return std::string_view::npos;
      char next = text_[at + 1];
      if (next == '{' || next == '%' || next == '#') return at;
      ++at;
    }
  }

  char sign_at(size_t at) const {
    char sign = at < text_.size() ? text_[at] : '\0';
    return sign == '-' || sign == '+' ? sign : '\0';
  }

  bool read_data() {
    size_t open = find_open(position_);
    if (open == std::string_view::npos) {
      push_data(position_, text_.size(), '\0');
      position_ = text_.size();
      return true;
    }
    char sign = sign_at(open + 2);
    push_data(position_, open, sign);
    size_t inside = open + 2 + (sign != '\0' ? 1 : 0);
    switch (text_[open + 1]) {
      case '#':
        return read_comment(open, inside);
      case '{':
        push(TokenKind::kVariableBegin, open, inside - open);
        position_ = inside;
        return read_code(TokenKind::kVariableEnd);
      default:
        break;
    }
    if (size_t body = raw_begin(inside); body != 0) return read_raw(open, body);
    push(TokenKind::kBlockBegin, open, inside - open);
    position_ = inside;
    return read_code(TokenKind::kBlockEnd);
  }

  bool read_comment(size_t open, size_t inside) {
    size_t close = text_.find("#}", inside);
    if (close == std::string_view::npos) return error("Missing end of comment tag", open);
    bool strip = close > inside && text_[close - 1] == '-';
    position_ = strip ? skip_space(close + 2) : close + 2;
    return true;
  }

  // Start of the text of a raw block, or 0 when the tag at hand is another one.
  size_t raw_begin(size_t inside) const {
    size_t at = skip_space(inside);
    if (!starts(at, "raw")) return 0;
    at = skip_space(at + 3);
    if (starts(at, "-%}")) return skip_space(at + 3);
    return starts(at, "%}") ? at + 2 : 0;
  }

  bool read_raw(size_t open, size_t body) {
    for (size_t at = body;;) {
      size_t tag = text_.find("{%", at);
      if (tag == std::string_view::npos) return error("Missing end of raw directive", open);
      at = tag + 2;
      char sign = sign_at(at);
      size_t word = skip_space(at + (sign != '\0' ? 1 : 0));
      if (!starts(word, "endraw")) continue;
      size_t end = skip_space(word + 6);
      if (starts(end, "-%}")) {
        position_ = skip_space(end + 3);
      } else if (starts(end, "+%}")) {
        position_ = end + 3;
      } else if (starts(end, "%}")) {
        position_ = end + 2;
      } else {
        continue;
      }
      push_data(body, tag, sign);
      return true;
    }
  }

  // The end delimiter at the current place: its length, 0 when there is none.
  size_t end_delimiter(TokenKind end, bool& strip) const {
    char last = end == TokenKind::kVariableEnd ? '}' : '%';
    std::string_view delimiter = last == '}' ? "}}" : "%}";
    strip = false;
    if (starts(position_, delimiter)) return 2;
    char sign = sign_at(position_);
    if (sign == '\0' || (sign == '+' && last == '}') || !starts(position_ + 1, delimiter)) return 0;
    strip = sign == '-';
    return 3;
  }

  bool read_code(TokenKind end) {
    std::string open;  // closers that are awaited
    while (position_ < text_.size()) {
      if (is_ascii_space(text_[position_])) {
        ++position_;
        continue;
      }
      if (open.empty()) {
        bool strip = false;
        if (size_t length = end_delimiter(end, strip); length != 0) {
          push(end, position_, length);
          position_ += length;
          if (strip) position_ = skip_space(position_);
          return true;
        }
      }
      if (!read_token(open)) return false;
    }
    push(TokenKind::kEnd, text_.size(), 0);
    position_ = text_.size();
    return false;
  }

  bool read_token(std::string& open) {
    char c = text_[position_];
    if (is_digit(c)) {
      read_number();
      return true;
    }
    if (size_t width = word_width(text_, position_); width != 0) return read_name();
    if (c == '\'' || c == '"') return read_string(c);
    size_t width = 0;
    if (is_space_at(text_, position_, width)) {
      position_ += width;
      return true;
    }
    return read_operator(open);
  }

  bool read_name() {
    size_t begin = position_;
    while (position_ < text_.size()) {
      size_t width = word_width(text_, position_);
      if (width == 0) break;
      position_ += width;
    }
    push(TokenKind::kName, begin, position_ - begin);
    return true;
  }

  bool read_string(char quote) {
    for (size_t at = position_ + 1; at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        push(TokenKind::kString, position_, at + 1 - position_);
        position_ = at + 1;
        return true;
      }
    }
    return unexpected_character();
  }

  bool unexpected_character() {
    size_t width = 1;
    while (position_ + width < text_.size() &&
           (static_cast<unsigned char>(text_[position_ + width]) & 0xc0) == 0x80) {
      ++width;
    }
    return error("unexpected char '" + std::string(text_.substr(position_, width)) + "' at " +
                     std::to_string(position_),
                 position_);
  }

  bool digit_at(size_t at) const { return at < text_.size() && is_digit(text_[at]); }

  // Digits with single underscores between them.
  size_t scan_digits(size_t at) const {
    while (digit_at(at)) {
      ++at;
      if (at < text_.size() && text_[at] == '_' && digit_at(at + 1)) ++at;
    }
    return at;
  }

  // End of a float literal that begins here; 0 when it is none.
  size_t scan_float(size_t begin) const {
    if (begin > 0 && text_[begin - 1] == '.') return 0;
    size_t at = scan_digits(begin);
    bool fraction = at < text_.size() && text_[at] == '.' && digit_at(at + 1);
    if (fraction) at = scan_digits(at + 1);
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      if (digit_at(exponent)) return scan_digits(exponent);
    }
    return fraction ? at : 0;
  }

  template <typename Accept>
  size_t scan_prefixed(size_t at, Accept accept) const {
    size_t begin = at;
    for (;;) {
      size_t next = at < text_.size() && text_[at] == '_' ? at + 1 : at;
      if (next >= text_.size() || !accept(text_[next])) break;
      at = next + 1;
    }
    return at == begin ? 0 : at;
  }

  size_t scan_integer(size_t begin) const {
    size_t end = 0;
    if (text_[begin] != '0') return scan_digits(begin);
    char base = begin + 1 < text_.size() ? static_cast<char>(text_[begin + 1] | 0x20) : '\0';
    if (base == 'b') end = scan_prefixed(begin + 2, [](char c) { return c == '0' || c == '1'; });
    if (base == 'o') end = scan_prefixed(begin + 2, [](char c) { return c >= '0' && c <= '7'; });
    if (base == 'x') end = scan_prefixed(begin + 2, is_hex);
    if (end != 0) return end;
    end = scan_prefixed(begin + 1, [](char c) { return c == '0'; });
    return end != 0 ? end : begin + 1;
  }

  void read_number() {
    size_t begin = position_;
    if (size_t end = scan_float(begin); end != 0) {
      push(TokenKind::kFloat, begin, end - begin);
      position_ = end;
      return;
    }
    position_ = scan_integer(begin);
    push(TokenKind::kInteger, begin, position_ - begin);
  }

  bool read_operator(std::string& open) {
    auto [kind, length] = operator_at();
    switch (kind) {
      case TokenKind::kError:
        return unexpected_character();
      case TokenKind::kLeftParen:
        open.push_back(')');
        break;
      case TokenKind::kLeftBracket:
        open.push_back(']');
        break;
      case TokenKind::kLeftBrace:
        open.push_back('}');
        break;
      case TokenKind::kRightParen:
      case TokenKind::kRightBracket:
      case TokenKind::kRightBrace:
        if (!close_bracket(open)) return false;
        break;
      default:
        break;
    }
    push(kind, position_, length);
    position_ += length;
    return true;
  }

  bool close_bracket(std::string& open) {
    char c = text_[position_];
    std::string shown = std::string("unexpected '") + c + "'";
    if (open.empty()) return error(shown, position_);
    char expected = open.back();
    if (expected != c) return error(shown + ", expected '" + expected + "'", position_);
    open.pop_back();
    return true;
  }

  struct Operator {
    TokenKind kind;
    size_t length;
  };

  Operator pair(char second, TokenKind longer, TokenKind shorter) const {
    bool both = position_ + 1 < text_.size() && text_[position_ + 1] == second;
    return both ? Operator{longer, 2} : Operator{shorter, 1};
  }

  Operator operator_at() const {
    switch (text_[position_]) {
      case '/':
        return pair('/', TokenKind::kFloorDiv, TokenKind::kDiv);
      case '*':
        return pair('*', TokenKind::kPow, TokenKind::kMul);
      case '=':
        return pair('=', TokenKind::kEq, TokenKind::kAssign);
      case '!':
        return pair('=', TokenKind::kNe, TokenKind::kError);
      case '>':
        return pair('=', TokenKind::kGe, TokenKind::kGt);
      case '<':
        return pair('=', TokenKind::kLe, TokenKind::kLt);
      default:
        return {single_operator(text_[position_]), 1};
    }
  }

  static TokenKind single_operator(char c) {
    static constexpr std::string_view kCharacters = "+-%~[](){}.:|,;";
    static constexpr TokenKind kKinds[] = {
        TokenKind::kAdd,        TokenKind::kSub,         TokenKind::kMod,
        TokenKind::kTilde,      TokenKind::kLeftBracket, TokenKind::kRightBracket,
        TokenKind::kLeftParen,  TokenKind::kRightParen,  TokenKind::kLeftBrace,
        TokenKind::kRightBrace, TokenKind::kDot,         TokenKind::kColon,
        TokenKind::kPipe,       TokenKind::kComma,       TokenKind::kSemicolon};
    size_t index = kCharacters.find(c);
    return index == std::string_view::npos ? TokenKind::kError : kKinds[index];
  }

  std::string_view text_;
  std::vector<Token>& tokens_;
  LexFailure& failure_;
  size_t position_ = 0;
};

}  // namespace

bool is_space_at(std::string_view text, size_t position, size_t& width) {
  width = 1;
  if (static_cast<unsigned char>(text[position]) < 0x80) return is_ascii_space(text[position]);
  static constexpr std::string_view kSpaces[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
                                                 "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
                                                 "\xe2\x81\x9f", "\xe3\x80\x80"};
  for (std::string_view space : kSpaces) {
    if (text.substr(position, space.size()) != space) continue;
    width = space.size();
    return true;
  }
  // U+2000 to U+200A
  width = 3;
  auto last = position + 2 < text.size() ? static_cast<unsigned char>(text[position + 2]) : 0U;
  return text.substr(position, 2) == "\xe2\x80" && last >= 0x80 && last <= 0x8a;
}

std::string normalize_source(std::string_view text) {
  std::string out;
  if (text.find('\r') == std::string_view::npos) {
    out.assign(text);
  } else {
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\r') {
        out.push_back(text[i]);
        continue;
      }
      out.push_back('\n');
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    }
  }
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void tokenize(std::string_view text, std::vector<Token>& tokens, LexFailure& failure) {
  tokens.reserve(tokens.size() + text.size() / 5 + 8);
  Lexer(text, tokens, failure).run();
}

std::string_view describe(TokenKind kind) {
  static constexpr std::string_view kNames[] = {"end of template",
                                                "invalid text",
                                                "template data / text",
                                                "begin of print statement",
                                                "end of print statement",
                                                "begin of statement block",
                                                "end of statement block",
                                                "name",
                                                "string",
                                                "integer",
                                                "float",
                                                "+",
                                                "-",
                                                "/",
                                                "//",
                                                "*",
                                                "**",
                                                "%",
                                                "~",
                                                "[",
                                                "]",
                                                "(",
                                                ")",
                                                "{",
                                                "}",
                                                "==",
                                                "!=",
                                                ">",
                                                ">=",
                                                "<",
                                                "<=",
                                                "=",
                                                ".",
                                                ":",
                                                "|",
                                                ",",
                                                ";"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace sluice::jinja
