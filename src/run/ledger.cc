#include "run/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "run/input_snapshot.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;
using warehouse::text_of;

using detect::PartitionValue;

std::string json_list(const std::vector<std::string>& texts) {
  JsonWriter writer;
  writer.begin_array();
  for (const std::string& text : texts) writer.string(text);
  writer.end_array();
  return writer.take();
}

constexpr std::string_view kTables[] = {
    "models(relation VARCHAR PRIMARY KEY, generation BIGINT, code VARCHAR, \"key\" VARCHAR, "
    "\"columns\" VARCHAR, content VARCHAR, tier VARCHAR, is_deterministic BOOLEAN, changed_at "
    "TIMESTAMP)",
    "consumed(relation VARCHAR, input VARCHAR, part VARCHAR, version VARCHAR, ranges VARCHAR)",
    "inputs(relation VARCHAR, input VARCHAR, \"columns\" VARCHAR)",
    "partitions(relation VARCHAR, part VARCHAR, version BIGINT, rows BIGINT)",
    "files(input VARCHAR, path VARCHAR, size BIGINT, mtime_ns BIGINT, ctime_ns BIGINT, inode "
    "BIGINT, "
    "is_settled BOOLEAN, content VARCHAR, ranges VARCHAR)"};

// Columns that ledgers of earlier releases lack.
constexpr std::pair<std::string_view, std::string_view> kLaterColumns[] = {
    {"consumed", "ranges VARCHAR"}, {"files", "ranges VARCHAR"}};

}  // namespace

std::vector<PartitionValue> parse_partition_key(std::string_view key) {
  std::vector<PartitionValue> values;
  while (!key.empty()) {
    if (key.starts_with("-,")) {
      values.emplace_back();
      key.remove_prefix(2);
      continue;
    }
    size_t size = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), size);
    const auto digits = static_cast<size_t>(end - key.data());
    if (error != std::errc() || digits + 1 + size + 1 > key.size()) break;
    values.emplace_back(std::string(key.substr(digits + 1, size)));
    key.remove_prefix(digits + 1 + size + 1);
  }
  return values;
}

Result<std::optional<Ledger>> Ledger::find(warehouse::Connection& connection,
                                           const std::string& database) {
  // Binding is ten times cheaper than a list of what there is.
  if (connection.describe_query(fmt::format("select relation from {}.\"_sluice\".models",
                                            sql::quoted_identifier(database))))
    return std::optional(Ledger(connection, database));
  SLUICE_ASSIGN(const std::vector<std::string> schemas, connection.list_schemas(database));
  for (const std::string& schema : schemas)
    if (schema == "_sluice") return std::optional(Ledger(connection, database));
  return std::optional<Ledger>();
}

std::string Ledger::stage_relation(const std::string& database, const std::string& relation,
                                   size_t stage) {
  return fmt::format("{}.\"_sluice\".{}", sql::quoted_identifier(database),
                     sql::quoted_identifier(fmt::format(
                         "stage_{}_{}", sha256_hex(relation).substr(0, 16), stage + 1)));
}

Result<Ledger> Ledger::open(warehouse::Connection& connection, const std::string& database) {
  SLUICE_ASSIGN(std::optional<Ledger> found, find(connection, database));
  if (found) return std::move(*found);
  const std::string schema = sql::quoted_identifier(database) + ".\"_sluice\"";
  Ledger ledger(connection, database);
  SLUICE_TRY(ledger.execute("create schema if not exists " + schema));
  for (const std::string_view definition : kTables)
    SLUICE_TRY(ledger.execute(fmt::format("create table if not exists {}.{}", schema, definition)));
  return ledger;
}

std::string Ledger::table(std::string_view name) const {
  return fmt::format("{}.\"_sluice\".{}", sql::quoted_identifier(database_), name);
}

Status Ledger::upgrade() {
  if (connection_->describe_query(
          fmt::format("select consumed.ranges, files.ranges from {} consumed, {} files",
                      table("consumed"), table("files"))))
    return {};
  for (const std::string_view definition : kTables)
    SLUICE_TRY(execute("create table if not exists " + table(definition)));
  for (const auto& [name, column] : kLaterColumns)
    SLUICE_TRY(
        execute(fmt::format("alter table {} add column if not exists {}", table(name), column)));
  return {};
}

Status Ledger::execute(const std::string& sql) {
  SLUICE_TRY(connection_->execute(sql, false));
  return {};
}

Result<warehouse::ResultTable> Ledger::fetch(const std::string& sql) {
  SLUICE_ASSIGN(warehouse::StatementResult result, connection_->execute(sql, true));
  return std::move(result.table);
}

