#include "run/maintenance_execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "run/columns_json.h"
#include "run/input_query.h"
#include "run/key_index.h"
#include "run/row_log.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;
using warehouse::optional_text_of;

using detect::PartitionValue;
using sql::quoted_identifier;

constexpr std::string_view kFresh = "temp.main._sluice_fresh";
constexpr std::string_view kAffectedKeys = "temp.main._sluice_keys";
constexpr std::string_view kDifferent = "temp.main._sluice_different";

}  // namespace

Status MaintenanceExecution::execute(const std::string& sql) {
  SLUICE_TRY(connection_.execute(sql, false));
  return {};
}

// What the model reads of a leaf: all of it, or what the plan names.
std::string MaintenanceExecution::leaf_query(const ModelInput& leaf) const {
  const auto reads =
      std::find_if(job_.plan.reads.begin(), job_.plan.reads.end(),
                   [&leaf](const plan::ReadSet& set) { return set.input == leaf.stub; });
  std::string query = input_query(leaf, reads == job_.plan.reads.end() ? nullptr : &*reads);
  if (!job_.plan.keys) return query;
  const auto condition = job_.plan.keys->conditions.find(leaf.stub);
  if (condition == job_.plan.keys->conditions.end()) return query;
  return fmt::format("select * from ({}) where {}", query, condition->second);
}

Status MaintenanceExecution::stand_input(const ModelInput& leaf, const std::string& query) {
  return execute(
      fmt::format("create or replace temp view {} as {}", quoted_identifier(leaf.name), query));
}

Status MaintenanceExecution::stand_inputs() {
  for (const ModelInput& leaf : job_.inputs.leaves) SLUICE_TRY(stand_input(leaf, leaf_query(leaf)));
  for (const ViewInput& view : job_.inputs.views)
    SLUICE_TRY(execute(fmt::format("create or replace temp view {} as (\n{}\n)",
                                   quoted_identifier(view.name), view.sql)));
  return {};
}

// Another run may have written since this one decided; its decision is about another state then.
// The words are those by which the engine tells a conflict, so that the model is tried again.
Status MaintenanceExecution::check_entry() {
  SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection_, job_.node->database));
  std::optional<ModelEntry> now;
  if (ledger) {
    SLUICE_ASSIGN(now, ledger->model(job_.relation));
  }
  const bool is_same = now.has_value() == job_.entry.has_value() &&
                       (!now || (now->generation == job_.entry->generation &&
                                 now->saved_at == job_.entry->saved_at));
  if (is_same) return {};
  return fail(
      ErrorCode::kSqlError,
      fmt::format("transaction conflict: another run has changed {} meanwhile", job_.relation),
      "run again");
}

Result<std::optional<std::string>> MaintenanceExecution::apply() {
  SLUICE_TRY(check_entry());
  return job_.rest == nullptr ? apply_query() : apply_stages();
}

Result<std::optional<std::string>> MaintenanceExecution::apply_query() {
  if (job_.delta && !job_.builds_anew) {
    SLUICE_TRY(apply_delta());
    return std::optional<std::string>();
  }
  SLUICE_TRY(stand_inputs());
  if (job_.builds_anew) return std::optional(job_.inputs.specification.sql);
  SLUICE_TRY(execute(
      fmt::format("create or replace temp table {} as select * from (\n{}\n) _sluice_query{}",
                  "_sluice_fresh", job_.inputs.specification.sql,
                  job_.plan.affected.empty() ? "" : " where " + job_.plan.affected)));
  SLUICE_TRY(write_differences());
  return std::optional<std::string>();
}

