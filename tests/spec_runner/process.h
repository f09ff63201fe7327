// Runs one command to its end with captured output, a clean environment and a time limit.
// Any thread may call it; nothing is shared between calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sluice::spec {

// What is done once the output that came since the one before has a text.
struct Reaction {
  std::string after;
  std::string typed;  // on the terminal
  // Ctrl-C: typed on the terminal, SIGINT where there is none.
  bool interrupts = false;
};

struct Command {
  // The program's path first.
  std::vector<std::string> arguments;
  // "NAME=VALUE"; the command sees these and nothing else.
  std::vector<std::string> environment;
  std::string directory;
  std::chrono::seconds timeout{120};
  // Largest file that the command may write; a larger write fails as on a full disk.
  std::optional<std::uint64_t> max_file_bytes;
  // Its three streams are a terminal of 100 by 30; what it writes is `output`, without \r.
  bool on_terminal = false;
  std::vector<Reaction> reactions;  // in their order
};

struct CommandResult {
  // The exit code, or 128 + the signal that ended the command.
  int exit_code = 0;
  bool timed_out = false;
  std::string output;
  std::string error;
};

// Without a terminal standard input is empty. A command that outlives its time is killed with all
// its children. The error says why the command could not be started.
tl::expected<CommandResult, std::string> run_command(const Command& command);

}  // namespace sluice::spec
