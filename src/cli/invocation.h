// Invocation: the surroundings of one command: options, environment, files, time, console.
// Everything it refers to outlives it. Not copied, not shared between threads save the console and
// the file system.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/secret.h"
#include "cli/console.h"
#include "cli/options.h"
#include "cli/warning_ledger.h"

namespace sluice::cli {

using Leftovers = std::vector<std::shared_ptr<const void>>;

struct Invocation {
  const Options& options;
  const std::map<std::string, std::string>& environment;
  FileSystem& fs;
  const Clock& clock;
  SecretScrubber& scrubber;
  Console& console;
  std::string invocation_id;
  int64_t started_at_micros = 0;
  int64_t started_ns = 0;
  std::string working_directory;  // absolute, where the command was given
  Leftovers& leftovers;           // see run_main()
  WarningLedger& warnings;
};

// Exit codes, as dbt's.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // some node failed
inline constexpr int kExitUsage =
    2;  // usage, parse or compile error, anything that kept the work from beginning
inline constexpr int kExitCancelled = 2;  // Ctrl-C, as in dbt

}  // namespace sluice::cli
