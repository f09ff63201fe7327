// A duckdb output of profiles.yml → what to open, set, load and attach. Pure. Internal to run/.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "project/project.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

using EnvironmentMap = std::map<std::string, std::string>;

// The folder of extension files: SLUICE_EXTENSION_DIR, else DuckDB's own below HOME; "" without
// either. A profile's `extension_directory` goes first where there is one.
std::string default_extension_directory(const EnvironmentMap& environment);

// Settings of a duckdb profile. Paths are taken from the project's root, `~` is HOME.
// kProfileInvalid for a value of the wrong form, kWarehouseUnsupported for a key that asks for what
// this engine does not have; the hint names what to use instead.
Result<warehouse::WarehouseSettings> duckdb_settings(const project::Project& project,
                                                     const EnvironmentMap& environment = {});

}  // namespace sluice::run
