// "Did you mean": the known name that is nearest to a wrong one. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice {

// Number of single-character insertions, deletions, replacements and swaps of neighbours between
// two texts, case ignored (optimal string alignment distance); stops counting above `limit` and
// answers limit + 1.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// The nearest of `names` within a third of the length of `wrong` (at least 1, at most 3 edits); of
// equally near ones the first. "" when none is near, or when `wrong` is itself one of them.
std::string nearest_name(std::string_view wrong, std::span<const std::string_view> names);

}  // namespace sluice
