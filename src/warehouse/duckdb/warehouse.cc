// Opening DuckDB: settings fixed explicitly, extensions, attached databases.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "warehouse/dialects.h"
#include "warehouse/duckdb/database.h"
#include "warehouse/duckdb/errors.h"
#include "warehouse/extensions.h"

namespace sluice::warehouse {
namespace {

// Options that DuckDB takes only while it opens.
bool is_open_option(std::string_view name) {
  return is_one_of(name, {"access_mode", "allow_unsigned_extensions", "allow_unredacted_secrets",
                          "custom_user_agent", "storage_compatibility_version",
                          "default_block_size", "autoload_known_extensions"});
}

class DuckdbWarehouse final : public Warehouse {
 public:
  DuckdbWarehouse(std::shared_ptr<Database> database, std::string start_sql)
      : database_(std::move(database)), start_sql_(std::move(start_sql)) {}
  const Dialect& dialect() const override { return duckdb_dialect(); }
  Result<std::unique_ptr<Connection>> connect() override {
    return connect_duckdb(database_, start_sql_);
  }
  void interrupt_all() override { database_->interrupt_all(); }
  std::string engine_version() const override { return duckdb_library_version(); }

 private:
  const std::shared_ptr<Database> database_;
  const std::string start_sql_;
};

Status set_option(duckdb_config config, const std::string& name, const std::string& value) {
  if (duckdb_set_config(config, name.c_str(), value.c_str()) == DuckDBSuccess) return {};
  return fail(ErrorCode::kWarehouseConnect,
              fmt::format("the engine does not take the setting \"{}\": \"{}\"", name, value),
              "check the profile's settings and config_options");
}

Status fill_config(duckdb_config config, const WarehouseSettings& settings) {
  // Nothing is downloaded by itself, and nothing unsigned or of unknown makers is loaded.
  SLUICE_TRY(set_option(config, "autoinstall_known_extensions", "false"));
  SLUICE_TRY(set_option(config, "allow_community_extensions",
                        settings.allow_community_extensions ? "true" : "false"));
  if (!settings.extension_directory.empty())
    SLUICE_TRY(set_option(config, "extension_directory", settings.extension_directory));
  if (settings.read_only) SLUICE_TRY(set_option(config, "access_mode", "READ_ONLY"));
  if (settings.threads > 0)
    SLUICE_TRY(set_option(config, "threads", fmt::format("{}", settings.threads)));
  if (!settings.temp_directory.empty())
    SLUICE_TRY(set_option(config, "temp_directory", settings.temp_directory));
  for (const auto& [name, value] : settings.settings) {
    if (is_open_option(name)) SLUICE_TRY(set_option(config, name, value));
  }
  return {};
}

Status run(Connection& connection, const std::string& sql, const std::string& what) {
  Result<StatementResult> result = connection.execute(sql, false);
  if (result) return {};
  return fail(ErrorCode::kWarehouseConnect, fmt::format("{}: {}", what, result.error().message()),
              result.error().hint().empty() ? "check the profile" : result.error().hint());
}

std::string setting_statement(const std::string& name, const std::string& value) {
  return fmt::format("SET {} = {}", quote_with('"', name), quote_with('\'', value));
}

// Runs once per database what the profile asks for.
Status prepare_database(Connection& connection, const WarehouseSettings& settings) {
  for (const std::string& extension : settings.extensions) {
    if (is_built_in_extension(extension)) continue;
    SLUICE_TRY(run(connection, "LOAD " + quote_with('"', extension),
                   fmt::format("cannot load the extension \"{}\"", extension)));
  }
  for (const auto& [name, value] : settings.settings) {
    if (is_open_option(name)) continue;
    SLUICE_TRY(run(connection, setting_statement(name, value),
                   fmt::format("the setting \"{}\" was refused", name)));
  }
  for (const StartStatement& statement : settings.start_statements)
    SLUICE_TRY(run(connection, statement.sql, statement.what + " failed"));
  return {};
}

// Opens the file; tries again, with growing pauses, as often as the profile's retries say.
Result<DatabaseHandle> open_with_retries(const WarehouseSettings& settings, duckdb_config config) {
  std::chrono::milliseconds pause(250);
  for (int attempt = 1;; ++attempt) {
    DatabaseHandle handle;
    char* message = nullptr;
    if (duckdb_open_ext(settings.path.c_str(), handle.out(), config, &message) == DuckDBSuccess)
      return handle;
    Error error = open_error(take_string(message), settings.path);
    const bool may_pass =
        error.code() == ErrorCode::kWarehouseLocked || error.code() == ErrorCode::kIo;
    if (!may_pass || attempt >= settings.connect_attempts) return fail(std::move(error));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(10000));
  }
}

QueryPolicy query_policy(const WarehouseSettings& settings) {
  return {settings.disable_transactions, settings.query_attempts, settings.retryable_exceptions};
}

}  // namespace

Result<std::unique_ptr<Warehouse>> open_duckdb(const WarehouseSettings& settings) {
  ConfigHandle config;
  if (duckdb_create_config(config.out()) != DuckDBSuccess) {
    return fail(ErrorCode::kWarehouseConnect, "the engine gave no configuration");
  }
  SLUICE_TRY(fill_config(config.get(), settings));
  SLUICE_ASSIGN(DatabaseHandle handle, open_with_retries(settings, config.get()));
  auto database = std::make_shared<Database>(std::move(handle), query_policy(settings));
  // JSON errors carry the offset of the problem; the progress bar counts but does not print.
  std::string start_sql =
      "SET errors_as_json = true; SET enable_progress_bar = true; SET enable_progress_bar_print = "
      "false";
  SLUICE_ASSIGN(const std::unique_ptr<Connection> first, connect_duckdb(database, start_sql));
  ConnectionHandle registering;
  if (duckdb_connect(database->get(), registering.out()) != DuckDBSuccess) {
    return fail(ErrorCode::kWarehouseConnect, "the engine refused a connection");
  }
  SLUICE_TRY(register_cell_text(registering.get(), database->chunks));
  SLUICE_TRY(prepare_database(*first, settings));
  // Some settings (TimeZone…) belong to a connection, so each new one repeats them.
  for (const auto& [name, value] : settings.settings) {
    if (!is_open_option(name)) start_sql += "; " + setting_statement(name, value);
  }
  return std::make_unique<DuckdbWarehouse>(std::move(database), std::move(start_sql));
}

}  // namespace sluice::warehouse
