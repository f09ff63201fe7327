// Maintainer, the part that keeps parts of a query ("stages", sql/stage_cut.h) as hidden tables
// beside the ledger: each is a maintained table of its own, in the same transaction as the model's.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "run/columns_json.h"
#include "run/maintainer.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "sql/locality.h"

namespace sluice::run {
namespace {

// The leaves that a bound query scans, as they are.
std::vector<ModelInput> scanned_leaves(const std::vector<ModelInput>& leaves,
                                       const sql::Locality& locality) {
  std::vector<ModelInput> out;
  std::copy_if(
      leaves.begin(), leaves.end(), std::back_inserter(out), [&locality](const ModelInput& leaf) {
        return std::any_of(locality.scans.begin(), locality.scans.end(),
                           [&leaf](const sql::Scan& scan) { return scan.table == leaf.name; });
      });
  return out;
}

// The partition columns of the leaf that a scan reads, where they are columns that can be selected.
sql::CarriedColumns partition_columns(const std::vector<ModelInput>& leaves) {
  return [&leaves](const sql::Operator& scan) -> std::vector<std::string> {
    for (const ModelInput& leaf : leaves) {
      if (leaf.name != scan.table) continue;
      const bool has_all = std::all_of(
          leaf.state.now.columns.begin(), leaf.state.now.columns.end(),
          [&leaf](const std::string& name) {
            return std::any_of(
                leaf.columns.begin(), leaf.columns.end(),
                [&name](const warehouse::ColumnInfo& column) { return column.name == name; });
          });
      return has_all ? leaf.state.now.columns : std::vector<std::string>();
    }
    return {};
  };
}

// The plan of a model whose stages are to be brought up to date. One that is cut only for the sake
// of changed dimensions does what it would do otherwise when none has changed.
void tell_stages(MaintenanceJob& job) {
  const auto dimensions =
      std::find_if(job.stages.begin(), job.stages.end(), [](const MaintenanceJob& stage) {
        return stage.plan.tier == plan::Tier::kDelta || stage.plan.tier == plan::Tier::kProbe;
      });
  const bool has_dimensions = dimensions != job.stages.end();
  if (job.is_cut_for_differences && !has_dimensions) return;
  std::map<std::string, plan::ReadSet> reads;
  size_t num_read = 0;
  for (const MaintenanceJob& stage : job.stages)
    for (const plan::ReadSet& set : stage.plan.reads) {
      plan::ReadSet& sum =
          reads.emplace(set.input, plan::ReadSet{set.input, false, {}, 0}).first->second;
      sum.is_whole = sum.is_whole || set.is_whole;
      sum.bytes += set.bytes;
      sum.partitions.insert(sum.partitions.end(), set.partitions.begin(), set.partitions.end());
      num_read += set.partitions.size();
    }
  job.plan.tier = plan::Tier::kStages;
  job.plan.code = "STAGES";
  job.plan.remedy.clear();
  job.plan.affected.clear();
  job.plan.place = sql::kNoPlace;
  job.plan.reads.clear();
  for (auto& [input, set] : reads) job.plan.reads.push_back(std::move(set));
  const bool is_one = job.stages.size() == 1;
  job.plan.reason = fmt::format(
      "keeps {} part{} of the query by partition: reads {} partition{} for {}, the rest from {}",
      job.stages.size(), is_one ? "" : "s", num_read, num_read == 1 ? "" : "s",
      is_one ? "it" : "them", is_one ? "it" : "them");
  if (!has_dimensions) return;
  job.plan.tier = dimensions->plan.tier;
  job.plan.code = dimensions->plan.code;
  job.plan.reason = dimensions->plan.reason;
}

// A partition whose columns cannot be selected (the name of a file) cannot be carried by a stage:
// for the question whether a cut helps, such an input has none.
std::vector<plan::InputState> carried_states(const MaintenanceJob& job) {
  std::vector<plan::InputState> states = states_of(job);
  const sql::CarriedColumns columns = partition_columns(job.inputs.leaves);
  for (plan::InputState& state : states) {
    sql::Operator scan;
    scan.table = state.table;
    if (columns(scan).empty()) state.now.columns.clear();
  }
  return states;
}

// Whether rows of an input that the key does not follow matter to those of equal keys only.
bool has_tied_dimension(const MaintenanceJob& job, const std::vector<plan::InputState>& states,
                        const plan::OutputKey& key, warehouse::Connection& connection) {
  const sql::Locality& locality = *job.specification.locality;
  if (locality.links.empty()) return false;
  std::set<std::string> foreign;
  for (const std::string& name :
       plan::inputs_not_followed(job.specification, states, key, connection))
    for (const ModelInput& leaf : job.inputs.leaves)
      if (leaf.state.name == name) foreign.insert(leaf.name);
  return std::any_of(locality.links.begin(), locality.links.end(), [&](const sql::Link& link) {
    return foreign.contains(locality.scans[link.dimension].table) &&
           !foreign.contains(locality.scans[link.fact].table);
  });
}

// A query that follows its partitions is cut only where differences can be added to its parts,
// and the rest follows the partitions of the parts.
bool adds_differences(const MaintenanceJob& job, warehouse::Connection& connection) {
  const std::vector<plan::InputState> states = states_of(*job.rest);
  return std::all_of(job.stages.begin(), job.stages.end(),
                     [](const MaintenanceJob& stage) { return stage.additive.has_value(); }) &&
         plan::follows_partitions(job.rest->specification, states,
                                  plan::choose_key(job.rest->specification, states), connection);
}

bool has_same_columns(const std::vector<warehouse::ColumnInfo>& a,
                      const std::vector<warehouse::ColumnInfo>& b) {
  return columns_json(a) == columns_json(b);
}

}  // namespace

std::string stage_stub(const MaintenanceJob& job, size_t stage) {
  return fmt::format("{} stage {}", job.node->unique_id, stage + 1);
}

Status Maintainer::cut(MaintenanceJob& job, const sql::OperatorPtr& query,
                       warehouse::Connection& connection) {
  if (!unstable_functions(job.specification).empty()) return {};
  const std::vector<plan::InputState> states = carried_states(job);
  const plan::OutputKey key = plan::choose_key(job.specification, states);
  const bool is_followed = plan::follows_partitions(job.specification, states, key, connection);
  if (is_followed && !has_tied_dimension(job, states, key, connection)) return {};
  sql::StageNames names;
  names.stage = [&job](size_t stage) { return stage_stub(job, stage); };
  for (const warehouse::ColumnInfo& column : job.columns) names.columns.push_back(column.name);
  const std::optional<sql::StagedQuery> staged =
      sql::cut_stages(query, names, partition_columns(job.inputs.leaves), binder_->functions());
  if (!staged) return {};
  SLUICE_ASSIGN(bool is_possible, add_stages(job, staged->stages));
  if (is_possible) {
    SLUICE_ASSIGN(is_possible, add_rest(job, staged->rest));
  }
  if (is_possible && is_followed) is_possible = adds_differences(job, connection);
  job.is_cut_for_differences = is_followed;
  if (is_possible) return {};
  job.is_cut_for_differences = false;
  job.stages.clear();
  job.rest.reset();
  return {};
}

// False: a stage is not what the query says, as the engine's binder tells.
Result<bool> Maintainer::add_stages(MaintenanceJob& job, const std::vector<sql::Stage>& stages) {
  for (const sql::Stage& stage : stages) {
    MaintenanceJob kept;
    kept.node = job.node;
    kept.relation = Ledger::stage_relation(job.node->database, job.relation, job.stages.size());
    kept.inputs.specification.sql = stage.query;
    kept.inputs.specification.rendered = job.inputs.specification.rendered;
    const Result<sql::BoundQuery> bound = binder_->bind(stage.query);
    if (!bound || !bound->plan) return false;
    take_analysis(kept, *bound, binder_->functions());
    kept.inputs.leaves = scanned_leaves(job.inputs.leaves, *kept.specification.locality);
    kept.additive = stage.additive;
    if (stage.num_carried > 0) {
      kept.given_key.emplace();
      for (size_t i = 0; i < stage.num_carried; ++i)
        kept.given_key->columns.push_back(stage.num_columns + i);
    } else {
      kept.given_key = plan::choose_key(kept.specification, states_of(kept));
    }
    job.stages.push_back(std::move(kept));
  }
  return true;
}

Result<bool> Maintainer::add_rest(MaintenanceJob& job, const std::string& query) {
  auto rest = std::make_shared<MaintenanceJob>();
  rest->node = job.node;
  rest->relation = job.relation;
  rest->inputs.specification.sql = query;
  rest->inputs.specification.rendered = job.inputs.specification.rendered;
  std::vector<ModelInput> leaves = job.inputs.leaves;
  for (size_t i = 0; i < job.stages.size(); ++i) {
    const MaintenanceJob& stage = job.stages[i];
    ModelInput leaf;
    leaf.stub = leaf.name = stage_stub(job, i);
    leaf.relation = stage.relation;
    leaf.columns = stage.columns;
    leaf.state.name = leaf.state.table = leaf.stub;
    for (const size_t column : stage.given_key->columns) {
      leaf.state.now.columns.push_back(stage.columns[column].name);
      leaf.state.types.push_back(stage.columns[column].type);
    }
    SLUICE_TRY(binder_->define_table({"temp", "main", leaf.name}, leaf.columns));
    leaves.push_back(std::move(leaf));
  }
  const Result<sql::BoundQuery> bound = binder_->bind(query);
  if (!bound || !bound->plan || !has_same_columns(bound->columns, job.columns)) return false;
  take_analysis(*rest, *bound, binder_->functions());
  rest->inputs.leaves = scanned_leaves(leaves, *rest->specification.locality);
  job.rest = std::move(rest);
  return true;
}

Status Maintainer::decide_stages(MaintenanceJob& job, warehouse::Connection& connection) {
  if (job.rest == nullptr || job.plan.tier == plan::Tier::kSkip) return {};
  SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection, job.node->database));
  for (MaintenanceJob& stage : job.stages)
    SLUICE_TRY(decide_stage(stage, job.builds_anew, ledger ? &*ledger : nullptr, connection));
  const bool is_refused =
      std::any_of(job.stages.begin(), job.stages.end(), [](const MaintenanceJob& stage) {
        return stage.entry && stage.entry->code == stage.code && stage.entry->tier == kRefusedStage;
      });
  if (is_refused) {
    job.stages.clear();
    job.rest.reset();
    return job.builds_anew ? Status() : choose_plan(job, connection);
  }
  job.rest->entry = job.entry;
  job.rest->code = job.code;
  job.rest->builds_anew = job.builds_anew;
  if (job.builds_anew) return {};
  SLUICE_ASSIGN(const bool is_touched, touches_parts(job, connection));
  if (is_touched)
    tell_stages(job);
  else
    job.plan = plan::nothing_to_do();
  return {};
}

