#include "cli/builtin_macros.h"

#include <algorithm>

#include "warehouse/warehouse.h"

namespace sluice::cli {

std::vector<std::pair<std::string, std::string>> builtin_macros(std::string_view adapter) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::vector<std::string_view> adapters = warehouse::known_adapters();
  const std::vector<std::string> wanted = warehouse::dialect_for(adapter).macro_folders();
  for (const EmbeddedMacroFile* file = kEmbeddedMacroFiles; file->path != nullptr; ++file) {
    const std::string_view path = file->path;
    const std::string_view folder = path.substr(0, path.find('/'));
    const bool is_adapter = std::ranges::find(adapters, folder) != adapters.end();
    if (!is_adapter || std::ranges::find(wanted, folder) != wanted.end())
      out.emplace_back(path, file->text);
  }
  return out;
}

}  // namespace sluice::cli
