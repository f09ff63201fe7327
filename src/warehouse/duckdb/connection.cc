// A connection to DuckDB: statements one after the other, transactions, introspection.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "warehouse/dialects.h"
#include "warehouse/duckdb/database.h"
#include "warehouse/duckdb/errors.h"
#include "warehouse/duckdb/types.h"
#include "warehouse/duckdb/values.h"

namespace sluice::warehouse {
namespace {

class DuckdbConnection final : public Connection {
 public:
  DuckdbConnection(std::shared_ptr<Database> database, ConnectionHandle handle)
      : database_(std::move(database)), handle_(std::move(handle)) {
    database_->add(this);
  }
  ~DuckdbConnection() override {
    database_->remove(this);
    if (meters_) database_->meter.forget(handle_.get());
  }

  Result<StatementResult> execute(const std::string& sql, bool fetch, int64_t limit) override;
  Status begin() override;
  Status commit() override;
  Status rollback() override;
  bool in_transaction() const override { return in_transaction_; }
  void interrupt() override;
  std::optional<double> progress() const override;
  Result<std::vector<RelationInfo>> list_relations(const std::string& database,
                                                   const std::string& schema) override;
  Result<std::vector<ColumnInfo>> list_columns(const RelationInfo& relation) override;
  Result<std::vector<std::string>> list_schemas(const std::string& database) override;
  Result<std::vector<ColumnInfo>> describe_query(const std::string& sql) override;
  Status set_scan_metrics(bool enabled) override;
  Result<ScanMetrics> take_scan_metrics() override;

 private:
  Result<StatementResult> execute_once(const std::string& sql, bool fetch, int64_t limit);
  Result<StatementsHandle> extract(const std::string& sql, idx_t& count);
  Result<StatementResult> run_one(duckdb_extracted_statements statements, idx_t index,
                                  const std::string& sql, bool fetch, int64_t limit);
  Status run_plain(const char* sql);
  Result<ResultTable> introspect(const std::string& sql);

  const std::shared_ptr<Database> database_;
  ConnectionHandle handle_;
  bool in_transaction_ = false;
  bool meters_ = false;
  ScanTally tally_;
  // Set by interrupt(): the engine forgets an interrupt that comes between two statements of one
  // call.
  std::atomic<bool> interrupted_ = false;
};

Error cancelled() { return Error(ErrorCode::kCancelled, "the statement was cancelled"); }

// "database_name = 'x' AND " in the engine's case-insensitive sense; the current database when none
// is named.
std::string database_condition(const std::string& database) {
  if (database.empty()) return "database_name = current_database()";
  return fmt::format("lower(database_name) = lower({})", quote_with('\'', database));
}

bool counts_rows(duckdb_statement_type type) {
  switch (type) {
    case DUCKDB_STATEMENT_TYPE_INSERT:
    case DUCKDB_STATEMENT_TYPE_UPDATE:
    case DUCKDB_STATEMENT_TYPE_DELETE:
    case DUCKDB_STATEMENT_TYPE_CREATE:
    case DUCKDB_STATEMENT_TYPE_COPY:
    case DUCKDB_STATEMENT_TYPE_MERGE_INTO:
      return true;
    default:
      return false;
  }
}

// DML, COPY and CREATE TABLE AS answer with one row "Count".
std::optional<int64_t> count_of(const ResultTable& table) {
  if (table.columns.size() != 1 || table.columns[0].name != "Count" || table.rows.size() != 1)
    return std::nullopt;
  const auto* count = std::get_if<int64_t>(&table.rows[0][0]);
  return count != nullptr ? std::optional<int64_t>(*count) : std::nullopt;
}

std::string text_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text != nullptr ? *text : std::string();
}

Result<StatementsHandle> DuckdbConnection::extract(const std::string& sql, idx_t& count) {
  StatementsHandle statements;
  count = duckdb_extract_statements(handle_.get(), sql.c_str(), statements.out());
  if (count == 0) {
    const char* message = duckdb_extract_statements_error(statements.get());
    if (message != nullptr) return fail(statement_error(message, sql));
  }
  return statements;
}

Result<StatementResult> DuckdbConnection::run_one(duckdb_extracted_statements statements,
                                                  idx_t index, const std::string& sql, bool fetch,
                                                  int64_t limit) {
  PreparedHandle prepared;
  if (duckdb_prepare_extracted_statement(handle_.get(), statements, index, prepared.out()) !=
      DuckDBSuccess) {
    return fail(statement_error(duckdb_prepare_error(prepared.get()), sql));
  }
  if (interrupted_.load()) return fail(cancelled());
  if (meters_) database_->meter.statement_begins(handle_.get());
  EngineResult result;
  if (duckdb_execute_prepared(prepared.get(), result.get()) != DuckDBSuccess) {
    return fail(statement_error(duckdb_result_error(result.get()), sql));
  }
  if (meters_) database_->meter.statement_ends(handle_.get(), tally_);
  const duckdb_statement_type type = duckdb_result_statement_type(*result.get());
  // BEGIN inside a transaction and COMMIT outside of one are errors, so each that succeeds turns
  // the state over.
  if (type == DUCKDB_STATEMENT_TYPE_TRANSACTION) in_transaction_ = !in_transaction_;
  StatementResult out;
  out.message = "OK";
  if (counts_rows(type) || fetch) {
    const bool is_count = counts_rows(type) && duckdb_result_return_type(*result.get()) !=
                                                   DUCKDB_RESULT_TYPE_QUERY_RESULT;
    SLUICE_ASSIGN(out.table, fetch_table(handle_.get(), *database_->chunks, *result.get(),
                                         is_count ? 1 : limit));
    if (is_count) out.rows_affected = count_of(out.table);
    if (!fetch) out.table = {};
  }
  return out;
}

Result<StatementResult> DuckdbConnection::execute(const std::string& sql, bool fetch,
                                                  int64_t limit) {
  interrupted_.store(false);
  const QueryPolicy& policy = database_->queries;
  std::chrono::milliseconds pause(100);
  for (int attempt = 1;; ++attempt) {
    Result<StatementResult> result = execute_once(sql, fetch, limit);
    if (result || attempt >= policy.attempts || interrupted_.load() ||
        !is_retryable(result.error().message(), policy.retryable_exceptions))
      return result;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(10000));
  }
}

