// The `git` program, started without a shell. Blocking.
#pragma once

#include <string>

#include "base/result.h"

namespace sluice::packages {

// Makes a working copy of `url` in `folder` (which must not exist) at a branch, tag or commit;
// empty: the default branch. Answers the commit. Errors carry what git said.
Result<std::string> clone_at(const std::string& url, const std::string& revision,
                             const std::string& folder);

}  // namespace sluice::packages
