// The content of a table as a multiset: number of rows and two independent 64-bit hashes over them,
// computed by the engine. Equal content in any order gives equal texts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

struct RowHash {
  std::string count = "0", sum = "0", exclusive_or = "0";
  // The three parts of text().
  static std::vector<std::string> parse(const std::string& text);
  std::string text() const { return count + ":" + sum + ":" + exclusive_or; }
};

// Aggregates for a SELECT list: count, sum and xor of the rows' hashes, as three columns.
std::string row_hash_aggregates(const std::vector<warehouse::ColumnInfo>& columns);

// `condition` restricts the rows; empty: all.
Result<RowHash> hash_rows(warehouse::Connection& connection, const std::string& relation,
                          const std::vector<warehouse::ColumnInfo>& columns,
                          const std::string& condition);

}  // namespace sluice::run