Result<StatementResult> DuckdbConnection::execute_once(const std::string& sql, bool fetch,
                                                       int64_t limit) {
  idx_t count = 0;
  SLUICE_ASSIGN(const StatementsHandle statements, extract(sql, count));
  StatementResult last;
  last.message = "OK";
  for (idx_t i = 0; i < count; ++i) {
    if (interrupted_.load()) return fail(cancelled());
    SLUICE_ASSIGN(last, run_one(statements.get(), i, sql, fetch && i + 1 == count, limit));
  }
  return last;
}

Status DuckdbConnection::run_plain(const char* sql) {
  EngineResult result;
  if (duckdb_query(handle_.get(), sql, result.get()) != DuckDBSuccess) {
    return fail(statement_error(duckdb_result_error(result.get()), sql));
  }
  return {};
}

Status DuckdbConnection::begin() {
  if (database_->queries.disable_transactions) return {};
  SLUICE_TRY(run_plain("BEGIN TRANSACTION"));
  in_transaction_ = true;
  return {};
}

Status DuckdbConnection::commit() {
  if (database_->queries.disable_transactions && !in_transaction_) return {};
  Status status = run_plain("COMMIT");
  // A commit that fails has rolled back; the engine may still think that the transaction is open.
  if (!status && in_transaction_) static_cast<void>(run_plain("ROLLBACK"));
  in_transaction_ = false;
  return status;
}

Status DuckdbConnection::rollback() {
  if (!std::exchange(in_transaction_, false)) return {};
  Status status = run_plain("ROLLBACK");
  // A COMMIT among executed statements that failed has rolled back already.
  if (!status && status.error().message().find("no transaction is active") != std::string::npos) {
    return {};
  }
  return status;
}

void DuckdbConnection::interrupt() {
  interrupted_.store(true);
  duckdb_interrupt(handle_.get());
}

std::optional<double> DuckdbConnection::progress() const {
  const duckdb_query_progress_type progress = duckdb_query_progress(handle_.get());
  if (progress.percentage < 0) return std::nullopt;
  return progress.percentage;
}

Result<ResultTable> DuckdbConnection::introspect(const std::string& sql) {
  EngineResult result;
  if (duckdb_query(handle_.get(), sql.c_str(), result.get()) != DuckDBSuccess) {
    return fail(statement_error(duckdb_result_error(result.get()), sql));
  }
  return fetch_plain_table(*result.get());
}

Result<std::vector<RelationInfo>> DuckdbConnection::list_relations(const std::string& database,
                                                                   const std::string& schema) {
  const std::string condition = fmt::format(
      "{}{} AND NOT internal", database_condition(database),
      schema.empty()
          ? std::string()
          : fmt::format(" AND lower(schema_name) = lower({})", quote_with('\'', schema)));
  SLUICE_ASSIGN(const ResultTable table,
                introspect(fmt::format("SELECT database_name, schema_name, table_name, 'table' "
                                       "FROM duckdb_tables() WHERE {0} UNION ALL "
                                       "SELECT database_name, schema_name, view_name, 'view' FROM "
                                       "duckdb_views() WHERE {0} ORDER BY 1, 2, 3",
                                       condition)));
  std::vector<RelationInfo> relations;
  for (const auto& row : table.rows) {
    relations.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2]),
                         text_of(row[3]) == "view" ? RelationType::kView : RelationType::kTable});
  }
  return relations;
}

