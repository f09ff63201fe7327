#include "jinja/value_text.h"

#include <utf8proc.h>

#include <cstring>

#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

}  // namespace

bool is_ascii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080ULL) != 0) return false;
  }
  for (; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0x80U) != 0) return false;
  return true;
}

char32_t next_code_point(std::string_view text, size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  const size_t length = sequence_length(lead);
  if (length == 1) {
    ++position;
    return lead;
  }
  if (length == 0 || position + length > text.size()) {
    ++position;
    return lead;
  }
  char32_t code = lead & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[position + i])) {
      ++position;
      return lead;
    }
    code = (code << 6U) | (static_cast<unsigned char>(text[position + i]) & 0x3fU);
  }
  position += length;
  return code;
}

void append_code_point(char32_t code, std::string& out) {
  const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xc0U | (code >> 6U));
    push(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    push(0xe0U | (code >> 12U));
    push(0x80U | ((code >> 6U) & 0x3fU));
    push(0x80U | (code & 0x3fU));
  } else {
    push(0xf0U | (code >> 18U));
    push(0x80U | ((code >> 12U) & 0x3fU));
    push(0x80U | ((code >> 6U) & 0x3fU));
    push(0x80U | (code & 0x3fU));
  }
}

std::u32string decode_text(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) out.push_back(next_code_point(text, position));
  return out;
}

size_t byte_offset(std::string_view text, size_t index) {
  size_t position = 0;
  while (index > 0 && position < text.size()) {
    next_code_point(text, position);
    --index;
  }
  return position;
}

size_t utf8_length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  size_t length = 0;
  for (size_t position = 0; position < text.size(); ++length) next_code_point(text, position);
  return length;
}

int decimal_digit(char32_t code) {
  if (code >= '0' && code <= '9') return static_cast<int>(code - '0');
  if (code < 0x80 || utf8proc_category(static_cast<int32_t>(code)) != UTF8PROC_CATEGORY_ND)
    return -1;
  // Digits of a script are ten in a row; the row starts where the category starts, in steps of ten.
  char32_t first = code;
  while (utf8proc_category(static_cast<int32_t>(first - 1)) == UTF8PROC_CATEGORY_ND) --first;
  return static_cast<int>((code - first) % 10);
}

bool is_space(char32_t code) {
  if (code < 0x80) return (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
  switch (code) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return true;
    default:
      return code >= 0x2000 && code <= 0x200a;
  }
}

std::string_view strip_space_left(std::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    size_t next = position;
    if (!is_space(next_code_point(text, next))) break;
    position = next;
  }
  return text.substr(position);
}

std::string_view strip_space_right(std::string_view text) {
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && is_continuation(text[start])) --start;
    size_t position = start;
    if (!is_space(next_code_point(text, position)) || position != text.size()) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string_view strip_space(std::string_view text) {
  return strip_space_right(strip_space_left(text));
}

bool is_printable(char32_t code) {
  if (code < 0x7f) return code >= 0x20;
  switch (utf8proc_category(static_cast<int32_t>(code))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return true;
  }
}

}  // namespace sluice::jinja
