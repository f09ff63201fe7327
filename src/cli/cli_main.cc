// sluice: see cli/main.h.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/main.h"

int main(int argc, char** argv) {
  // A file over the limit of the shell is an error to tell, not an end without a word.
  std::signal(SIGXFSZ, SIG_IGN);
  sluice::cli::Leftovers leftovers;
  const int exit_code =
      sluice::cli::run_main(std::vector<std::string>(argv + 1, argv + argc), leftovers);
#ifdef __SANITIZE_ADDRESS__
  return exit_code;  // the leak check wants everything freed
#else
  // Files and the database are closed. The system takes a project's memory back at once; freeing
  // it piece by piece is a twentieth of a parse.
  std::fflush(nullptr);
  std::_Exit(exit_code);
#endif
}
