#include "database.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace sluice::spec {

struct Database::Handles {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;

  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    duckdb_disconnect(&connection);
    duckdb_close(&database);
  }
};

namespace {

// A result that is freed with its scope.
struct QueryResult {
  duckdb_result result{};

  QueryResult() = default;
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;
  ~QueryResult() { duckdb_destroy_result(&result); }
};

std::string cell_text(duckdb_vector column, idx_t row) {
  uint64_t* validity = duckdb_vector_get_validity(column);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return "NULL";
  auto* values = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
  const std::string_view value(duckdb_string_t_data(&values[row]),
                               duckdb_string_t_length(values[row]));
  if (value.empty()) return "(empty)";
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
    } else {
      text.push_back(c);
    }
  }
  return text;
}

void append_rows(duckdb_data_chunk chunk, std::vector<std::string>& rows) {
  const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
  const idx_t size = duckdb_data_chunk_get_size(chunk);
  for (idx_t row = 0; row < size; ++row) {
    std::string line;
    for (idx_t column = 0; column < columns; ++column) {
      if (column > 0) line += " | ";
      line += cell_text(duckdb_data_chunk_get_vector(chunk, column), row);
    }
    rows.push_back(std::move(line));
  }
}

std::string_view without_semicolon(std::string_view sql) {
  const std::size_t last = sql.find_last_not_of(" \t\r\n;");
  return last == std::string_view::npos ? std::string_view() : sql.substr(0, last + 1);
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    result.push_back(c);
    if (c == '\'') result.push_back(c);
  }
  return result + "'";
}

}  // namespace

Database::Database(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

tl::expected<Database, std::string> Database::open(const std::string& path, Access access,
                                                   const std::string& directory) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  duckdb_set_config(config, "threads", "1");
  if (access == Access::kRead && !path.empty())
    duckdb_set_config(config, "access_mode", "READ_ONLY");
  auto handles = std::make_unique<Handles>();
  char* message = nullptr;
  const duckdb_state state =
      duckdb_open_ext(path.empty() ? nullptr : path.c_str(), &handles->database, config, &message);
  duckdb_destroy_config(&config);
  if (state != DuckDBSuccess) {
    std::string problem =
        fmt::format("cannot open '{}': {}", path, message == nullptr ? "no reason given" : message);
    duckdb_free(message);
    return tl::unexpected<std::string>(std::move(problem));
  }
  if (duckdb_connect(handles->database, &handles->connection) != DuckDBSuccess) {
    return tl::unexpected<std::string>(fmt::format("cannot connect to '{}'", path));
  }
  Database database(std::move(handles));
  if (auto set = database.execute("set file_search_path = " + quoted(directory)); !set) {
    return tl::unexpected<std::string>(set.error());
  }
  return database;
}

tl::expected<void, std::string> Database::execute(const std::string& sql) {
  QueryResult answer;
  if (duckdb_query(handles_->connection, sql.c_str(), &answer.result) != DuckDBSuccess) {
    return tl::unexpected<std::string>(duckdb_result_error(&answer.result));
  }
  return {};
}

tl::expected<std::vector<std::string>, std::string> Database::query(const std::string& sql) {
  // Everything becomes VARCHAR inside DuckDB, so that its own rules say how a value looks as text.
  const std::string as_text =
      fmt::format("select columns(*)::varchar from ({}\n)", without_semicolon(sql));
  QueryResult answer;
  if (duckdb_query(handles_->connection, as_text.c_str(), &answer.result) != DuckDBSuccess) {
    return tl::unexpected<std::string>(duckdb_result_error(&answer.result));
  }
  std::vector<std::string> rows;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(answer.result)) {
    append_rows(chunk, rows);
    duckdb_destroy_data_chunk(&chunk);
  }
  return rows;
}

}  // namespace sluice::spec
