// Tables of DuckLake catalogs as inputs: the catalog numbers its snapshots and tells the rows that
// changed between two of them, so that what a table holds now follows from what it held, and only
// changed rows are read. Versions are sums over rows (row_hash.h): rows that came are added and
// rows that went are taken away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "detect/manifest.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

struct LakeTable {
  std::string catalog, schema, table;
};

// The table that a parsed FROM entry names; nullopt: it is none of a DuckLake.
Result<std::optional<LakeTable>> find_lake_table(const Json& from_table,
                                                 warehouse::Connection& connection);

Result<int64_t> current_snapshot(const LakeTable& table, warehouse::Connection& connection);

// FROM entry: the table as it was at a snapshot.
std::string at_snapshot(const std::string& relation, int64_t snapshot);

// What was known of a table at a snapshot.
struct KnownLake {
  int64_t snapshot = 0;
  std::vector<detect::Consumed> partitions;
};

// The partitions at a later snapshot by `column` (empty: all rows are one); nullopt: the catalog
// does not tell what has changed in between, or what it tells does not add up.
Result<std::optional<std::vector<detect::Partition>>> partitions_at(
    const LakeTable& table, int64_t snapshot, const KnownLake& known, const std::string& column,
    const std::vector<warehouse::ColumnInfo>& columns, warehouse::Connection& connection);

// Whether rows of the table changed after the one snapshot, up to the other.
Result<bool> has_changed(const LakeTable& table, int64_t after, int64_t snapshot,
                         warehouse::Connection& connection);

}  // namespace sluice::run
