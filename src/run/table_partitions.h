// Ordinary tables (seeds, unmaintained models, other sources) as partitions: the rows of each value
// of a column, with a version from their content. Asking costs one scan of the table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/manifest.h"
#include "plan/maintenance.h"
#include "run/model_inputs.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// The partitions of the table by a column; nullopt: there are too many to be kept apart.
Result<std::optional<std::vector<detect::Partition>>> table_partitions_by(
    const std::string& column, const std::string& relation,
    const std::vector<warehouse::ColumnInfo>& columns, warehouse::Connection& connection);

// The version of all rows together, from those of the partitions.
Result<std::string> whole_version(const std::vector<detect::Partition>& partitions,
                                  warehouse::Connection& connection);

// Columns by which the table could be partitioned so that the query follows it: those by which all
// of its scans are local, of a type whose values have a text. The most promising first.
std::vector<std::string> partition_candidates(const ModelInput& table,
                                              const plan::Specification& specification,
                                              const std::vector<plan::InputState>& inputs);

}  // namespace sluice::run
