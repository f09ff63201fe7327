// Maintainer, the part that follows inputs without partitions ("dimensions"): their changed rows
// are known from snapshots (input_snapshot.h) of what the model has consumed.
#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "run/maintainer.h"

namespace sluice::run {
namespace {

std::vector<detect::Consumed> as_consumed(const detect::Manifest& now) {
  std::vector<detect::Consumed> out;
  for (const detect::Partition& partition : now.partitions)
    out.push_back({partition.values, partition.version, partition.ranges});
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
      leaf.state.consumed_columns = leaf.state.now.columns;
      job.is_rewritten = true;
    }
    job.changed_rows.push_back(std::move(*rows));
  }
  return {};
}

namespace {

// Where a dimension changes in so many rows, or touches so many partitions, computing everything
// costs no more. Small tables are always followed.
bool changes_most(const ChangedRows& rows) {
  constexpr int64_t kFew = 1'000;
  return rows.rows > kFew && std::max(rows.added, rows.removed) * 10 > rows.rows * 4;
}

bool touches_most(size_t touched, size_t partitions) {
  constexpr size_t kFew = 20;
  return partitions > kFew && touched * 10 > partitions * 6;
}

std::string in_words(const ChangedRows& rows) {
  return fmt::format("{} of {} rows of \"{}\" changed", std::max(rows.added, rows.removed),
                     std::max(rows.rows, rows.removed), rows.stub);
}

ModelInput* leaf_named(MaintenanceJob& job, const std::string& name) {
  for (ModelInput& leaf : job.inputs.leaves)
    if (leaf.name == name) return &leaf;
  return nullptr;
}

// A dimension, and its rows that changed.
struct ChangedDimension {
  ModelInput* leaf;
  const ChangedRows* rows;
};

// nullopt: a foreign input changed that no rows are known of.
std::optional<std::vector<ChangedDimension>> changed_dimensions(
    MaintenanceJob& job, const std::set<std::string>& foreign) {
  std::vector<ChangedDimension> out;
  for (ModelInput& leaf : job.inputs.leaves) {
    if (!foreign.contains(leaf.state.name) || !has_changed(leaf)) continue;
    const auto rows =
        std::find_if(job.changed_rows.begin(), job.changed_rows.end(),
                     [&leaf](const ChangedRows& known) { return known.stub == leaf.stub; });
    if (rows == job.changed_rows.end()) return std::nullopt;
    out.push_back({&leaf, &*rows});
  }
  return out;
}

Result<bool> add_all(DimensionProbe& probe, const std::vector<ChangedDimension>& dimensions) {
  for (const ChangedDimension& dimension : dimensions) {
    SLUICE_ASSIGN(const bool is_tied, probe.add(*dimension.leaf, *dimension.rows));
    if (!is_tied) return false;
  }
  return true;
}

std::string table_name(const MaintenanceJob& job) { return sha256_hex(job.relation).substr(0, 16); }

void forget_dimensions(MaintenanceJob& job) {
  job.delta.reset();
  for (ModelInput& leaf : job.inputs.leaves) {
    leaf.state.is_probed = false;
    leaf.state.touched.clear();
  }
}

// Whether the difference that the dimensions make can be added to what is kept: job.delta says how.
Result<bool> find_delta(MaintenanceJob& job, const std::vector<ChangedDimension>& dimensions,
                        const std::set<std::string>& followed, warehouse::Connection& connection) {
  std::set<std::string> linear;
  if (job.additive)
    for (const std::string& name : job.additive->linear)
      if (followed.contains(name)) linear.insert(name);
  if (linear.empty()) return false;
  const sql::Locality& locality = *job.specification.locality;
  DimensionProbe probe(locality, job.inputs.leaves, linear, table_name(job) + "_delta", connection);
  SLUICE_ASSIGN(const bool is_tied, add_all(probe, dimensions));
  if (!is_tied || probe.matches().size() != 1) return false;
  const auto& [scan, matches] = *probe.matches().begin();
  job.delta.emplace();
  job.delta->fact = leaf_named(job, locality.scans[scan].table)->stub;
  job.delta->matches = matches;
  return true;
}

// Marks the partitions that hold keys of changed rows. nullopt: something is tied to none; a text:
// they are so many that everything is computed.
Result<std::optional<std::string>> touch_partitions(MaintenanceJob& job,
                                                    const std::vector<ChangedDimension>& dimensions,
                                                    const std::set<std::string>& followed,
                                                    bool has_gate,
                                                    warehouse::Connection& connection) {
  DimensionProbe probe(*job.specification.locality, job.inputs.leaves, followed, table_name(job),
                       connection);
  SLUICE_ASSIGN(const bool is_tied, add_all(probe, dimensions));
  if (!is_tied) return std::optional<std::string>();
  std::string most;
  for (ModelInput& leaf : job.inputs.leaves) {
    if (!followed.contains(leaf.name)) continue;
    SLUICE_ASSIGN(const std::set<size_t> touched, probe.touched_partitions(leaf));
    const size_t num_partitions = leaf.state.now.partitions.size();
    if (has_gate && touches_most(touched.size(), num_partitions))
      most = fmt::format(" that belong to {} of {} partitions of \"{}\"", touched.size(),
                         num_partitions, leaf.stub);
    leaf.state.touched.assign(touched.begin(), touched.end());
  }
  return std::optional(most);
}

}  // namespace

