// Values without a plain form as dbt shows them to templates: lists, structs and maps as JSON,
// intervals as Python's timedelta, times and bytes as Python prints them. Module-private. Readers
// are immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/duckdb/handles.h"

namespace sluice::warehouse {

struct ColumnReader;

// What is needed to read a value of a type and the values inside it.
struct NestedReader {
  duckdb_type type = DUCKDB_TYPE_INVALID;
  std::vector<ColumnReader> children;  // list, array: the element's; struct: the members'; map: key
                                       // and value; others: none
  std::vector<std::string> names;      // of a struct's members
  idx_t array_size = 0;
};

// Nullopt: a type that only the engine can print, or one that holds such a type.
std::optional<NestedReader> make_nested_reader(duckdb_logical_type type);

// The text of a value at the top. REQUIRES: it is not NULL.
std::string python_text(const NestedReader& reader, duckdb_vector vector, idx_t row);

// Python's str() of a timedelta of months of 30 days, days and microseconds: "1 day, 0:00:00".
std::string interval_text(duckdb_interval interval);
// Python's repr() of bytes: "b'A\\x00'".
std::string bytes_text(std::string_view bytes);

}  // namespace sluice::warehouse
