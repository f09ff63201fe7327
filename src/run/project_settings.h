// sluice.yml: the project's own settings beside dbt_project.yml. Known here: the names of the
// top-level keys, the price of a scanned terabyte and how incremental models are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "base/file_system.h"

namespace sluice::run {

inline constexpr double kDefaultPricePerTb = 6.25;

// How incremental models are kept.
enum class IncrementalPolicy : uint8_t {
  kOff,     // as dbt does
  kAuto,    // models without a hand-written window, key or strategy are maintained exactly
  kExact,   // those too, by what their full refresh would run
  kStrict,  // as exact, and a full rebuild is an error
};
std::optional<IncrementalPolicy> parse_policy(std::string_view text);

// What to do when much of a source is gone.
enum class SourceDeletes : uint8_t {
  kFollow,  // as any other change
  kGuard,   // an error when more than half of its partitions vanish at once
};

struct ProjectSettings {
  std::optional<double> price_per_tb;  // dollars
  IncrementalPolicy policy = IncrementalPolicy::kOff;
  bool maintains_tables = false;  // models materialized as table too
  SourceDeletes on_source_delete = SourceDeletes::kGuard;
  // Whether an exact way that would cost more than a full rebuild is left for that.
  bool has_cost_gate = true;
};

// Reads <project_root>/sluice.yml; a missing file is fine. Unknown keys are errors with the nearest
// known name.
ProjectSettings read_project_settings(const FileSystem& fs, const std::string& project_root,
                                      Diagnostics& diagnostics);

}  // namespace sluice::run