// Names and types that a prepared statement gives.
std::vector<ColumnInfo> columns_of(duckdb_prepared_statement prepared) {
  std::vector<ColumnInfo> columns;
  const idx_t num_columns = duckdb_prepared_statement_column_count(prepared);
  for (idx_t i = 0; i < num_columns; ++i) {
    const LogicalTypeHandle type(duckdb_prepared_statement_column_logical_type(prepared, i));
    const char* name = duckdb_prepared_statement_column_name(prepared, i);
    columns.push_back({name != nullptr ? name : "", type_name(type.get())});
    duckdb_free(const_cast<char*>(name));
  }
  return columns;
}

Result<std::vector<ColumnInfo>> DuckdbConnection::list_columns(const RelationInfo& relation) {
  if (relation.type == RelationType::kTable) {
    // Binding one table takes 0.1 ms; duckdb_columns() walks every catalog and binds its views.
    std::string name;
    for (const std::string& part : {relation.database, relation.schema, relation.identifier}) {
      if (!part.empty()) name += (name.empty() ? "" : ".") + quote_with('"', part);
    }
    PreparedHandle prepared;
    if (duckdb_prepare(handle_.get(), ("FROM " + name).c_str(), prepared.out()) == DuckDBSuccess) {
      return columns_of(prepared.get());
    }
  }
  std::string condition =
      fmt::format("lower(table_name) = lower({})", quote_with('\'', relation.identifier));
  if (!relation.schema.empty()) {
    condition +=
        fmt::format(" AND lower(schema_name) = lower({})", quote_with('\'', relation.schema));
  }
  // Without a database any of that name answers, temporary tables included, as dbt's query does.
  if (!relation.database.empty()) condition += " AND " + database_condition(relation.database);
  SLUICE_ASSIGN(const ResultTable table,
                introspect(fmt::format("SELECT column_name, data_type FROM duckdb_columns() WHERE "
                                       "{} ORDER BY database_name, schema_name, column_index",
                                       condition)));
  std::vector<ColumnInfo> columns;
  for (const auto& row : table.rows) columns.push_back({text_of(row[0]), text_of(row[1])});
  return columns;
}

Result<std::vector<std::string>> DuckdbConnection::list_schemas(const std::string& database) {
  SLUICE_ASSIGN(const ResultTable table,
                introspect(fmt::format(
                    "SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE {} ORDER BY 1",
                    database_condition(database))));
  std::vector<std::string> schemas;
  for (const auto& row : table.rows) schemas.push_back(text_of(row[0]));
  return schemas;
}

Result<std::vector<ColumnInfo>> DuckdbConnection::describe_query(const std::string& sql) {
  idx_t count = 0;
  SLUICE_ASSIGN(const StatementsHandle statements, extract(sql, count));
  if (count != 1) {
    return fail(ErrorCode::kSqlError,
                fmt::format("expected one query to describe, found {} statements", count),
                "give a single SELECT");
  }
  PreparedHandle prepared;
  if (duckdb_prepare_extracted_statement(handle_.get(), statements.get(), 0, prepared.out()) !=
      DuckDBSuccess) {
    return fail(statement_error(duckdb_prepare_error(prepared.get()), sql));
  }
  return columns_of(prepared.get());
}

Status DuckdbConnection::set_scan_metrics(bool enabled) {
  if (enabled == meters_) return {};
  tally_ = {};
  meters_ = enabled;
  return enabled ? database_->meter.enable(handle_.get()) : database_->meter.disable(handle_.get());
}

Result<ScanMetrics> DuckdbConnection::take_scan_metrics() {
  if (!meters_) return ScanMetrics{};
  return database_->meter.take(handle_.get(), std::exchange(tally_, {}));
}

}  // namespace

Result<std::unique_ptr<Connection>> connect_duckdb(const std::shared_ptr<Database>& database,
                                                   const std::string& start_sql) {
  ConnectionHandle handle;
  if (duckdb_connect(database->get(), handle.out()) != DuckDBSuccess) {
    return fail(ErrorCode::kWarehouseConnect, "the engine refused a connection");
  }
  EngineResult result;
  if (duckdb_query(handle.get(), start_sql.c_str(), result.get()) != DuckDBSuccess) {
    return fail(statement_error(duckdb_result_error(result.get()), start_sql));
  }
  return std::make_unique<DuckdbConnection>(database, std::move(handle));
}

}  // namespace sluice::warehouse
