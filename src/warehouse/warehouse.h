// Warehouse: where SQL runs. One interface, engines behind it (DuckDB; Trino as a compile-only
// dialect; an in-memory twin for tests). A Warehouse is shared by all threads; a Connection belongs
// to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace sluice::warehouse {

// One value of a result: what a template needs to see it as Python does.
struct DateDays {
  int32_t days;
};  // since 1970-01-01
struct TimestampMicros {
  int64_t micros;
  bool utc;
};  // utc: with time zone
struct Decimal {
  std::string digits;
};  // "-12.50"
struct Nested {
  std::string text;
};  // lists, structs, maps, intervals, times…: the engine's text
using Cell = std::variant<std::monostate, bool, int64_t, double, std::string, DateDays,
                          TimestampMicros, Decimal, Nested>;

struct ResultColumn {
  std::string name;
  std::string type;  // the engine's spelling: "BIGINT", "DECIMAL(18,2)"
};

// A fetched result (small by contract: introspection, tests, show). Rows are row-major.
struct ResultTable {
  std::vector<ResultColumn> columns;
  std::vector<std::vector<Cell>> rows;
};

struct StatementResult {
  std::string message;  // dbt's adapter response: "OK"
  std::string code;     // "SELECT", "CREATE TABLE", … ; may be empty
  std::optional<int64_t> rows_affected;
  ResultTable table;  // filled when fetch was asked for
};

// Scan work of the statements since the last take_scan_metrics() (decision 11 of the incremental
// design): bytes are the compressed sizes of the column chunks of the projected columns in the
// Parquet files read (from their footers); native tables count rows x type width and set
// `estimated`.
struct ScanMetrics {
  uint64_t rows_read = 0;
  uint64_t bytes_read = 0;
  uint64_t files_read = 0;
  bool estimated = false;
};

enum class RelationType : uint8_t { kTable, kView, kCte, kMaterializedView, kExternal, kFunction };
std::string_view relation_type_name(RelationType type);  // "table", "view"…

struct RelationInfo {
  std::string database, schema, identifier;
  RelationType type = RelationType::kTable;
};

struct ColumnInfo {
  std::string name;
  std::string type;  // as information_schema gives it
};

// What differs between engines when SQL is made, without any connection.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view adapter_type() const = 0;               // "duckdb", "trino"
  virtual std::vector<std::string> dispatch_prefixes() const = 0;  // {"duckdb", "default"}
  virtual std::string quote_identifier(std::string_view name) const = 0;
  virtual std::string quote_string(std::string_view text) const = 0;
  // Column type helpers, as dbt's Column classes: "VARCHAR", "NUMERIC(18,2)"…
  virtual std::string string_type(int64_t size) const = 0;  // size 0: unbounded
  virtual std::string numeric_type(std::string_view type, std::optional<int> precision,
                                   std::optional<int> scale) const = 0;
  virtual bool is_string_type(std::string_view type) const = 0;
  virtual bool is_integer_type(std::string_view type) const = 0;
  virtual bool is_float_type(std::string_view type) const = 0;
  virtual bool is_numeric_type(std::string_view type) const = 0;  // fixed point
  // translate_type("string") → "TEXT"/"VARCHAR" as dbt's Column.translate_type for this adapter.
  virtual std::string translate_type(std::string_view type) const = 0;
  // convert_type of an agate column kind ("text", "number", "integer", "boolean", "date",
  // "datetime", "time").
  virtual std::string seed_type(std::string_view kind) const = 0;
  // Whether a default relation quotes database, schema, identifier when rendered.
  virtual bool quotes_by_default() const = 0;
  virtual bool supports_transactions() const = 0;
};

// nullptr when the type is unknown to us.
const Dialect* find_dialect(std::string_view adapter_type);

class Connection {
 public:
  virtual ~Connection() = default;
  // Runs one or several statements; the result is the last one's. kSqlError carries the engine's
  // message and, when it gives one, the place within `sql`. Cancellation gives kCancelled.
  virtual Result<StatementResult> execute(const std::string& sql, bool fetch,
                                          int64_t limit = -1) = 0;
  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual Status rollback() = 0;
  virtual bool in_transaction() const = 0;
  // From any thread: makes the running statement end with kCancelled.
  virtual void interrupt() = 0;
  // Percentage of the running statement, from any thread; nullopt: unknown.
  virtual std::optional<double> progress() const = 0;
  virtual Result<std::vector<RelationInfo>> list_relations(const std::string& database,
                                                           const std::string& schema) = 0;
  virtual Result<std::vector<ColumnInfo>> list_columns(const RelationInfo& relation) = 0;
  virtual Result<std::vector<std::string>> list_schemas(const std::string& database) = 0;
  // Types and names of a query without running it.
  virtual Result<std::vector<ColumnInfo>> describe_query(const std::string& sql) = 0;
  // Starts or stops counting scan work on this connection.
  virtual Status set_scan_metrics(bool enabled) = 0;
  virtual Result<ScanMetrics> take_scan_metrics() = 0;
};

struct WarehouseSettings {
  std::string path;      // ":memory:" or a file, absolute
  std::string database;  // name the engine gives it
  std::string schema;
  int threads = 0;  // engine threads; 0: all
  bool read_only = false;
  std::vector<std::pair<std::string, std::string>>
      settings;  // profile `settings` / `config_options`
  std::vector<std::string> extensions;
  std::vector<std::string> start_statements;  // ATTACH, CREATE SECRET… in order
  std::string temp_directory;                 // spill folder; "" = engine's default beside the file
};

class Warehouse {
 public:
  virtual ~Warehouse() = default;
  virtual const Dialect& dialect() const = 0;
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // Interrupts every connection (Ctrl-C).
  virtual void interrupt_all() = 0;
  virtual std::string engine_version() const = 0;
};

// Opens DuckDB. kWarehouseLocked (another process holds the file: pid and program when known),
// kWarehouseNewerFile, kWarehouseConnect, kIo.
Result<std::unique_ptr<Warehouse>> open_duckdb(const WarehouseSettings& settings);
// A warehouse that compiles but does not run: every execute is kWarehouseUnsupported.
std::unique_ptr<Warehouse> open_compile_only(const Dialect& dialect);

}  // namespace sluice::warehouse
