// Runs another program and waits for it. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sluice {

struct ProcessResult {
  int exit_code = 0;   // 128 + the signal's number when a signal ended it
  std::string output;  // standard output and error, as they came
};

// `words[0]` is looked up in PATH; standard input is empty. kFileNotFound when there is no such
// program, kIo when it cannot be started.
Result<ProcessResult> run_process(const std::vector<std::string>& words);

}  // namespace sluice
