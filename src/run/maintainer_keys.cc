// Maintainer, the part that follows models by keys (plan/affected_keys.h): which keys the changed
// rows of the inputs hold and held, and which partitions of the inputs hold them too. The keys are
// in a temporary table of the connection that plans and executes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "run/input_snapshot.h"
#include "run/key_index.h"
#include "run/maintainer.h"
#include "run/row_log.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;

constexpr std::string_view kKeys = "temp.main._sluice_keys";

uint64_t bytes_of(const ModelInput& leaf) {
  uint64_t bytes = 0;
  for (const detect::Partition& partition : leaf.state.now.partitions) bytes += partition.bytes;
  return bytes;
}

// Whether windows that look across partitions make it read most of the inputs all the same.
bool reads_most(const MaintenanceJob& job) {
  uint64_t read = 0, all = 0;
  for (const plan::ReadSet& reads : job.plan.reads) read += reads.bytes;
  for (const ModelInput& leaf : job.inputs.leaves) all += bytes_of(leaf);
  return read * 2 > all;
}

struct KeyCounts {
  int64_t keys = 0, known = 0;
  bool has_null = false;
};

// A predicate: the expression is one of the keys.
std::string among_keys(const std::string& expr, const KeyCounts& counts) {
  const std::string among = fmt::format("{} IN (SELECT k FROM {})", expr, kKeys);
  return counts.has_null ? fmt::format("({} OR {} IS NULL)", among, expr) : among;
}

std::string among_keys(const std::vector<std::string>& exprs, const KeyCounts& counts) {
  std::string out;
  for (const std::string& expr : exprs)
    out += (out.empty() ? "" : " OR ") + among_keys(expr, counts);
  return out;
}

// Makes the table of keys from the queries.
Result<KeyCounts> collect_keys(const MaintenanceJob& job, const warehouse::ColumnInfo& column,
                               const std::vector<std::string>& queries,
                               warehouse::Connection& connection) {
  SLUICE_TRY(connection.execute(
      fmt::format("create or replace temp table _sluice_keys as select distinct CAST(k AS {}) as k "
                  "from ({}) changed",
                  column.type, fmt::join(queries, " union all ")),
      false));
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(
          fmt::format("select count(*), count(*) - count(k), (select approx_count_distinct({}) "
                      "from {}) from {}",
                      sql::quoted_identifier(column.name), job.relation, kKeys),
          true));
  const std::vector<warehouse::Cell>& row = found.table.rows.at(0);
  return KeyCounts{number_of(row[0]), number_of(row[2]), number_of(row[1]) > 0};
}

const ChangedRows* rows_of(const MaintenanceJob& job, const std::string& input) {
  for (const ChangedRows& rows : job.changed_rows)
    if (rows.stub == input) return &rows;
  return nullptr;
}

// The generation of a table without partitions that the model has consumed.
std::optional<int64_t> consumed_generation(const ModelInput& leaf) {
  if (leaf.reader || !leaf.state.now.columns.empty() || leaf.state.consumed.size() != 1)
    return std::nullopt;
  const std::string& text = leaf.state.consumed.front().version;
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// Changed inputs that are maintained tables without partitions say themselves what changed.
Status ask_logs(MaintenanceJob& job, warehouse::Connection& connection) {
  for (const ModelInput& leaf : job.inputs.leaves) {
    const bool has_changed =
        std::find(job.plan.changed_inputs.begin(), job.plan.changed_inputs.end(), leaf.stub) !=
        job.plan.changed_inputs.end();
    const std::optional<int64_t> generation = consumed_generation(leaf);
    if (!has_changed || !generation || rows_of(job, leaf.stub) != nullptr) continue;
    SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection, job.node->database));
    if (!ledger) return {};
    SLUICE_ASSIGN(
        const std::optional<std::string> rows,
        RowLog(connection, job.node->database, leaf.relation).rows_after(*ledger, *generation));
    if (!rows) continue;
    ChangedRows known;
    known.stub = leaf.stub;
    known.table = *rows;
    known.columns = leaf.columns;
    job.changed_rows.push_back(std::move(known));
  }
  return {};
}

