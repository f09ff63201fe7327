// GuardedConnection: a Connection that can be told to stop for good and that remembers whether an
// attempt left anything behind. interrupt() may come from any thread; everything else belongs to
// the thread that uses the connection.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::run {

class GuardedConnection final : public warehouse::Connection {
 public:
  explicit GuardedConnection(std::unique_ptr<warehouse::Connection> inner);

  // Forgets what earlier attempts committed.
  void begin_attempt() { has_side_effects_ = false; }
  // True when the attempt committed a transaction or changed data outside one: running it again
  // would do so twice.
  bool has_side_effects() const { return has_side_effects_; }
  bool interrupted() const;
  // Statements work again: what was interrupted has ended.
  void resume();

  Result<warehouse::StatementResult> execute(const std::string& sql, bool fetch,
                                             int64_t limit) override;
  Status begin() override;
  Status commit() override;
  // Works after an interrupt too: it cleans up.
  Status rollback() override { return inner_->rollback(); }
  bool in_transaction() const override { return inner_->in_transaction(); }
  // The running statement ends with kCancelled, and every later one at once.
  void interrupt() override;
  std::optional<double> progress() const override { return inner_->progress(); }
  Result<std::vector<warehouse::RelationInfo>> list_relations(const std::string& database,
                                                              const std::string& schema) override;
  Result<std::vector<warehouse::ColumnInfo>> list_columns(
      const warehouse::RelationInfo& relation) override;
  Result<std::vector<std::string>> list_schemas(const std::string& database) override;
  Result<std::vector<warehouse::ColumnInfo>> describe_query(const std::string& sql) override;
  Status set_scan_metrics(bool enabled) override { return inner_->set_scan_metrics(enabled); }
  Result<warehouse::ScanMetrics> take_scan_metrics() override {
    return inner_->take_scan_metrics();
  }

 private:
  template <typename Answer, typename Call>
  Answer guarded(const Call& call);

  std::unique_ptr<warehouse::Connection> inner_;
  mutable std::mutex running_mutex_;
  bool is_running_ = false;
  bool is_interrupted_ = false;
  bool has_side_effects_ = false;
};

// True for the errors by which DuckDB says that a concurrent transaction won and a new try may
// work.
bool is_transaction_conflict(const Error& error);

// True when the text's first word changes data that a second run would change again (insert,
// update, delete…).
bool is_data_change(std::string_view sql);

}  // namespace sluice::run
