#include "cli/builtin_macros.h"

#include <array>

namespace sluice::cli {
namespace {

constexpr std::array<std::string_view, 3> kAdapterFolders = {"duckdb", "trino", "spark"};

}  // namespace

std::vector<std::pair<std::string, std::string>> builtin_macros(std::string_view adapter) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const EmbeddedMacroFile* file = kEmbeddedMacroFiles; file->path != nullptr; ++file) {
    const std::string_view path = file->path;
    const std::string_view folder = path.substr(0, path.find('/'));
    bool is_other_adapter = false;
    for (std::string_view name : kAdapterFolders)
      is_other_adapter |= folder == name && name != adapter;
    if (!is_other_adapter) out.emplace_back(path, file->text);
  }
  return out;
}

}  // namespace sluice::cli
