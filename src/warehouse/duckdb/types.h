// DuckDB's logical types as the engine spells them: "DECIMAL(18,2)", "STRUCT(a INTEGER)[]". Pure.
#pragma once

#include <string>

#include "warehouse/duckdb/handles.h"

namespace sluice::warehouse {

std::string type_name(duckdb_logical_type type);

}  // namespace sluice::warehouse
