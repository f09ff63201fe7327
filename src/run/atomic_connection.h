// AtomicConnection: a Connection on which a whole run is one transaction. Between hold() and
// publish() or discard(), the transactions of nodes only look like ones: their BEGIN and COMMIT are
// answered here, so that macros and materializations work unchanged and readers on other
// connections, and after a kill, see nothing of the run or all of it. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::run {

class AtomicConnection final : public warehouse::Connection {
 public:
  explicit AtomicConnection(std::unique_ptr<warehouse::Connection> inner)
      : inner_(std::move(inner)) {}

  // Begins the transaction of the run. kRunInvalid where the profile switches transactions off.
  Status hold();
  // Ends it: everything at once, or nothing when the engine refuses.
  Status publish();
  // Ends it: as if the run had not been.
  Status discard();
  bool is_held() const { return is_held_; }
  // What a rolled back node leaves behind does not matter: a test only looks.
  void forgive_rollback(bool forgives) { forgives_rollback_ = forgives; }
  // A node was rolled back that had written: the run cannot be published.
  bool is_spoilt() const { return is_spoilt_; }

  // While held: statements that would end the transaction are kRunInvalid.
  Result<warehouse::StatementResult> execute(const std::string& sql, bool fetch,
                                             int64_t limit) override;
  Status begin() override;
  Status commit() override;
  Status rollback() override;
  bool in_transaction() const override {
    return is_held_ ? is_in_node_transaction_ : inner_->in_transaction();
  }
  void interrupt() override { inner_->interrupt(); }
  std::optional<double> progress() const override { return inner_->progress(); }
  Result<std::vector<warehouse::RelationInfo>> list_relations(const std::string& database,
                                                              const std::string& schema) override {
    return inner_->list_relations(database, schema);
  }
  Result<std::vector<warehouse::ColumnInfo>> list_columns(
      const warehouse::RelationInfo& relation) override {
    return inner_->list_columns(relation);
  }
  Result<std::vector<std::string>> list_schemas(const std::string& database) override {
    return inner_->list_schemas(database);
  }
  Result<std::vector<warehouse::ColumnInfo>> describe_query(const std::string& sql) override {
    return inner_->describe_query(sql);
  }
  Status set_scan_metrics(bool enabled) override { return inner_->set_scan_metrics(enabled); }
  Result<warehouse::ScanMetrics> take_scan_metrics() override {
    return inner_->take_scan_metrics();
  }

 private:
  std::unique_ptr<warehouse::Connection> inner_;
  bool is_held_ = false;
  bool is_in_node_transaction_ = false;
  bool has_written_ = false;  // since the node's transaction began
  bool forgives_rollback_ = false;
  bool is_spoilt_ = false;
};

// The first words of the statements in a text, in lower case. Comments, literals and quoted names
// are no statements, whatever they hold.
std::vector<std::string> statement_words(std::string_view sql);

}  // namespace sluice::run
