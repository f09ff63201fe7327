#include "run/verification.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/hash.h"
#include "run/maintenance_execution.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

using detect::PartitionValue;
using sql::quoted_identifier;

constexpr std::string_view kFull = "temp.main._sluice_full";

bool is_float(const warehouse::ColumnInfo& column) {
  return column.type == "DOUBLE" || column.type == "FLOAT";
}

Result<int64_t> count(warehouse::Connection& connection, const std::string& query) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, connection.execute(query, true));
  const auto* number = std::get_if<int64_t>(&found.table.rows.at(0).at(0));
  return number == nullptr ? 0 : *number;
}

// Rows of both sides in one order, floats last: equal when every other column is and floats are to
// 1e-9 of their size. `table` stands in FROM.
Result<bool> is_equal_rounded(const MaintenanceJob& job, const std::string& table,
                              warehouse::Connection& connection) {
  std::string exact, floats;
  for (const warehouse::ColumnInfo& column : job.columns) {
    std::string& list = is_float(column) ? floats : exact;
    list += (list.empty() ? "" : ", ") + quoted_identifier(column.name);
  }
  if (floats.empty()) return false;
  std::string same = "true", close = "true";
  for (const warehouse::ColumnInfo& column : job.columns) {
    const std::string name = quoted_identifier(column.name);
    if (is_float(column))
      close += fmt::format(
          " and (a.{0} is not distinct from b.{0} or abs(a.{0} - b.{0}) <= 1e-9 * "
          "greatest(abs(a.{0}), abs(b.{0})))",
          name);
    else
      same += fmt::format(" and a.{0} is not distinct from b.{0}", name);
  }
  const std::string numbered =
      fmt::format("(select *, row_number() over ({}order by {}) as _sluice_place from {{}})",
                  exact.empty() ? "" : "partition by " + exact + " ", floats);
  SLUICE_ASSIGN(
      const int64_t apart,
      count(
          connection,
          fmt::format("select count(*) from {} a full join {} b on a._sluice_place = "
                      "b._sluice_place and {} where a._sluice_place is null or b._sluice_place is "
                      "null or not ({})",
                      fmt::format(fmt::runtime(numbered), table),
                      fmt::format(fmt::runtime(numbered), kFull), same, close)));
  return apart == 0;
}

std::string inputs_hash(const MaintenanceJob& job) {
  std::string text;
  for (const ModelInput& leaf : job.inputs.leaves) {
    text += leaf.stub + "\n";
    for (const detect::Partition& partition : leaf.state.now.partitions)
      text += detect::partition_key(partition.values) + "=" + partition.version + "\n";
  }
  return sha256_hex(text);
}

// What makes two full refreshes differ from each other.
std::string doubts(const sql::Flags& flags) {
  std::string out;
  const auto add = [&out](std::string_view what, const std::set<std::string>& names) {
    if (!names.empty())
      out += fmt::format("{}{} ({})", out.empty() ? "" : "; ", what, fmt::join(names, ", "));
  };
  add("depends on the order of rows", flags.order_sensitive);
  add("chooses among equal rows unless its order is total", flags.ties);
  add("rounds", flags.rounded);
  add("approximate", flags.approximate);
  return out;
}

// "dt=2026-01-31, shop=4"
std::string partition_name(const std::vector<std::string>& key,
                           const std::vector<PartitionValue>& values) {
  std::string name;
  for (size_t i = 0; i < key.size() && i < values.size(); ++i)
    name += fmt::format("{}{}={}", i == 0 ? "" : ", ", key[i], values[i].value_or("NULL"));
  return name.empty() ? "all rows" : name;
}

class Verification {
 public:
  Verification(Maintainer& maintainer, MaintenanceJob& job, warehouse::Connection& connection,
               Certificate& out)
      : maintainer_(maintainer), job_(job), connection_(connection), out_(out) {}

  Status compare_all() {
    job_.plan.reads.clear();
    return compare({});
  }
  Status audit(const VerifyScope& scope);
  Status add_partitions();

 private:
  Status compare(const std::string& affected);
  Status compare_in_transaction(const std::string& affected);
  Result<std::vector<TablePartition>> choose(const VerifyScope& scope);

  Maintainer& maintainer_;
  MaintenanceJob& job_;
  warehouse::Connection& connection_;
  Certificate& out_;
};