Result<std::string> Maintainer::follow_dimensions(MaintenanceJob& job, const plan::OutputKey& key,
                                                  warehouse::Connection& connection) const {
  forget_dimensions(job);
  if (job.changed_rows.empty()) return std::string();
  const std::set<std::string> foreign =
      plan::inputs_not_followed(job.specification, states_of(job), key, connection);
  const std::optional<std::vector<ChangedDimension>> dimensions = changed_dimensions(job, foreign);
  if (!dimensions || dimensions->empty()) return std::string();
  std::string words;
  for (const ChangedDimension& dimension : *dimensions) {
    words += (words.empty() ? "" : ", ") + in_words(*dimension.rows);
    if (settings_.has_cost_gate && changes_most(*dimension.rows)) return words;
  }
  std::set<std::string> followed;
  for (const ModelInput& leaf : job.inputs.leaves)
    if (!foreign.contains(leaf.state.name)) followed.insert(leaf.name);
  bool is_known = false;
  if (!key.has_bands) {
    SLUICE_ASSIGN(is_known, find_delta(job, *dimensions, followed, connection));
  }
  if (!is_known) {
    SLUICE_ASSIGN(
        const std::optional<std::string> most,
        touch_partitions(job, *dimensions, followed, settings_.has_cost_gate, connection));
    if (!most) return std::string();
    if (!most->empty()) return words + *most;
  }
  for (const ChangedDimension& dimension : *dimensions) dimension.leaf->state.is_probed = true;
  return words;
}

void tell_dimensions(MaintenanceJob& job, const std::string& changes) {
  if (job.plan.tier != plan::Tier::kProbe) {
    job.delta.reset();
    job.plan.reason = fmt::format("{}: {}", changes, job.plan.reason);
    return;
  }
  if (!job.delta) {
    job.plan.reason = fmt::format("{}: {}", changes, job.plan.reason);
    return;
  }
  DimensionDelta& delta = *job.delta;
  const bool has_others = job.plan.affected != "FALSE";
  job.plan.tier = plan::Tier::kDelta;
  job.plan.code = "DELTA";
  job.plan.reason =
      fmt::format("{}: adds the difference that they make in the rows of \"{}\" with their keys{}",
                  changes, delta.fact, has_others ? ", and " + job.plan.reason : std::string());
  if (has_others) {
    delta.recomputed = job.plan.affected;
    delta.reads = job.plan.reads;
  }
  job.plan.affected.clear();
  for (plan::ReadSet& reads : job.plan.reads) reads.is_whole = true;
  for (plan::ReadSet& reads : job.plan.reads)
    for (const ModelInput& leaf : job.inputs.leaves)
      if (leaf.stub == reads.input) {
        reads.bytes = 0;
        for (const detect::Partition& partition : leaf.state.now.partitions)
          reads.bytes += partition.bytes;
      }
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
