// The program from its words to its exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/invocation.h"

namespace sluice::cli {

// `words` without the program's name. `leftovers` gets what holds nothing but memory when the
// command is done: the caller may end the process without freeing it.
int run_main(const std::vector<std::string>& words, Leftovers& leftovers);

}  // namespace sluice::cli
