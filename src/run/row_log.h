// The rows that the last changes of a maintained table without partitions have removed and added:
// models that read it follow those rows by their keys (maintainer_keys.cc) and need not take it as
// changed whole. A hidden table of old and new images by generation, for the last few generations
// and only while they are few rows; who has read an earlier generation takes everything. It changes
// in the transaction that changes the table. One connection, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/ledger.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

class RowLog {
 public:
  // `relation` is the table's; `database` holds it.
  RowLog(warehouse::Connection& connection, const std::string& database,
         const std::string& relation);

  // More rows than these are not kept for a change of a table of `rows` rows.
  static int64_t most_rows(int64_t rows);

  // The rows of the queries are removed or added as the table goes from the generation to the next.
  Status append(Ledger& ledger, int64_t generation,
                const std::vector<warehouse::ColumnInfo>& columns,
                const std::vector<std::string>& queries);
  // It does not know how the table changed.
  Status drop(Ledger& ledger);
  // A FROM entry: the rows that were removed or added after that generation, up to the present
  // one; nullopt: they are not known.
  Result<std::optional<std::string>> rows_after(Ledger& ledger, int64_t generation);

 private:
  // Of the generation, as it was left; nullopt: there is none, or it was changed by somebody else.
  Result<std::optional<ModelEntry>> entry_of(Ledger& ledger, int64_t generation);
  Status execute(const std::string& sql);

  warehouse::Connection& connection_;
  const std::string relation_;
  const std::string table_;
};

}  // namespace sluice::run