// Of keys that follow the same inputs, the one with most values in the table.
Result<plan::TrackedKey> finest(const MaintenanceJob& job,
                                const std::vector<plan::TrackedKey>& keys,
                                warehouse::Connection& connection) {
  size_t same = 1;
  while (same < keys.size() && keys[same].bytes == keys.front().bytes) ++same;
  if (same == 1) return keys.front();
  std::string list;
  for (size_t i = 0; i < same; ++i)
    list += fmt::format("{}approx_count_distinct({})", i == 0 ? "" : ", ",
                        sql::quoted_identifier(job.columns[keys[i].column].name));
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select {} from {}", list, job.relation), true));
  const std::vector<warehouse::Cell>& counts = found.table.rows.at(0);
  size_t best = 0;
  for (size_t i = 1; i < same; ++i)
    if (number_of(counts[i]) > number_of(counts[best])) best = i;
  return keys[best];
}

// The column whose keys the changed rows of all changed inputs can tell: the one that is kept, or
// where all changed rows are known any.
Result<std::optional<plan::TrackedKey>> key_to_follow(const MaintenanceJob& job,
                                                      warehouse::Connection& connection) {
  const std::vector<std::string>& changed = job.plan.changed_inputs;
  if (job.tracking && job.tracking->key) {
    const plan::TrackedKey& kept = *job.tracking->key;
    if (std::all_of(changed.begin(), changed.end(),
                    [&kept](const std::string& input) { return kept.find(input) != nullptr; }))
      return std::optional(kept);
  }
  if (!std::all_of(changed.begin(), changed.end(),
                   [&job](const std::string& input) { return rows_of(job, input) != nullptr; }))
    return std::optional<plan::TrackedKey>();
  const std::vector<plan::TrackedKey> keys =
      plan::tracked_keys(job.specification, states_of(job), {changed.begin(), changed.end()});
  if (keys.empty()) return std::optional<plan::TrackedKey>();
  SLUICE_ASSIGN(plan::TrackedKey best, finest(job, keys, connection));
  return std::optional(std::move(best));
}

// Queries for the keys that the changed rows of the input hold and held; nullopt: not known.
Result<std::optional<std::vector<std::string>>> changed_keys(const MaintenanceJob& job,
                                                             const plan::TrackedInput& input,
                                                             KeyIndexes* indexes) {
  if (indexes != nullptr) {
    SLUICE_ASSIGN(std::optional<std::vector<std::string>> known,
                  indexes->changed_keys(input.input));
    if (known) return known;
  }
  const ChangedRows* rows = rows_of(job, input.input);
  if (rows == nullptr) return std::optional<std::vector<std::string>>();
  std::vector<std::string> out;
  for (const std::string& expr : input.exprs)
    out.push_back(fmt::format("select {} as k from {}", expr, rows->table));
  return std::optional(std::move(out));
}

Result<plan::ReadSet> read_set(const ModelInput& leaf, const KeyCounts& counts,
                               KeyIndexes* indexes) {
  plan::ReadSet out;
  out.input = leaf.stub;
  out.bytes = bytes_of(leaf);
  if (counts.keys == 0) return plan::ReadSet{leaf.stub, false, {}, 0};
  if (indexes == nullptr) return out;
  SLUICE_ASSIGN(const std::optional<std::set<size_t>> holding,
                indexes->partitions_with(leaf.stub, among_keys("k", counts)));
  if (!holding || holding->size() == leaf.state.now.partitions.size()) return out;
  out.is_whole = false;
  out.bytes = 0;
  out.partitions.assign(holding->begin(), holding->end());
  for (const size_t position : out.partitions)
    out.bytes += leaf.state.now.partitions[position].bytes;
  return out;
}

// "recomputes 214 of about 50000 keys of cust: reads 12 of 365 partitions"
std::string reason_of(const MaintenanceJob& job, const KeyCounts& counts) {
  size_t read = 0, all = 0;
  for (const plan::ReadSet& reads : job.plan.reads)
    for (const ModelInput& leaf : job.inputs.leaves) {
      if (leaf.stub != reads.input || leaf.state.now.columns.empty()) continue;
      all += leaf.state.now.partitions.size();
      read += reads.is_whole ? leaf.state.now.partitions.size() : reads.partitions.size();
    }
  std::string out =
      fmt::format("recomputes {} of about {} key{} of {}", counts.keys, counts.known,
                  counts.known == 1 ? "" : "s", job.columns[job.plan.keys->column].name);
  if (all > 0) out += fmt::format(": reads {} of {} partition{}", read, all, all == 1 ? "" : "s");
  return out;
}

