#include "run/profile_warehouse.h"

namespace sluice::run {

Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(FileSystem& fs,
                                                             const project::Project& project,
                                                             const EnvironmentMap& environment) {
  const std::string& type = project.profile.adapter_type;
  if (type != "duckdb") return warehouse::open_compile_only(warehouse::dialect_for(type));
  SLUICE_ASSIGN(const warehouse::WarehouseSettings settings, duckdb_settings(project, environment));
  const size_t slash = settings.path.rfind('/');
  if (settings.path.starts_with('/') && slash > 0)
    SLUICE_TRY(fs.make_directories(settings.path.substr(0, slash)));
  return warehouse::open_duckdb(settings);
}

}  // namespace sluice::run