// The stages first; then the rest, by what changed in them. A stage that turns out to hold nearly
// as many rows as its inputs is given up, and with it the cut.
Result<std::optional<std::string>> MaintenanceExecution::apply_stages() {
  for (MaintenanceJob& stage : job_.stages) {
    if (stage.plan.tier == plan::Tier::kSkip) continue;
    SLUICE_TRY(apply_stage(stage));
    if (stage.entry && stage.entry->tier == kRefusedStage) {
      SLUICE_TRY(drop_stages_but(stage));
      job_.rest.reset();
      if (!job_.builds_anew)
        force_full(job_, "STAGE_TOO_LARGE",
                   "a part of the query that could be kept would have too many rows");
      SLUICE_TRY(maintainer_.track_keys(job_, connection_));
      return apply_query();
    }
  }
  SLUICE_TRY(maintainer_.plan_rest(job_, connection_));
  if (job_.rest->plan.keys) job_.plan.reason += "; " + job_.rest->plan.reason;
  rest_ = std::make_unique<MaintenanceExecution>(maintainer_, *job_.rest, connection_);
  if (job_.rest->plan.tier == plan::Tier::kSkip) return std::optional<std::string>();
  return rest_->apply();
}

Status MaintenanceExecution::apply_stage(MaintenanceJob& stage) {
  if (stage.builds_anew) {
    SLUICE_ASSIGN(const bool is_large, would_be_too_large(stage));
    if (is_large) return refuse(stage);
  }
  MaintenanceExecution execution(maintainer_, stage, connection_);
  execution.changes_table_ = fmt::format("_sluice_part_changes_{}", &stage - job_.stages.data());
  SLUICE_ASSIGN(const std::optional<std::string> query, execution.apply());
  const bool has_changed = !(execution.changed_.empty() && execution.removed_.empty());
  if (!query && has_changed && !execution.changes_table_.empty()) {
    ChangedRows rows;
    rows.stub = stage_stub(job_, static_cast<size_t>(&stage - job_.stages.data()));
    rows.table = "temp.main." + execution.changes_table_;
    rows.columns = stage.columns;
    stage.own_changes = std::move(rows);
  }
  if (query) {
    SLUICE_TRY(Ledger::open(connection_, stage.node->database));
    SLUICE_TRY(execute(fmt::format("create or replace table {} as\n{}", stage.relation, *query)));
    SLUICE_ASSIGN(const bool is_large, is_too_large(stage));
    if (is_large) {
      SLUICE_TRY(execute("drop table " + stage.relation));
      return refuse(stage);
    }
  }
  SLUICE_TRY(execution.record());
  for (const auto& [input, partitions] : execution.moved_)
    moved_[input].insert(partitions.begin(), partitions.end());
  return {};
}

Status MaintenanceExecution::refuse(MaintenanceJob& stage) {
  stage.entry.emplace();
  stage.entry->relation = stage.relation;
  stage.entry->code = stage.code;
  stage.entry->tier = kRefusedStage;
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection_, stage.node->database));
  return ledger.save_model(*stage.entry);
}

namespace {

// Rows kept for each row read from which on merging them costs about what reading the inputs does:
// a column store reads faster than it groups.
constexpr int64_t kReadPerKept = 10;

}  // namespace

Result<int64_t> MaintenanceExecution::count(const std::string& from) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection_.execute("select count(*) from " + from, true));
  return number_of(found.table.rows.at(0).at(0));
}

// Of one partition of each input: what is kept is kept for each by itself.
Result<bool> MaintenanceExecution::would_be_too_large(MaintenanceJob& stage) {
  constexpr size_t kFewPartitions = 8;
  constexpr int64_t kFewRows = 2'000;
  const std::vector<plan::ReadSet> reads = stage.plan.reads;
  bool is_sample = false;
  for (plan::ReadSet& set : stage.plan.reads)
    for (const ModelInput& leaf : stage.inputs.leaves) {
      const size_t partitions = leaf.state.now.partitions.size();
      if (leaf.stub != set.input || partitions < kFewPartitions) continue;
      set.is_whole = false;
      set.partitions = {partitions / 2};
      is_sample = true;
    }
  if (!is_sample) return false;
  MaintenanceExecution sample(maintainer_, stage, connection_);
  SLUICE_TRY(sample.stand_inputs());
  SLUICE_ASSIGN(const int64_t kept, count("(" + stage.inputs.specification.sql + ")"));
  int64_t most = 0;
  for (const ModelInput& leaf : stage.inputs.leaves) {
    if (leaf.state.now.columns.empty()) continue;
    SLUICE_ASSIGN(const int64_t rows, count("temp.main." + quoted_identifier(leaf.name)));
    most = std::max(most, rows);
  }
  stage.plan.reads = reads;
  return kept > kFewRows && kept * kReadPerKept > most;
}

