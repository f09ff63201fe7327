// profiles.yml → the chosen output, its credentials, and `target` as templates see it. Internal to
// project/.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "jinja/template.h"
#include "project/project.h"

namespace sluice::project {

// Where profiles.yml is, or would be when it is nowhere.
struct ProfilesPlace {
  std::string folder;
  bool exists = false;
};
ProfilesPlace find_profiles_file(const FileSystem& fs, const LoadOptions& options,
                                 const std::string& project_root);

// The name of the only profile of that file; nullopt when it has more, or cannot be read.
std::optional<std::string> only_profile(FileSystem& fs, const ProfilesPlace& place);

struct ProfileRequest {
  std::string profile_name;  // --profile, else the project's
  std::string project_root;
};

// Finds and reads the profile. `scope` may show secrets: they are registered with `scrubber` before
// anything is kept. Nullopt: reported in `diagnostics`.
std::optional<Profile> read_profile(FileSystem& fs, const LoadOptions& options,
                                    const ProfileRequest& request, const jinja::Scope& scope,
                                    SecretScrubber& scrubber, Diagnostics& diagnostics);

}  // namespace sluice::project
