// Columns of a relation as JSON, for the ledger: [["dt","DATE"],…].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

std::string columns_json(const std::vector<warehouse::ColumnInfo>& columns);
Result<std::vector<warehouse::ColumnInfo>> parse_columns_json(const std::string& json);

// Columns of an input, and those by which its partitions were told:
// {"columns":[["dt","DATE"],…],"key":["dt"],"snapshot":4}.
struct InputColumns {
  std::vector<warehouse::ColumnInfo> columns;
  std::optional<std::vector<std::string>> key;  // nullopt: a ledger that did not say so yet
  std::optional<int64_t> snapshot = {};         // of a lake
};
std::string input_columns_json(const InputColumns& input);
Result<InputColumns> parse_input_columns_json(const std::string& json);

}  // namespace sluice::run
