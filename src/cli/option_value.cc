#include "cli/option_value.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <type_traits>

namespace sluice::cli {
namespace {

template <typename Number>
bool parse_number(const std::string& text, Number& out) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  out = number;
  return true;
}

}  // namespace

std::optional<bool> parse_bool(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  if (text == "1" || text == "true" || text == "t" || text == "yes" || text == "y" || text == "on")
    return true;
  if (text.empty() || text == "0" || text == "false" || text == "f" || text == "no" ||
      text == "n" || text == "off")
    return false;
  return std::nullopt;
}

bool set_from_text(Options& options, const OptionSpec& spec, const std::string& text) {
  const std::vector<std::string> choices = split_choices(spec.choices);
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
    return false;
  return std::visit(
      [&](auto field) -> bool {
        using Field = decltype(field);
        if constexpr (std::is_same_v<Field, bool Options::*>) {
          const std::optional<bool> value = parse_bool(text);
          if (value) options.*field = *value;
          return value.has_value();
        } else if constexpr (std::is_same_v<Field, std::string Options::*>) {
          options.*field = text;
          return true;
        } else if constexpr (std::is_same_v<Field, std::vector<std::string> Options::*>) {
          size_t at = 0;
          while (at < text.size()) {
            const size_t end = std::min(text.find(' ', at), text.size());
            if (end > at) (options.*field).push_back(text.substr(at, end - at));
            at = end + 1;
          }
          return true;
        } else {
          return parse_number(text, options.*field);
        }
      },
      spec.field);
}

}  // namespace sluice::cli
