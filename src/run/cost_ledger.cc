#include "run/cost_ledger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;
using warehouse::text_of;

uint64_t size_of(const warehouse::Cell& cell) {
  return static_cast<uint64_t>(std::max<int64_t>(0, number_of(cell)));
}

double amount_of(const warehouse::Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  return number == nullptr ? 0 : *number;
}

}  // namespace

uint64_t scaled_full_bytes(const FullBuild& last, uint64_t input_bytes) {
  if (last.input_bytes == 0 || input_bytes == 0) return last.bytes_read;
  return static_cast<uint64_t>(static_cast<double>(last.bytes_read) *
                               static_cast<double>(input_bytes) /
                               static_cast<double>(last.input_bytes));
}

Result<CostLedger> CostLedger::open(warehouse::Connection& connection,
                                    const std::string& database) {
  const std::string schema = sql::quoted_identifier(database) + ".\"_sluice\"";
  CostLedger out(connection, schema + ".\"costs\"");
  SLUICE_TRY(connection.execute("create schema if not exists " + schema, false));
  SLUICE_TRY(connection.execute(
      fmt::format("create table if not exists {}(run VARCHAR, ended_at TIMESTAMP, unique_id "
                  "VARCHAR, action VARCHAR, rows_read BIGINT, bytes_read BIGINT, input_bytes "
                  "BIGINT, full_bytes BIGINT, is_estimated BOOLEAN, price_per_tb DOUBLE, "
                  "seconds DOUBLE)",
                  out.table_),
      false));
  // Tables of earlier releases.
  if (!connection.describe_query("select seconds from " + out.table_))
    SLUICE_TRY(connection.execute(
        fmt::format("alter table {} add column if not exists seconds DOUBLE", out.table_), false));
  return out;
}

Result<std::optional<CostLedger>> CostLedger::find(warehouse::Connection& connection,
                                                   const std::string& database) {
  SLUICE_ASSIGN(const std::vector<warehouse::RelationInfo> relations,
                connection.list_relations(database, "_sluice"));
  for (const warehouse::RelationInfo& relation : relations)
    if (relation.identifier == "costs")
      return std::optional(
          CostLedger(connection, sql::quoted_identifier(database) + ".\"_sluice\".\"costs\""));
  return std::optional<CostLedger>();
}

Result<std::map<std::string, FullBuild>> CostLedger::full_builds() {
  std::map<std::string, FullBuild> out;
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection_->execute(
                    fmt::format("select unique_id, arg_max(bytes_read, ended_at), "
                                "arg_max(input_bytes, ended_at) from {} where action = 'full' "
                                "group by unique_id",
                                table_),
                    true));
  for (const auto& row : found.table.rows)
    out[text_of(row[0])] = {size_of(row[1]), size_of(row[2])};
  return out;
}

Result<std::map<std::string, ModelHistory>> CostLedger::histories() {
  std::map<std::string, ModelHistory> out;
  // Ledgers of earlier releases do not say how long anything took.
  if (!connection_->describe_query("select seconds from " + table_)) return out;
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_->execute(
          fmt::format("select unique_id, action, arg_max(seconds, ended_at), arg_max(input_bytes, "
                      "ended_at), min(later) from (select *, count(*) over (partition by unique_id "
                      "order by ended_at desc) - 1 as later from {} where action <> 'skip' and "
                      "seconds is not null) group by all",
                      table_),
          true));
  for (const auto& row : found.table.rows)
    out[text_of(row[0])][text_of(row[1])] = {amount_of(row[2]), size_of(row[3]), number_of(row[4])};
  return out;
}

Status CostLedger::add(const std::string& run, const std::vector<ModelCost>& costs) {
  if (costs.empty()) return {};
  std::vector<std::string> rows;
  for (const ModelCost& cost : costs)
    rows.push_back(fmt::format("({}, now()::timestamp, {}, {}, {}, {}, {}, {}, {}, {}, {})",
                               sql::quoted_literal(run), sql::quoted_literal(cost.unique_id),
                               sql::quoted_literal(cost.action), cost.rows_read, cost.bytes_read,
                               cost.input_bytes, cost.full_bytes, cost.is_estimated,
                               cost.price_per_tb, cost.seconds));
  SLUICE_TRY(connection_->execute(
      fmt::format("insert into {} values {}", table_, fmt::join(rows, ", ")), false));
  return {};
}

Result<std::vector<CostTotal>> CostLedger::totals(const std::string& since) {
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection_->execute(
          fmt::format("select unique_id, count(*), sum(bytes_read)::bigint, "
                      "sum(full_bytes)::bigint, sum(bytes_read * price_per_tb / 1e12)::double, "
                      "sum(full_bytes * price_per_tb / 1e12)::double from {}{} group by unique_id "
                      "order by 5 desc, 6 desc, 1",
                      table_, since.empty() ? "" : " where ended_at >= " + since),
          true));
  std::vector<CostTotal> out;
  for (const auto& row : found.table.rows)
    out.push_back({text_of(row[0]), number_of(row[1]), size_of(row[2]), size_of(row[3]),
                   amount_of(row[4]), amount_of(row[5])});
  return out;
}

}  // namespace sluice::run
