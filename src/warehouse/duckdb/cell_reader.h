// How one column of a result is read, row by row. Module-private; a reader is immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/duckdb/nested_text.h"
#include "warehouse/duckdb/values.h"

namespace sluice::warehouse {

// One column of the result: its type, and how to read a row of it.
struct ColumnReader {
  duckdb_type type = DUCKDB_TYPE_INVALID;
  duckdb_type internal_type = DUCKDB_TYPE_INVALID;  // of decimals and enums
  int scale = 0;
  std::vector<std::string> dictionary;  // of enums
  std::optional<NestedReader> nested;   // we print it as Python does
  bool engine_text = false;             // DuckDB prints it
};

ColumnReader make_reader(duckdb_logical_type type);

// REQUIRES: not `engine_text`.
Cell read_cell(const ColumnReader& reader, const VectorView& view, idx_t row);

}  // namespace sluice::warehouse
