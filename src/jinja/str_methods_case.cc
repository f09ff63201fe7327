#include <utf8proc.h>

#include <algorithm>

#include "jinja/str_methods.h"
#include "jinja/str_methods_case_table.h"
#include "jinja/str_methods_class.h"
#include "jinja/value_text.h"

namespace sluice::jinja::str_methods {
namespace {

enum class Case : uint8_t { kUpper, kTitle };

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

void append_raised(char32_t code, Case wanted, std::string& out) {
  if (code < 0x80) {
    out.push_back(ascii_upper(static_cast<char>(code)));
    return;
  }
  const auto* special = std::lower_bound(
      kSpecialCases.begin(), kSpecialCases.end(), code,
      [](const SpecialCase& entry, char32_t wanted_code) { return entry.code < wanted_code; });
  if (special != kSpecialCases.end() && special->code == code) {
    for (const char32_t part : wanted == Case::kUpper ? special->upper : special->title)
      if (part != 0) append_code_point(part, out);
    return;
  }
  const auto simple = static_cast<utf8proc_int32_t>(code);
  append_code_point(static_cast<char32_t>(wanted == Case::kUpper ? utf8proc_toupper(simple)
                                                                 : utf8proc_totitle(simple)),
                    out);
}

bool is_case_ignorable(char32_t code) {
  if (code == '\'' || code == '.' || code == ':' || code == '^' || code == '`' || code == 0xa8 ||
      code == 0xad || code == 0xb7 || code == 0x2019)
    return true;
  const auto category = utf8proc_category(static_cast<int32_t>(code));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
         category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
         category == UTF8PROC_CATEGORY_SK;
}

// Unicode's Final_Sigma: a cased letter before, none after, case-ignorable ones skipped.
bool is_final_sigma(const std::u32string& codes, size_t position) {
  size_t before = position;
  while (before > 0 && is_case_ignorable(codes[before - 1])) --before;
  if (before == 0 || !is_cased(codes[before - 1])) return false;
  size_t after = position + 1;
  while (after < codes.size() && is_case_ignorable(codes[after])) ++after;
  return after == codes.size() || !is_cased(codes[after]);
}

void append_lowered(const std::u32string& codes, size_t position, std::string& out) {
  const char32_t code = codes[position];
  if (code == 0x130) {
    out += "i\xcc\x87";
  } else if (code == 0x3a3) {
    append_code_point(is_final_sigma(codes, position) ? 0x3c2 : 0x3c3, out);
  } else {
    append_code_point(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code))),
                      out);
  }
}

std::string lowered(std::string_view text) {
  std::string out;
  if (is_ascii(text)) {
    out.resize(text.size());
    std::transform(text.begin(), text.end(), out.begin(), ascii_lower);
    return out;
  }
  const std::u32string codes = decode_text(text);
  for (size_t i = 0; i < codes.size(); ++i) append_lowered(codes, i, out);
  return out;
}

}  // namespace

Result<Value> lower(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return like(self, lowered(self.as_string()));
}

Result<Value> upper(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const std::string& text = self.as_string();
  std::string out;
  if (is_ascii(text)) {
    out.resize(text.size());
    std::transform(text.begin(), text.end(), out.begin(), ascii_upper);
    return like(self, std::move(out));
  }
  for (size_t position = 0; position < text.size();)
    append_raised(next_code_point(text, position), Case::kUpper, out);
  return like(self, std::move(out));
}

Result<Value> casefold(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const std::string& text = self.as_string();
  if (is_ascii(text)) return like(self, lowered(text));
  std::string out;
  for (size_t position = 0; position < text.size();) {
    const char32_t code = next_code_point(text, position);
    std::array<utf8proc_int32_t, 8> folded{};
    int boundary = 0;
    const utf8proc_ssize_t size = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(code), folded.data(),
        static_cast<utf8proc_ssize_t>(folded.size()), UTF8PROC_CASEFOLD, &boundary);
    if (size <= 0 || static_cast<size_t>(size) > folded.size()) {
      append_code_point(code, out);
      continue;
    }
    for (utf8proc_ssize_t i = 0; i < size; ++i)
      append_code_point(static_cast<char32_t>(folded[static_cast<size_t>(i)]), out);
  }
  return like(self, std::move(out));
}

Result<Value> capitalize(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  const std::u32string codes = decode_text(self.as_string());
  std::string out;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (i == 0)
      append_raised(codes[i], Case::kTitle, out);
    else
      append_lowered(codes, i, out);
  }
  return like(self, std::move(out));
}

Result<Value> title(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const std::u32string codes = decode_text(self.as_string());
  std::string out;
  bool inside_word = false;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (inside_word)
      append_lowered(codes, i, out);
    else
      append_raised(codes[i], Case::kTitle, out);
    inside_word = is_cased(codes[i]);
  }
  return like(self, std::move(out));
}

Result<Value> swapcase(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const std::u32string codes = decode_text(self.as_string());
  std::string out;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (is_upper(codes[i]))
      append_lowered(codes, i, out);
    else if (is_lower(codes[i]))
      append_raised(codes[i], Case::kUpper, out);
    else
      append_code_point(codes[i], out);
  }
  return like(self, std::move(out));
}

}  // namespace sluice::jinja::str_methods
