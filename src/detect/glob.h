// Paths that a pattern of local files matches, listed as the engine's glob does: hidden files too,
// links followed, regular files only. One readdir a folder and nothing for each file, where the
// engine asks the system about every file and keeps a table of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detect {

// Sorted. Nullopt: the pattern is one for the engine ("**", sets of characters, a folder that
// cannot be read, a place like s3://).
std::optional<std::vector<std::string>> glob_local(const std::string& pattern);

// Whether `name` matches a pattern of "*" and "?".
bool matches_wildcards(std::string_view name, std::string_view pattern);

}  // namespace sluice::detect
