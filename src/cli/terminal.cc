#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace sluice::cli {
namespace {

// Length in bytes of the code point that begins with `lead`.
size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return 4;
}

uint32_t decode(std::string_view text, size_t at, size_t length) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (length == 1) return lead;
  uint32_t point = lead & (0xFFU >> (length + 1));
  for (size_t index = 1; index < length; ++index)
    point = (point << 6) | (static_cast<unsigned char>(text[at + index]) & 0x3FU);
  return point;
}

// Ranges of UAX #11 that terminals draw two columns wide, coarsely.
bool is_wide(uint32_t point) {
  static constexpr uint32_t kRanges[][2] = {
      {0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},  {0xFE30, 0xFE6F},
      {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  for (const auto& range : kRanges)
    if (point >= range[0] && point <= range[1]) return true;
  return false;
}

bool is_combining(uint32_t point) {
  return (point >= 0x0300 && point <= 0x036F) || point == 0x200B || point == 0x200D ||
         (point >= 0xFE00 && point <= 0xFE0F);
}

// Calls body(begin, length, columns) per code point; escape sequences have 0 columns. Stops when
// body says false.
template <typename Body>
void for_each_point(std::string_view text, const Body& body) {
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\x1b' && at + 1 < text.size() && text[at + 1] == '[') {
      size_t end = at + 2;
      while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
      const size_t length = std::min(text.size(), end + 1) - at;
      if (!body(at, length, size_t{0})) return;
      at += length;
      continue;
    }
    const size_t length =
        std::min(sequence_length(static_cast<unsigned char>(text[at])), text.size() - at);
    const uint32_t point = decode(text, at, length);
    const size_t columns = is_combining(point) ? 0 : is_wide(point) ? 2 : 1;
    if (!body(at, length, columns)) return;
    at += length;
  }
}

const std::string* find_variable(const std::map<std::string, std::string>& environment,
                                 const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace

Terminal inspect_terminal(const std::map<std::string, std::string>& environment) {
  Terminal terminal;
  terminal.is_terminal = isatty(STDOUT_FILENO) == 1;
  const std::string* term = find_variable(environment, "TERM");
  if (term != nullptr && *term == "dumb") terminal.is_terminal = false;
  terminal.has_colors = terminal.is_terminal && find_variable(environment, "NO_COLOR") == nullptr;
  if (find_variable(environment, "FORCE_COLOR") != nullptr) terminal.has_colors = true;
  winsize size{};
  if (terminal.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.width = size.ws_col;
  return terminal;
}

bool can_ask() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

std::optional<std::string> ask(const std::string& question, const std::string& standard) {
  std::fputs((question + (standard.empty() ? "" : " [" + standard + "]") + ": ").c_str(), stdout);
  std::fflush(stdout);
  std::string line;
  for (int byte = std::getchar(); byte != '\n'; byte = std::getchar()) {
    if (byte == EOF) return std::nullopt;
    line += static_cast<char>(byte);
  }
  return line.empty() ? standard : line;
}

std::string paint(std::string_view text, Color color, bool on) {
  if (!on || color == Color::kNone) return std::string(text);
  const char* code = "0";
  switch (color) {
    case Color::kRed:
      code = "31";
      break;
    case Color::kGreen:
      code = "32";
      break;
    case Color::kYellow:
      code = "33";
      break;
    case Color::kGray:
      code = "90";
      break;
    case Color::kBold:
      code = "1";
      break;
    case Color::kNone:
      break;
  }
  std::string out = "\x1b[";
  out += code;
  out += "m";
  out += text;
  out += "\x1b[0m";
  return out;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for_each_point(text, [&](size_t, size_t, size_t columns) {
    width += columns;
    return true;
  });
  return width;
}

std::string fit_to_width(std::string_view text, size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  size_t used = 0;
  size_t end = 0;
  for_each_point(text, [&](size_t begin, size_t length, size_t columns) {
    if (used + columns > width - 1) return false;
    used += columns;
    end = begin + length;
    return true;
  });
  std::string out(text.substr(0, end));
  if (text.find('\x1b') != std::string_view::npos) out += "\x1b[0m";
  return out + "…";
}

}  // namespace sluice::cli
