// Where a project is and what its `flags:` say, before it is loaded: commands need both early.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "jinja/value.h"

namespace sluice::project {

// The folder of dbt_project.yml: `project_dir` when it is given, else the working directory or the
// nearest one above it. `working_directory` is absolute. Nullopt: there is no project.
std::optional<std::string> find_project_root(FileSystem& fs, const std::string& working_directory,
                                             const std::string& project_dir);

// `flags:` of the dbt_project.yml in `root`, as written (dbt renders no templates there). An empty
// dict when there are none, and when the file cannot be read: load_project() reports that.
jinja::Value read_project_flags(FileSystem& fs, const std::string& root);

// Whether a profiles.yml in one of the folders has the profile.
bool has_profile(FileSystem& fs, const std::vector<std::string>& folders, const std::string& name);

}  // namespace sluice::project
