// dbt_project.yml → Package (and, for the root project, the parts of Project that only it may set).
// Internal to project/.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "jinja/template.h"
#include "project/project.h"
#include "yaml/node.h"

namespace sluice::project {

// Reads and parses `path`; errors are shown under `shown_name`. Nullopt: reported in `diagnostics`.
std::optional<yaml::Document> read_yaml(FileSystem& fs, const std::string& path,
                                        const std::string& shown_name, Diagnostics& diagnostics);

// The name of the profile that the project asks for, rendered; nullopt when it names none or on
// errors.
std::optional<std::string> read_profile_name(const yaml::Document& document,
                                             const jinja::Scope& scope, Diagnostics& diagnostics);

// Everything of a package but its files. `root` is its folder.
Package read_package(const yaml::Document& document, const std::string& root,
                     const jinja::Scope& scope, Diagnostics& diagnostics);

// target-path, log-path, clean-targets, dispatch, flags, query-comment, packages-install-path of
// the root project. `package` was read from the same document.
void read_root_settings(const yaml::Document& document, const Package& package,
                        const LoadOptions& options, Project& project, Diagnostics& diagnostics);

}  // namespace sluice::project
