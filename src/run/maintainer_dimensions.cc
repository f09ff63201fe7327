// Maintainer, the part that follows inputs without partitions ("dimensions"): their changed rows
// are known from snapshots (input_snapshot.h) of what the model has consumed.
#include <algorithm>

#include "run/maintainer.h"

namespace sluice::run {
namespace {

std::vector<detect::Consumed> as_consumed(const detect::Manifest& now) {
  std::vector<detect::Consumed> out;
  for (const detect::Partition& partition : now.partitions)
    out.push_back({partition.values, partition.version});
  return out;
}

bool has_changed(const ModelInput& leaf) {
  return !detect::changes_between(leaf.state.consumed, leaf.state.now).empty();
}

}  // namespace

std::vector<plan::InputState> states_of(const MaintenanceJob& job) {
  std::vector<plan::InputState> states;
  for (const ModelInput& leaf : job.inputs.leaves) states.push_back(leaf.state);
  return states;
}

// An input whose rows are as the model has consumed them is unchanged for it, whatever its version.
Status Maintainer::find_changed_rows(MaintenanceJob& job, const plan::OutputKey& key,
                                     warehouse::Connection& connection) const {
  job.changed_rows.clear();
  job.is_rewritten = false;
  if (!job.specification.locality || !job.entry || job.entry->code != job.code) return {};
  const std::set<std::string> foreign =
      plan::inputs_not_followed(job.specification, states_of(job), key, connection);
  InputSnapshots snapshots(connection, job.node->database);
  for (ModelInput& leaf : job.inputs.leaves) {
    if (!foreign.contains(leaf.state.name) || !has_changed(leaf)) continue;
    SLUICE_ASSIGN(std::optional<ChangedRows> rows,
                  snapshots.changed_rows(job.relation, leaf,
                                         columns_read(*job.specification.locality, leaf)));
    if (!rows) continue;
    if (rows->is_equal()) {
      leaf.state.consumed = as_consumed(leaf.state.now);
      job.is_rewritten = true;
    }
    job.changed_rows.push_back(std::move(*rows));
  }
  return {};
}

// `moved` are partitions that moved while they were read, by input.
Status Maintainer::save_snapshots(const MaintenanceJob& job,
                                  const std::map<std::string, std::set<std::string>>& moved,
                                  warehouse::Connection& connection) const {
  InputSnapshots snapshots(connection, job.node->database);
  if (job.builds_anew) SLUICE_TRY(snapshots.drop_all(job.relation));
  if (!job.specification.locality || !job.is_deterministic) return {};
  const std::set<std::string> foreign =
      plan::inputs_not_followed(job.specification, states_of(job), job.plan.key, connection);
  for (const ModelInput& leaf : job.inputs.leaves) {
    if (!foreign.contains(leaf.state.name)) continue;
    const auto known = std::find_if(job.changed_rows.begin(), job.changed_rows.end(),
                                    [&leaf](const ChangedRows& r) { return r.stub == leaf.stub; });
    const bool has_rows = known != job.changed_rows.end();
    const auto of_leaf = moved.find(leaf.stub);
    if (of_leaf != moved.end() && !of_leaf->second.empty())
      SLUICE_TRY(snapshots.drop(job.relation, leaf.stub));
    else if (job.builds_anew || has_rows || has_changed(leaf))
      SLUICE_TRY(snapshots.save(job.relation, leaf, columns_read(*job.specification.locality, leaf),
                                job.inputs.leaves,
                                has_rows && !job.builds_anew ? known->content : std::string()));
  }
  return {};
}

namespace {

Status note_as_read(const MaintenanceJob& job, Ledger& ledger) {
  for (const ModelInput& leaf : job.inputs.leaves) {
    SLUICE_ASSIGN(const std::vector<detect::Consumed> before,
                  ledger.consumed(job.relation, leaf.stub));
    SLUICE_TRY(ledger.save_consumed(job.relation, leaf.stub, before, leaf.state.now));
  }
  return {};
}

}  // namespace

// Inputs that hold the same rows in another version: the next run need not compare them again.
Status Maintainer::note_rewritten(MaintenanceJob& job, warehouse::Connection& connection) {
  if (!job.is_rewritten) return {};
  SLUICE_TRY(connection.begin());
  const auto note = [&]() -> Status {
    SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, job.node->database));
    SLUICE_TRY(note_as_read(job, ledger));
    if (job.tracking) SLUICE_TRY(KeyIndexes(job, snapshots_, connection).record(ledger, false));
    if (job.rest == nullptr) return save_snapshots(job, {}, connection);
    SLUICE_TRY(save_snapshots(*job.rest, {}, connection));
    for (const MaintenanceJob& stage : job.stages) {
      SLUICE_TRY(note_as_read(stage, ledger));
      SLUICE_TRY(save_snapshots(stage, {}, connection));
    }
    return {};
  };
  const Status noted = note();
  if (noted) return connection.commit();
  SLUICE_TRY(connection.rollback());
  return noted;
}

}  // namespace sluice::run
