// Cuts a query in two where changes of a partition cannot be followed through it: the lowest
// aggregates above the partitioned inputs become queries of their own ("stages"), whose results are
// kept, and the rest reads those. A stage keeps what can be brought up to date by partition:
//   - the aggregate itself, where one of its group keys is a function of the partition columns;
//   - else partial aggregates for each partition and group, which the rest merges. That is exact
//     for count, sum and avg of integers and decimals, min, max, bool_and, bool_or, bit_and,
//     bit_or, bit_xor, and for DISTINCT; sums of floating-point numbers depend on their order: they
//     are not merged (docs/incremental.md).
// Subqueries are turned into joins first (decorrelation.h). What reads a stage is none itself; rows
// beside it that no aggregate holds are kept as they are where a filter leaves few of them.
// Stages of counts and exact sums keep what it takes to add to them besides: how many rows each
// group has, and each sum.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sql/function_properties.h"
#include "sql/plan_text.h"
#include "sql/relational.h"

namespace sluice::sql {

// A column of a stage that differences are added to.
struct AddedColumn {
  size_t column = 0;
  std::optional<size_t> count;  // of a sum: the column with the number of what was added; 0: NULL
};

// A stage whose rows are counts and exact sums over rows that each come from one row of a scan:
// what other inputs change of it is the difference of two runs of its query over the rows of that
// scan that they concern.
struct AdditiveStage {
  size_t num_keys = 0;  // c0, c1, …: the group keys; carried columns are keys too
  std::vector<AddedColumn> added;
  size_t count = 0;              // column: the number of rows of the group
  std::set<std::string> linear;  // stubs that are scanned once, and so
};

struct Stage {
  std::string query;  // columns c0, c1, …, then p0, p1, …: the partition columns of its inputs
  size_t num_columns = 0;
  size_t num_carried = 0;  // 0: one of the c columns tells the partitions
  std::optional<AdditiveStage> additive;
};

struct StagedQuery {
  std::vector<Stage> stages;
  std::string rest;  // reads the stages by their names; its columns are named as those of the query
};

struct StageNames {
  std::function<std::string(size_t stage)> stage;  // what the rest calls a stage
  std::vector<std::string> columns;                // of the query's result
};

// `partitions` gives the partition columns of a scan's input. nullopt: there is no such cut, or a
// part has no text.
std::optional<StagedQuery> cut_stages(const OperatorPtr& query, const StageNames& names,
                                      const CarriedColumns& partitions,
                                      const FunctionProperties& functions);

}  // namespace sluice::sql
