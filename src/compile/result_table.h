// ResultTable: the table object that run_query and load_result give to templates (dbt hands out
// agate tables). Immutable. Columns and rows can be subscripted by index and by name, iterated and
// measured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

// A cell as a template value: dates and timestamps become datetime objects, decimals and floats
// Decimal (as agate numbers are), nested values text.
jinja::Value cell_to_value(const warehouse::Cell& cell);
// The same, floats kept as floats: what `load_result(…).data` holds.
jinja::Value cell_to_raw_value(const warehouse::Cell& cell);

jinja::Value make_result_table(const warehouse::ResultTable& table);
jinja::Value make_empty_table();
// The table with its timestamps as text; what is no such table is an error (kJinjaRuntime).
Result<jinja::Value> with_timestamps_as_text(const jinja::Value& table);
// List of tuples.
jinja::Value make_result_data(const warehouse::ResultTable& table);

}  // namespace sluice::compile
