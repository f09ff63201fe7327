// Where a node's compiled and executed SQL lie on disk: target/compiled/<package>/<path> and
// target/run/<package>/<path>, as dbt lays them out. Pure paths, and atomic writes of small files.
#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"
#include "compile/manifest.h"

namespace sluice::run {

// Absolute path below the target folder; `kind` is "compiled" or "run".
std::string node_file(const compile::Manifest& manifest, const compile::Node& node,
                      std::string_view kind);

// target/compiled: the node's compiled code. Nothing is written for what is not compiled (seeds).
Status write_compiled_file(FileSystem& fs, const compile::Manifest& manifest,
                           const compile::Node& node);
// target/compiled: a query that stands in for an input of a unit test.
Status write_fixture_file(FileSystem& fs, const compile::Manifest& manifest,
                          const std::string& compiled_path, const std::string& text);
// target/run: the statement that made the relation.
Status write_run_file(FileSystem& fs, const compile::Manifest& manifest, const compile::Node& node,
                      const std::string& sql);

}  // namespace sluice::run
