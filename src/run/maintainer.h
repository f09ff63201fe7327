// Maintainer: keeps the models of a run equal to their full refresh. For each it decides from the
// ledger, the inputs and the analysis of the query what has to be computed (plan/maintenance.h),
// and executes that within the model's transaction. One for a run, shared by its workers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "compile/session.h"
#include "plan/maintenance.h"
#include "run/cost_gate.h"
#include "run/dimension_probe.h"
#include "run/input_snapshot.h"
#include "run/key_index.h"
#include "run/ledger.h"
#include "run/model_inputs.h"
#include "run/project_settings.h"
#include "sql/binder.h"
#include "sql/lineage.h"
#include "sql/stage_cut.h"

namespace sluice::run {

// What a run did for a model, for the account of costs.
struct MaintenanceWork {
  std::string action;        // name of the tier
  uint64_t input_bytes = 0;  // size of all that the model reads; 0: not known
};

// What a changed dimension makes of a stage of counts and sums: the difference that its changed
// rows make in the rows of the fact that they belong to.
struct DimensionDelta {
  std::string fact;               // stub
  std::vector<KeyMatch> matches;  // its rows
  // Predicate over the stage's columns: rows that are computed anew, for what else has changed, and
  // what that reads; empty: none.
  std::string recomputed;
  std::vector<plan::ReadSet> reads;
};

// What is to be done for one model, and what was known when that was decided.
struct MaintenanceJob {
  const compile::Node* node = nullptr;
  std::string relation;  // rendered
  ModelInputs inputs;
  plan::Specification specification;           // what the analysis of the query found
  std::vector<warehouse::ColumnInfo> columns;  // of the result
  std::optional<sql::Lineage> lineage;         // of its columns, where the query is analysed
  plan::Maintenance plan;
  std::optional<ModelEntry> entry;  // of the ledger; nullopt: built for the first time
  std::string code;
  bool builds_anew = false;  // the table is made, or made again, whole
  bool is_deterministic = true;
  std::optional<plan::OutputKey> given_key;  // else it is chosen
  // Of changed inputs that the key does not follow, where they are known.
  std::vector<ChangedRows> changed_rows;
  std::optional<sql::AdditiveStage> additive;  // a stage to which differences can be added
  std::optional<DimensionDelta> delta;
  bool is_rewritten = false;               // an input has another version and the same rows
  std::optional<ChangedRows> own_changes;  // of its table, once they are written; of a stage only
  // Where partitions cannot be followed through the whole query: the parts that are kept, as hidden
  // tables, and the query over them that makes the table.
  std::vector<MaintenanceJob> stages;
  std::shared_ptr<MaintenanceJob> rest;
  // Where neither can be done: the keys by which the table is followed.
  std::optional<KeyTracking> tracking;
  bool is_cut_for_differences = false;  // partitions are followed without stages, too
};

// What the ledger holds as the content of a table that verify found different.
constexpr std::string_view kQuarantined = "found different by verify";

// The tier of a stage that would hold too many rows to pay: its query is not cut.
constexpr std::string_view kRefusedStage = "refused";

class Maintainer {
 public:
  Maintainer(compile::Session& session, const FileSystem& fs, const Clock& clock,
             ProjectSettings settings)
      : session_(session), settings_(std::move(settings)), snapshots_(session, fs, clock) {}

  // Whether the policy of the model, its folder or the project covers it. Errors: a policy that is
  // none.
  Result<bool> covers(const compile::Node& node) const;
  IncrementalPolicy policy_of(const compile::Node& node) const;

  // Whether the query is analysed even when there is nothing to do.
  enum class Depth : uint8_t { kAlways, kUnlessUnchanged };
  // Makes the ledger, when it is missing, before several workers would at once.
  Status prepare(const std::vector<const compile::Node*>& nodes, warehouse::Connection& connection);
  // --empty and --sample build what no full refresh would: an error for a table that is maintained.
  Status check_partial_build(const compile::Node& node, warehouse::Connection& connection) const;
  // Whether models read it that are kept exactly, or what may stand between; once prepare() is
  // done.
  bool has_readers(const compile::Node& node) const { return read_.contains(node.unique_id); }
  bool has_cost_gate() const { return settings_.has_cost_gate; }
  // Decides; changes nothing.
  Result<MaintenanceJob> plan(const compile::Node& node, warehouse::Connection& connection,
                              Depth depth = Depth::kAlways);
  // Plans and executes within the model's materialization.
  Result<compile::MaterializationResult> run(compile::Node& node,
                                             warehouse::Connection& connection);
  // Inputs that changed while models read them; for when all have run.
  std::set<std::string> moved_inputs() const;
  // What run() did, by unique id; for when all have run.
  const std::map<std::string, MaintenanceWork>& work() const { return work_; }

