#include "base/warning_policy.h"

namespace sluice {
namespace {

bool names(const std::set<std::string, std::less<>>& set, std::string_view event) {
  return set.contains(event) || (event.ends_with("Deprecation") && set.contains("Deprecations"));
}

}  // namespace

WarningVerdict WarningPolicy::verdict(std::string_view event) const {
  if (names(silenced, event)) return WarningVerdict::kSilent;
  if (names(warnings, event)) return WarningVerdict::kWarn;
  if (names(errors, event)) return WarningVerdict::kError;
  if (all_silenced) return WarningVerdict::kSilent;
  return all_errors ? WarningVerdict::kError : WarningVerdict::kWarn;
}

}  // namespace sluice
