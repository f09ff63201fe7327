#include "run/row_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "run/columns_json.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

constexpr std::string_view kTier = "changes";
constexpr std::string_view kGeneration = "_sluice_generation";
constexpr int64_t kGenerations = 16;

std::vector<warehouse::ColumnInfo> logged(std::vector<warehouse::ColumnInfo> columns) {
  columns.insert(columns.begin(), {std::string(kGeneration), "BIGINT"});
  return columns;
}

// The generation up to which nothing is known; none: an entry that is none of ours.
std::optional<int64_t> floor_of(const ModelEntry& entry) {
  if (entry.key.size() != 1) return std::nullopt;
  const std::string& text = entry.key.front();
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

RowLog::RowLog(warehouse::Connection& connection, const std::string& database,
               const std::string& relation)
    : connection_(connection),
      relation_(relation),
      table_(fmt::format("{}.\"_sluice\".{}", sql::quoted_identifier(database),
                         sql::quoted_identifier("changes_" + sha256_hex(relation).substr(0, 16)))) {
}

int64_t RowLog::most_rows(int64_t rows) { return std::max<int64_t>(1'000, rows / 10); }

Status RowLog::execute(const std::string& sql) {
  SLUICE_TRY(connection_.execute(sql, false));
  return {};
}

Status RowLog::drop(Ledger& ledger) {
  SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger.model(table_));
  if (!entry) return {};
  SLUICE_TRY(execute("drop table if exists " + table_));
  return ledger.remove(table_);
}

Result<std::optional<ModelEntry>> RowLog::entry_of(Ledger& ledger, int64_t generation) {
  SLUICE_ASSIGN(std::optional<ModelEntry> entry, ledger.model(table_));
  if (!entry || entry->generation != generation || !floor_of(*entry))
    return std::optional<ModelEntry>();
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> columns,
                parse_columns_json(entry->columns));
  const Result<RowHash> now = hash_rows(connection_, table_, columns, {});
  if (!now || now->text() != entry->content) return std::optional<ModelEntry>();
  return entry;
}

Status RowLog::append(Ledger& ledger, int64_t generation,
                      const std::vector<warehouse::ColumnInfo>& columns,
                      const std::vector<std::string>& queries) {
  const std::vector<warehouse::ColumnInfo> all = logged(columns);
  SLUICE_ASSIGN(std::optional<ModelEntry> entry, entry_of(ledger, generation));
  if (!entry || entry->columns != columns_json(all)) {
    std::string list;
    for (const warehouse::ColumnInfo& column : all)
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", sql::quoted_identifier(column.name),
                          column.type);
    SLUICE_TRY(execute(fmt::format("create or replace table {}({})", table_, list)));
    entry.emplace();
    entry->relation = table_;
    entry->columns = columns_json(all);
    entry->tier = kTier;
    entry->key = {std::to_string(generation)};
  }
  for (const std::string& query : queries)
    SLUICE_TRY(execute(
        fmt::format("insert into {} select {}, * from ({})", table_, generation + 1, query)));
  const int64_t floor = generation + 1 - kGenerations;
  if (floor > *floor_of(*entry)) {
    SLUICE_TRY(execute(fmt::format("delete from {} where {} <= {}", table_, kGeneration, floor)));
    entry->key = {std::to_string(floor)};
  }
  entry->generation = generation + 1;
  SLUICE_ASSIGN(const RowHash content, hash_rows(connection_, table_, all, {}));
  entry->content = content.text();
  return ledger.save_model(*entry);
}

Result<std::optional<std::string>> RowLog::rows_after(Ledger& ledger, int64_t generation) {
  SLUICE_ASSIGN(const std::optional<ModelEntry> model, ledger.model(relation_));
  if (!model) return std::optional<std::string>();
  SLUICE_ASSIGN(const std::optional<ModelEntry> entry, entry_of(ledger, model->generation));
  if (!entry || *floor_of(*entry) > generation) return std::optional<std::string>();
  return std::optional(
      fmt::format("(select * from {} where {} > {})", table_, kGeneration, generation));
}

}  // namespace sluice::run
