// From argv and the environment to Options. Pure save that it reads nothing but its arguments.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/options.h"

namespace sluice::cli {

struct ParsedCommandLine {
  Options options;
  // Set when there is nothing to run: help was asked for (exit 0, text for stdout) or the line is
  // wrong (exit 2, stderr).
  bool finished = false;
  int exit_code = 0;
  std::string text;
};

// `words` without the program's name.
ParsedCommandLine parse_command_line(const std::vector<std::string>& words,
                                     const std::map<std::string, std::string>& environment);

}  // namespace sluice::cli
