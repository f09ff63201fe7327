// The built-in global project (macros/ of the source tree), embedded in the binary. Immutable.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::cli {

struct EmbeddedMacroFile {
  const char* path;  // relative to macros/; null: end of the list
  const char* text;
};
// Defined by the generated source.
extern const EmbeddedMacroFile kEmbeddedMacroFiles[];

// {path, text} of what an adapter sees: the files for all engines and those in the folder named
// after the adapter.
std::vector<std::pair<std::string, std::string>> builtin_macros(std::string_view adapter);

}  // namespace sluice::cli
