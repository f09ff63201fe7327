// Options that the project sets: `flags:` of dbt_project.yml.
#pragma once

#include "base/error.h"
#include "cli/options.h"
#include "jinja/value.h"

namespace sluice::cli {

// Sets what neither the command line nor the environment says. Flags that are no options (dbt's
// behaviour flags) are left to those who read them; a value that does not fit is ignored, as in
// dbt.
Status apply_project_flags(const jinja::Value& flags, Options& options);

}  // namespace sluice::cli
