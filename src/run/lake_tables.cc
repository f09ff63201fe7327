#include "run/lake_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::optional_text_of;

using detect::PartitionValue;

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value == nullptr ? std::string() : value->text;
}

std::string qualified(const LakeTable& table) {
  return fmt::format("{}.{}.{}", sql::quoted_identifier(table.catalog),
                     sql::quoted_identifier(table.schema), sql::quoted_identifier(table.table));
}

// Both ends are among them.
std::string changes_between(const LakeTable& table, int64_t first, int64_t last) {
  return fmt::format("ducklake_table_changes({}, {}, {}, {}, {})",
                     sql::quoted_literal(table.catalog), sql::quoted_literal(table.schema),
                     sql::quoted_literal(table.table), first, last);
}

// Rows "part, row_count, hash_sum, hash_xor": what was known, as VALUES; empty: nothing was.
std::optional<std::string> known_rows(const KnownLake& known) {
  std::string list;
  for (const detect::Consumed& entry : known.partitions) {
    // A partition that moved while it was read has no version.
    if (entry.version.empty() || entry.values.size() > 1) return std::nullopt;
    const std::vector<std::string> parts = RowHash::parse(entry.version);
    const bool has_value = !entry.values.empty() && entry.values[0];
    list += fmt::format("{}({}, {}::hugeint, {}::hugeint, {}::ubigint)",
                        list.empty() ? "values " : ", ",
                        has_value ? sql::quoted_literal(*entry.values[0]) : "CAST(NULL AS VARCHAR)",
                        parts[0], parts[1], parts[2]);
  }
  return list;
}

// The columns that changes have besides the table's own.
bool has_name_of_changes(const std::vector<warehouse::ColumnInfo>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const warehouse::ColumnInfo& column) {
    std::string name;
    for (const char c : column.name)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name == "snapshot_id" || name == "rowid" || name == "change_type" || name == "sign";
  });
}

std::string changed_rows(const std::string& changes, const std::string& part,
                         const std::vector<warehouse::ColumnInfo>& columns) {
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list += (list.empty() ? "" : ", ") + sql::quoted_identifier(column.name);
  return fmt::format(
      "select {0} as part, sum(sign) as row_count, sum(sign * hash({1})::hugeint) as hash_sum, "
      "bit_xor(hash('sluice', {1})) as hash_xor from (select *, case when change_type in "
      "('insert', 'update_postimage') then 1::hugeint else -1::hugeint end as sign from {2}) "
      "group by all",
      part, list, changes);
}

}  // namespace

Result<std::optional<LakeTable>> find_lake_table(const Json& from_table,
                                                 warehouse::Connection& connection) {
  LakeTable table{text_at(from_table, "catalog_name"), text_at(from_table, "schema_name"),
                  text_at(from_table, "table_name")};
  const Json* at = from_table.find("at_clause");
  const bool is_named = text_at(from_table, "type") == "BASE_TABLE" && !table.catalog.empty() &&
                        !table.schema.empty() && (at == nullptr || at->kind == Json::Kind::kNull);
  if (!is_named) return std::optional<LakeTable>();
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(fmt::format("select type from duckdb_databases() where database_name = {}",
                                     sql::quoted_literal(table.catalog)),
                         true));
  const bool is_lake = !found.table.rows.empty() &&
                       optional_text_of(found.table.rows[0][0]).value_or("") == "ducklake";
  return is_lake ? std::optional(std::move(table)) : std::nullopt;
}

Result<int64_t> current_snapshot(const LakeTable& table, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select id::bigint from {}.current_snapshot()",
                                               sql::quoted_identifier(table.catalog)),
                                   true));
  const auto* id =
      found.table.rows.empty() ? nullptr : std::get_if<int64_t>(&found.table.rows[0][0]);
  if (id == nullptr)
    return fail(ErrorCode::kInternal,
                fmt::format("the catalog \"{}\" does not tell its snapshot", table.catalog));
  return *id;
}

std::string at_snapshot(const std::string& relation, int64_t snapshot) {
  return fmt::format("{} AT (VERSION => {})", relation, snapshot);
}

Result<std::optional<std::vector<detect::Partition>>> partitions_at(
    const LakeTable& table, int64_t snapshot, const KnownLake& known, const std::string& column,
    const std::vector<warehouse::ColumnInfo>& columns, warehouse::Connection& connection) {
  using Found = std::optional<std::vector<detect::Partition>>;
  const std::optional<std::string> before = known_rows(known);
  if (!before || known.snapshot > snapshot || has_name_of_changes(columns)) return Found();
  std::string rows = *before;
  if (known.snapshot < snapshot) {
    const std::string part =
        column.empty() ? "CAST(NULL AS VARCHAR)"
                       : fmt::format("CAST({} AS VARCHAR)", sql::quoted_identifier(column));
    rows += (rows.empty() ? "" : " union all ") +
            changed_rows(changes_between(table, known.snapshot + 1, snapshot), part, columns);
  }
  std::vector<detect::Partition> out;
  if (rows.empty()) return Found(std::move(out));
  // Snapshots that have expired, and columns that were not there yet, are errors here.
  const Result<warehouse::StatementResult> found = connection.execute(
      fmt::format("select part, sum(row_count)::varchar, sum(hash_sum)::varchar, "
                  "bit_xor(hash_xor)::varchar, (select count(*) from {})::varchar, "
                  "(sum(sum(row_count)) over ())::varchar from ({}) parts(part, row_count, "
                  "hash_sum, hash_xor) group by part",
                  at_snapshot(qualified(table), snapshot), rows),
      true);
  if (!found) return Found();
  for (const auto& row : found->table.rows) {
    if (optional_text_of(row[4]) != optional_text_of(row[5])) return Found();
    const RowHash hash{optional_text_of(row[1]).value_or("0"),
                       optional_text_of(row[2]).value_or("0"),
                       optional_text_of(row[3]).value_or("0")};
    if (hash.count == "0" && !column.empty()) continue;
    std::vector<PartitionValue> values;
    if (!column.empty()) values.push_back(optional_text_of(row[0]));
    out.push_back(
        {std::move(values), hash.text(), {}, std::stoull(hash.count) * 8 * columns.size()});
  }
  return Found(std::move(out));
}

Result<bool> has_changed(const LakeTable& table, int64_t after, int64_t snapshot,
                         warehouse::Connection& connection) {
  if (after == snapshot) return false;
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select exists (from {})",
                                               changes_between(table, after + 1, snapshot)),
                                   true));
  const auto* exists = std::get_if<bool>(&found.table.rows.at(0).at(0));
  return exists == nullptr || *exists;
}

}  // namespace sluice::run
