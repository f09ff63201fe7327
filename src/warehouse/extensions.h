// Extension files of the engine: where they lie, and whether one can be loaded. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::warehouse {

// The folder below an extension directory that this engine looks in: "v1.5.5/linux_amd64".
Result<std::string> extension_subfolder();

// The file's name for an extension; names that DuckDB itself takes for another's (sqlite, postgres,
// s3…) are translated: "sqlite" → "sqlite_scanner".
std::string extension_name(std::string_view name);

// What must be there for `name` to load or work: iceberg needs avro and httpfs.
std::vector<std::string_view> extension_dependencies(std::string_view name);

// Whether the engine contains it.
bool is_built_in_extension(std::string_view name);

// Loads the file into an engine of its own, which checks its signature, version and platform.
// `directory`: where its dependencies are looked for. The engine's error otherwise.
Status check_extension_file(const std::string& path, const std::string& directory);

// Has the engine download the extension from its makers' repository into `directory`.
Status install_extension(const std::string& name, const std::string& directory);

}  // namespace sluice::warehouse
