// Which keys each part of an input holds: for a model in the tier "keys" (plan/affected_keys.h), a
// hidden table of distinct pairs (part, key) for each partitioned input. A part is a file; of a
// table it is a partition. What a part held that is gone, or is another one now, only this table
// can tell; and it tells which partitions hold a key. It is built when all of the input is read,
// changes in the transaction that consumes the input, and is used only while it is of what the
// ledger says that the model has consumed. One job, one connection, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/affected_keys.h"
#include "run/ledger.h"
#include "run/model_inputs.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

struct MaintenanceJob;

struct KeyIndex {
  enum class State : uint8_t {
    kMissing,  // or not of what the model has consumed
    kKept,
    kRefused,  // it would hold too many pairs to pay
  };
  std::string relation;
  std::string input;               // stub
  std::vector<std::string> exprs;  // the keys of a row
  std::string identity;            // of what it is computed, whatever the input holds
  State state = State::kMissing;
  ModelEntry entry;                        // of the ledger
  std::map<std::string, int64_t> numbers;  // of its parts, by partition_key
  std::vector<detect::Consumed> consumed;  // parts
  bool holds_changes = false;              // the keys of the changed parts are in a temporary table
};

// The keys that one job is followed by.
struct KeyTracking {
  std::vector<plan::TrackedKey> candidates;
  std::optional<plan::TrackedKey> key;  // of them, once it is chosen
  std::vector<KeyIndex> indexes;        // one for each partitioned input of it
};

class KeyIndexes {
 public:
  // The job has a tracking.
  KeyIndexes(MaintenanceJob& job, SourceSnapshots& snapshots, warehouse::Connection& connection);

  static std::string relation_of(const std::string& database, const std::string& relation,
                                 size_t number);
  // Drops those of the model from this number on.
  static Status drop_from(const std::string& database, const std::string& relation, size_t first,
                          Ledger& ledger, warehouse::Connection& connection);

  // Takes what the ledger holds, and chooses a key where none is kept and the table is there.
  Status load(Ledger& ledger);
  // Queries whose column k has the keys that the changed parts of the input hold and held; nullopt:
  // what they held is not known.
  Result<std::optional<std::vector<std::string>>> changed_keys(const std::string& input);
  // The partitions of the input, as positions in its manifest, that may hold keys for which the
  // condition on k is true; nullopt: any.
  Result<std::optional<std::set<size_t>>> partitions_with(const std::string& input,
                                                          const std::string& condition);
  // Why there is no table for the input, as the end of a sentence; empty: there is one.
  std::string missing_words(const std::string& input) const;
  // Brings the tables to what is read now. `reads_all`: those that are missing are built.
  Status record(Ledger& ledger, bool reads_all);

 private:
  const ModelInput& leaf_of(const KeyIndex& index) const;
  const warehouse::ColumnInfo& column() const;
  std::vector<warehouse::ColumnInfo> columns() const;
  KeyIndex* find(const std::string& input);
  std::string code_of(const KeyIndex& index, const std::vector<detect::Consumed>& consumed) const;
  std::vector<detect::Consumed> consumed_now(const KeyIndex& index) const;
  Status choose();
  Result<int64_t> most_rows();
  void list_indexes();
  Status load_index(Ledger& ledger, KeyIndex& index);
  std::string keys_query(const KeyIndex& index, const std::string& place,
                         const std::string& condition) const;
  std::string pairs_of_files(const KeyIndex& index, const detect::Manifest& parts,
                             const std::vector<size_t>& wanted) const;
  std::string pairs_of_table(const KeyIndex& index, const detect::Manifest& parts,
                             const std::vector<size_t>& wanted) const;
  std::string pairs_query(const KeyIndex& index, const detect::Manifest& parts,
                          const std::vector<size_t>& wanted) const;
  std::vector<detect::Change> changes_of(const KeyIndex& index,
                                         const detect::Manifest& parts) const;
  std::string held_table(const KeyIndex& index) const;
  Status hold(KeyIndex& index, const detect::Manifest& parts,
              const std::vector<detect::Change>& changes);
  static std::string numbers_before(const KeyIndex& index,
                                    const std::vector<detect::Change>& changes);
  Status follow(Ledger& ledger, KeyIndex& index);
  Result<std::string> content_after(const KeyIndex& index, const std::string& removed);
  Status build(Ledger& ledger, KeyIndex& index);
  Status refuse(Ledger& ledger, KeyIndex& index);
  Result<bool> would_be_too_large(const KeyIndex& index, const detect::Manifest& parts);
  Status save(Ledger& ledger, KeyIndex& index, const detect::Manifest& parts,
              const std::string& changed);
  static void number_parts(KeyIndex& index, const detect::Manifest& parts);
  Status execute(const std::string& sql);
  Result<warehouse::ResultTable> fetch(const std::string& sql);
  Result<int64_t> fetch_number(const std::string& sql);

  MaintenanceJob& job_;
  KeyTracking& tracking_;
  SourceSnapshots& snapshots_;
  warehouse::Connection& connection_;
};

}  // namespace sluice::run
