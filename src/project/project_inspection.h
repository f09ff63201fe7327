// The project and its profile, each with its own faults, so that those of one do not hide the
// other: what `debug` tells of. Any thread.
#pragma once

#include <memory>
#include <string>

#include "base/diagnostics.h"
#include "project/project.h"

namespace sluice::project {

struct ProjectInspection {
  std::shared_ptr<const Project> project;  // never null: as much of it as could be read
  std::string project_file;                // where it is or would be
  bool has_project_file = false;
  std::string profiles_folder;  // where profiles.yml is or would be; as written in --profiles-dir
  bool has_profiles_file = false;
  bool has_profile = false;  // project->profile is whole
  Diagnostics project_faults;
  Diagnostics profile_faults;
};

// Reads dbt_project.yml and profiles.yml, nothing else. Without a readable project the profile is
// the one that the options name, or the only one of its file. An error: --vars is not a mapping.
Result<ProjectInspection> inspect_project(FileSystem& fs, const LoadOptions& options,
                                          SecretScrubber& scrubber);

}  // namespace sluice::project
