// Events: what a command tells about itself while it works. Makers emit, one sink per process
// prints or writes them. A sink is thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

enum class EventLevel : uint8_t { kDebug, kInfo, kWarning, kError };

struct Event {
  EventLevel level = EventLevel::kInfo;
  std::string name;     // dbt's event name where there is one: "LogModelResult", "JinjaLogInfo",
                        // "MainReportVersion"…
  std::string message;  // what a person reads
  std::string node;     // unique id; empty when it belongs to none
  // Extra fields for the JSON form; values are JSON text.
  std::vector<std::pair<std::string, std::string>> data;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(const Event& event) = 0;
};

}  // namespace sluice
