// Helpers that dialects and the DuckDB engine share. Module-private. Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "warehouse/warehouse.h"

namespace sluice::warehouse {

const Dialect& duckdb_dialect();

// Whether `name` is one of `names`, without regard to ASCII case.
bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names);
// `text` between two `quote` characters, each `quote` inside doubled (SQL's own escaping).
std::string quote_with(char quote, std::string_view text);

}  // namespace sluice::warehouse
