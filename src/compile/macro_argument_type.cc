#include "compile/macro_argument_type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::compile {

namespace {

constexpr std::array<std::string_view, 9> kWords = {"string", "str", "bool",     "int",   "integer",
                                                    "float",  "any", "relation", "column"};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What stands before and after the comma that is in no brackets of its own.
std::pair<std::string_view, std::string_view> split_at_comma(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (text[i] == ',' && depth == 0) return {text.substr(0, i), text.substr(i + 1)};
  }
  return {text, {}};
}

}  // namespace

bool is_macro_argument_type(std::string_view text) {
  text = trimmed(text);
  if (std::find(kWords.begin(), kWords.end(), text) != kWords.end()) return true;
  const size_t open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return false;
  const std::string_view of = text.substr(0, open);
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  if (of == "list" || of == "optional") return is_macro_argument_type(inside);
  if (of != "dict") return false;
  const auto [key, value] = split_at_comma(inside);
  return is_macro_argument_type(key) && is_macro_argument_type(value);
}

}  // namespace sluice::compile
