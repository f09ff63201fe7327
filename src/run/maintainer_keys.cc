// Maintainer, the part that follows models by keys (plan/affected_keys.h): which keys the changed
// rows of the inputs hold and held, and which partitions of the inputs hold them too. The keys are
// in a temporary table of the connection that plans and executes.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run/key_index.h"
#include "run/maintainer.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

constexpr std::string_view kKeys = "temp.main._sluice_keys";

std::vector<plan::InputState> states_of(const MaintenanceJob& job) {
  std::vector<plan::InputState> states;
  for (const ModelInput& leaf : job.inputs.leaves) states.push_back(leaf.state);
  return states;
}

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

int64_t number_of(const warehouse::Cell& cell) {
  const auto* number = std::get_if<int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

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
Result<KeyCounts> collect_keys(const MaintenanceJob& job, const std::vector<std::string>& queries,
                               warehouse::Connection& connection) {
  const warehouse::ColumnInfo& column = job.columns[job.tracking->key->column];
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

Result<plan::ReadSet> read_set(const ModelInput& leaf, const KeyCounts& counts,
                               KeyIndexes& indexes) {
  plan::ReadSet out;
  out.input = leaf.stub;
  out.bytes = bytes_of(leaf);
  if (counts.keys == 0) return plan::ReadSet{leaf.stub, false, {}, 0};
  SLUICE_ASSIGN(const std::optional<std::set<size_t>> holding,
                indexes.partitions_with(leaf.stub, among_keys("k", counts)));
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
  return fmt::format("recomputes {} of about {} key{} of {}: reads {} of {} partition{}",
                     counts.keys, counts.known, counts.known == 1 ? "" : "s",
                     job.columns[job.tracking->key->column].name, read, all, all == 1 ? "" : "s");
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
  if (job.rest != nullptr || job.plan.tier == plan::Tier::kSkip) return {};
  SLUICE_TRY(track_keys(job, connection));
  const bool is_costly =
      job.plan.tier == plan::Tier::kFull || (job.plan.tier == plan::Tier::kBand && reads_most(job));
  return job.builds_anew || !is_costly ? Status() : plan_keys(job, connection);
}

Status Maintainer::plan_keys(MaintenanceJob& job, warehouse::Connection& connection) {
  if (!job.tracking || !job.tracking->key) return {};
  KeyIndexes indexes(job, snapshots_, connection);
  const plan::TrackedKey& key = *job.tracking->key;
  std::vector<std::string> queries;
  for (const std::string& input : job.plan.changed_inputs) {
    SLUICE_ASSIGN(const std::optional<std::vector<std::string>> keys, indexes.changed_keys(input));
    if (!keys) {
      if (const std::string words = indexes.missing_words(input); !words.empty())
        job.plan.reason += "; " + words;
      return {};
    }
    queries.insert(queries.end(), keys->begin(), keys->end());
  }
  SLUICE_ASSIGN(const KeyCounts counts, collect_keys(job, queries, connection));
  if (settings_.has_cost_gate && counts.keys * 2 > counts.known) {
    job.plan.reason += fmt::format("; {} of about {} keys of {} have changed, too many to pay",
                                   counts.keys, counts.known, job.columns[key.column].name);
    return {};
  }
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

}  // namespace sluice::run
