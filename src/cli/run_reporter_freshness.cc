// What `source freshness` tells of each source.
#include <fmt/format.h>

#include "base/json.h"
#include "cli/run_reporter.h"

namespace sluice::cli {
namespace {

using run::NodeStatus;

struct Words {
  std::string head, status;
  EventLevel level;
  Color color;
};

Words words_of(NodeStatus status) {
  switch (status) {
    case NodeStatus::kPass:
      return {"PASS", "PASS", EventLevel::kInfo, Color::kGreen};
    case NodeStatus::kWarn:
      return {"WARN", "WARN", EventLevel::kWarning, Color::kYellow};
    case NodeStatus::kError:
      return {"ERROR STALE", "ERROR STALE", EventLevel::kError, Color::kRed};
    case NodeStatus::kSkipped:
      return {"SKIP", "SKIP", EventLevel::kInfo, Color::kYellow};
    default:
      return {"ERROR", "ERROR", EventLevel::kError, Color::kRed};
  }
}

std::string json_text(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.take();
}

}  // namespace

std::string describe_freshness(const compile::Source& source) {
  return fmt::format("freshness of {}.{}", source.source_name, source.name);
}

void RunReporter::tell_freshness(const compile::Source& source, const run::NodeResult& result,
                                 size_t number, size_t total) {
  const Words words = words_of(result.status);
  const std::string status =
      result.status == NodeStatus::kSkipped
          ? words.status + ": " + result.skipped_because
          : fmt::format("{} in {:.2f}s", words.status, result.execution_seconds);
  tell(words.level, "LogFreshnessResult",
       fmt::format("{} of {} {} {}", number, total, words.head, describe_freshness(source)), status,
       words.color, source.unique_id,
       {{"execution_time", fmt::format("{:.6f}", result.execution_seconds)},
        {"index", std::to_string(number)},
        {"source_name", json_text(source.source_name)},
        {"status", json_text(run::status_name(result.status))},
        {"table_name", json_text(source.name)},
        {"total", std::to_string(total)}});
}

}  // namespace sluice::cli
