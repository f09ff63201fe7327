// The difference of two relations as multisets of rows, told by partitions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

struct PartitionDifference {
  std::string value;  // of the key columns: "2026-01-10", "2026-01-10, north"
  int64_t rows_missing = 0, rows_extra = 0;
};

struct RowDifference {
  int64_t rows = 0;          // of the table
  int64_t rows_missing = 0;  // of the reference, not in the table
  int64_t rows_extra = 0;    // of the table, not in the reference
  bool is_rounding = false;  // rows differ, and none by more than rounding
  std::vector<std::string> missing_columns, extra_columns;  // of the table
  std::vector<std::string> key;                             // what `partitions` are told by
  int64_t num_partitions = 0;                               // with a difference
  std::vector<PartitionDifference> partitions;              // the first of them, in order

  bool is_equal() const {
    return rows_missing == 0 && rows_extra == 0 && missing_columns.empty() && extra_columns.empty();
  }
};

// Columns to tell differences by, the first that the rows have: `partition`, a day, `rows`.
struct DifferenceKeys {
  std::vector<std::string> partition, rows;
};

// Floating-point values that agree to nine digits are equal.
Result<RowDifference> find_difference(warehouse::Connection& connection, const std::string& table,
                                      const std::string& reference, const DifferenceKeys& keys);

}  // namespace sluice::run