Result<std::optional<ModelEntry>> Ledger::model(const std::string& relation) {
  SLUICE_ASSIGN(
      const warehouse::ResultTable found,
      fetch(fmt::format(
          "select generation, code, \"key\", \"columns\", content, tier, is_deterministic, "
          "changed_at::varchar from "
          "{} where relation = {}",
          table("models"), sql::quoted_literal(relation))));
  if (found.rows.empty()) return std::optional<ModelEntry>();
  const std::vector<warehouse::Cell>& row = found.rows.front();
  ModelEntry entry;
  entry.relation = relation;
  entry.generation = number_of(row[0]);
  entry.code = text_of(row[1]);
  SLUICE_ASSIGN(const Json key, parse_json(text_of(row[2])));
  for (const Json& item : key.items) entry.key.push_back(item.text);
  entry.columns = text_of(row[3]);
  entry.content = text_of(row[4]);
  entry.tier = text_of(row[5]);
  const auto* stable = std::get_if<bool>(&row[6]);
  entry.is_deterministic = stable != nullptr && *stable;
  entry.saved_at = text_of(row[7]);
  return std::optional(std::move(entry));
}

Result<std::vector<detect::Consumed>> Ledger::consumed(const std::string& relation,
                                                       const std::string& input) {
  SLUICE_ASSIGN(const warehouse::ResultTable found,
                fetch(fmt::format(
                    "select part, version, ranges from {} where relation = {} and input = {}",
                    table("consumed"), sql::quoted_literal(relation), sql::quoted_literal(input))));
  std::vector<detect::Consumed> out;
  for (const auto& row : found.rows)
    out.push_back({parse_partition_key(text_of(row[0])), text_of(row[1]), text_of(row[2])});
  return out;
}

Result<std::optional<std::string>> Ledger::input_columns(const std::string& relation,
                                                         const std::string& input) {
  SLUICE_ASSIGN(const warehouse::ResultTable found,
                fetch(fmt::format("select \"columns\" from {} where relation = {} and input = {}",
                                  table("inputs"), sql::quoted_literal(relation),
                                  sql::quoted_literal(input))));
  if (found.rows.empty()) return std::optional<std::string>();
  return std::optional(text_of(found.rows.front()[0]));
}

Result<std::vector<TablePartition>> Ledger::partitions(const std::string& relation) {
  SLUICE_ASSIGN(const warehouse::ResultTable found,
                fetch(fmt::format("select part, version, rows from {} where relation = {}",
                                  table("partitions"), sql::quoted_literal(relation))));
  std::vector<TablePartition> out;
  for (const auto& row : found.rows)
    out.push_back({parse_partition_key(text_of(row[0])), number_of(row[1]), number_of(row[2])});
  return out;
}

Result<detect::FileRecords> Ledger::files(const std::string& input) {
  SLUICE_ASSIGN(
      const warehouse::ResultTable found,
      fetch(fmt::format("select path, size, mtime_ns, ctime_ns, inode, is_settled, content, ranges "
                        "from {} where input = {}",
                        table("files"), sql::quoted_literal(input))));
  detect::FileRecords out;
  for (const auto& row : found.rows) {
    detect::FileRecord record;
    record.size = static_cast<uint64_t>(number_of(row[1]));
    record.mtime_ns = number_of(row[2]);
    record.ctime_ns = number_of(row[3]);
    record.inode = static_cast<uint64_t>(number_of(row[4]));
    const auto* settled = std::get_if<bool>(&row[5]);
    record.is_settled = settled != nullptr && *settled;
    record.content = text_of(row[6]);
    record.ranges = text_of(row[7]);
    out.emplace(text_of(row[0]), std::move(record));
  }
  return out;
}

Status Ledger::save_model(const ModelEntry& entry) {
  SLUICE_TRY(execute(fmt::format("delete from {} where relation = {}", table("models"),
                                 sql::quoted_literal(entry.relation))));
  return execute(fmt::format(
      "insert into {} values ({}, {}, {}, {}, {}, {}, {}, {}, now()::timestamp)", table("models"),
      sql::quoted_literal(entry.relation), entry.generation, sql::quoted_literal(entry.code),
      sql::quoted_literal(json_list(entry.key)), sql::quoted_literal(entry.columns),
      sql::quoted_literal(entry.content), sql::quoted_literal(entry.tier), entry.is_deterministic));
}

