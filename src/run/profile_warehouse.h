// From a profile to an open warehouse: which engine, which file, what to set, load and attach.
#pragma once

#include <memory>

#include "base/file_system.h"
#include "base/result.h"
#include "project/project.h"
#include "run/duckdb_settings.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// DuckDB for duckdb profiles; for other adapters a warehouse that compiles only. Makes the folder
// of the database file when it is missing.
Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(
    FileSystem& fs, const project::Project& project, const EnvironmentMap& environment = {});

// The database of a duckdb profile and those that it attaches, all to be read only; null: there is
// no such file.
Result<std::unique_ptr<warehouse::Warehouse>> open_to_read(const FileSystem& fs,
                                                           warehouse::WarehouseSettings settings);
// Whether the statement attaches a database.
bool is_attachment(const warehouse::StartStatement& statement);

}  // namespace sluice::run
