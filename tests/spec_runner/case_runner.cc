#include "case_runner.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "database.h"
#include "matching.h"
#include "process.h"

namespace sluice::spec {
namespace {

namespace files = std::filesystem;

constexpr std::size_t kMaxShownLines = 80;

// Passed on from the environment of the runner: what sanitizers and coverage need, and where
// temporary files go.
constexpr const char* kPassedOn[] = {"PATH",          "TMPDIR",       "ASAN_OPTIONS",
                                     "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"};

std::string indented(std::string_view text) {
  const std::vector<std::string> lines = split_lines(text);
  std::string result;
  for (std::size_t i = 0; i < lines.size() && i < kMaxShownLines; ++i)
    result += "      " + lines[i] + "\n";
  if (lines.size() > kMaxShownLines)
    result += fmt::format("      … {} more lines\n", lines.size() - kMaxShownLines);
  return result;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// A folder of its own under the temporary folder, removed at the end unless it is to be kept.
class WorkFolder {
 public:
  explicit WorkFolder(bool keep) : keep_(keep) {
    std::string pattern = (files::temp_directory_path() / "sluice-spec-").string() + "XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!keep_ && !path_.empty()) files::remove_all(path_, ignored);
  }
  const files::path& path() const { return path_; }

 private:
  bool keep_;
  files::path path_;
};

class CaseRunner {
 public:
  CaseRunner(const SpecFile& spec, const CaseOptions& options)
      : spec_(spec), options_(options), folder_(options.keep) {}

  CaseResult run() {
    if (folder_.path().empty()) {
      result_.report = fmt::format("{}: no temporary folder could be made\n", spec_.path);
      return std::move(result_);
    }
    for (const Step& step : spec_.steps) {
      run_step(step);
      // Later steps build on earlier ones; after a first failure they would only add noise.
      if (!result_.report.empty()) break;
    }
    if (!result_.report.empty() && options_.keep) {
      result_.report += fmt::format("  the folder of the case: {}\n", folder_.path().string());
    }
    return std::move(result_);
  }

 private:
  void run_step(const Step& step) {
    switch (step.kind) {
      case StepKind::kEnvironment:
        environment_.push_back(with_folder(step.argument));
        return;
      case StepKind::kDatabase:
        database_ = step.argument;
        return;
      case StepKind::kLock:
        return lock(step);
      case StepKind::kUnlock:
        locked_.reset();
        return;
      case StepKind::kLimit:
        return set_limit(step);
      case StepKind::kInterrupt:
        reactions_.push_back({step.argument, {}, true});
        return;
      case StepKind::kTerminal:
        on_terminal_ = true;
        return;
      case StepKind::kAnswer:
        return answer(step);
      case StepKind::kExecute:
      case StepKind::kQuery:
        return run_sql(step);
      case StepKind::kRun:
        return run_sluice(step);
      default:
        return run_file_step(step);
    }
  }

  void run_file_step(const Step& step) {
    const files::path path = folder_.path() / step.argument;
    std::error_code problem;
    switch (step.kind) {
      case StepKind::kFile:
        return write(step, path, std::ios::trunc);
      case StepKind::kAppend:
        return write(step, path, std::ios::app);
      case StepKind::kCopy:
        return copy(step);
      case StepKind::kRemove:
        if (files::remove_all(path, problem) == 0 || problem)
          fail(step, fmt::format("nothing to remove at '{}'", step.argument));
        return;
      case StepKind::kExists:
        if (!files::exists(path)) fail(step, fmt::format("'{}' does not exist", step.argument));
        return;
      case StepKind::kAbsent:
        if (files::exists(path)) fail(step, fmt::format("'{}' exists", step.argument));
        return;
      default:
        return compare_file(step, path);
    }
  }

  void write(const Step& step, const files::path& path, std::ios::openmode mode) {
    std::error_code problem;
    files::create_directories(path.parent_path(), problem);
    std::ofstream file(path, std::ios::binary | std::ios::out | mode);
    file << step.input->text();
    if (!file.flush()) fail(step, fmt::format("cannot write '{}'", step.argument));
  }

  // `copy SOURCE DESTINATION`: a file or folder of the repository into the folder of the case.
  void copy(const Step& step) {
    const auto paths = split_arguments(step.argument);
    if (!paths || paths->size() != 2)
      return fail(step, "'copy' takes a path of the repository and one in the folder of the case");
    const files::path source = files::path(options_.repository) / (*paths)[0];
    const files::path destination = folder_.path() / (*paths)[1];
    std::error_code problem;
    files::create_directories(files::is_directory(source) ? destination : destination.parent_path(),
                              problem);
    files::copy(source, destination,
                files::copy_options::recursive | files::copy_options::overwrite_existing, problem);
    if (problem) fail(step, fmt::format("cannot copy '{}': {}", (*paths)[0], problem.message()));
  }

  void compare_file(const Step& step, const files::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(step, fmt::format("'{}' cannot be read", step.argument));
    std::ostringstream text;
    text << file.rdbuf();
    compare(step, fmt::format("the content of '{}'", step.argument), *step.expected,
            split_lines(text.str()), {});
  }

  void lock(const Step& step) {
    auto database = Database::open((folder_.path() / step.argument).string(), Access::kWrite,
                                   folder_.path().string());
    if (!database) return fail(step, database.error());
    locked_.emplace(std::move(*database));
  }

  // `limit file-size BYTES`, for all later runs.
  void set_limit(const Step& step) {
    const std::string_view text = step.argument;
    constexpr std::string_view kName = "file-size ";
    std::uint64_t bytes = 0;
    if (!text.starts_with(kName) ||
        std::from_chars(text.data() + kName.size(), text.data() + text.size(), bytes).ptr !=
            text.data() + text.size()) {
      return fail(step, "the only limit is 'file-size BYTES'");
    }
    max_file_bytes_ = bytes;
  }

  // The file that `execute` and `query` work on: the one of `database`, else the only *.duckdb at
  // the top, else memory.
  tl::expected<std::string, std::string> database_path() const {
    if (!database_.empty()) return (folder_.path() / database_).string();
    std::string found;
    for (const auto& entry : files::directory_iterator(folder_.path())) {
      if (entry.path().extension() != ".duckdb") continue;
      if (!found.empty())
        return tl::unexpected<std::string>(
            "there are several *.duckdb files: say which with 'database PATH'");
      found = entry.path().string();
    }
    return found;
  }

  void run_sql(const Step& step) {
    const std::string sql = with_folder(step.input ? step.input->text() : step.argument);
    const bool is_query = step.kind == StepKind::kQuery;
    std::optional<Database> opened;
    if (!locked_) {
      auto path = database_path();
      if (!path) return fail(step, path.error());
      auto database =
          Database::open(*path, is_query ? Access::kRead : Access::kWrite, folder_.path().string());
      if (!database) return fail(step, database.error());
      opened.emplace(std::move(*database));
    }
    Database& database = locked_ ? *locked_ : *opened;
    if (!is_query) {
      if (auto done = database.execute(sql); !done)
        fail(step, "the SQL failed\n" + indented(done.error()));
      return;
    }
    auto rows = database.query(sql);
    if (!rows) return fail(step, "the query failed\n" + indented(rows.error()));
    compare(step, "the rows", *step.expected, *rows, {});
  }

  std::vector<std::string> run_environment() const {
    std::vector<std::string> variables{"LANG=C.UTF-8", "TZ=UTC", "HOME=" + folder_.path().string()};
    for (const char* name : kPassedOn) {
      if (const char* value = std::getenv(name); value != nullptr)
        variables.push_back(fmt::format("{}={}", name, value));
    }
    // What the case sets takes the place of what is passed on.
    for (const std::string& own : environment_) {
      const std::string name = own.substr(0, own.find('=') + 1);
      std::erase_if(variables, [&](const std::string& known) { return known.starts_with(name); });
      variables.push_back(own);
    }
    return variables;
  }

  // "QUESTION => TEXT"
  void answer(const Step& step) {
    const std::size_t arrow = step.argument.find("=>");
    if (arrow == std::string::npos) return fail(step, "write: answer QUESTION => TEXT");
    const auto trimmed = [](std::string text) {
      text.erase(0, text.find_first_not_of(' '));
      return text.substr(0, text.find_last_not_of(' ') + 1);
    };
    on_terminal_ = true;
    reactions_.push_back({trimmed(step.argument.substr(0, arrow)),
                          trimmed(step.argument.substr(arrow + 2)) + "\n", false});
  }

  void run_sluice(const Step& step) {
    auto arguments = split_arguments(with_folder(step.argument));
    if (!arguments) return fail(step, arguments.error());
    Command command;
    command.arguments = {options_.sluice};
    command.arguments.insert(command.arguments.end(), arguments->begin(), arguments->end());
    command.environment = run_environment();
    command.directory = folder_.path().string();
    command.timeout = options_.timeout;
    command.max_file_bytes = max_file_bytes_;
    command.on_terminal = std::exchange(on_terminal_, false);
    command.reactions = std::exchange(reactions_, {});
    const auto result = run_command(command);
    if (!result) return fail(step, result.error());
    const std::string streams = "    standard output:\n" + indented(result->output) +
                                "    standard error:\n" + indented(result->error);
    if (result->timed_out)
      return fail(step, fmt::format("no end within {} s\n{}", options_.timeout.count(), streams));
    if (result->exit_code != step.exit_code) {
      return fail(step, fmt::format("exit code {}, expected {}\n{}", result->exit_code,
                                    step.exit_code, streams));
    }
    for (const Check& check : step.checks) {
      const std::string problem = check_problem(check, *result);
      if (!problem.empty()) return fail(step, problem + "\n" + streams, check.line);
    }
    if (step.output)
      compare(step, "standard output", *step.output, split_lines(result->output), result->error);
    if (step.error)
      compare(step, "standard error", *step.error, split_lines(result->error), result->output);
  }

  static std::string check_problem(const Check& check, const CommandResult& result) {
    const std::string& text = check.on_error_stream ? result.error : result.output;
    const char* stream = check.on_error_stream ? "standard error" : "standard output";
    switch (check.kind) {
      case CheckKind::kContains:
        return text.find(check.text) != std::string::npos
                   ? ""
                   : fmt::format("{} does not contain '{}'", stream, check.text);
      case CheckKind::kLacks:
        return text.find(check.text) == std::string::npos
                   ? ""
                   : fmt::format("{} contains '{}'", stream, check.text);
      case CheckKind::kMatches:
        break;
    }
    RE2::Options quiet;
    quiet.set_log_errors(false);
    const RE2 pattern("(?m)" + check.text, quiet);
    if (!pattern.ok())
      return fmt::format("'{}' is no regular expression: {}", check.text, pattern.error());
    return RE2::PartialMatch(text, pattern)
               ? ""
               : fmt::format("{} does not match '{}'", stream, check.text);
  }

  void compare(const Step& step, const std::string& what, const Block& expected,
               const std::vector<std::string>& actual, const std::string& other_stream) {
    if (lines_match(expected.lines, actual)) return;
    if (options_.bless) {
      result_.blessed.push_back(
          {expected.first_line, expected.end_line, blessed_lines(expected.lines, actual)});
      return;
    }
    std::string report =
        fmt::format("{} differs (- expected, + came)\n{}", what, line_diff(expected.lines, actual));
    if (!other_stream.empty()) report += "    the other stream:\n" + indented(other_stream);
    fail(step, report, expected.first_line);
  }

  std::string with_folder(std::string text) const {
    return replace_all(std::move(text), "$DIR", folder_.path().string());
  }

  void fail(const Step& step, const std::string& what, std::size_t line = 0) {
    if (!result_.report.empty()) return;
    result_.report = fmt::format("{}:{}: {}\n    {}\n", spec_.path, line == 0 ? step.line : line,
                                 spec_.name, what.substr(0, what.find_last_not_of('\n') + 1));
    if (step.kind == StepKind::kRun)
      result_.report += fmt::format("    in the step: run {}\n", step.argument);
  }

  const SpecFile& spec_;
  const CaseOptions& options_;
  WorkFolder folder_;
  std::vector<std::string> environment_;
  std::string database_;
  std::optional<Database> locked_;
  std::optional<std::uint64_t> max_file_bytes_;
  // For the next run.
  bool on_terminal_ = false;
  std::vector<Reaction> reactions_;
  CaseResult result_;
};

}  // namespace

CaseResult run_case(const SpecFile& spec, const CaseOptions& options) {
  return CaseRunner(spec, options).run();
}

std::string blessed_text(const SpecFile& spec, const std::vector<BlessedBlock>& blocks) {
  std::string text;
  std::size_t next_line = 1;
  const auto copy_until = [&](std::size_t line) {
    for (; next_line < line; ++next_line) text.append(spec.lines[next_line - 1]).push_back('\n');
  };
  for (const BlessedBlock& block : blocks) {
    copy_until(block.first_line);
    for (const std::string& line : block.lines)
      text.append(line == "----" ? "\\----" : line).push_back('\n');
    next_line = block.end_line;
  }
  copy_until(spec.lines.size() + 1);
  return text;
}

}  // namespace sluice::spec
