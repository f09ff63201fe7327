#include "cli/main.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/process_events.h"
#include "cli/project_options.h"
#include "cli/warning_options.h"
#include "project/project_root.h"

namespace sluice::cli {
namespace {

EventLevel level_named(const std::string& name) {
  if (name == "info") return EventLevel::kInfo;
  if (name == "warn") return EventLevel::kWarning;
  return name == "error" ? EventLevel::kError : EventLevel::kDebug;
}

EventLevel least_level(const Options& options) {
  if (options.debug || options.log_level == "debug") return EventLevel::kDebug;
  if (options.log_level == "warn") return EventLevel::kWarning;
  if (options.log_level == "error") return EventLevel::kError;
  // The output of `ls` is a list for other programs: only what matters stands between its lines.
  if (options.command == Command::kList && options.log_format == "text")
    return EventLevel::kWarning;
  return EventLevel::kInfo;
}

ConsoleOptions console_options(const Options& options, const Terminal& terminal,
                               const std::string& invocation_id) {
  ConsoleOptions out;
  out.json = options.log_format == "json";
  out.quiet = options.quiet;
  out.print = options.print;
  out.least = least_level(options);
  out.none = options.log_level == "none";
  const std::string& file_format =
      options.log_format_file.empty() ? options.log_format : options.log_format_file;
  out.log_json = file_format == "json";
  out.log_least = level_named(options.log_level_file);
  out.log_none = options.log_level_file == "none";
  out.log_colors = options.use_colors_file;
  out.max_log_bytes = options.log_file_max_bytes;
  out.colors = !out.json && (options.use_colors_given ? options.use_colors : terminal.has_colors);
  out.invocation_id = invocation_id;
  return out;
}

void register_environment_secrets(const std::map<std::string, std::string>& environment,
                                  SecretScrubber& scrubber) {
  for (const auto& [name, content] : environment) {
    if (!name.starts_with("DBT_ENV_SECRET_") || content.empty()) continue;
    scrubber.add(content);
  }
}

Status check_project_folder(const FileSystem& fs, const std::string& working_directory,
                            const Options& options) {
  if (options.project_dir.empty() ||
      fs.is_directory(join_path(working_directory, options.project_dir)))
    return {};
  return fail(ErrorCode::kBadArgument,
              fmt::format("invalid value for --project-dir: folder '{}' does not exist",
                          options.project_dir),
              "check the path; it counts from the folder in which you are");
}

// dbt_project.yml has a say in options; commands that make projects have none yet.
Status take_project_flags(FileSystem& fs, const std::string& working_directory, Options& options) {
  SLUICE_TRY(check_project_folder(fs, working_directory, options));
  const bool makes_project =
      options.command == Command::kInit || options.command == Command::kGenStoreOrders;
  const std::optional<std::string> root =
      makes_project ? std::nullopt
                    : project::find_project_root(fs, working_directory, options.project_dir);
  if (root) SLUICE_TRY(apply_project_flags(project::read_project_flags(fs, *root), options));
  SLUICE_ASSIGN(options.warnings, read_warning_policy(options));
  return {};
}

using CommandFunction = int (*)(Invocation&);

// By Command.
CommandFunction function_of(Command command) {
  static const std::map<Command, CommandFunction> kFunctions = {
      {Command::kBuild, run_project_command},
      {Command::kRun, run_project_command},
      {Command::kTest, run_project_command},
      {Command::kSeed, run_project_command},
      {Command::kSnapshot, run_project_command},
      {Command::kCompile, run_project_command},
      {Command::kShow, show_command},
      {Command::kPlan, plan_command},
      {Command::kExplain, explain_command},
      {Command::kVerify, verify_command},
      {Command::kCheck, check_command},
      {Command::kCost, cost_command},
      {Command::kAudit, audit_command},
      {Command::kAdopt, adopt_command},
      {Command::kState, state_command},
      {Command::kList, list_command},
      {Command::kParse, parse_command},
      {Command::kRunOperation, run_operation_command},
      {Command::kClone, run_project_command},
      {Command::kRetry, retry_command},
      {Command::kDebug, debug_command},
      {Command::kClean, clean_command},
      {Command::kInit, init_command},
      {Command::kSource, source_command},
      {Command::kDeps, deps_command},
      {Command::kDocs, docs_command},
      {Command::kGenStoreOrders, gen_store_orders_command},
      {Command::kExtensions, extensions_command},
  };
  const auto found = kFunctions.find(command);
  SLUICE_CHECK(found != kFunctions.end());
  return found->second;
}

}  // namespace

std::string version_number() { return SLUICE_VERSION; }

std::string version_text() { return "sluice " + version_number(); }

int run_main(const std::vector<std::string>& words, Leftovers& leftovers) {
  // The one thing scripts ask most often must not wait for anything.
  if (words.size() == 1 &&
      (words[0] == "--version" || words[0] == "-V" || words[0] == "-v" || words[0] == "version")) {
    std::puts(version_text().c_str());
    return kExitOk;
  }
  const std::map<std::string, std::string> environment = read_process_environment();
  ParsedCommandLine parsed = parse_command_line(words, environment);
  if (parsed.finished) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  if (parsed.options.command == Command::kVersion) {
    std::puts(version_text().c_str());
    return kExitOk;
  }
  const SystemClock clock;
  RealFileSystem fs;
  std::error_code failure;
  const std::string working_directory = std::filesystem::current_path(failure).string();
  if (Status applied = take_project_flags(fs, working_directory, parsed.options); !applied) {
    std::fputs(("error" + render(applied.error()) + "\n").c_str(), stderr);
    return kExitUsage;
  }
  SecretScrubber scrubber;
  register_environment_secrets(environment, scrubber);
  const std::string invocation_id = random_uuid();
  const Terminal terminal = inspect_terminal(environment);
  Console console(clock, scrubber, terminal,
                  console_options(parsed.options, terminal, invocation_id));
  WarningLedger warnings(parsed.options.show_all_deprecations);
  Invocation invocation{parsed.options,
                        environment,
                        fs,
                        clock,
                        scrubber,
                        console,
                        invocation_id,
                        clock.now_micros(),
                        clock.ticks_ns(),
                        working_directory,
                        leftovers,
                        warnings};
  tell_start(invocation);
  const int exit_code = function_of(parsed.options.command)(invocation);
  constexpr std::string_view kSummary = "DeprecationsSummary";
  if (const std::string summary = warnings.summary();
      !summary.empty() && parsed.options.warnings.verdict(kSummary) != WarningVerdict::kSilent)
    console.warn(summary, std::string(kSummary));
  tell_end(invocation, exit_code);
  return exit_code;
}

}  // namespace sluice::cli