// The rows that `affected` tells (empty: all) as the query gives them now, and as they are in the
// table. The views and the temporary table go with the transaction.
Status Verification::compare(const std::string& affected) {
  SLUICE_TRY(connection_.begin());
  Status compared = compare_in_transaction(affected);
  SLUICE_TRY(connection_.rollback());
  return compared;
}

Status Verification::compare_in_transaction(const std::string& affected) {
  job_.builds_anew = true;
  job_.stages.clear();
  job_.rest.reset();
  MaintenanceExecution execution(maintainer_, job_, connection_);
  SLUICE_ASSIGN(const std::optional<std::string> query, execution.apply());
  const std::string where = affected.empty() ? std::string() : " where " + affected;
  SLUICE_TRY(connection_.execute(
      fmt::format("create or replace temp table _sluice_full as select * from (\n{}\n) "
                  "_sluice_query{}",
                  *query, where),
      false));
  const std::string table = fmt::format("(select * from {}{})", job_.relation, where);
  const std::string apart = "select count(*) from (select * from {} except all select * from {})";
  SLUICE_ASSIGN(const int64_t missing,
                count(connection_, fmt::format(fmt::runtime(apart), kFull, table)));
  SLUICE_ASSIGN(const int64_t extra,
                count(connection_, fmt::format(fmt::runtime(apart), table, kFull)));
  if (missing == 0 && extra == 0) return {};
  out_.rows_missing += missing;
  out_.rows_extra += extra;
  SLUICE_ASSIGN(const bool is_rounded, is_equal_rounded(job_, table, connection_));
  if (!is_rounded)
    out_.verdict = Verdict::kDifferent;
  else if (out_.verdict == Verdict::kEqual)
    out_.verdict = Verdict::kEqualRounded;
  return {};
}

// Some of the partitions that the last change left alone; where it changed all, of all.
Result<std::vector<TablePartition>> Verification::choose(const VerifyScope& scope) {
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection_, job_.node->database));
  SLUICE_ASSIGN(std::vector<TablePartition> all, ledger.partitions(job_.relation));
  std::sort(all.begin(), all.end(),
            [](const TablePartition& a, const TablePartition& b) { return a.values < b.values; });
  std::vector<TablePartition> chosen;
  std::copy_if(all.begin(), all.end(), std::back_inserter(chosen),
               [this](const TablePartition& partition) {
                 return partition.version < job_.entry->generation;
               });
  if (chosen.empty()) chosen = std::move(all);
  out_.num_partitions = chosen.size();
  // The library's own shuffle differs from one to the next; a seed is to choose the same
  // everywhere.
  std::mt19937_64 random(scope.seed);
  for (size_t i = 0; i < chosen.size() && i < *scope.audit; ++i)
    std::swap(chosen[i], chosen[i + random() % (chosen.size() - i)]);
  if (chosen.size() > *scope.audit) chosen.resize(*scope.audit);
  return chosen;
}

Status Verification::audit(const VerifyScope& scope) {
  out_.is_audit = true;
  std::vector<plan::InputState> states;
  for (const ModelInput& leaf : job_.inputs.leaves) states.push_back(leaf.state);
  const plan::OutputKey key = job_.plan.key;
  const bool has_partitions =
      job_.rest == nullptr && job_.specification.locality && !key.columns.empty() &&
      plan::follows_partitions(job_.specification, states, key, connection_);
  if (!has_partitions) {
    out_.verdict = Verdict::kNotAudited;
    return {};
  }
  SLUICE_ASSIGN(const std::vector<TablePartition> chosen, choose(scope));
  for (const TablePartition& partition : chosen) {
    SLUICE_ASSIGN(plan::Maintenance plan, plan::plan_partition(job_.specification, key, states,
                                                               partition.values, connection_));
    const std::string affected = plan.affected;
    job_.plan = std::move(plan);
    job_.plan.affected.clear();
    const int64_t apart = out_.rows_missing + out_.rows_extra;
    SLUICE_TRY(compare(affected));
    out_.rows += partition.rows;
    out_.audited.push_back(partition_name(job_.entry->key, partition.values));
    if (out_.verdict == Verdict::kDifferent && out_.rows_missing + out_.rows_extra > apart)
      out_.different.push_back(out_.audited.back());
  }
  return {};
}

