// profiles.yml → the chosen output, its credentials, and `target` as templates see it. Internal to
// project/.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "jinja/template.h"
#include "project/project.h"

namespace sluice::project {

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