Result<bool> MaintenanceExecution::is_too_large(const MaintenanceJob& stage) {
  constexpr int64_t kFewRows = 200'000;
  SLUICE_ASSIGN(const int64_t kept, count(stage.relation));
  if (kept <= kFewRows) return false;
  int64_t most = 0;
  for (const ModelInput& leaf : stage.inputs.leaves) {
    SLUICE_ASSIGN(const int64_t rows, count(leaf.relation));
    most = std::max(most, rows);
  }
  return kept * kReadPerKept > most;
}

Status MaintenanceExecution::drop_stages_but(const MaintenanceJob& refused) {
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection_, job_.node->database));
  for (const MaintenanceJob& stage : job_.stages) {
    if (&stage == &refused) continue;
    SLUICE_TRY(execute("drop table if exists " + stage.relation));
    SLUICE_TRY(ledger.remove(stage.relation));
  }
  return {};
}

Status MaintenanceExecution::drop_stages_from(Ledger& ledger, size_t first) {
  for (size_t i = first;; ++i) {
    const std::string relation = Ledger::stage_relation(job_.node->database, job_.relation, i);
    SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger.model(relation));
    if (!entry) return {};
    SLUICE_TRY(execute("drop table if exists " + relation));
    SLUICE_TRY(ledger.remove(relation));
  }
}

// What rows are compared by: the values of partitions, of keys within them; in a table without
// partitions each by itself.
std::vector<MaintenanceExecution::Compared> MaintenanceExecution::compared() const {
  std::vector<Compared> out;
  if (job_.plan.key.columns.empty()) {
    std::string own, of_candidate;
    for (const warehouse::ColumnInfo& column : job_.columns) {
      const std::string name = quoted_identifier(column.name);
      own += (own.empty() ? "" : ", ") + name;
      of_candidate += (of_candidate.empty() ? "candidate." : ", candidate.") + name;
    }
    out.push_back(
        {"_sluice_row", fmt::format("hash({})", own), fmt::format("hash({})", of_candidate)});
    return out;
  }
  std::vector<size_t> columns = job_.plan.key.columns;
  if (job_.plan.keys &&
      std::find(columns.begin(), columns.end(), job_.plan.keys->column) == columns.end())
    columns.push_back(job_.plan.keys->column);
  for (const size_t column : columns) {
    const std::string name = quoted_identifier(job_.columns[column].name);
    out.push_back({name, name, "candidate." + name});
  }
  return out;
}