// Turns the plan into one by keys.
Status recompute_keys(MaintenanceJob& job, const plan::TrackedKey& key, const KeyCounts& counts,
                      KeyIndexes* indexes) {
  plan::Maintenance& out = job.plan;
  out.tier = plan::Tier::kKeys;
  out.code = "KEYS";
  out.remedy.clear();
  out.place = sql::kNoPlace;
  out.keys = plan::AffectedKeys{key.column, {}};
  out.affected = among_keys(sql::quoted_identifier(job.columns[key.column].name), counts);
  for (const plan::TrackedInput& input : key.inputs)
    out.keys->conditions.emplace(input.input, among_keys(input.exprs, counts));
  out.reads.clear();
  for (const ModelInput& leaf : job.inputs.leaves) {
    SLUICE_ASSIGN(plan::ReadSet reads, read_set(leaf, counts, indexes));
    out.reads.push_back(std::move(reads));
  }
  out.reason = reason_of(job, counts);
  return {};
}

}  // namespace

Status Maintainer::track_keys(MaintenanceJob& job, warehouse::Connection& connection) {
  if (!job.specification.locality || !job.is_deterministic) return {};
  const std::vector<plan::InputState> states = states_of(job);
  if (plan::follows_partitions(job.specification, states, job.plan.key, connection)) return {};
  KeyTracking tracking;
  tracking.candidates = plan::tracked_keys(job.specification, states, {});
  if (tracking.candidates.empty()) return {};
  job.tracking = std::move(tracking);
  SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection, job.node->database));
  return ledger ? KeyIndexes(job, snapshots_, connection).load(*ledger) : Status();
}

Status Maintainer::decide_keys(MaintenanceJob& job, warehouse::Connection& connection) {
  if (job.rest != nullptr) return {};
  // An input that is rewritten with the same rows is consumed all the same.
  if (job.plan.tier == plan::Tier::kSkip && !job.is_rewritten) return {};
  SLUICE_TRY(track_keys(job, connection));
  const bool is_costly =
      job.plan.tier == plan::Tier::kFull || (job.plan.tier == plan::Tier::kBand && reads_most(job));
  const bool can_follow = job.specification.locality && job.is_deterministic && !job.builds_anew;
  return can_follow && is_costly ? plan_keys(job, connection) : Status();
}

Status Maintainer::plan_keys(MaintenanceJob& job, warehouse::Connection& connection) {
  SLUICE_TRY(ask_logs(job, connection));
  SLUICE_ASSIGN(const std::optional<plan::TrackedKey> key, key_to_follow(job, connection));
  if (!key) return {};
  std::optional<KeyIndexes> indexes;
  if (job.tracking && job.tracking->key && job.tracking->key->column == key->column)
    indexes.emplace(job, snapshots_, connection);
  KeyIndexes* const kept = indexes ? &*indexes : nullptr;
  std::vector<std::string> queries;
  for (const std::string& input : job.plan.changed_inputs) {
    SLUICE_ASSIGN(const std::optional<std::vector<std::string>> keys,
                  changed_keys(job, *key->find(input), kept));
    if (!keys) {
      if (kept != nullptr) job.plan.reason += kept->missing_words(input);
      return {};
    }
    queries.insert(queries.end(), keys->begin(), keys->end());
  }
  const warehouse::ColumnInfo& column = job.columns[key->column];
  SLUICE_ASSIGN(const KeyCounts counts, collect_keys(job, column, queries, connection));
  if (settings_.has_cost_gate && counts.keys * 2 > counts.known) {
    job.plan.reason += fmt::format("; {} of about {} keys of {} have changed, too many to pay",
                                   counts.keys, counts.known, column.name);
    return {};
  }
  return recompute_keys(job, *key, counts, kept);
}

}  // namespace sluice::run
