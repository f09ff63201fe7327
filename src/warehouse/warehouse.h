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

enum class RelationType : uint8_t {
  kTable,
  kView,
  kCte,
  kMaterializedView,
  kExternal,
  kFunction,
  kPointerTable,
};
std::string_view relation_type_name(RelationType type);  // "table", "view"…

struct RelationInfo {
  std::string database, schema, identifier;
  RelationType type = RelationType::kTable;
};

struct ColumnInfo {
  std::string name;
  std::string type;  // as information_schema gives it
};

// One flag for each part of a relation's name: is it quoted, is it written at all.
struct PartFlags {
  bool database = true;
  bool schema = true;
  bool identifier = true;
};

// A column as templates hold it (api.Column): what of its type is known apart from the name.
struct ColumnShape {
  std::string_view name, dtype;
  std::optional<int64_t> char_size;
  std::optional<int> precision, scale;
};

// What differs between engines when SQL is made, without any connection: names as dbt's adapters
// show them to templates. Immutable.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view adapter_type() const = 0;               // "duckdb", "trino"
  virtual std::vector<std::string> dispatch_prefixes() const = 0;  // {"redshift", "postgres",
                                                                   // "default"}
  // The adapters whose built-in macros a project of this one gets.
  virtual std::vector<std::string> macro_folders() const = 0;
  // Whether the adapter is one whose particulars we know; else it is taken for plain ANSI SQL.
  virtual bool is_known() const = 0;

  // What relation.quote_character shows; of two brackets that is the ANSI one.
  virtual std::string_view quote_character() const = 0;
  virtual std::string quote_identifier(std::string_view name) const = 0;
  // As column.quoted.
  virtual std::string quote_column(std::string_view name) const = 0;
  // As adapter.quote(): in quotes, and nothing inside is escaped.
  virtual std::string wrap_identifier(std::string_view name) const = 0;
  virtual std::string quote_string(std::string_view text) const = 0;
  // How a relation is rendered unless the project says otherwise.
  virtual PartFlags default_quoting() const = 0;
  virtual PartFlags default_include() const = 0;
  virtual std::string_view relation_class() const = 0;  // "DuckDBRelation"
  // The text in front of information_schema views that are asked for by relation holds its schema.
  virtual bool information_schema_by_schema() const = 0;

  // Column type helpers, as dbt's Column classes: "VARCHAR", "NUMERIC(18,2)"…
  virtual std::string string_type(int64_t size) const = 0;
  virtual std::string numeric_type(std::string_view type, std::optional<int> precision,
                                   std::optional<int> scale) const = 0;
  virtual bool is_string_type(std::string_view type) const = 0;
  virtual bool is_integer_type(std::string_view type) const = 0;
  virtual bool is_float_type(std::string_view type) const = 0;
  virtual bool is_numeric_type(std::string_view type) const = 0;  // fixed point
  // translate_type("string") → "TEXT"/"VARCHAR" as dbt's Column.translate_type for this adapter.
  virtual std::string translate_type(std::string_view type) const = 0;
  // The complete type of a column, the column as Python shows it, and a value of its type.
  virtual std::string data_type(const ColumnShape& column) const = 0;
  virtual std::string column_repr(const ColumnShape& column) const = 0;
  virtual std::string column_literal(std::string_view value, std::string_view type) const = 0;
  // The size that a string column without one counts as.
  virtual int64_t default_char_size() const = 0;
  // convert_type of an agate column kind ("text", "number", "integer", "boolean", "date",
  // "datetime", "time").
  virtual std::string seed_type(std::string_view kind) const = 0;
  // Whether a seed's columns are quoted unless its config says otherwise.
  virtual bool quotes_seed_columns() const = 0;
  virtual bool supports_transactions() const = 0;
};

// The dialect of dbt's adapter of that name; nullptr when we do not know its particulars.
const Dialect* find_dialect(std::string_view adapter_type);
// The same, or plain ANSI SQL under that name. Lives as long as the process. Thread-safe.
const Dialect& dialect_for(std::string_view adapter_type);
// The names that find_dialect() knows.
std::vector<std::string_view> known_adapters();

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

// One statement of those that prepare a database. `what` names it in errors; the text is not shown,
// for it may hold secrets.
struct StartStatement {
  std::string what;
  std::string sql;
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
  std::string
      extension_directory;  // <folder>/v1.5.5/linux_amd64/httpfs.duckdb_extension; "" = none
  std::vector<StartStatement> start_statements;  // ATTACH, CREATE SECRET… in order
  bool allow_community_extensions = false;       // those that the makers of others have signed
  bool disable_transactions = false;             // every statement commits itself
  int connect_attempts = 1;  // while the file cannot be opened, with growing pauses
  int query_attempts = 1;    // of a statement that fails with one of the errors below
  std::vector<std::string> retryable_exceptions = {"IOException"};  // by their Python names
  std::string temp_directory;  // spill folder; "" = engine's default beside the file
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
