// MaintenanceExecution, the part that adds to a stage of counts and sums the difference that
// changed rows of dimensions make. With F the rows of the fact that have one of their keys, D the
// dimension before and E now, what the stage holds of the query Q is linear in the fact, and rows
// without these keys see no difference: Q(all, E) = Q(all, D) + Q(F, E) - Q(F, D). Only F is read.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run/maintenance_execution.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

using sql::quoted_identifier;

constexpr std::string_view kRows = "temp.main._sluice_rows";
constexpr std::string_view kOld = "temp.main._sluice_old";
constexpr std::string_view kNew = "temp.main._sluice_new";
constexpr std::string_view kDifference = "temp.main._sluice_difference";
constexpr std::string_view kFresh = "temp.main._sluice_fresh";

std::string create(std::string_view table) {
  return fmt::format("create or replace temp table {} as ", table);
}

// The columns of a stage as the statements here need them.
struct StageColumns {
  StageColumns(const std::vector<warehouse::ColumnInfo>& columns,
               const sql::AdditiveStage& additive);
  std::string keys;         // "c0", "p0"
  std::string same_key;     // of s and d, NULLs equal
  std::string plus, minus;  // keys, and what is added
  std::string sums, any;    // over both
  std::string merged;       // the stage's columns from what was and the difference
  std::string count;
};

StageColumns::StageColumns(const std::vector<warehouse::ColumnInfo>& columns,
                           const sql::AdditiveStage& additive) {
  const auto name = [&columns](size_t i) { return quoted_identifier(columns[i].name); };
  count = name(additive.count);
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto added =
        std::find_if(additive.added.begin(), additive.added.end(),
                     [i](const sql::AddedColumn& column) { return column.column == i; });
    const std::string comma = i == 0 ? "" : ", ";
    if (added == additive.added.end()) {
      keys += (keys.empty() ? "" : ", ") + name(i);
      same_key += fmt::format("{0}s.{1} is not distinct from d.{1}",
                              same_key.empty() ? "" : " and ", name(i));
      for (std::string* list : {&plus, &minus, &sums, &merged}) *list += comma + name(i);
      continue;
    }
    plus += fmt::format("{0}coalesce({1}, 0) as {1}", comma, name(i));
    minus += fmt::format("{0}-coalesce({1}, 0) as {1}", comma, name(i));
    sums += fmt::format("{0}sum(t.{1}) as {1}", comma, name(i));
    any += fmt::format("{}sum(t.{}) <> 0", any.empty() ? "" : " or ", name(i));
    const std::string sum = fmt::format("CAST(sum(t.{}) AS {})", name(i), columns[i].type);
    merged += comma +
              (added->count
                   ? fmt::format("case when sum(t.{}) <> 0 then {} end", name(*added->count), sum)
                   : sum) +
              " as " + name(i);
  }
}

}  // namespace

Status MaintenanceExecution::compute_side(const DimensionDelta& delta, bool is_new,
                                          std::string_view table) {
  for (const ModelInput& leaf : job_.inputs.leaves) {
    const auto rows = std::find_if(job_.changed_rows.begin(), job_.changed_rows.end(),
                                   [&leaf](const ChangedRows& r) { return r.stub == leaf.stub; });
    if (leaf.stub == delta.fact)
      SLUICE_TRY(stand_input(leaf, fmt::format("from {}", kRows)));
    else if (rows != job_.changed_rows.end() && !is_new)
      SLUICE_TRY(stand_input(leaf, "from " + rows->before));
    else
      SLUICE_TRY(stand_input(leaf, leaf_query(leaf)));
  }
  return execute(create(table) + job_.inputs.specification.sql);
}

// What the stage has to hold: rows of groups that no difference touches as they are, the others
// with it, and what is computed anew.
Status MaintenanceExecution::merge_difference(const DimensionDelta& delta) {
  const StageColumns columns(job_.columns, *job_.additive);
  const std::string kept =
      delta.recomputed.empty() ? "" : fmt::format(" where ({}) is not true", delta.recomputed);
  SLUICE_TRY(execute(fmt::format(
      "{}select {} from (select {} from {} union all select {} from {}) t{} group by {} having {}",
      create(kDifference), columns.sums, columns.plus, kNew, columns.minus, kOld, kept,
      columns.keys, columns.any)));
  SLUICE_TRY(execute(fmt::format(
      "{create}select s.* from {stage} s anti join {difference} d on {same}{kept} union all select "
      "{merged} from (select {plus} from {stage} s semi join {difference} d on {same}{kept} union "
      "all from {difference}) t group by {keys} having sum(t.{count}) <> 0",
      fmt::arg("create", create(kFresh)), fmt::arg("stage", job_.relation),
      fmt::arg("difference", kDifference), fmt::arg("same", columns.same_key),
      fmt::arg("kept", kept), fmt::arg("merged", columns.merged), fmt::arg("plus", columns.plus),
      fmt::arg("keys", columns.keys), fmt::arg("count", columns.count))));
  if (delta.recomputed.empty()) return {};
  job_.plan.reads = delta.reads;
  SLUICE_TRY(stand_inputs());
  return execute(fmt::format("insert into {} select * from (\n{}\n) t where {}", kFresh,
                             job_.inputs.specification.sql, delta.recomputed));
}

Status MaintenanceExecution::apply_delta() {
  const DimensionDelta& delta = *job_.delta;
  const auto fact = std::find_if(job_.inputs.leaves.begin(), job_.inputs.leaves.end(),
                                 [&](const ModelInput& leaf) { return leaf.stub == delta.fact; });
  SLUICE_CHECK(fact != job_.inputs.leaves.end() && job_.additive);
  if (fact->reader && fact->state.now.partitions.empty()) {
    SLUICE_TRY(execute(create(kRows) + leaf_query(*fact)));
  } else {
    std::string list;
    for (const warehouse::ColumnInfo& column : columns_read(*job_.specification.locality, *fact))
      list += (list.empty() ? "t." : ", t.") + quoted_identifier(column.name);
    SLUICE_TRY(execute(fmt::format("{}select {} from {}", create(kRows), list,
                                   matching_rows(fact->relation, delta.matches))));
  }
  SLUICE_TRY(compute_side(delta, false, kOld));
  SLUICE_TRY(compute_side(delta, true, kNew));
  SLUICE_TRY(merge_difference(delta));
  SLUICE_TRY(write_differences());
  for (const std::string_view table : {kRows, kOld, kNew, kDifference})
    SLUICE_TRY(execute(fmt::format("drop table {}", table)));
  return {};
}

}  // namespace sluice::run
