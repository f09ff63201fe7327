// "Did you mean": the known name that is nearest to a wrong one. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Levenshtein distance of two short texts.
size_t edit_distance(std::string_view a, std::string_view b);
// The nearest of `names` when it is near enough (a third of the length, at least 1 edit); else "".
std::string nearest_name(std::string_view wrong, const std::vector<std::string_view>& names);

}  // namespace sluice
