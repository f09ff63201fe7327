// dbt's events of the statements that a node sends, for the JSON log.
#pragma once

#include <string>

#include "base/event.h"

namespace sluice::run {

// `sent`: the statement with its query comment.
Event statement_event(const std::string& node_id, const std::string& sent);
Event statement_end_event(const std::string& node_id, double seconds);

}  // namespace sluice::run
