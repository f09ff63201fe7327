// Expected text against actual text, line by line, with wildcards; and the two shown side by side
// when they differ. Pure functions.
//
// `<*>` inside an expected line stands for any text of one line; a line that is only `<...>` for
// any number of lines. Blanks at the end of a line never count.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::spec {

bool line_matches(std::string_view pattern, std::string_view line);

bool lines_match(const std::vector<std::string>& pattern, const std::vector<std::string>& lines);

// A diff: `-` lines are expected and missing, `+` lines came instead.
std::string line_diff(const std::vector<std::string>& pattern,
                      const std::vector<std::string>& lines);

// What --bless writes: the actual lines, but with the wildcard lines of the pattern kept where they
// still match.
std::vector<std::string> blessed_lines(const std::vector<std::string>& pattern,
                                       const std::vector<std::string>& lines);

}  // namespace sluice::spec
