#include "warehouse/memory_warehouse.h"

#include <algorithm>
#include <utility>

namespace sluice::warehouse {

struct MemoryWarehouse::State {
  explicit State(const Dialect& spoken) : dialect(spoken) {}
  const Dialect& dialect;
  mutable std::mutex state_mutex;  // guards the rest
  std::vector<std::pair<std::string, Handler>> rules;
  std::vector<RelationInfo> relations;
  std::vector<std::pair<RelationInfo, std::vector<ColumnInfo>>> columns;
  std::vector<std::string> schemas;
  std::vector<ColumnInfo> described_columns;
  std::vector<std::string> statements;
  int num_interrupts = 0;
};

class MemoryConnection final : public Connection {
 public:
  explicit MemoryConnection(std::shared_ptr<MemoryWarehouse::State> state)
      : state_(std::move(state)) {}

  Result<StatementResult> execute(const std::string& sql, bool, int64_t) override {
    MemoryWarehouse::Handler handler;
    {
      const std::lock_guard lock(state_->state_mutex);
      state_->statements.push_back(sql);
      const auto rule = std::find_if(
          state_->rules.begin(), state_->rules.end(),
          [&](const auto& entry) { return sql.find(entry.first) != std::string::npos; });
      if (rule != state_->rules.end()) handler = rule->second;
    }
    if (handler) return handler(sql);
    StatementResult result;
    result.message = "OK";
    return result;
  }
  Status begin() override {
    if (in_transaction_)
      return fail(ErrorCode::kSqlError, "cannot start a transaction within a transaction");
    in_transaction_ = true;
    record("begin");
    return {};
  }
  Status commit() override {
    if (!in_transaction_)
      return fail(ErrorCode::kSqlError, "cannot commit - no transaction is active");
    in_transaction_ = false;
    record("commit");
    return {};
  }
  Status rollback() override {
    if (std::exchange(in_transaction_, false)) record("rollback");
    return {};
  }
  bool in_transaction() const override { return in_transaction_; }
  void interrupt() override {
    const std::lock_guard lock(state_->state_mutex);
    ++state_->num_interrupts;
  }
  std::optional<double> progress() const override { return std::nullopt; }
  Result<std::vector<RelationInfo>> list_relations(const std::string& database,
                                                   const std::string& schema) override {
    const std::lock_guard lock(state_->state_mutex);
    std::vector<RelationInfo> found;
    for (const RelationInfo& relation : state_->relations) {
      if (relation.database == database && relation.schema == schema) found.push_back(relation);
    }
    return found;
  }
  Result<std::vector<ColumnInfo>> list_columns(const RelationInfo& relation) override {
    const std::lock_guard lock(state_->state_mutex);
    for (const auto& [known, columns] : state_->columns) {
      if (known.schema == relation.schema && known.identifier == relation.identifier)
        return columns;
    }
    return std::vector<ColumnInfo>{};
  }
  Result<std::vector<std::string>> list_schemas(const std::string&) override {
    const std::lock_guard lock(state_->state_mutex);
    return state_->schemas;
  }
  Result<std::vector<ColumnInfo>> describe_query(const std::string&) override {
    const std::lock_guard lock(state_->state_mutex);
    return state_->described_columns;
  }
  Status set_scan_metrics(bool) override { return {}; }
  Result<ScanMetrics> take_scan_metrics() override { return ScanMetrics{}; }

 private:
  void record(std::string text) {
    const std::lock_guard lock(state_->state_mutex);
    state_->statements.push_back(std::move(text));
  }

  const std::shared_ptr<MemoryWarehouse::State> state_;
  bool in_transaction_ = false;
};

MemoryWarehouse::MemoryWarehouse(const Dialect& dialect)
    : state_(std::make_shared<State>(dialect)) {}
MemoryWarehouse::~MemoryWarehouse() = default;

void MemoryWarehouse::answer(std::string fragment, Handler handler) {
  const std::lock_guard lock(state_->state_mutex);
  state_->rules.emplace_back(std::move(fragment), std::move(handler));
}

void MemoryWarehouse::set_relations(std::vector<RelationInfo> relations) {
  const std::lock_guard lock(state_->state_mutex);
  state_->relations = std::move(relations);
}

void MemoryWarehouse::set_columns(const RelationInfo& relation, std::vector<ColumnInfo> columns) {
  const std::lock_guard lock(state_->state_mutex);
  state_->columns.emplace_back(relation, std::move(columns));
}

void MemoryWarehouse::set_schemas(std::vector<std::string> schemas) {
  const std::lock_guard lock(state_->state_mutex);
  state_->schemas = std::move(schemas);
}

void MemoryWarehouse::set_described_columns(std::vector<ColumnInfo> columns) {
  const std::lock_guard lock(state_->state_mutex);
  state_->described_columns = std::move(columns);
}

std::vector<std::string> MemoryWarehouse::statements() const {
  const std::lock_guard lock(state_->state_mutex);
  return state_->statements;
}

int MemoryWarehouse::num_interrupts() const {
  const std::lock_guard lock(state_->state_mutex);
  return state_->num_interrupts;
}

const Dialect& MemoryWarehouse::dialect() const { return state_->dialect; }

Result<std::unique_ptr<Connection>> MemoryWarehouse::connect() {
  return std::make_unique<MemoryConnection>(state_);
}

void MemoryWarehouse::interrupt_all() {
  const std::lock_guard lock(state_->state_mutex);
  ++state_->num_interrupts;
}

}  // namespace sluice::warehouse
