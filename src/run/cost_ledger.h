// The account of what runs have read and what full refreshes would have read in their place, in the
// ledger's schema of the models' database. One connection, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// What one run did for one model.
struct ModelCost {
  std::string unique_id;
  std::string action;  // "skip", "partition", "full"…; of models that are not maintained "run"
  int64_t rows_read = 0;
  uint64_t bytes_read = 0;
  uint64_t input_bytes = 0;  // size of all that the model may read; 0: not known
  uint64_t full_bytes = 0;   // what a full refresh would have read
  bool is_estimated = false;
  double price_per_tb = 0;
  double seconds = 0;  // wall time of the model
};

// What one way of bringing a model up to date took when it was last taken.
struct ActionRecord {
  double seconds = 0;
  uint64_t input_bytes = 0;  // size of all that the model could read then; 0: not known
  int64_t runs_since = 0;    // of the same model, that were not skipped
};
using ModelHistory = std::map<std::string, ActionRecord>;  // by action

// What is known of a model's last full build.
struct FullBuild {
  uint64_t bytes_read = 0;
  uint64_t input_bytes = 0;
};

struct CostTotal {
  std::string unique_id;
  int64_t runs = 0;
  uint64_t bytes_read = 0, full_bytes = 0;
  double price = 0, full_price = 0;  // dollars, at the prices of then
};

// What a full refresh reads now, from what the last one read: as much more as there is more to
// read.
uint64_t scaled_full_bytes(const FullBuild& last, uint64_t input_bytes);

class CostLedger {
 public:
  // Makes the table when it is missing.
  static Result<CostLedger> open(warehouse::Connection& connection, const std::string& database);
  // nullopt: the database has no account.
  static Result<std::optional<CostLedger>> find(warehouse::Connection& connection,
                                                const std::string& database);

  // By unique id.
  Result<std::map<std::string, FullBuild>> full_builds();
  // Of all models, by unique id.
  Result<std::map<std::string, ModelHistory>> histories();
  Status add(const std::string& run, const std::vector<ModelCost>& costs);
  // By model, the dearest first; of runs that ended at `since` (a timestamp in SQL, UTC) or later.
  // Empty: of all.
  Result<std::vector<CostTotal>> totals(const std::string& since);

 private:
  CostLedger(warehouse::Connection& connection, std::string table)
      : connection_(&connection), table_(std::move(table)) {}

  warehouse::Connection* connection_;
  std::string table_;  // quoted
};

}  // namespace sluice::run