Status Verification::add_partitions() {
  std::string keys, texts;
  for (const std::string& column : job_.entry->key) {
    keys += (keys.empty() ? "" : ", ") + quoted_identifier(column);
    texts += fmt::format("CAST({} AS VARCHAR), ", quoted_identifier(column));
  }
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_.execute(
          fmt::format("select {}row_count::varchar, hash_sum::varchar, hash_xor::varchar from "
                      "(select {}{}{} from {}{}) order by all",
                      texts, keys, keys.empty() ? "" : ", ", row_hash_aggregates(job_.columns),
                      job_.relation, keys.empty() ? "" : " group by " + keys),
          true));
  for (const auto& row : found.table.rows) {
    std::vector<PartitionValue> values;
    for (const warehouse::Cell& cell : row) {
      const auto* text = std::get_if<std::string>(&cell);
      values.push_back(text == nullptr ? PartitionValue() : PartitionValue(*text));
    }
    const size_t first = values.size() - 3;
    CertifiedPartition partition;
    partition.rows = std::stoll(values[first].value_or("0"));
    partition.content = fmt::format("{}:{}:{}", values[first].value_or(""),
                                    values[first + 1].value_or(""), values[first + 2].value_or(""));
    values.resize(first);
    partition.name = partition_name(job_.entry->key, values);
    out_.partitions.push_back(std::move(partition));
  }
  return {};
}

// What keeps the table from being compared at all.
std::optional<Verdict> verdict_without_looking(const MaintenanceJob& job) {
  if (job.plan.code == "FIRST_BUILD") return Verdict::kNotBuilt;
  if (job.plan.code == "NOT_DETERMINISTIC") return Verdict::kNotExact;
  if (!job.plan.changed_inputs.empty() || job.plan.code == "CODE_CHANGED") return Verdict::kStale;
  return std::nullopt;
}

Status quarantine(const MaintenanceJob& job, warehouse::Connection& connection) {
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, job.node->database));
  ModelEntry entry = *job.entry;
  entry.content = kQuarantined;
  return ledger.save_model(entry);
}

}  // namespace

bool is_good(Verdict verdict) {
  return verdict == Verdict::kEqual || verdict == Verdict::kEqualRounded ||
         verdict == Verdict::kNotExact || verdict == Verdict::kNotAudited;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kEqual:
      return "equal";
    case Verdict::kEqualRounded:
      return "equal but for rounding";
    case Verdict::kDifferent:
      return "DIFFERENT";
    case Verdict::kStale:
      return "stale";
    case Verdict::kNotBuilt:
      return "not built";
    case Verdict::kNotExact:
      return "not exact";
    case Verdict::kNotAudited:
      return "not audited";
  }
  return "";
}

Result<Certificate> verify_model(Maintainer& maintainer, const compile::Node& node,
                                 warehouse::Connection& connection, const VerifyScope& scope) {
  SLUICE_ASSIGN(MaintenanceJob job, maintainer.plan(node, connection));
  Certificate out;
  out.unique_id = node.unique_id;
  out.relation = job.relation;
  out.code = job.code;
  out.inputs = inputs_hash(job);
  if (job.plan.code != "FIRST_BUILD") {
    SLUICE_ASSIGN(const RowHash content, hash_rows(connection, job.relation, job.columns, {}));
    out.content = content.text();
    out.rows = std::stoll(content.count);
  }
  if (job.specification.locality) out.note = doubts(job.specification.locality->flags);
  if (const std::optional<Verdict> verdict = verdict_without_looking(job)) {
    out.verdict = *verdict;
    if (*verdict != Verdict::kNotBuilt) out.note = job.plan.reason;
    return out;
  }
  Verification verification(maintainer, job, connection, out);
  if (scope.with_partitions && job.entry) SLUICE_TRY(verification.add_partitions());
  // Of a table that is to be built anew no partition is worth a look.
  if (scope.audit && !job.builds_anew) {
    out.rows = 0;
    SLUICE_TRY(verification.audit(scope));
  } else {
    SLUICE_TRY(verification.compare_all());
  }
  if (out.verdict == Verdict::kDifferent) SLUICE_TRY(quarantine(job, connection));
  return out;
}

}  // namespace sluice::run
