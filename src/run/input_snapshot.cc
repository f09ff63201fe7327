#include "run/input_snapshot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "detect/manifest.h"
#include "run/columns_json.h"
#include "run/input_query.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;
using warehouse::text_of;

using sql::quoted_identifier;
using sql::quoted_literal;

constexpr std::string_view kList = "snapshots";

std::string short_hash(const std::string& relation, const std::string& stub) {
  return sha256_hex(relation + "\n" + stub).substr(0, 16);
}

std::string snapshot_name(const std::string& relation, const std::string& stub) {
  return "snapshot_" + short_hash(relation, stub);
}

// The state of an input as one text.
std::string version_of(const std::vector<detect::Consumed>& consumed) {
  std::vector<std::string> parts;
  for (const detect::Consumed& entry : consumed)
    parts.push_back(detect::partition_key(entry.values) + "=" + entry.version);
  std::sort(parts.begin(), parts.end());
  return sha256_hex(fmt::format("{}", fmt::join(parts, "\n")));
}

std::string version_of(const detect::Manifest& now) {
  std::vector<detect::Consumed> consumed;
  for (const detect::Partition& partition : now.partitions)
    consumed.push_back({partition.values, partition.version});
  return version_of(consumed);
}

std::string column_list(const std::vector<warehouse::ColumnInfo>& columns) {
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list += (list.empty() ? "" : ", ") + quoted_identifier(column.name);
  return list;
}

}  // namespace

std::vector<warehouse::ColumnInfo> columns_read(const sql::Locality& locality,
                                                const ModelInput& leaf) {
  std::set<std::string> read;
  for (const sql::Scan& scan : locality.scans)
    if (scan.table == leaf.name) read.insert(scan.columns.begin(), scan.columns.end());
  std::vector<warehouse::ColumnInfo> out;
  for (const warehouse::ColumnInfo& column : leaf.columns)
    if (read.contains(column.name)) out.push_back(column);
  if (out.size() != read.size()) out.clear();
  return out;
}

std::string rows_of_leaf(const ModelInput& leaf,
                         const std::vector<warehouse::ColumnInfo>& columns) {
  return fmt::format("({})", whole_query(leaf, columns));
}

InputSnapshots::InputSnapshots(warehouse::Connection& connection, const std::string& database)
    : connection_(connection),
      database_(database),
      prefix_(quoted_identifier(database) + ".\"_sluice\".") {}

Status InputSnapshots::execute(const std::string& sql) {
  SLUICE_TRY(connection_.execute(sql, false));
  return {};
}

Status InputSnapshots::prepare() {
  return execute(fmt::format(
      "create table if not exists {}{}(relation VARCHAR, input VARCHAR, \"columns\" VARCHAR, "
      "version VARCHAR, content VARCHAR)",
      prefix_, kList));
}

Result<bool> InputSnapshots::has_table(const std::string& name) {
  SLUICE_ASSIGN(const std::vector<warehouse::RelationInfo> relations,
                connection_.list_relations(database_, "_sluice"));
  return std::any_of(
      relations.begin(), relations.end(),
      [&name](const warehouse::RelationInfo& relation) { return relation.identifier == name; });
}

Result<std::optional<InputSnapshots::Entry>> InputSnapshots::entry(const std::string& relation,
                                                                   const std::string& stub) {
  SLUICE_ASSIGN(const bool has_list, has_table(std::string(kList)));
  SLUICE_ASSIGN(const bool has_rows, has_table(snapshot_name(relation, stub)));
  if (!has_list || !has_rows) return std::optional<Entry>();
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection_.execute(
                    fmt::format("select \"columns\", version, content from {}{} "
                                "where relation = {} and input = {}",
                                prefix_, kList, quoted_literal(relation), quoted_literal(stub)),
                    true));
  if (found.table.rows.empty()) return std::optional<Entry>();
  const std::vector<warehouse::Cell>& row = found.table.rows.front();
  return std::optional(Entry{text_of(row[0]), text_of(row[1]), text_of(row[2])});
}

