// UTF-8 text as a row of code points: reading, writing, counting and Python's character classes.
// Pure functions. Bytes that are not UTF-8 read as one code point each (their own value), so
// nothing here can fail or run over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::jinja {

bool is_ascii(std::string_view text);
// Reads one code point at `position` (which must be inside) and moves past it.
char32_t next_code_point(std::string_view text, size_t& position);
void append_code_point(char32_t code, std::string& out);
std::u32string decode_text(std::string_view text);
// Byte offset of the code point `index`; the size of the text when it has fewer.
size_t byte_offset(std::string_view text, size_t index);

// Value of a decimal digit of any script, else -1.
int decimal_digit(char32_t code);
// str.isspace of one character.
bool is_space(char32_t code);
// str.strip() without argument.
std::string_view strip_space(std::string_view text);
std::string_view strip_space_left(std::string_view text);
std::string_view strip_space_right(std::string_view text);
// What repr prints as it is (str.isprintable of one character).
bool is_printable(char32_t code);

}  // namespace sluice::jinja
