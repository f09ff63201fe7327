// --warn-error and --warn-error-options.
#pragma once

#include "base/result.h"
#include "base/warning_policy.h"
#include "cli/options.h"

namespace sluice::cli {

// An error for a text that is no mapping of `error`, `warn` and `silence`, and for a name that is
// no warning's.
Result<WarningPolicy> read_warning_policy(const Options& options);

}  // namespace sluice::cli
