// Reading values out of DuckDB's vectors. Module-private; a view lives no longer than its chunk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "warehouse/duckdb/handles.h"
#include "warehouse/warehouse.h"

namespace sluice::warehouse {

class VectorView {
 public:
  explicit VectorView(duckdb_vector vector)
      : data_(duckdb_vector_get_data(vector)), validity_(duckdb_vector_get_validity(vector)) {}
  bool is_null(idx_t row) const {
    return validity_ != nullptr && !duckdb_validity_row_is_valid(validity_, row);
  }
  template <typename T>
  const T& at(idx_t row) const {
    return static_cast<const T*>(data_)[row];
  }
  std::string string_at(idx_t row) const {
    duckdb_string_t text = at<duckdb_string_t>(row);
    return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
  }

 private:
  const void* data_;
  uint64_t* validity_;
};

// "-170141183460469231731687303715884105728" and the like; `scale` digits behind a point.
std::string hugeint_text(duckdb_hugeint value, int scale);
std::string uhugeint_text(duckdb_uhugeint value);

class ChunkRegistry;
// Fetches the result's rows, at most `limit` (-1: all), with every type of the engine.
Result<ResultTable> fetch_table(duckdb_connection connection, ChunkRegistry& registry,
                                duckdb_result& result, int64_t limit);

// The same for results whose types are all plain (no lists, intervals, …), such as those of our own
// queries; a value of another type reads as NULL.
ResultTable fetch_plain_table(duckdb_result& result);

}  // namespace sluice::warehouse
