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
  void add(const warehouse::RelationInfo& relation);
  void remove(const warehouse::RelationInfo& relation);
  void rename(const warehouse::RelationInfo& from, const warehouse::RelationInfo& to);
  void forget_schema(const std::string& database, const std::string& schema);

 private:
  using Key = std::pair<std::string, std::string>;
  mutable std::mutex schemas_mutex_;
  std::map<Key, std::map<std::string, warehouse::RelationInfo>> schemas_;
};

}  // namespace sluice::compile
