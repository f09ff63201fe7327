// The SQL text of aggregate calls, window calls and sort keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/expression_text.h"
#include "sql/relational.h"

namespace sluice::sql {

// nullopt: the call holds more than its name and arguments say (the fraction of a quantile), or an
// argument has no text.
std::optional<std::string> aggregate_text(const Expr& call, const ColumnText& column);
std::optional<std::string> window_text(const Expr& call, const ColumnText& column);
// "a ASC NULLS LAST, b DESC NULLS FIRST"
std::optional<std::string> sort_text(const std::vector<SortKey>& keys, const ColumnText& column);

}  // namespace sluice::sql
