// RelationCache: which relations exist in the schemas of this run, so that templates can ask
// without a query each. Filled per schema on first use, kept true by the adapter methods that
// create, drop and rename. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::compile {

class RelationCache {
 public:
  // Loads the schema unless it is loaded already.
  Status load(warehouse::Connection& connection, const std::string& database,
              const std::string& schema);
  bool is_loaded(const std::string& database, const std::string& schema) const;
  // Names compare without case, as the engines do.
  std::optional<warehouse::RelationInfo> find(const std::string& database,
                                              const std::string& schema,
                                              const std::string& identifier) const;
  std::vector<warehouse::RelationInfo> list(const std::string& database,
                                            const std::string& schema) const;
  // What one entry was before a change; for undoing the changes of a transaction.
  struct Change {
    warehouse::RelationInfo relation;
    std::optional<warehouse::RelationInfo> before;
  };
  using Journal = std::vector<Change>;
  // Each adds what it changes to the journal.
  void add(const warehouse::RelationInfo& relation, Journal& journal);
  void remove(const warehouse::RelationInfo& relation, Journal& journal);
  void rename(const warehouse::RelationInfo& from, const warehouse::RelationInfo& to,
              Journal& journal);
  // Undoes the changes, the last one first. What others changed stays.
  void undo(Journal& journal);
  void forget_schema(const std::string& database, const std::string& schema);
  void forget_all();

 private:
  void put(const warehouse::RelationInfo& key, const std::optional<warehouse::RelationInfo>& value,
           Journal* journal);
  using Key = std::pair<std::string, std::string>;
  mutable std::mutex schemas_mutex_;
  std::map<Key, std::map<std::string, warehouse::RelationInfo>> schemas_;
};

}  // namespace sluice::compile
