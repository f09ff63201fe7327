// The codes that dbt gives its events, by name: readers of its JSON log tell events apart by them.
#pragma once

#include <string_view>

namespace sluice::cli {

// "Q012" for LogModelResult; empty for events of our own. Recorded from dbt-core 1.11.16.
std::string_view event_code(std::string_view name);
// Whether `data` of the event has the message as `msg`; true for events of our own.
bool event_has_message(std::string_view name);

}  // namespace sluice::cli