// Compares what was computed with what is there, partition by partition, key by key or row by row,
// and writes only what differs: what reads this model then has less to do.
Status MaintenanceExecution::write_differences() {
  const std::string hashes = row_hash_aggregates(job_.columns);
  const std::string where = job_.plan.affected.empty() ? "" : " where " + job_.plan.affected;
  std::string lead, group, condition = "true", names, among = "true";
  for (const Compared& by : compared()) {
    lead += fmt::format("{} as {}, ", by.expr, by.name);
    group += (group.empty() ? "" : ", ") + by.expr;
    condition += fmt::format(" and old.{0} IS NOT DISTINCT FROM fresh.{0}", by.name);
    names += fmt::format(
        "CASE WHEN fresh.row_count IS NULL THEN old.{0} ELSE fresh.{0} END AS {0}, ", by.name);
    among += fmt::format(" and different.{} IS NOT DISTINCT FROM {}", by.name, by.of_candidate);
  }
  SLUICE_TRY(execute(fmt::format(
      "create or replace temp table _sluice_different as select {names}fresh.row_count, "
      "coalesce(fresh.hash_sum, 0) - coalesce(old.hash_sum, 0) as sum_change, "
      "xor(coalesce(fresh.hash_xor, 0::ubigint), coalesce(old.hash_xor, 0::ubigint)) as "
      "xor_change, "
      "coalesce(fresh.row_count, 0) - coalesce(old.row_count, 0) as count_change "
      "from (select {lead}{hashes} from {target}{where} group by {group}) old "
      "full join (select {lead}{hashes} from {fresh} group by {group}) fresh on {condition} "
      "where (old.row_count, old.hash_sum, old.hash_xor) is distinct from "
      "(fresh.row_count, fresh.hash_sum, fresh.hash_xor)",
      fmt::arg("names", names), fmt::arg("lead", lead), fmt::arg("hashes", hashes),
      fmt::arg("target", job_.relation), fmt::arg("where", where), fmt::arg("group", group),
      fmt::arg("fresh", kFresh), fmt::arg("condition", condition))));
  SLUICE_ASSIGN(const int64_t num_different, take_changed_partitions());
  if (num_different == 0) return {};
  SLUICE_TRY(follow_content());
  const std::string exists =
      fmt::format("exists (select 1 from {} different where {})", kDifferent, among);
  const std::string old_rows =
      fmt::format("from {} candidate where {}{}", job_.relation, exists,
                  job_.plan.affected.empty() ? "" : " and " + job_.plan.affected);
  const std::string new_rows = fmt::format("from {} candidate where {}", kFresh, exists);
  SLUICE_TRY(keep_changes({"select * " + old_rows, "select * " + new_rows}, num_different));
  SLUICE_TRY(execute("delete " + old_rows));
  SLUICE_TRY(execute(fmt::format("insert into {} select * {}", job_.relation, new_rows)));
  return is_partitioned() && !job_.plan.keys ? Status() : count_changed_partitions();
}

// For what reads this table: a model, by its log; the rest of a query, at once.
Status MaintenanceExecution::keep_changes(const std::vector<std::string>& queries,
                                          int64_t num_different) {
  if (!changes_table_.empty()) return keep_for_rest(queries);
  if (is_partitioned() || !maintainer_.has_readers(*job_.node)) return {};
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection_, job_.node->database));
  RowLog log(connection_, job_.node->database, job_.relation);
  const int64_t rows = std::stoll(RowHash::parse(job_.entry->content)[0]);
  return num_different > RowLog::most_rows(rows)
             ? log.drop(ledger)
             : log.append(ledger, job_.entry->generation, job_.columns, queries);
}

// Where most of a part changes, its rows say little.
Status MaintenanceExecution::keep_for_rest(const std::vector<std::string>& queries) {
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_.execute(
          fmt::format("select coalesce(sum(row_count), 0)::bigint from {}", kDifferent), true));
  const int64_t rows = number_of(found.table.rows.at(0).at(0));
  if (rows * 2 > std::stoll(RowHash::parse(content_)[0]) && maintainer_.has_cost_gate()) {
    changes_table_.clear();
    return {};
  }
  return execute(fmt::format("create or replace temp table {} as {}", changes_table_,
                             fmt::join(queries, " union all ")));
}

// How many groups of rows differ. What was not compared by partition is counted once it is written.
Result<int64_t> MaintenanceExecution::take_changed_partitions() {
  if (!is_partitioned() || job_.plan.keys) return count(std::string(kDifferent));
  std::string texts;
  for (const size_t column : job_.plan.key.columns)
    texts += fmt::format("CAST({} AS VARCHAR), ", quoted_identifier(job_.columns[column].name));
  SLUICE_ASSIGN(
      const warehouse::StatementResult different,
      connection_.execute(fmt::format("select {}row_count from {}", texts, kDifferent), true));
  for (const auto& row : different.table.rows) take_partition(row);
  return static_cast<int64_t>(different.table.rows.size());
}

