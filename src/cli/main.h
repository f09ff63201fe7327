// The program from its words to its exit code.
#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

// `words` without the program's name.
int run_main(const std::vector<std::string>& words);

}  // namespace sluice::cli
