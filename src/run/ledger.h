// The ledger of maintained models: what each has consumed and what its table holds, in tables of
// the schema "_sluice" of the same database, changed in the same transaction as the data. A table
// without an entry here was never maintained. One connection, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/files.h"
#include "detect/manifest.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// One partition of a maintained table.
struct TablePartition {
  std::vector<detect::PartitionValue> values;
  int64_t version = 0;  // generation in which its rows last changed
  int64_t rows = 0;
};

struct ModelEntry {
  std::string relation;          // rendered name; key of the ledger, so that targets never meet
  int64_t generation = 0;        // grows with each change of the table
  std::string code;              // identity of query, engine and settings
  std::vector<std::string> key;  // columns that the table's partitions are told by
  std::string columns;           // names and types as JSON
  std::string content;           // count and hashes of all rows: changes by others show
  std::string tier;              // of the last change
  bool is_deterministic = true;  // the result changes only with the inputs
  std::string saved_at;          // moment of the last change; given by the ledger
};

// What the ledger holds of an input of a model.
struct LedgerInput {
  std::string name;
  int64_t partitions = 0, files = 0;
  uint64_t bytes = 0;  // of the files
};

// What it holds of a model.
struct LedgerModel {
  std::string relation;
  int64_t generation = 0;
  std::vector<std::string> key;
  std::string tier;        // of the last change
  std::string changed_at;  // "2026-01-31 12:00:00"
  int64_t partitions = 0, rows = 0;
  size_t parts = 0;  // hidden tables that it is computed from
  int64_t rows_of_parts = 0;
  bool is_reset = false;  // the next run builds it anew
  std::vector<LedgerInput> inputs;
};

class Ledger {
 public:
  // `database` holds the models. Makes the tables when they are missing.
  static Result<Ledger> open(warehouse::Connection& connection, const std::string& database);
  // Adds what the ledger of an earlier release lacks.
  Status upgrade();
  // As it is; nullopt: the database has no ledger.
  static Result<std::optional<Ledger>> find(warehouse::Connection& connection,
                                            const std::string& database);

  // Where a part of a model's query is kept. A name; nothing is looked at.
  static std::string stage_relation(const std::string& database, const std::string& relation,
                                    size_t stage);

  Result<std::optional<ModelEntry>> model(const std::string& relation);
  Result<std::vector<detect::Consumed>> consumed(const std::string& relation,
                                                 const std::string& input);
  // Columns that an input had when the model last read it, as JSON; nullopt: it never did.
  Result<std::optional<std::string>> input_columns(const std::string& relation,
                                                   const std::string& input);
  Result<std::vector<TablePartition>> partitions(const std::string& relation);
  Result<detect::FileRecords> files(const std::string& input);

  Status save_model(const ModelEntry& entry);
  // What the model has now read of the input, in place of what was recorded.
  Status save_consumed(const std::string& relation, const std::string& input,
                       const std::vector<detect::Consumed>& before, const detect::Manifest& now);
  Status save_input_columns(const std::string& relation, const std::string& input,
                            const std::string& columns);
  Status save_partitions(const std::string& relation, const std::vector<TablePartition>& changed,
                         const std::vector<std::vector<detect::PartitionValue>>& removed);
  Status save_files(const std::string& input, const detect::FileRecords& before,
                    const detect::FileRecords& now);
  // Forgets the model and drops its snapshots; its table is like any other then.
  Status remove(const std::string& relation);

  // Everything, by relation; in ledger_report.cc.
  Result<std::vector<LedgerModel>> report(const std::string& database);
  // Forgets what the model has consumed and made: the next run builds it anew.
  Status reset(const std::string& database, const std::string& relation);

 private:
  Ledger(warehouse::Connection& connection, std::string database)
      : connection_(&connection), database_(std::move(database)) {}
  Status execute(const std::string& sql);
  Result<warehouse::ResultTable> fetch(const std::string& sql);
  std::string table(std::string_view name) const;
  Status replace_rows(std::string_view table_name, const std::string& condition,
                      const std::vector<std::string>& keys, const std::vector<std::string>& rows);

  warehouse::Connection* connection_;
  std::string database_;
};

// The reverse of detect::partition_key.
std::vector<detect::PartitionValue> parse_partition_key(std::string_view key);

}  // namespace sluice::run
