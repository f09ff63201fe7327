#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/run_artifacts.h"
#include "cli/workspace.h"
#include "jinja/ops.h"
#include "project/project_inspection.h"
#include "run/profile_warehouse.h"

namespace sluice::cli {
namespace {

using project::ProjectInspection;

std::string check_mark(const Invocation& invocation, bool good, const std::string& text) {
  return "[" + paint(text, good ? Color::kGreen : Color::kRed, invocation.console.colors()) + "]";
}

std::string system_text() {
  utsname names{};
  if (uname(&names) != 0) return "unknown";
  return fmt::format("{}-{}-{}", names.sysname, names.release, names.machine);
}

// dbt-duckdb's keys in its order; of other adapters the two that all have.
constexpr std::array<std::string_view, 13> kShownKeys = {"database",
                                                         "schema",
                                                         "path",
                                                         "config_options",
                                                         "extensions",
                                                         "settings",
                                                         "external_root",
                                                         "use_credential_provider",
                                                         "attach",
                                                         "filesystems",
                                                         "remote",
                                                         "plugins",
                                                         "disable_transactions"};

// Where this program lies; "unknown" where the system does not tell.
std::string program_path() {
  std::error_code failure;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? "unknown" : path.string();
}

// Whether a command of this name is in one of the folders of PATH.
bool is_installed(const Invocation& invocation, const std::string& name) {
  const auto path = invocation.environment.find("PATH");
  std::string_view rest;
  if (path != invocation.environment.end()) rest = path->second;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    if (invocation.fs.exists(join_path(std::string(rest.substr(0, end)), name))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

void print_connection(Invocation& invocation, const project::Project& project) {
  Console& console = invocation.console;
  console.info("Connection:", "DebugCmdOut");
  const jinja::Value& target = project.profile.target;
  for (const std::string_view key : kShownKeys) {
    const jinja::Value* value = target.is_dict() ? target.as_dict().find(key) : nullptr;
    if (value == nullptr) continue;
    console.info(fmt::format("  {}: {}", key, jinja::to_str(*value).value_or("")), "DebugCmdOut");
  }
  console.info(fmt::format("  threads: {}", project.profile.threads), "DebugCmdOut");
}

// What one of the two files is: "OK found and valid", "ERROR invalid" or "ERROR not found".
std::string file_mark(const Invocation& invocation, bool exists, bool valid) {
  return check_mark(invocation, exists && valid,
                    !exists ? "ERROR not found"
                    : valid ? "OK found and valid"
                            : "ERROR invalid");
}

std::string rendered(const Diagnostics& faults) {
  std::string text;
  for (const Diagnostic& item : faults.items())
    if (item.severity == Severity::kError) text += "error" + render(item.error) + "\n";
  return text;
}

// Opens the warehouse and runs one statement.
Result<std::string> test_connection(const Invocation& invocation, const project::Project& project) {
  SLUICE_ASSIGN(const std::unique_ptr<warehouse::Warehouse> warehouse,
                run::open_warehouse(invocation.fs, project, invocation.environment));
  SLUICE_ASSIGN(const std::unique_ptr<warehouse::Connection> connection, warehouse->connect());
  SLUICE_TRY(connection->execute("select 1", true, 1).map([](const auto&) {}));
  return warehouse->engine_version();
}

// One run of `debug`: tells what it finds, step by step, and at the end what was wrong.
class Inspector {
 public:
  Inspector(Invocation& invocation, const ProjectInspection& found)
      : invocation_(invocation), console_(invocation.console), found_(found) {}

  int run() {
    print_places();
    collect_faults();
    if (invocation_.options.connection_only)
      tell("Skipping steps before connection verification");
    else
      print_configuration();
    if (found_.has_profile)
      check_connection();
    else
      tell("Connection test skipped since no profile was found");
    return print_outcome();
  }

 private:
  void tell(const std::string& message) { console_.info(message, "DebugCmdOut"); }
  void tell_result(const std::string& message) { console_.info(message, "DebugCmdResult"); }

  void print_places() {
    tell("sluice version: " + version_number());
    tell(fmt::format("dbt version: {} (the one whose projects run unchanged)", kDbtVersion));
    tell("sluice path: " + program_path());
    tell("os info: " + system_text());
    tell("Using profiles dir at " + found_.profiles_folder);
    tell("Using profiles.yml file at " + join_path(found_.profiles_folder, "profiles.yml"));
    tell("Using dbt_project.yml file at " + found_.project_file);
    if (found_.has_profile) tell("adapter type: " + found_.project->profile.adapter_type);
  }

  void collect_faults() {
    if (!found_.has_profiles_file)
      faults_.push_back(
          fmt::format("dbt looked for a profiles.yml file in {}, but did not find one.\n"
                      "  hint: put it there, name its folder with --profiles-dir, or let "
                      "`sluice init` write one\n",
                      join_path(found_.profiles_folder, "profiles.yml")));
    else if (found_.profile_faults.has_errors())
      faults_.push_back("Profile loading failed for the following reason:\n" +
                        rendered(found_.profile_faults));
    if (found_.project_faults.has_errors())
      faults_.push_back("Project loading failed for the following reason:\n" +
                        rendered(found_.project_faults));
  }

  void print_configuration() {
    tell("Configuration:");
    tell("  profiles.yml file " +
         file_mark(invocation_, found_.has_profiles_file, found_.has_profile));
    tell("  dbt_project.yml file " +
         file_mark(invocation_, found_.has_project_file, !found_.project_faults.has_errors()));
    if (found_.has_profile)
      tell(fmt::format("  profile: {}, target: {}", found_.project->profile.profile_name,
                       found_.project->profile.target_name));
    tell("Required dependencies:");
    const bool has_git = is_installed(invocation_, "git");
    tell_result(" - git " +
                (has_git ? check_mark(invocation_, true, "OK found")
                         : std::string("[not found; only packages from git need it]")) +
                "\n");
  }

  void check_connection() {
    print_connection(invocation_, *found_.project);
    const Result<std::string> engine = test_connection(invocation_, *found_.project);
    if (engine)
      tell_adapter(console_, EventLevel::kInfo, found_.project->profile.adapter_type, *engine);
    tell("  Connection test: " +
         check_mark(invocation_, engine.has_value(), engine ? "OK connection ok" : "ERROR") + "\n");
    if (!engine)
      faults_.push_back(
          fmt::format("sluice was unable to connect to the specified database.\n"
                      "The database returned the following error:\n\n  >{}\n\n"
                      "Check your database credentials and try again.\n",
                      "error" + render(engine.error())));
  }

  int print_outcome() {
    if (faults_.empty()) {
      tell_result(paint("All checks passed!", Color::kGreen, console_.colors()));
      return kExitOk;
    }
    const std::string title =
        fmt::format("{} check{} failed:", faults_.size(), faults_.size() == 1 ? "" : "s");
    tell_result(paint(title, Color::kRed, console_.colors()));
    for (const std::string& fault : faults_) tell_result(fault);
    return kExitFailed;
  }

  Invocation& invocation_;
  Console& console_;
  const ProjectInspection& found_;
  std::vector<std::string> faults_;
};

// False: they count as errors.
bool report_warnings(Invocation& invocation, const ProjectInspection& found) {
  Diagnostics warnings;
  for (const Diagnostics* faults : {&found.profile_faults, &found.project_faults})
    for (const Diagnostic& item : faults->items())
      if (item.severity == Severity::kWarning) warnings.add_warning(item.error, item.event);
  return report_diagnostics(invocation, std::move(warnings));
}

int show_profile_folder(Invocation& invocation, const ProjectInspection& found) {
  JsonWriter folder;
  folder.string(found.profiles_folder);
  invocation.console.emit(
      {EventLevel::kInfo,
       "OpenCommand",
       fmt::format("To view your profiles.yml file, run:\n\nxdg-open {}", found.profiles_folder),
       {},
       {{"open_cmd", "\"xdg-open\""}, {"profiles_dir", folder.take()}}});
  return kExitOk;
}

}  // namespace

int debug_command(Invocation& invocation) {
  Workspace workspace(invocation);
  const std::optional<ProjectInspection> found = workspace.inspect();
  if (!found || !report_warnings(invocation, *found)) return kExitUsage;
  return invocation.options.config_dir ? show_profile_folder(invocation, *found)
                                       : Inspector(invocation, *found).run();
}

}  // namespace sluice::cli
