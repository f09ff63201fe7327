#include "cli/event_codes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::cli {
namespace {

using NamedCode = std::pair<std::string_view, std::string_view>;

// By name, for binary search.
constexpr auto kCodes = std::to_array<NamedCode>({
    {"ArtifactWritten", "P001"},
    {"CatalogWritten", "E042"},
    {"CheckCleanPath", "Z012"},
    {"CommandCompleted", "Q039"},
    {"CompiledNode", "Q042"},
    {"ConcurrencyLine", "Q027"},
    {"ConfirmCleanPath", "Z013"},
    {"DepsInstallInfo", "M015"},
    {"DepsLockUpdating", "M031"},
    {"DepsNotifyUpdatesAvailable", "M019"},
    {"DepsStartPackageInstall", "M014"},
    {"DepsUnpinned", "M029"},
    {"DepsUpdateAvailable", "M016"},
    {"EndOfRunSummary", "Z030"},
    {"FinishedCleanPaths", "Z015"},
    {"FinishedRunningStats", "E047"},
    {"Formatting", "Z017"},
    {"FoundStats", "W006"},
    {"FreshnessCheckComplete", "Q003"},
    {"JinjaLogDebug", "I063"},
    {"JinjaLogInfo", "I062"},
    {"JinjaLogWarning", "I061"},
    {"LogFreshnessResult", "Q018"},
    {"LogHookEndLine", "Q033"},
    {"LogHookStartLine", "Q032"},
    {"LogModelResult", "Q012"},
    {"LogNodeNoOpResult", "Q019"},
    {"LogSeedResult", "Q016"},
    {"LogStartLine", "Q011"},
    {"LogTestResult", "Q007"},
    {"MainEncounteredError", "Z002"},
    {"MainReportArgs", "A002"},
    {"MainReportVersion", "A001"},
    {"NoNodesForSelectionCriteria", "M030"},
    {"NodeFinished", "Q025"},
    {"NodeStart", "Q024"},
    {"Note", "Z050"},
    {"NothingToDo", "Q035"},
    {"PrintEvent", "Z052"},
    {"RunResultError", "Z024"},
    {"RunResultFailure", "Z022"},
    {"RunResultWarning", "Z021"},
    {"SQLQuery", "E016"},
    {"ShowNode", "Q041"},
    {"SkippingDetails", "Q034"},
    {"StatsLine", "Z023"},
});
static_assert(std::is_sorted(kCodes.begin(), kCodes.end()));

}  // namespace

std::string_view event_code(std::string_view name) {
  const auto found = std::lower_bound(
      kCodes.begin(), kCodes.end(), name,
      [](const NamedCode& entry, std::string_view key) { return entry.first < key; });
  return found != kCodes.end() && found->first == name ? found->second : std::string_view();
}

}  // namespace sluice::cli
