#include "warehouse/duckdb/scan_meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/file_system.h"
#include "warehouse/dialects.h"
#include "warehouse/duckdb/errors.h"
#include "warehouse/duckdb/profile.h"
#include "warehouse/duckdb/types.h"
#include "warehouse/duckdb/values.h"

namespace sluice::warehouse {
namespace {

// The log is emptied once this many of its entries were read, so it stays some megabytes.
constexpr uint64_t kMaximumLogEntries = 20'000;
constexpr size_t kFootersPerQuery = 1'000;
constexpr const char* kProfile =
    "PRAGMA enable_profiling='no_output'; SET custom_profiling_settings='{\"OPERATOR_TYPE\": "
    "\"true\", "
    "\"EXTRA_INFO\": \"true\", \"OPERATOR_CARDINALITY\": \"true\", \"OPERATOR_ROWS_SCANNED\": "
    "\"true\"}'";

uint64_t id_of(duckdb_connection connection) {
  ClientContextHandle context;
  duckdb_connection_get_client_context(connection, context.out());
  return duckdb_client_context_get_connection_id(context.get());
}

// Runs a query of ours whose columns are VARCHAR or 64-bit integers only.
Result<ResultTable> query(duckdb_connection connection, const std::string& sql) {
  EngineResult result;
  if (duckdb_query(connection, sql.c_str(), result.get()) != DuckDBSuccess) {
    return fail(statement_error(duckdb_result_error(result.get()), sql));
  }
  return fetch_plain_table(*result.get());
}

const std::string& text_at(const std::vector<Cell>& row, size_t column) {
  static const std::string kEmpty;
  const auto* text = std::get_if<std::string>(&row[column]);
  return text != nullptr ? *text : kEmpty;
}

uint64_t number_at(const std::vector<Cell>& row, size_t column) {
  const auto* number = std::get_if<int64_t>(&row[column]);
  return number != nullptr && *number > 0 ? static_cast<uint64_t>(*number) : 0;
}

bool is_remote(const std::string& path) { return path.find("://") != std::string::npos; }

// Splits the profiler's "a, b, ..." and adds the sizes of the files that are named.
uint64_t listed_bytes(const std::string& listed) {
  uint64_t bytes = 0;
  const RealFileSystem files;
  size_t at = 0;
  while (at < listed.size()) {
    const size_t end = std::min(listed.find(", ", at), listed.size());
    const std::string path = listed.substr(at, end - at);
    at = end + 2;
    if (is_remote(path) || path.find('*') != std::string::npos) continue;
    if (const auto info = files.info(path)) bytes += info->size;
  }
  return bytes;
}

// Widths of the columns of "database.schema.table", by binding it; empty when it is not there any
// more. (Asking duckdb_columns() would walk every catalog: 20 ms instead of 0.2.)
std::map<std::string, uint64_t> column_widths(duckdb_connection connection,
                                              const std::string& table) {
  const size_t schema = table.find('.');
  const size_t name = schema == std::string::npos ? schema : table.find('.', schema + 1);
  if (name == std::string::npos) return {};
  const std::string sql = fmt::format("FROM {}.{}.{}", quote_with('"', table.substr(0, schema)),
                                      quote_with('"', table.substr(schema + 1, name - schema - 1)),
                                      quote_with('"', table.substr(name + 1)));
  PreparedHandle prepared;
  if (duckdb_prepare(connection, sql.c_str(), prepared.out()) != DuckDBSuccess) return {};
  std::map<std::string, uint64_t> widths;
  const idx_t num_columns = duckdb_prepared_statement_column_count(prepared.get());
  for (idx_t i = 0; i < num_columns; ++i) {
    const LogicalTypeHandle type(duckdb_prepared_statement_column_logical_type(prepared.get(), i));
    const char* column = duckdb_prepared_statement_column_name(prepared.get(), i);
    if (column != nullptr) widths[column] = type_width(type_name(type.get()));
    duckdb_free(const_cast<char*>(column));
  }
  return widths;
}

}  // namespace

bool ScanColumns::touches(const std::string& column) const {
  return std::find(projected.begin(), projected.end(), column) != projected.end() ||
         names_column(filters, column);
}

Status ScanMeter::ensure_reader() {
  if (reader_) return {};
  if (duckdb_connect(database_, reader_.out()) != DuckDBSuccess) {
    return fail(ErrorCode::kWarehouseConnect,
                "the engine refused a connection for counting scan work");
  }
  SLUICE_TRY(query(reader_.get(), "CALL enable_logging('PhysicalOperator', level = 'debug')"));
  return {};
}

Status ScanMeter::enable(duckdb_connection connection) {
  const std::lock_guard lock(meter_mutex_);
  const bool logging_ran = static_cast<bool>(reader_);
  SLUICE_TRY(ensure_reader());
  SLUICE_TRY(query(connection, kProfile));
  if (logging_ran) SLUICE_TRY(read_log(id_of(connection)));
  return {};
}

Status ScanMeter::disable(duckdb_connection connection) {
  forget(connection);
  SLUICE_TRY(query(connection, "PRAGMA disable_profiling"));
  return {};
}

void ScanMeter::forget(duckdb_connection connection) {
  const std::lock_guard lock(meter_mutex_);
  untaken_.erase(id_of(connection));
}

void ScanMeter::statement_begins(duckdb_connection connection) {
  const std::lock_guard lock(meter_mutex_);
  untaken_.insert(id_of(connection));
}

void ScanMeter::statement_ends(duckdb_connection connection, ScanTally& tally) {
  add_profile(connection, tally);
  if (!tally.file_scans.empty()) return;
  const std::lock_guard lock(meter_mutex_);
  untaken_.erase(id_of(connection));
}

Result<std::vector<ScanMeter::FileRead>> ScanMeter::read_log(uint64_t connection_id) {
  uint64_t& last = last_query_ids_[connection_id];
  // A scan logs each row group once, so a row group's count tells how many scans of the statement
  // read the file (a self-join reads twice). Dynamic filters change while a scan runs and are not
  // part of the group.
  SLUICE_ASSIGN(
      auto table,
      query(reader_.get(),
            fmt::format("SELECT query_id::BIGINT, file, projections, filters, max(n)::BIGINT, "
                        "any_value(dynamic), sum(n)::BIGINT FROM ("
                        "SELECT query_id, info['file'] AS file, parameters['Projections'] AS "
                        "projections, parameters['Filters'] AS filters, "
                        "any_value(parameters['Dynamic Filters']) AS dynamic, info['row_group_id'] "
                        "AS row_group, count(*) AS n "
                        "FROM duckdb_logs_parsed('PhysicalOperator') WHERE connection_id = {} AND "
                        "query_id > {} AND event = 'ReadRowGroup' "
                        "GROUP BY ALL) GROUP BY ALL ORDER BY 1, 2, 3, 4",
                        connection_id, last)));
  std::vector<FileRead> reads;
  for (const auto& row : table.rows) {
    last = std::max(last, number_at(row, 0));
    entries_read_ += number_at(row, 6);
    reads.push_back({text_at(row, 1),
                     {split_lines(text_at(row, 2)), text_at(row, 3) + "\n" + text_at(row, 5)},
                     number_at(row, 4)});
  }
  return reads;
}

Status ScanMeter::read_footers(const std::vector<FileRead>& reads) {
  const RealFileSystem files;
  std::map<std::string, Footer> missing;
  for (const FileRead& read : reads) {
    if (missing.contains(read.path)) continue;
    Footer fresh;
    const bool remote = is_remote(read.path);
    if (!remote) {
      SLUICE_ASSIGN(const FileInfo info, files.info(read.path));
      fresh.size = info.size;
      fresh.mtime_ns = info.mtime_ns;
    }
    const auto known = footers_.find(read.path);
    if (!remote && known != footers_.end() && known->second.size == fresh.size &&
        known->second.mtime_ns == fresh.mtime_ns) {
      continue;
    }
    missing.emplace(read.path, std::move(fresh));
  }
  auto next = missing.begin();
  while (next != missing.end()) {
    std::string list;
    for (size_t i = 0; i < kFootersPerQuery && next != missing.end(); ++i, ++next) {
      list += (list.empty() ? "" : ", ") + quote_with('\'', next->first);
    }
    SLUICE_ASSIGN(
        auto table,
        query(reader_.get(), fmt::format("SELECT file_name, split_part(path_in_schema, ', ', 1), "
                                         "sum(total_compressed_size)::BIGINT, "
                                         "coalesce(sum(row_group_num_rows) FILTER (column_id = 0), "
                                         "0)::BIGINT FROM parquet_metadata([{}]) GROUP BY ALL",
                                         list)));
    for (const auto& row : table.rows) {
      Footer& footer = missing[text_at(row, 0)];
      footer.column_bytes[text_at(row, 1)] += number_at(row, 2);
      footer.num_rows += number_at(row, 3);
    }
  }
  for (auto& [path, footer] : missing) footers_[path] = std::move(footer);
  return {};
}

void ScanMeter::trim_log() {
  if (entries_read_ < kMaximumLogEntries || !untaken_.empty()) return;
  // A failure only leaves the log longer.
  if (query(reader_.get(), "CALL truncate_duckdb_logs()")) entries_read_ = 0;
}

void ScanMeter::add_table_scans(duckdb_connection connection, const ScanTally& tally,
                                ScanMetrics& metrics) {
  std::map<std::string, std::map<std::string, uint64_t>> widths;
  for (const auto& scan : tally.table_scans) {
    if (!widths.contains(scan.table)) widths[scan.table] = column_widths(connection, scan.table);
    const auto& columns = widths[scan.table];
    metrics.estimated = true;
    metrics.rows_read += scan.rows;
    // A table that was dropped or renamed since: 8 bytes per projected column.
    if (columns.empty()) metrics.bytes_read += scan.rows * 8 * scan.columns.projected.size();
    for (const auto& [column, width] : columns) {
      if (scan.columns.touches(column)) metrics.bytes_read += scan.rows * width;
    }
  }
}

Result<ScanMetrics> ScanMeter::take(duckdb_connection connection, ScanTally tally) {
  ScanMetrics metrics;
  add_table_scans(connection, tally, metrics);
  if (tally.file_scans.empty()) return metrics;
  const std::lock_guard lock(meter_mutex_);
  const uint64_t connection_id = id_of(connection);
  untaken_.erase(connection_id);
  SLUICE_ASSIGN(const auto reads, read_log(connection_id));
  const bool footers_known = read_footers(reads).has_value();
  for (const FileRead& read : reads) {
    metrics.files_read += read.times;
    const auto footer = footers_.find(read.path);
    if (!footers_known || footer == footers_.end()) {  // the file went away meanwhile
      metrics.estimated = true;
      continue;
    }
    metrics.rows_read += footer->second.num_rows * read.times;
    for (const auto& [column, bytes] : footer->second.column_bytes) {
      if (read.columns.touches(column)) metrics.bytes_read += bytes * read.times;
    }
  }
  for (const auto& scan : tally.file_scans) {
    if (scan.parquet && (!reads.empty() || scan.files == 0)) continue;
    metrics.estimated = true;  // CSV, JSON…: what the profiler knows
    metrics.rows_read += scan.rows;
    metrics.files_read += scan.files;
    metrics.bytes_read += listed_bytes(scan.listed_files);
  }
  trim_log();
  return metrics;
}

}  // namespace sluice::warehouse
