#include "run/adoption.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "run/maintenance_execution.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

constexpr std::string_view kFull = "temp.main._sluice_full";

// What is written later is written by position.
Result<std::string> columns_apart(const MaintenanceJob& job, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> have,
                connection.describe_query("select * from " + job.relation));
  const auto list = [](const std::vector<warehouse::ColumnInfo>& columns) {
    std::string out;
    for (const warehouse::ColumnInfo& column : columns)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", column.name, column.type);
    return out;
  };
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> want,
                connection.describe_query(fmt::format("select * from {}", kFull)));
  if (list(have) == list(want)) return std::string();
  return fmt::format("its columns are ({}), those of a full refresh ({})", list(have), list(want));
}

// Within a transaction; true: it is to be kept.
Result<bool> compare_and_record(Maintainer& maintainer, MaintenanceJob& job,
                                warehouse::Connection& connection, Adoption& out) {
  MaintenanceExecution execution(maintainer, job, connection);
  SLUICE_ASSIGN(const std::optional<std::string> query, execution.apply());
  SLUICE_TRY(connection.execute(
      fmt::format("create or replace temp table _sluice_full as {}", *query), false));
  SLUICE_ASSIGN(out.note, columns_apart(job, connection));
  if (out.note.empty()) {
    SLUICE_ASSIGN(out.difference,
                  find_difference(connection, job.relation, std::string(kFull), {}));
  }
  if (!out.note.empty() || !out.difference.is_equal()) {
    out.verdict = AdoptionVerdict::kDifferent;
    return false;
  }
  if (out.difference.is_rounding) out.note = "equal but for rounding";
  SLUICE_TRY(connection.execute(fmt::format("drop table {}", kFull), false));
  SLUICE_TRY(execution.record());
  return true;
}

}  // namespace

std::string_view adoption_verdict_name(AdoptionVerdict verdict) {
  switch (verdict) {
    case AdoptionVerdict::kAdopted:
      return "adopted";
    case AdoptionVerdict::kAlready:
      return "is maintained already";
    case AdoptionVerdict::kDifferent:
      return "DIFFERENT from a full refresh, not adopted";
    case AdoptionVerdict::kNotBuilt:
      return "not built";
    case AdoptionVerdict::kNotExact:
      return "not exact, not adopted";
  }
  return "";
}

Result<Adoption> adopt_model(Maintainer& maintainer, const compile::Node& node,
                             warehouse::Connection& connection) {
  SLUICE_ASSIGN(MaintenanceJob job, maintainer.plan(node, connection));
  Adoption out;
  out.unique_id = node.unique_id;
  out.relation = job.relation;
  if (job.plan.code == "FIRST_BUILD") {
    out.verdict = AdoptionVerdict::kNotBuilt;
    return out;
  }
  if (job.entry) {
    out.verdict = AdoptionVerdict::kAlready;
    return out;
  }
  if (!job.is_deterministic) {
    out.verdict = AdoptionVerdict::kNotExact;
    out.note = fmt::format("its query calls {}: every run would replace the table",
                           fmt::join(unstable_functions(job.specification), ", "));
    return out;
  }
  SLUICE_TRY(connection.begin());
  const Result<bool> kept = compare_and_record(maintainer, job, connection, out);
  if (kept && *kept) {
    SLUICE_TRY(connection.commit());
    return out;
  }
  // The views, the temporary table and the parts go with it.
  SLUICE_TRY(connection.rollback());
  if (!kept) return fail(kept.error());
  return out;
}

}  // namespace sluice::run
