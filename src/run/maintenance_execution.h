// Executes one MaintenanceJob: stands the inputs' partitions behind the stubs, computes the
// affected rows, writes those partitions that differ, and the ledger. All in the transaction that
// is open.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compile/maintenance.h"
#include "run/maintainer.h"
#include "run/row_hash.h"

namespace sluice::run {

class MaintenanceExecution final : public compile::MaintenanceSteps {
 public:
  MaintenanceExecution(Maintainer& maintainer, MaintenanceJob& job,
                       warehouse::Connection& connection)
      : maintainer_(maintainer), job_(job), connection_(connection) {}

  Result<std::optional<std::string>> apply() override;
  Status record() override;

 private:
  Status check_entry();
  Result<std::optional<std::string>> apply_query();
  Result<std::optional<std::string>> apply_stages();
  Status apply_stage(MaintenanceJob& stage);
  Status refuse(MaintenanceJob& stage);
  Result<int64_t> count(const std::string& from);
  Result<bool> would_be_too_large(MaintenanceJob& stage);
  Result<bool> is_too_large(const MaintenanceJob& stage);
  Status drop_stages_but(const MaintenanceJob& refused);
  Status drop_stages_from(Ledger& ledger, size_t first);
  Status stand_inputs();
  std::string leaf_query(const ModelInput& leaf) const;
  Status stand_input(const ModelInput& leaf, const std::string& query);
  // maintenance_delta.cc
  Status apply_delta();
  Status compute_side(const DimensionDelta& delta, bool is_new, std::string_view table);
  Status merge_difference(const DimensionDelta& delta);
  // A column of the comparison: its name there, and what gives it.
  struct Compared {
    std::string name, expr, of_candidate;
  };
  std::vector<Compared> compared() const;
  bool is_partitioned() const { return !job_.plan.key.columns.empty(); }
  Status keep_for_rest(const std::vector<std::string>& queries);
  Status keep_changes(const std::vector<std::string>& queries, int64_t num_different);
  Status write_differences();
  Result<int64_t> take_changed_partitions();
  void take_partition(const std::vector<warehouse::Cell>& row);
  Status count_changed_partitions();
  Status follow_content();
  Result<std::vector<TablePartition>> table_partitions(int64_t version);
  Status record_partitions(Ledger& ledger, int64_t generation);
  Status record_inputs(Ledger& ledger);
  Status record_keys(Ledger& ledger);
  Status execute(const std::string& sql);

  Maintainer& maintainer_;
  MaintenanceJob& job_;
  warehouse::Connection& connection_;
  std::vector<TablePartition> changed_;  // version is filled in by record()
  std::vector<std::vector<detect::PartitionValue>> removed_;
  std::string content_;  // of the table when it has changed
  std::map<std::string, std::set<std::string>>
      moved_;                                   // partitions that moved while they were read
  std::unique_ptr<MaintenanceExecution> rest_;  // after the stages
  std::string changes_table_;  // of a stage: where its changed rows are kept for the rest
};

}  // namespace sluice::run
