// selectors.yml of the root project, rendered: what it means is graph/'s business. Internal to
// project/.
#pragma once

#include "project/project.h"

namespace sluice::project {

// Reads <root>/selectors.yml into project.selectors with `scope` behind its Jinja. A project
// without the file has none; faults are reported.
void read_selectors_yml(FileSystem& fs, const jinja::Scope& scope, Project& project,
                        Diagnostics& diagnostics);

}  // namespace sluice::project
