// sluice: see cli/main.h.
#include <string>
#include <vector>

#include "cli/main.h"

int main(int argc, char** argv) {
  return sluice::cli::run_main(std::vector<std::string>(argv + 1, argv + argc));
}
