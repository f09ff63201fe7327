// Terminal: what standard output is and how wide. Read once at start.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::cli {

struct Terminal {
  bool is_terminal = false;
  bool has_colors = false;
  size_t width = 80;
};

// Looks at standard output; NO_COLOR, TERM=dumb and FORCE_COLOR are honoured.
Terminal inspect_terminal(const std::map<std::string, std::string>& environment);

// Whether somebody can answer questions: standard input and output are a terminal.
bool can_ask();
// Asks on standard output and reads a line; nothing typed means `standard`. Nullopt: end of input.
std::optional<std::string> ask(const std::string& question, const std::string& standard);

enum class Color { kNone, kRed, kGreen, kYellow, kGray, kBold };
// Wraps the text in the colour's escape codes; unchanged when off.
std::string paint(std::string_view text, Color color, bool on);

// Columns that a UTF-8 text takes: code points, wide East Asian ones counted twice, escape codes
// not counted.
size_t display_width(std::string_view text);
// The longest beginning that fits, with "…" when something is cut.
std::string fit_to_width(std::string_view text, size_t width);

}  // namespace sluice::cli
