// The SQL that reads an input of a maintained model: all of it, or some of its partitions. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/maintenance.h"
#include "run/model_inputs.h"

namespace sluice::run {

// CAST('2026-01-01' AS DATE); NULL.
std::string partition_literal(const detect::PartitionValue& value, const std::string& type);

// Rows of these partitions (positions in its manifest) of a table that is partitioned by columns.
std::string partitions_predicate(const ModelInput& leaf, const std::vector<size_t>& partitions);

// What is read of the leaf: its columns by name, those that were analysed. `reads` may be null:
// all.
std::string input_query(const ModelInput& leaf, const plan::ReadSet* reads);

}  // namespace sluice::run