 private:
  Status read_history(warehouse::Connection& connection);
  Result<MaintenanceJob> make_job(const compile::Node& node, warehouse::Connection& connection,
                                  Depth depth);
  friend class MaintenanceExecution;
  Status analyse(MaintenanceJob& job, warehouse::Connection& connection);
  // The binder is locked and knows the inputs' stubs.
  Status cut(MaintenanceJob& job, const sql::OperatorPtr& query, warehouse::Connection& connection);
  Result<bool> add_stages(MaintenanceJob& job, const std::vector<sql::Stage>& stages);
  Result<bool> add_rest(MaintenanceJob& job, const std::string& query);
  Status decide_stages(MaintenanceJob& job, warehouse::Connection& connection);
  Result<bool> touches_parts(MaintenanceJob& job, warehouse::Connection& connection);
  Status decide_stage(MaintenanceJob& stage, bool builds_anew, Ledger* ledger,
                      warehouse::Connection& connection);
  // In maintainer_keys.cc: which keys the table is followed by, and those that the changes touch.
  Status track_keys(MaintenanceJob& job, warehouse::Connection& connection);
  Status decide_keys(MaintenanceJob& job, warehouse::Connection& connection);
  Status plan_keys(MaintenanceJob& job, warehouse::Connection& connection);
  // Once the stages are up to date.
  Status plan_rest(MaintenanceJob& job, warehouse::Connection& connection);
  Status choose_plan(MaintenanceJob& job, warehouse::Connection& connection) const;
  // maintainer_dimensions.cc
  Status find_changed_rows(MaintenanceJob& job, const plan::OutputKey& key,
                           warehouse::Connection& connection) const;
  // What has changed of them, in words; empty: nothing, or it is not known by rows.
  Result<std::string> follow_dimensions(MaintenanceJob& job, const plan::OutputKey& key,
                                        warehouse::Connection& connection) const;
  Status save_snapshots(const MaintenanceJob& job,
                        const std::map<std::string, std::set<std::string>>& moved,
                        warehouse::Connection& connection) const;
  Status note_rewritten(MaintenanceJob& job, warehouse::Connection& connection);
  Result<std::string> code_of(const MaintenanceJob& job, warehouse::Connection& connection) const;
  plan::OutputKey key_of(const MaintenanceJob& job,
                         const std::vector<plan::InputState>& states) const;
  Status decide_to_build(MaintenanceJob& job, warehouse::Connection& connection) const;
  // A full rebuild instead, where that was cheaper before.
  void weigh_costs(MaintenanceJob& job) const;
  static bool is_unchanged(const MaintenanceJob& job);
  // In maintainer_tables.cc.
  Status partition_tables(MaintenanceJob& job, warehouse::Connection& connection);
  Status partition_table(MaintenanceJob& job, ModelInput& table, warehouse::Connection& connection);
  // Inputs that the key the job would choose does not follow.
  static std::set<std::string> not_followed(const MaintenanceJob& job,
                                            warehouse::Connection& connection);
  Status note_files(const MaintenanceJob& job, warehouse::Connection& connection);
  Status guard_sources(const MaintenanceJob& job) const;
  Status decide(MaintenanceJob& job, warehouse::Connection& connection);

  compile::Session& session_;
  const ProjectSettings settings_;
  SourceSnapshots snapshots_;
  void note_work(const MaintenanceJob& job);
  void tell_moved(const MaintenanceJob& job, const ModelInput& input,
                  const std::set<std::string>& partitions);

  CostGate cost_gate_;
  std::set<std::string> read_;  // unique ids of what models read; written by prepare()
  std::mutex work_mutex_;
  std::map<std::string, MaintenanceWork> work_;          // guarded by work_mutex_ while models run
  std::set<std::pair<std::string, std::string>> moves_;  // input, reader; likewise
  std::mutex binder_mutex_;
  std::optional<sql::Binder> binder_;  // guarded by binder_mutex_
};

std::vector<plan::InputState> states_of(const MaintenanceJob& job);
// The plan of a job whose dimensions have changed, `changes` in words.
void tell_dimensions(MaintenanceJob& job, const std::string& changes);
// The name under which the rest of a query reads a stage.
std::string stage_stub(const MaintenanceJob& job, size_t stage);
// What the binder says of the job's query.
void take_analysis(MaintenanceJob& job, const sql::BoundQuery& bound,
                   const sql::FunctionProperties& functions);
// Names of functions whose result changes by itself.
std::set<std::string> unstable_functions(const plan::Specification& specification);
// Everything is computed, for this reason.
void force_full(MaintenanceJob& job, std::string code, std::string reason);

// One line for people: "2 of 366 partitions: recomputes 2 partitions".
std::string describe(const MaintenanceJob& job);

}  // namespace sluice::run
