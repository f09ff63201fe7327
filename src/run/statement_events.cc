#include "run/statement_events.h"

#include <fmt/format.h>

#include "base/json.h"

namespace sluice::run {

Event statement_event(const std::string& node_id, const std::string& sent) {
  JsonWriter name, text;
  name.string(node_id);
  text.string(sent);
  return {EventLevel::kDebug,
          "SQLQuery",
          fmt::format("On {}: {}", node_id, sent),
          node_id,
          {{"conn_name", name.take()}, {"sql", text.take()}}};
}

Event statement_end_event(const std::string& node_id, double seconds) {
  return {
      EventLevel::kDebug,
      "SQLQueryStatus",
      fmt::format("SQL status: OK in {:.3f} seconds", seconds),
      node_id,
      {{"elapsed", fmt::format("{:.6f}", seconds)}, {"query_id", "\"\""}, {"status", "\"OK\""}}};
}

}  // namespace sluice::run
