#include "base/warning_policy.h"

namespace sluice {
namespace {

constexpr std::string_view kGroup = "Deprecations";

}  // namespace

bool is_deprecation(std::string_view event) {
  if (event == "UpcomingReferenceDeprecation" || event == "InternalDeprecation") return false;
  return event.ends_with("Deprecation") || event == "CollectFreshnessReturnSignature" ||
         event == "SourceFreshnessProjectHooksNotRun";
}

WarningVerdict WarningPolicy::verdict(std::string_view event) const {
  // Its own name comes before the group's, the group's before "all".
  if (silenced.contains(event)) return WarningVerdict::kSilent;
  if (warnings.contains(event)) return WarningVerdict::kWarn;
  if (errors.contains(event)) return WarningVerdict::kError;
  if (is_deprecation(event)) {
    if (silenced.contains(kGroup)) return WarningVerdict::kSilent;
    if (warnings.contains(kGroup)) return WarningVerdict::kWarn;
    if (errors.contains(kGroup)) return WarningVerdict::kError;
  }
  return all_errors ? WarningVerdict::kError : WarningVerdict::kWarn;
}

}  // namespace sluice
