// From a profile to an open warehouse: which engine, which file, what to set, load and attach. Pure
// save open_warehouse().
#pragma once

#include <memory>
#include <string>

#include "base/file_system.h"
#include "base/result.h"
#include "project/project.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// Settings of a duckdb profile: path (relative ones from the project's root, as dbt), database,
// schema, settings, config_options, extensions, attach, secrets. kProfileInvalid for a wrong type,
// kWarehouseUnsupported for a key that asks for what this engine does not have (plugins,
// filesystems, remote…).
Result<warehouse::WarehouseSettings> duckdb_settings(const project::Project& project);

// DuckDB for duckdb profiles; for other known adapters a warehouse that compiles only.
// kProfileInvalid for an unknown one. Makes the folder of the database file when it is missing.
Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(FileSystem& fs,
                                                             const project::Project& project);

}  // namespace sluice::run
