#include "warehouse/extensions.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>

#include "warehouse/dialects.h"

namespace sluice::warehouse {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAliases = {{
    {"sqlite", "sqlite_scanner"},
    {"sqlite3", "sqlite_scanner"},
    {"postgres", "postgres_scanner"},
    {"mysql", "mysql_scanner"},
    {"http", "httpfs"},
    {"https", "httpfs"},
    {"s3", "httpfs"},
    {"md", "motherduck"},
}};

Result<std::unique_ptr<Warehouse>> engine_with(const std::string& directory) {
  WarehouseSettings settings;
  settings.path = ":memory:";
  settings.database = "memory";
  settings.schema = "main";
  settings.extension_directory = directory;
  return open_duckdb(settings);
}

Result<StatementResult> ask(const std::string& directory, const std::string& sql, bool fetch) {
  SLUICE_ASSIGN(const std::unique_ptr<Warehouse> engine, engine_with(directory));
  SLUICE_ASSIGN(const std::unique_ptr<Connection> connection, engine->connect());
  return connection->execute(sql, fetch);
}

}  // namespace

Result<std::string> extension_subfolder() {
  SLUICE_ASSIGN(const std::unique_ptr<Warehouse> engine, engine_with(""));
  SLUICE_ASSIGN(const std::unique_ptr<Connection> connection, engine->connect());
  SLUICE_ASSIGN(const StatementResult result, connection->execute("PRAGMA platform", true));
  if (result.table.rows.size() != 1)
    return fail(ErrorCode::kWarehouseConnect, "the engine does not tell its platform");
  return fmt::format("{}/{}", engine->engine_version(),
                     std::get<std::string>(result.table.rows[0][0]));
}

std::string extension_name(std::string_view name) {
  for (const auto& [alias, meant] : kAliases)
    if (alias == name) return std::string(meant);
  return std::string(name);
}

std::vector<std::string_view> extension_dependencies(std::string_view name) {
  if (name == "iceberg") return {"avro", "httpfs"};
  if (is_one_of(name, {"aws", "delta", "quack"})) return {"httpfs"};
  if (name == "unity_catalog") return {"delta", "httpfs"};
  return {};
}

bool is_built_in_extension(std::string_view name) {
  return is_one_of(name, {"parquet", "json", "icu", "core_functions", "autocomplete", "jemalloc"});
}

Status check_extension_file(const std::string& path, const std::string& directory) {
  return ask(directory, "LOAD " + quote_with('\'', path), false).map([](const auto&) {});
}

Status install_extension(const std::string& name, const std::string& directory) {
  return ask(directory, "INSTALL " + quote_with('"', name), false).map([](const auto&) {});
}

}  // namespace sluice::warehouse
