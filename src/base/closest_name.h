// "did you mean": the known name nearest to what someone wrote. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Number of single-character insertions, deletions, replacements and swaps of neighbours between
// two texts, case ignored (optimal string alignment); stops counting above `limit` and answers
// limit + 1.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// The candidate within 1/3 of the name's length (at least 1, at most 3 edits); nullopt when none is
// near. An exact match is no suggestion.
std::optional<std::string> closest_name(std::string_view name,
                                        std::span<const std::string_view> candidates);
std::optional<std::string> closest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

}  // namespace sluice
