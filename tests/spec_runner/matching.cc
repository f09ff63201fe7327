#include "matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace sluice::spec {
namespace {

constexpr std::string_view kAnyText = "<*>";
constexpr std::string_view kAnyLines = "<...>";

std::string_view without_trailing_blanks(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
    line.remove_suffix(1);
  return line;
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

// The longest common subsequence of pattern and lines, as pairs of indexes. Quadratic: the blocks
// are short.
Pairs align(const std::vector<std::string>& pattern, const std::vector<std::string>& lines) {
  const std::size_t width = lines.size() + 1;
  std::vector<std::uint32_t> best((pattern.size() + 1) * width, 0);
  std::vector<bool> equal(pattern.size() * width, false);
  for (std::size_t i = pattern.size(); i-- > 0;) {
    for (std::size_t j = lines.size(); j-- > 0;) {
      const bool same = line_matches(pattern[i], lines[j]);
      equal[i * width + j] = same;
      best[i * width + j] = same ? best[(i + 1) * width + j + 1] + 1
                                 : std::max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  Pairs pairs;
  for (std::size_t i = 0, j = 0; i < pattern.size() && j < lines.size();) {
    if (equal[i * width + j]) {
      pairs.emplace_back(i++, j++);
    } else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  return pairs;
}

}  // namespace

bool line_matches(std::string_view pattern, std::string_view line) {
  pattern = without_trailing_blanks(pattern);
  line = without_trailing_blanks(line);
  std::size_t wildcard = pattern.find(kAnyText);
  if (wildcard == std::string_view::npos) return pattern == line;
  if (!line.starts_with(pattern.substr(0, wildcard))) return false;
  line.remove_prefix(wildcard);
  pattern.remove_prefix(wildcard + kAnyText.size());
  // Each piece between two wildcards is taken at its first place; the last piece must end the line.
  while ((wildcard = pattern.find(kAnyText)) != std::string_view::npos) {
    const std::size_t place = line.find(pattern.substr(0, wildcard));
    if (place == std::string_view::npos) return false;
    line.remove_prefix(place + wildcard);
    pattern.remove_prefix(wildcard + kAnyText.size());
  }
  return line.ends_with(pattern);
}

bool lines_match(const std::vector<std::string>& pattern, const std::vector<std::string>& lines) {
  // reachable[j]: the pattern so far can match the first j lines.
  std::vector<bool> reachable(lines.size() + 1, false);
  reachable[0] = true;
  for (const std::string& expected : pattern) {
    std::vector<bool> next(lines.size() + 1, false);
    if (without_trailing_blanks(expected) == kAnyLines) {
      bool any = false;
      for (std::size_t j = 0; j <= lines.size(); ++j) next[j] = any = any || reachable[j];
    } else {
      for (std::size_t j = 0; j < lines.size(); ++j)
        next[j + 1] = reachable[j] && line_matches(expected, lines[j]);
    }
    reachable = std::move(next);
  }
  return reachable[lines.size()];
}

std::string line_diff(const std::vector<std::string>& pattern,
                      const std::vector<std::string>& lines) {
  Pairs pairs = align(pattern, lines);
  pairs.emplace_back(pattern.size(), lines.size());
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  for (const auto& [next_i, next_j] : pairs) {
    const bool any_lines = i < next_i && without_trailing_blanks(pattern[i]) == kAnyLines;
    for (; i < next_i; ++i) text += fmt::format("    {} {}\n", any_lines ? ' ' : '-', pattern[i]);
    for (; j < next_j; ++j) {
      if (!any_lines) text += fmt::format("    + {}\n", lines[j]);
    }
    if (i < pattern.size() && j < lines.size()) text += fmt::format("      {}\n", lines[j]);
    ++i;
    ++j;
  }
  return text;
}

std::vector<std::string> blessed_lines(const std::vector<std::string>& pattern,
                                       const std::vector<std::string>& lines) {
  if (lines_match(pattern, lines)) return pattern;
  std::vector<std::string> result = lines;
  for (const auto& [i, j] : align(pattern, lines)) result[j] = pattern[i];
  return result;
}

}  // namespace sluice::spec
