#include "compile/struct_fields.h"

#include <algorithm>
#include <cctype>

namespace sluice::compile {

namespace {

constexpr std::string_view kWord = "struct";

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// The first place of `wanted` outside of quotes and brackets.
size_t find_outside(std::string_view text, char wanted) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (depth == 0 && c == wanted) return i;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_struct_type(std::string_view type) {
  return type.size() >= kWord.size() &&
         std::equal(kWord.begin(), kWord.end(), type.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

std::vector<std::pair<std::string, std::string>> struct_fields(std::string_view type) {
  std::vector<std::pair<std::string, std::string>> out;
  const size_t open = type.find('(');
  if (!is_struct_type(type) || open == std::string_view::npos) return out;
  std::string_view inner = type.substr(open + 1);
  inner = inner.substr(0, find_outside(inner, ')'));
  while (!trimmed(inner).empty()) {
    const size_t comma = find_outside(inner, ',');
    const std::string_view field = trimmed(inner.substr(0, comma));
    const size_t space = find_outside(field, ' ');
    if (space != std::string_view::npos)
      out.emplace_back(field.substr(0, space), trimmed(field.substr(space)));
    inner = comma == std::string_view::npos ? std::string_view() : inner.substr(comma + 1);
  }
  return out;
}

}  // namespace sluice::compile
