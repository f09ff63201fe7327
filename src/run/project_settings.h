// sluice.yml: the project's own settings beside dbt_project.yml. Known here: the names of the
// top-level keys and the price of a scanned terabyte; the stages that act on the other keys read
// them themselves.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "base/file_system.h"

namespace sluice::run {

inline constexpr double kDefaultPricePerTb = 6.25;

struct ProjectSettings {
  std::optional<double> price_per_tb;  // dollars
};

// Reads <project_root>/sluice.yml; a missing file is fine. Unknown keys are errors with the nearest
// known name.
ProjectSettings read_project_settings(const FileSystem& fs, const std::string& project_root,
                                      Diagnostics& diagnostics);

}  // namespace sluice::run
