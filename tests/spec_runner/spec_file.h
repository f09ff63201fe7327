// The text of one spec file as a list of steps. Format: tests/spec/README.md.
// A SpecFile is a value; any thread may hold its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice::spec {

// Lines between a directive and its closing `----`. Line numbers count from 1; `end_line` is that
// of the `----`.
struct Block {
  std::vector<std::string> lines;
  std::size_t first_line = 0;
  std::size_t end_line = 0;

  // The lines as the text of a file: each ends with a newline.
  std::string text() const;
};

enum class CheckKind { kContains, kMatches, kLacks };

// One line such as `output contains done` after a `run`.
struct Check {
  CheckKind kind = CheckKind::kContains;
  bool on_error_stream = false;
  std::string text;
  std::size_t line = 0;
};

enum class StepKind {
  kFile,
  kAppend,
  kCopy,
  kRemove,
  kEnvironment,
  kDatabase,
  kLock,
  kUnlock,
  kLimit,
  kInterrupt,
  kTerminal,
  kAnswer,
  kExecute,
  kRun,
  kQuery,
  kContent,
  kExists,
  kAbsent,
};

struct Step {
  StepKind kind = StepKind::kRun;
  std::size_t line = 0;
  // What follows the directive: a path, `NAME=VALUE`, the arguments of a run, one line of SQL.
  std::string argument;
  // Content of `file` and `append`; SQL of a multi-line `execute` or `query`.
  std::optional<Block> input;
  // Rows of `query`, text of `content`.
  std::optional<Block> expected;
  // Only for `run`.
  int exit_code = 0;
  std::optional<Block> output;
  std::optional<Block> error;
  std::vector<Check> checks;
};

struct SpecFile {
  std::string path;
  std::string name;
  std::string description;
  std::string group;
  // Why the case does not run; empty when it does.
  std::string skip_reason;
  std::vector<Step> steps;
  // All lines of the file, for --bless.
  std::vector<std::string> lines;
};

// Parses the text of a spec file. The error names the path, the line and what is wrong with it.
tl::expected<SpecFile, std::string> parse_spec(std::string path, std::string_view text);

// Splits at newlines; the last newline starts no further line.
std::vector<std::string> split_lines(std::string_view text);

// Splits arguments as a shell does: blanks separate, '…' and "…" quote, a backslash takes the next
// character as it is.
tl::expected<std::vector<std::string>, std::string> split_arguments(std::string_view text);

}  // namespace sluice::spec
