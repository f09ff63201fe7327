// What becomes of warnings: --warn-error and --warn-error-options. A plain value.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace sluice {

enum class WarningVerdict : uint8_t { kWarn, kError, kSilent };

struct WarningPolicy {
  bool all_errors = false;
  // Names of events; "Deprecations" stands for all of is_deprecation().
  std::set<std::string, std::less<>> errors, warnings, silenced;
  bool uses_old_names = false;  // `include` and `exclude`

  WarningVerdict verdict(std::string_view event) const;
};

// The warnings that the summary at the end of a command counts.
bool is_deprecation(std::string_view event);

}  // namespace sluice
