// What a duckdb profile says about its databases and sources, for templates. Pure. Internal to
// compile/.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jinja/value.h"
#include "project/project.h"

namespace sluice::compile {

// Whether `database` is a DuckLake: the target itself, or one of its attached databases.
bool is_ducklake_database(const project::Profile& profile, std::string_view database);

// The table function that reads a source with a `plugin` (a name or an alias of the profile's
// plugins): read_xlsx('f.xlsx', sheet = 'S') for excel, delta_scan(…), iceberg_scan(…). `setting`
// gives the text of a key of the source, "" when it has none. kConfigInvalid for plugins that are
// Python.
using SourceSetting = std::function<std::string(std::string_view key)>;
Result<std::string> plugin_reader(const project::Profile& profile, const std::string& plugin,
                                  const SourceSetting& setting);

}  // namespace sluice::compile
