#include "run/verification.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "run/maintenance_execution.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

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
// 1e-9 of their size.
Result<bool> is_equal_rounded(const MaintenanceJob& job, warehouse::Connection& connection) {
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
                      fmt::format(fmt::runtime(numbered), job.relation),
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

}  // namespace

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
  }
  return "";
}

Result<Certificate> verify_model(Maintainer& maintainer, const compile::Node& node,
                                 warehouse::Connection& connection) {
  SLUICE_ASSIGN(MaintenanceJob job, maintainer.plan(node, connection));
  Certificate out;
  out.unique_id = node.unique_id;
  out.relation = job.relation;
  out.code = job.code;
  out.inputs = inputs_hash(job);
  if (job.plan.code == "FIRST_BUILD") {
    out.verdict = Verdict::kNotBuilt;
    return out;
  }
  SLUICE_ASSIGN(const RowHash content, hash_rows(connection, job.relation, job.columns, {}));
  out.content = content.text();
  out.rows = std::stoll(content.count);
  if (job.specification.locality) out.note = doubts(job.specification.locality->flags);
  if (job.plan.code == "NOT_DETERMINISTIC") {
    out.verdict = Verdict::kNotExact;
    out.note = job.plan.reason;
    return out;
  }
  if (!job.plan.changed_inputs.empty() || job.plan.code == "CODE_CHANGED") {
    out.verdict = Verdict::kStale;
    out.note = job.plan.reason;
    return out;
  }
  SLUICE_TRY(connection.begin());
  const auto compare = [&]() -> Status {
    job.builds_anew = true;
    job.rest.reset();
    job.plan.reads.clear();
    MaintenanceExecution execution(maintainer, job, connection);
    SLUICE_ASSIGN(const std::optional<std::string> query, execution.apply());
    SLUICE_TRY(connection.execute(
        fmt::format("create or replace temp table _sluice_full as {}", *query), false));
    const std::string apart = "select count(*) from (select * from {} except all select * from {})";
    SLUICE_ASSIGN(out.rows_missing,
                  count(connection, fmt::format(fmt::runtime(apart), kFull, job.relation)));
    SLUICE_ASSIGN(out.rows_extra,
                  count(connection, fmt::format(fmt::runtime(apart), job.relation, kFull)));
    if (out.rows_missing == 0 && out.rows_extra == 0) return {};
    SLUICE_ASSIGN(const bool is_rounded, is_equal_rounded(job, connection));
    out.verdict = is_rounded ? Verdict::kEqualRounded : Verdict::kDifferent;
    return {};
  };
  Status compared = compare();
  // Views and the temporary table go with it.
  SLUICE_TRY(connection.rollback());
  SLUICE_TRY(compared);
  if (out.verdict != Verdict::kDifferent) return out;
  SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, node.database));
  ModelEntry entry = *job.entry;
  entry.content = "found different by verify";
  SLUICE_TRY(ledger.save_model(entry));
  return out;
}

}  // namespace sluice::run
