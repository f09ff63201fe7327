// --vars and the look-up of vars. Internal to project/ (find_var is public). Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "project/project.h"

namespace sluice::project {

// --vars as a dict: YAML or JSON text of a mapping; empty text is an empty dict. kBadArgument says
// what is wrong.
Result<jinja::Value> parse_cli_vars(const std::string& text);

// All vars that code of `package` sees, as find_var() would find them, in one dict.
jinja::Value merged_vars(const Project& project, size_t package);

}  // namespace sluice::project