// Rows are told apart by their hashes, as everywhere in the ledger: the engine's own comparison
// would follow collations.
Result<std::optional<ChangedRows>> InputSnapshots::changed_rows(
    const std::string& relation, const ModelInput& leaf,
    const std::vector<warehouse::ColumnInfo>& columns) {
  if (columns.empty()) return std::optional<ChangedRows>();
  SLUICE_ASSIGN(const std::optional<Entry> known, entry(relation, leaf.stub));
  if (!known || known->columns != columns_json(columns) ||
      known->version != version_of(leaf.state.consumed))
    return std::optional<ChangedRows>();
  ChangedRows out;
  out.stub = leaf.stub;
  out.columns = columns;
  out.before = prefix_ + quoted_identifier(snapshot_name(relation, leaf.stub));
  out.table = fmt::format("temp.main.\"_sluice_changed_{}\"", short_hash(relation, leaf.stub));
  SLUICE_ASSIGN(const RowHash kept, hash_rows(connection_, out.before, columns, {}));
  if (kept.text() != known->content) return std::optional<ChangedRows>();
  const std::string now = rows_of_leaf(leaf, columns);
  SLUICE_ASSIGN(const RowHash content, hash_rows(connection_, now, columns, {}));
  out.content = content.text();
  out.rows = std::stoll(content.count);
  const std::string hashed = fmt::format(
      "hash({0}) as first_hash, hash('sluice', {0}) as second_hash", column_list(columns));
  SLUICE_TRY(execute(fmt::format(
      "create or replace temp table {table} as with old_rows as (select {columns}, {hashed} from "
      "{before}), new_rows as (select {columns}, {hashed} from {now} t), different as (select "
      "first_hash, second_hash, sum(difference)::bigint as difference from (select first_hash, "
      "second_hash, 1 as difference from new_rows union all select first_hash, second_hash, -1 "
      "from old_rows) group by all having sum(difference) <> 0), found as (select distinct on "
      "(first_hash, second_hash) *, true as {is_new} from new_rows semi join (from different where "
      "difference > 0) using (first_hash, second_hash) union all select distinct on (first_hash, "
      "second_hash) *, false from old_rows semi join (from different where difference < 0) using "
      "(first_hash, second_hash)) select {columns}, {is_new} from (select found.*, "
      "unnest(range(abs(difference))) from found join different using (first_hash, second_hash))",
      fmt::arg("table", out.table), fmt::arg("columns", column_list(columns)),
      fmt::arg("hashed", hashed), fmt::arg("before", out.before), fmt::arg("now", now),
      fmt::arg("is_new", kIsNew))));
  SLUICE_ASSIGN(out.added, count(fmt::format("{} where {}", out.table, kIsNew)));
  SLUICE_ASSIGN(out.removed, count(fmt::format("{} where not {}", out.table, kIsNew)));
  return std::optional(std::move(out));
}

Result<int64_t> InputSnapshots::count(const std::string& from) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection_.execute("select count(*) from " + from, true));
  return number_of(found.table.rows.at(0).at(0));
}

Result<bool> InputSnapshots::is_small(int64_t rows, const std::vector<ModelInput>& inputs) {
  constexpr int64_t kAlways = 10'000, kNever = 1'000'000, kShare = 10;
  if (rows <= kAlways) return true;
  if (rows > kNever) return false;
  int64_t all = 0;
  for (const ModelInput& input : inputs) {
    if (input.reader && input.state.now.partitions.empty()) continue;
    SLUICE_ASSIGN(const int64_t of_input, count(input.relation));
    all += of_input;
    if (all / kShare >= rows) return true;
  }
  return false;
}

Status InputSnapshots::save(const std::string& relation, const ModelInput& leaf,
                            const std::vector<warehouse::ColumnInfo>& columns,
                            const std::vector<ModelInput>& inputs, const std::string& expected) {
  SLUICE_TRY(drop(relation, leaf.stub));
  if (columns.empty()) return {};
  const std::string rows = rows_of_leaf(leaf, columns);
  SLUICE_ASSIGN(const int64_t num_rows, count(rows));
  SLUICE_ASSIGN(const bool fits, is_small(num_rows, inputs));
  if (!fits) return {};
  const std::string table = prefix_ + quoted_identifier(snapshot_name(relation, leaf.stub));
  SLUICE_TRY(execute(fmt::format("create or replace table {} as from {}", table, rows)));
  SLUICE_ASSIGN(const RowHash content, hash_rows(connection_, table, columns, {}));
  // The input moved since it was looked at: what the model has read of it is not known.
  if (!expected.empty() && content.text() != expected) return drop(relation, leaf.stub);
  SLUICE_TRY(prepare());
  return execute(fmt::format(
      "insert into {}{} values ({}, {}, {}, {}, {})", prefix_, kList, quoted_literal(relation),
      quoted_literal(leaf.stub), quoted_literal(columns_json(columns)),
      quoted_literal(version_of(leaf.state.now)), quoted_literal(content.text())));
}

Status InputSnapshots::drop(const std::string& relation, const std::string& stub) {
  SLUICE_TRY(execute(fmt::format("drop table if exists {}{}", prefix_,
                                 quoted_identifier(snapshot_name(relation, stub)))));
  SLUICE_ASSIGN(const bool has_list, has_table(std::string(kList)));
  if (!has_list) return {};
  return execute(fmt::format("delete from {}{} where relation = {} and input = {}", prefix_, kList,
                             quoted_literal(relation), quoted_literal(stub)));
}

Status InputSnapshots::drop_all(const std::string& relation) {
  SLUICE_ASSIGN(const bool has_list, has_table(std::string(kList)));
  if (!has_list) return {};
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection_.execute(fmt::format("select input from {}{} where relation = {}",
                                                prefix_, kList, quoted_literal(relation)),
                                    true));
  for (const auto& row : found.table.rows) SLUICE_TRY(drop(relation, text_of(row[0])));
  return {};
}

}  // namespace sluice::run
