// Maintainer, the part that chooses by which column an ordinary table that a model reads is told in
// partitions: once, when the model is built, for the choice is part of what it has consumed.
#include <fmt/format.h>

#include <algorithm>

#include "run/maintainer.h"
#include "run/table_partitions.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

// A column with as many values as this one has rows, or a single one, tells nothing.
Result<bool> tells_partitions(const ModelInput& table, const std::string& column,
                              warehouse::Connection& connection) {
  constexpr int64_t kMostValues = 10'000;
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select approx_count_distinct({}), count(*) from {}",
                                               sql::quoted_identifier(column), table.relation),
                                   true));
  const auto* values = std::get_if<int64_t>(&found.table.rows.at(0).at(0));
  const auto* rows = std::get_if<int64_t>(&found.table.rows.at(0).at(1));
  return values != nullptr && rows != nullptr && *values > 1 && *values <= kMostValues &&
         *values < *rows;
}

}  // namespace

std::set<std::string> Maintainer::not_followed(const MaintenanceJob& job,
                                               warehouse::Connection& connection) {
  const std::vector<plan::InputState> states = states_of(job);
  return plan::inputs_not_followed(job.specification, states,
                                   plan::choose_key(job.specification, states), connection);
}

// The first column by which the query follows the table, and all that it followed before.
Status Maintainer::partition_table(MaintenanceJob& job, ModelInput& table,
                                   warehouse::Connection& connection) {
  const std::set<std::string> before = not_followed(job, connection);
  if (!before.contains(table.state.name)) return {};
  for (const std::string& column : partition_candidates(table, job.specification, states_of(job))) {
    SLUICE_ASSIGN(const bool is_telling, tells_partitions(table, column, connection));
    if (!is_telling) continue;
    SLUICE_TRY(snapshots_.read_table(table, column, connection));
    const std::set<std::string> after = not_followed(job, connection);
    const bool is_better = !after.contains(table.state.name) &&
                           std::includes(before.begin(), before.end(), after.begin(), after.end());
    if (is_better) return {};
    SLUICE_TRY(snapshots_.read_table(table, {}, connection));
  }
  return {};
}

Status Maintainer::partition_tables(MaintenanceJob& job, warehouse::Connection& connection) {
  const bool is_built = job.entry && job.entry->code == job.code;
  if (is_built && !session_.options().flags.full_refresh) return {};
  if (!job.specification.locality || !unstable_functions(job.specification).empty()) return {};
  for (ModelInput& leaf : job.inputs.leaves) {
    if (!leaf.is_table) continue;
    // The choice of an earlier query.
    if (!leaf.state.now.columns.empty()) SLUICE_TRY(snapshots_.read_table(leaf, {}, connection));
    SLUICE_TRY(partition_table(job, leaf, connection));
  }
  return {};
}

}  // namespace sluice::run
