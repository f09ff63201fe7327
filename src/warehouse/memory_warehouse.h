// The in-memory twin of a warehouse, for tests: records every statement of every connection and
// answers from a script. Speaks the given dialect. Thread-safe: connections may run on different
// threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::warehouse {

class MemoryWarehouse final : public Warehouse {
 public:
  // Answers one statement. Called with no lock held.
  using Handler = std::function<Result<StatementResult>(const std::string& sql)>;

  explicit MemoryWarehouse(const Dialect& dialect);
  ~MemoryWarehouse() override;

  // Statements that contain `fragment` are answered by `handler`; the first rule that matches wins.
  // Others are "OK".
  void answer(std::string fragment, Handler handler);
  // What introspection reports.
  void set_relations(std::vector<RelationInfo> relations);
  void set_columns(const RelationInfo& relation, std::vector<ColumnInfo> columns);
  void set_schemas(std::vector<std::string> schemas);
  void set_described_columns(std::vector<ColumnInfo> columns);

  // All statements so far in the order in which they began; transactions as "begin", "commit",
  // "rollback".
  std::vector<std::string> statements() const;
  int num_interrupts() const;

  const Dialect& dialect() const override;
  Result<std::unique_ptr<Connection>> connect() override;
  void interrupt_all() override;
  std::string engine_version() const override { return "memory"; }

 private:
  struct State;
  friend class MemoryConnection;
  const std::shared_ptr<State> state_;
};

}  // namespace sluice::warehouse
