// Snapshots of small inputs without partitions: the rows of a seed, table or file as a model has
// consumed them, in a hidden table beside the ledger, so that a change of the input is known by its
// rows. Kept are the columns that the model's query reads; a change of others is none for it.
//
// Small is an input of up to 10,000 rows, or of up to 1,000,000 and no more than a tenth of the
// rows of all that the model reads. Snapshots belong to one model (or part of its query) and one
// input, and change in the transaction that consumes the input. One connection, one thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/model_inputs.h"
#include "sql/locality.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// How the rows that a model has consumed of an input differ from those that it has now.
struct ChangedRows {
  std::string stub;  // the input
  // A temporary table: the snapshot's columns, and kIsNew. A row that is there n times more often
  // than before stands n times in it.
  std::string table;
  std::string before;  // a table: all rows that the model has consumed
  std::vector<warehouse::ColumnInfo> columns;
  std::string content;  // RowHash of these columns in the input
  int64_t added = 0, removed = 0;
  int64_t rows = 0;  // of the input
  bool is_equal() const { return added == 0 && removed == 0; }
};

constexpr const char* kIsNew = "_sluice_is_new";  // BOOLEAN: a row of now, else one of before

class InputSnapshots {
 public:
  // `database` holds the models.
  InputSnapshots(warehouse::Connection& connection, const std::string& database);
  // Makes the table that lists the snapshots, before several workers would at once.
  Status prepare();

  // What has changed of the input since `relation` has consumed leaf.state.consumed; nullopt: there
  // is no snapshot of these columns in that state, or it was changed by somebody else.
  Result<std::optional<ChangedRows>> changed_rows(
      const std::string& relation, const ModelInput& leaf,
      const std::vector<warehouse::ColumnInfo>& columns);
  // Keeps the rows that leaf.state.now says in place of what was kept; of an input that is not
  // small, nothing. `expected` is the content that the model has worked with; empty: any.
  Status save(const std::string& relation, const ModelInput& leaf,
              const std::vector<warehouse::ColumnInfo>& columns,
              const std::vector<ModelInput>& inputs, const std::string& expected);
  Status drop(const std::string& relation, const std::string& stub);
  // All of a model or part.
  Status drop_all(const std::string& relation);

 private:
  struct Entry {
    std::string columns, version, content;
  };
  Result<bool> has_table(const std::string& name);
  Result<std::optional<Entry>> entry(const std::string& relation, const std::string& stub);
  Result<bool> is_small(int64_t rows, const std::vector<ModelInput>& inputs);
  Result<int64_t> count(const std::string& from);
  Status execute(const std::string& sql);

  warehouse::Connection& connection_;
  std::string database_;
  std::string prefix_;  // "\"db\".\"_sluice\"."
};

// The columns that the query reads of a leaf, in all of its scans; empty: it reads none, or one
// that the leaf does not list.
std::vector<warehouse::ColumnInfo> columns_read(const sql::Locality& locality,
                                                const ModelInput& leaf);

// FROM entry: these columns of the input as it is now.
std::string rows_of_leaf(const ModelInput& leaf, const std::vector<warehouse::ColumnInfo>& columns);

}  // namespace sluice::run