// A row of the values of the key and the number of rows that the partition has now.
void MaintenanceExecution::take_partition(const std::vector<warehouse::Cell>& row) {
  std::vector<PartitionValue> values;
  for (size_t i = 0; i + 1 < row.size(); ++i) values.push_back(optional_text_of(row[i]));
  const int64_t rows = number_of(row.back());
  if (rows == 0)
    removed_.push_back(std::move(values));
  else
    changed_.push_back({std::move(values), 0, rows});
}

// The partitions in which keys or rows differed, as they are now.
Status MaintenanceExecution::count_changed_partitions() {
  if (!is_partitioned()) {
    take_partition({int64_t{std::stoll(RowHash::parse(content_)[0])}});
    return {};
  }
  std::string names, texts, same = "true";
  for (const size_t column : job_.plan.key.columns) {
    const std::string name = quoted_identifier(job_.columns[column].name);
    names += (names.empty() ? "" : ", ") + name;
    texts += fmt::format("CAST(touched.{} AS VARCHAR), ", name);
    same += fmt::format(" and touched.{0} IS NOT DISTINCT FROM present.{0}", name);
  }
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_.execute(
          fmt::format("select {}coalesce(present.row_count, 0) from (select distinct {} from {}) "
                      "touched left join (select {}, count(*) as row_count from {} group by {}) "
                      "present on {}",
                      texts, names, kDifferent, names, job_.relation, names, same),
          true));
  for (const auto& row : found.table.rows) take_partition(row);
  return {};
}

// The content of the whole table from what it was and what changed: no row is read again.
Status MaintenanceExecution::follow_content() {
  const std::vector<std::string> before = RowHash::parse(job_.entry->content);
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_.execute(fmt::format("select ({}::hugeint + sum(count_change))::varchar || ':' || "
                                      "({}::hugeint + sum(sum_change))::varchar || ':' || "
                                      "xor({}::ubigint, bit_xor(xor_change))::varchar from {}",
                                      before[0], before[1], before[2], kDifferent),
                          true));
  const PartitionValue content = optional_text_of(found.table.rows.at(0).at(0));
  if (!content) return fail(ErrorCode::kInternal, "the content of a table could not be followed");
  content_ = *content;
  return {};
}

Result<std::vector<TablePartition>> MaintenanceExecution::table_partitions(int64_t version) {
  std::string texts;
  for (const size_t column : job_.plan.key.columns)
    texts += fmt::format("CAST({} AS VARCHAR), ", quoted_identifier(job_.columns[column].name));
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_.execute(
          fmt::format("select {}count(*) from {} group by all", texts, job_.relation), true));
  std::vector<TablePartition> out;
  for (const auto& row : found.table.rows) {
    std::vector<PartitionValue> values;
    for (size_t i = 0; i + 1 < row.size(); ++i) values.push_back(optional_text_of(row[i]));
    out.push_back({std::move(values), version, number_of(row.back())});
  }
  return out;
}

Status MaintenanceExecution::record_partitions(Ledger& ledger, int64_t generation) {
  if (job_.builds_anew) {
    SLUICE_ASSIGN(changed_, table_partitions(generation));
    SLUICE_ASSIGN(const std::vector<TablePartition> before, ledger.partitions(job_.relation));
    for (const TablePartition& partition : before) removed_.push_back(partition.values);
  }
  for (TablePartition& partition : changed_) partition.version = generation;
  return ledger.save_partitions(job_.relation, changed_, removed_);
}

