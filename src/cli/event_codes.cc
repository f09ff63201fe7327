#include "cli/event_codes.h"

#include <algorithm>
#include <array>

namespace sluice::cli {
namespace {

struct EventKind {
  std::string_view name, code;
  bool has_message;  // `data` has `msg`
};

// By name, for binary search.
constexpr auto kKinds = std::to_array<EventKind>({
    {"AdapterEventWarning", "E003", false},
    {"AdapterRegistered", "E034", false},
    {"ArtifactWritten", "P001", false},
    {"CatalogWritten", "E042", false},
    {"CheckCleanPath", "Z012", false},
    {"CommandCompleted", "Q039", false},
    {"CompiledNode", "Q042", false},
    {"ConcurrencyLine", "Q027", false},
    {"ConfirmCleanPath", "Z013", false},
    {"ConnectionUsed", "E015", false},
    {"DebugCmdOut", "Z047", true},
    {"DebugCmdResult", "Z048", true},
    {"DepsInstallInfo", "M015", false},
    {"DepsLockUpdating", "M031", false},
    {"DepsNotifyUpdatesAvailable", "M019", false},
    {"DepsSetDownloadDirectory", "M028", false},
    {"DepsStartPackageInstall", "M014", false},
    {"DepsUnpinned", "M029", false},
    {"DepsUpdateAvailable", "M016", false},
    {"EndOfRunSummary", "Z030", false},
    {"EndRunResult", "Q037", false},
    {"FinishedCleanPaths", "Z015", false},
    {"FinishedRunningStats", "E047", false},
    {"Formatting", "Z017", true},
    {"FoundStats", "W006", false},
    {"FreshnessCheckComplete", "Q003", false},
    {"JinjaLogDebug", "I063", true},
    {"JinjaLogInfo", "I062", true},
    {"JinjaLogWarning", "I061", true},
    {"LogBatchResult", "Q046", false},
    {"LogFreshnessResult", "Q018", false},
    {"LogFunctionResult", "Q047", false},
    {"LogHookEndLine", "Q033", false},
    {"LogHookStartLine", "Q032", false},
    {"LogModelResult", "Q012", false},
    {"LogNodeNoOpResult", "Q019", false},
    {"LogSeedResult", "Q016", false},
    {"LogSnapshotResult", "Q015", false},
    {"LogStartBatch", "Q045", false},
    {"LogStartLine", "Q011", false},
    {"LogTestResult", "Q007", false},
    {"MainEncounteredError", "Z002", false},
    {"MainReportArgs", "A002", false},
    {"MainReportVersion", "A001", false},
    {"MarkSkippedChildren", "Z033", false},
    {"NewConnection", "E005", false},
    {"NoNodesForSelectionCriteria", "M030", false},
    {"NodeCompiling", "Q030", false},
    {"NodeExecuting", "Q031", false},
    {"NodeFinished", "Q025", false},
    {"NodeStart", "Q024", false},
    {"Note", "Z050", true},
    {"NothingToDo", "Q035", false},
    {"OpenCommand", "Z016", false},
    {"PartialParsingSkipParsing", "I017", false},
    {"PrintEvent", "Z052", true},
    {"ResourceReport", "Z051", false},
    {"RunResultError", "Z024", true},
    {"RunResultFailure", "Z022", false},
    {"RunResultWarning", "Z021", false},
    {"RunResultWarningMessage", "Z046", true},
    {"SQLCompiledPath", "Z026", false},
    {"SQLQuery", "E016", false},
    {"SQLQueryStatus", "E017", false},
    {"SeedHeader", "Q004", false},
    {"ShowNode", "Q041", false},
    {"SkippingDetails", "Q034", false},
    {"SnapshotTimestampWarning", "Q043", false},
    {"StatsLine", "Z023", false},
    {"UnableToPartialParse", "I024", false},
    {"WarnStateTargetEqual", "I072", false},
    {"WritingInjectedSQLForNode", "Q029", false},
});
static_assert(std::ranges::is_sorted(kKinds, {}, &EventKind::name));

const EventKind* find_kind(std::string_view name) {
  const auto found = std::ranges::lower_bound(kKinds, name, {}, &EventKind::name);
  return found != kKinds.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::string_view event_code(std::string_view name) {
  const EventKind* kind = find_kind(name);
  return kind == nullptr ? std::string_view() : kind->code;
}

bool event_has_message(std::string_view name) {
  const EventKind* kind = find_kind(name);
  return kind == nullptr || kind->has_message;
}

}  // namespace sluice::cli