// Removes the rows with one of `keys` (their texts as SQL literals) under the condition, and adds
// rows; in statements of a bounded size.
Status Ledger::replace_rows(std::string_view table_name, const std::string& condition,
                            const std::vector<std::string>& keys,
                            const std::vector<std::string>& rows) {
  constexpr size_t kMost = 2000;
  for (size_t begin = 0; begin < keys.size(); begin += kMost) {
    const auto first = keys.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        keys.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kMost, keys.size()));
    SLUICE_TRY(execute(fmt::format("delete from {} where {} in ({})", table(table_name), condition,
                                   fmt::join(first, last, ", "))));
  }
  for (size_t begin = 0; begin < rows.size(); begin += kMost) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kMost, rows.size()));
    SLUICE_TRY(execute(
        fmt::format("insert into {} values {}", table(table_name), fmt::join(first, last, ", "))));
  }
  return {};
}

Status Ledger::save_consumed(const std::string& relation, const std::string& input,
                             const std::vector<detect::Consumed>& before,
                             const detect::Manifest& now) {
  std::map<std::string, std::string> old;
  for (const detect::Consumed& entry : before)
    old.emplace(detect::partition_key(entry.values), entry.version);
  std::vector<std::string> removed, rows;
  for (const detect::Partition& partition : now.partitions) {
    const std::string key = detect::partition_key(partition.values);
    const auto found = old.find(key);
    const bool is_same = found != old.end() && found->second == partition.version;
    if (found != old.end() && !is_same) removed.push_back(sql::quoted_literal(key));
    if (found != old.end()) old.erase(found);
    if (!is_same)
      rows.push_back(fmt::format("({}, {}, {}, {}, {})", sql::quoted_literal(relation),
                                 sql::quoted_literal(input), sql::quoted_literal(key),
                                 sql::quoted_literal(partition.version),
                                 sql::quoted_literal(partition.ranges)));
  }
  for (const auto& [key, version] : old) removed.push_back(sql::quoted_literal(key));
  return replace_rows("consumed",
                      fmt::format("relation = {} and input = {} and part",
                                  sql::quoted_literal(relation), sql::quoted_literal(input)),
                      removed, rows);
}

Status Ledger::save_input_columns(const std::string& relation, const std::string& input,
                                  const std::string& columns) {
  SLUICE_TRY(
      execute(fmt::format("delete from {} where relation = {} and input = {}", table("inputs"),
                          sql::quoted_literal(relation), sql::quoted_literal(input))));
  return execute(fmt::format("insert into {} values ({}, {}, {})", table("inputs"),
                             sql::quoted_literal(relation), sql::quoted_literal(input),
                             sql::quoted_literal(columns)));
}

Status Ledger::save_partitions(const std::string& relation,
                               const std::vector<TablePartition>& changed,
                               const std::vector<std::vector<PartitionValue>>& removed) {
  std::vector<std::string> keys, rows;
  for (const std::vector<PartitionValue>& values : removed)
    keys.push_back(sql::quoted_literal(detect::partition_key(values)));
  for (const TablePartition& partition : changed) {
    const std::string key = sql::quoted_literal(detect::partition_key(partition.values));
    keys.push_back(key);
    rows.push_back(fmt::format("({}, {}, {}, {})", sql::quoted_literal(relation), key,
                               partition.version, partition.rows));
  }
  return replace_rows("partitions",
                      fmt::format("relation = {} and part", sql::quoted_literal(relation)), keys,
                      rows);
}

Status Ledger::save_files(const std::string& input, const detect::FileRecords& before,
                          const detect::FileRecords& now) {
  std::vector<std::string> keys, rows;
  for (const auto& [path, record] : now) {
    const auto found = before.find(path);
    if (found != before.end() && found->second == record) continue;
    if (found != before.end()) keys.push_back(sql::quoted_literal(path));
    rows.push_back(fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {})", sql::quoted_literal(input),
                               sql::quoted_literal(path), record.size, record.mtime_ns,
                               record.ctime_ns, static_cast<int64_t>(record.inode),
                               record.is_settled, sql::quoted_literal(record.content),
                               sql::quoted_literal(record.ranges)));
  }
  for (const auto& [path, record] : before)
    if (!now.contains(path)) keys.push_back(sql::quoted_literal(path));
  return replace_rows("files", fmt::format("input = {} and path", sql::quoted_literal(input)), keys,
                      rows);
}

Status Ledger::remove(const std::string& relation) {
  for (const std::string_view name : {"models", "consumed", "inputs", "partitions"})
    SLUICE_TRY(execute(fmt::format("delete from {} where relation = {}", table(name),
                                   sql::quoted_literal(relation))));
  return InputSnapshots(*connection_, database_).drop_all(relation);
}

}  // namespace sluice::run