// What was read is what is recorded: a partition that moved meanwhile is given no version and is
// looked at again by the next run.
Status MaintenanceExecution::record_inputs(Ledger& ledger) {
  for (ModelInput& leaf : job_.inputs.leaves) {
    const auto reads =
        std::find_if(job_.plan.reads.begin(), job_.plan.reads.end(),
                     [&leaf](const plan::ReadSet& set) { return set.input == leaf.stub; });
    SLUICE_ASSIGN(const std::set<std::string> seen,
                  maintainer_.snapshots_.moved_partitions(
                      leaf, reads == job_.plan.reads.end() ? nullptr : &*reads, connection_));
    if (!seen.empty()) maintainer_.tell_moved(job_, leaf, seen);
    std::set<std::string>& moved = moved_[leaf.stub];
    moved.insert(seen.begin(), seen.end());
    detect::Manifest read = leaf.state.now;
    for (detect::Partition& partition : read.partitions)
      if (moved.contains(detect::partition_key(partition.values))) {
        partition.version.clear();
        partition.ranges.clear();
      }
    SLUICE_ASSIGN(const std::vector<detect::Consumed> before,
                  ledger.consumed(job_.relation, leaf.stub));
    SLUICE_TRY(ledger.save_consumed(job_.relation, leaf.stub, before, read));
    SLUICE_TRY(ledger.save_input_columns(job_.relation, leaf.stub,
                                         input_columns_json(columns_as_read(leaf))));
    SLUICE_TRY(maintainer_.snapshots_.save(leaf, ledger));
  }
  return rest_ == nullptr ? maintainer_.save_snapshots(job_, moved_, connection_) : Status();
}

// A part of a query is no model of its own: it has no keys.
Status MaintenanceExecution::record_keys(Ledger& ledger) {
  const bool reads_all = job_.builds_anew || job_.plan.tier == plan::Tier::kFull;
  if (job_.tracking)
    return KeyIndexes(job_, maintainer_.snapshots_, connection_).record(ledger, reads_all);
  return job_.builds_anew
             ? KeyIndexes::drop_from(job_.node->database, job_.relation, 0, ledger, connection_)
             : Status();
}

Status MaintenanceExecution::record() {
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection_, job_.node->database));
  if (rest_ != nullptr) {
    SLUICE_TRY(rest_->record());
    if (job_.builds_anew) SLUICE_TRY(drop_stages_from(ledger, job_.stages.size()));
    // The stages have read what the rest has not.
    return record_inputs(ledger);
  }
  ModelEntry entry;
  if (job_.entry) entry = *job_.entry;
  entry.relation = job_.relation;
  const bool has_changed = job_.builds_anew || !changed_.empty() || !removed_.empty();
  if (has_changed) ++entry.generation;
  entry.code = job_.code;
  entry.columns = columns_json(job_.columns);
  entry.tier = plan::tier_name(job_.plan.tier);
  entry.is_deterministic = job_.is_deterministic;
  entry.key.clear();
  for (const size_t column : job_.plan.key.columns) entry.key.push_back(job_.columns[column].name);
  if (has_changed) SLUICE_TRY(record_partitions(ledger, entry.generation));
  SLUICE_TRY(record_inputs(ledger));
  if (job_.builds_anew) {
    SLUICE_ASSIGN(const RowHash content, hash_rows(connection_, job_.relation, job_.columns, {}));
    content_ = content.text();
  }
  if (has_changed) entry.content = content_;
  SLUICE_TRY(ledger.save_model(entry));
  SLUICE_TRY(record_keys(ledger));
  if (job_.builds_anew)
    SLUICE_TRY(RowLog(connection_, job_.node->database, job_.relation).drop(ledger));
  for (const ModelInput& leaf : job_.inputs.leaves)
    SLUICE_TRY(execute("drop view if exists temp.main." + quoted_identifier(leaf.name)));
  for (const ViewInput& view : job_.inputs.views)
    SLUICE_TRY(execute("drop view if exists temp.main." + quoted_identifier(view.name)));
  for (const std::string_view table : {kFresh, kDifferent, kAffectedKeys})
    SLUICE_TRY(execute(fmt::format("drop table if exists {}", table)));
  return {};
}

}  // namespace sluice::run
