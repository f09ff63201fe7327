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

}  // namespace sluice::run