// Whether a stage has something to do, or the rest by what it reads beside them.
Result<bool> Maintainer::touches_parts(MaintenanceJob& job, warehouse::Connection& connection) {
  const bool is_still =
      std::all_of(job.stages.begin(), job.stages.end(),
                  [](const MaintenanceJob& stage) { return stage.plan.tier == plan::Tier::kSkip; });
  if (!is_still) return true;
  SLUICE_TRY(find_changed_rows(*job.rest, key_of(*job.rest, states_of(*job.rest)), connection));
  job.is_rewritten = true;
  return std::any_of(
      job.rest->inputs.leaves.begin(), job.rest->inputs.leaves.end(),
      [&job](const ModelInput& leaf) {
        const bool is_stage = std::any_of(
            job.stages.begin(), job.stages.end(),
            [&leaf](const MaintenanceJob& stage) { return stage.relation == leaf.relation; });
        return !is_stage && !detect::changes_between(leaf.state.consumed, leaf.state.now).empty();
      });
}

Status Maintainer::decide_stage(MaintenanceJob& stage, bool builds_anew, Ledger* ledger,
                                warehouse::Connection& connection) {
  if (ledger != nullptr) {
    SLUICE_ASSIGN(stage.entry, ledger->model(stage.relation));
    for (ModelInput& leaf : stage.inputs.leaves) {
      SLUICE_TRY(SourceSnapshots::read_consumed(leaf, stage.relation, *ledger));
    }
  }
  SLUICE_ASSIGN(stage.code, code_of(stage, connection));
  SLUICE_TRY(choose_plan(stage, connection));
  stage.builds_anew = builds_anew || !stage.entry || stage.entry->code != stage.code;
  if (!stage.builds_anew) {
    // A table that is not there answers nothing; one that was changed answers something else.
    const Result<RowHash> now = hash_rows(connection, stage.relation, stage.columns, {});
    stage.builds_anew = !now || now->text() != stage.entry->content;
  }
  if (stage.builds_anew) force_full(stage, "FIRST_BUILD", "it is computed for the first time");
  return {};
}

Status Maintainer::plan_rest(MaintenanceJob& job, warehouse::Connection& connection) {
  MaintenanceJob& rest = *job.rest;
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, job.node->database));
  for (ModelInput& leaf : rest.inputs.leaves) {
    SLUICE_TRY(SourceSnapshots::read_consumed(leaf, job.relation, ledger));
    const bool is_stage =
        std::any_of(job.stages.begin(), job.stages.end(),
                    [&leaf](const MaintenanceJob& s) { return s.relation == leaf.relation; });
    if (is_stage) {
      SLUICE_TRY(snapshots_.read_maintained(leaf, ledger));
    }
  }
  SLUICE_TRY(choose_plan(rest, connection));
  if (rest.builds_anew) {
    force_full(rest, job.plan.code, job.plan.reason);
    return {};
  }
  // The parts tell which of their rows have just changed.
  for (const MaintenanceJob& stage : job.stages)
    if (stage.own_changes) rest.changed_rows.push_back(*stage.own_changes);
  return rest.plan.tier == plan::Tier::kFull ? plan_keys(rest, connection) : Status();
}

}  // namespace sluice::run
