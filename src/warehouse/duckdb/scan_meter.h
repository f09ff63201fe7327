// Scan work of statements (decision 11 of the incremental design).
//
// What was read of Parquet files comes from the engine's PhysicalOperator log: one entry per row
// group that a scan really read, with the file's path and the operator's projections and filters.
// (The profiler alone does not do: it truncates the file list, its ROWS_SCANNED is an estimate for
// several Parquet files, and TOTAL_BYTES_READ counts neither cached nor prefetched reads rightly.)
// A file that was read counts with all of its rows and with the compressed size of its column
// chunks of the columns that were projected or filtered, both from its footer: true, repeatable
// numbers. Files that pruning left out count nothing. Footers are cached by (path, size, mtime).
// Native tables come from the profiler's scan operators: rows scanned times the width of the
// columns' types, estimated.
//
// The profiler also says whether a statement read files at all, so that statements that did not
// never query the log.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/duckdb/handles.h"
#include "warehouse/warehouse.h"

namespace sluice::warehouse {

// Columns that a scan touched: the projected ones and the text of its filters.
struct ScanColumns {
  std::vector<std::string> projected;
  std::string filters;
  bool touches(const std::string& column) const;
};

// What the profiler said about one connection's statements since the last take. Owned by that
// connection.
struct ScanTally {
  struct TableScan {
    std::string table;  // "database.schema.table"
    ScanColumns columns;
    uint64_t rows = 0;
  };
  struct FileScan {
    uint64_t rows = 0, files = 0;
    std::string listed_files;  // as the profiler prints them, perhaps truncated
    bool parquet = false;
  };
  std::vector<TableScan> table_scans;
  std::vector<FileScan> file_scans;
};

// Shared by the connections of one database. Thread-safe.
class ScanMeter {
 public:
  explicit ScanMeter(duckdb_database database) : database_(database) {}

  // Switches a connection's profiler and the database's operator log on, and forgets what was
  // logged before.
  Status enable(duckdb_connection connection);
  Status disable(duckdb_connection connection);
  // Around each metered statement: the log is never emptied while one runs or is not yet taken.
  void statement_begins(duckdb_connection connection);
  // Adds the profile of the statement that just ended.
  void statement_ends(duckdb_connection connection, ScanTally& tally);
  // The work since the last take.
  Result<ScanMetrics> take(duckdb_connection connection, ScanTally tally);
  // The connection is gone.
  void forget(duckdb_connection connection);

 private:
  struct Footer {
    uint64_t size = 0;
    int64_t mtime_ns = 0;
    uint64_t num_rows = 0;
    std::map<std::string, uint64_t> column_bytes;
  };
  // One file as one scan of one statement read it.
  struct FileRead {
    std::string path;
    ScanColumns columns;
    uint64_t times = 1;
  };

  Status ensure_reader();
  Result<std::vector<FileRead>> read_log(uint64_t connection_id);
  Status read_footers(const std::vector<FileRead>& reads);
  void trim_log();
  static void add_table_scans(duckdb_connection connection, const ScanTally& tally,
                              ScanMetrics& metrics);

  const duckdb_database database_;
  std::mutex meter_mutex_;  // guards everything below
  ConnectionHandle reader_;
  std::map<std::string, Footer> footers_;
  std::map<uint64_t, uint64_t> last_query_ids_;  // by connection id: what was taken already
  std::set<uint64_t> untaken_;  // connections with statements that may have entries to take
  uint64_t entries_read_ = 0;   // since the log was last emptied
};

}  // namespace sluice::warehouse
