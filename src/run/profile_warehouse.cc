#include "run/profile_warehouse.h"

#include <fmt/format.h>

namespace sluice::run {

Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(FileSystem& fs,
                                                             const project::Project& project,
                                                             const EnvironmentMap& environment) {
  const std::string& type = project.profile.adapter_type;
  if (type != "duckdb") return warehouse::open_compile_only(warehouse::dialect_for(type));
  SLUICE_ASSIGN(const warehouse::WarehouseSettings settings, duckdb_settings(project, environment));
  const size_t slash = settings.path.rfind('/');
  if (settings.path.starts_with('/') && slash > 0)
    if (Status made = fs.make_directories(settings.path.substr(0, slash)); !made)
      return fail(
          made.error().code(),
          fmt::format("cannot make the folder of the database \"{}\": {}", settings.path,
                      made.error().message()),
          fmt::format("check `path` of target '{}' in profiles.yml", project.profile.target_name));
  return warehouse::open_duckdb(settings);
}

bool is_attachment(const warehouse::StartStatement& statement) {
  return statement.sql.starts_with("ATTACH ");
}

Result<std::unique_ptr<warehouse::Warehouse>> open_to_read(const FileSystem& fs,
                                                           warehouse::WarehouseSettings settings) {
  if (settings.path == ":memory:" || !fs.exists(settings.path))
    return std::unique_ptr<warehouse::Warehouse>();
  settings.read_only = true;
  for (warehouse::StartStatement& statement : settings.start_statements) {
    if (!is_attachment(statement) || statement.sql.find("READ_ONLY") != std::string::npos) continue;
    if (statement.sql.ends_with(')'))
      statement.sql.replace(statement.sql.size() - 1, 1, ", READ_ONLY)");
    else
      statement.sql += " (READ_ONLY)";
  }
  return warehouse::open_duckdb(settings);
}

}  // namespace sluice::run
