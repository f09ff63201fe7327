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
  bool all_silenced = false;
  // Names of events; "Deprecations" stands for all whose name ends in Deprecation. What is named
  // comes before what is meant by "all".
  std::set<std::string, std::less<>> errors, warnings, silenced;

  WarningVerdict verdict(std::string_view event) const;
};

}  // namespace sluice
