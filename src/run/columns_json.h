// Columns of a relation as JSON, for the ledger: [["dt","DATE"],…].
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

std::string columns_json(const std::vector<warehouse::ColumnInfo>& columns);
Result<std::vector<warehouse::ColumnInfo>> parse_columns_json(const std::string& json);

}  // namespace sluice::run
