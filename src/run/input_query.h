// The SQL that reads an input of a maintained model: all of it, or some of its partitions. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/maintenance.h"
#include "run/model_inputs.h"

namespace sluice::run {

// Rows of these partitions (positions in its manifest) of a table that is partitioned by columns.
std::string partitions_predicate(const ModelInput& leaf, const std::vector<size_t>& partitions);

// All rows of the leaf, these columns of it.
std::string whole_query(const ModelInput& leaf, const std::vector<warehouse::ColumnInfo>& columns);

// What is read of the leaf: its columns by name, those that were analysed. `reads` may be null:
// all.
std::string input_query(const ModelInput& leaf, const plan::ReadSet* reads);

}  // namespace sluice::run
