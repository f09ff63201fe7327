#include <fmt/format.h>
#include <sys/utsname.h>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "jinja/ops.h"
#include "run/profile_warehouse.h"

namespace sluice::cli {
namespace {

std::string check_mark(const Invocation& invocation, bool good, const std::string& text) {
  return "[" +
         paint((good ? "OK " : "ERROR ") + text, good ? Color::kGreen : Color::kRed,
               invocation.console.colors()) +
         "]";
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

// Where profiles.yml is or would be.
std::string profile_folder(const Invocation& invocation, const Workspace& workspace) {
  if (!invocation.options.profiles_dir.empty())
    return normalize_path(join_path(invocation.working_directory, invocation.options.profiles_dir));
  const std::string& file = workspace.project().profile.file;
  if (!file.empty()) return file.substr(0, file.rfind('/'));
  const auto home = invocation.environment.find("HOME");
  return home == invocation.environment.end() ? workspace.project().root
                                              : join_path(home->second, ".dbt");
}

int show_profile_folder(Invocation& invocation) {
  Workspace workspace(invocation);
  if (!workspace.load({.packages = false, .profile = false, .resources = false})) return kExitUsage;
  const std::string folder = profile_folder(invocation, workspace);
  invocation.console.info(
      fmt::format("To view your profiles.yml file, run:\n\nxdg-open {}", folder), "OpenCommand");
  return kExitOk;
}

void print_configuration(Invocation& invocation, const project::Project& project) {
  Console& console = invocation.console;
  console.info("Configuration:", "DebugCmdOut");
  console.info(fmt::format("  profiles.yml at {} {}", project.profile.file,
                           check_mark(invocation, true, "found and valid")),
               "DebugCmdResult");
  console.info(fmt::format("  dbt_project.yml at {} {}", join_path(project.root, "dbt_project.yml"),
                           check_mark(invocation, true, "found and valid")),
               "DebugCmdResult");
  console.info(fmt::format("  profile: {}, target: {}, adapter: {}", project.profile.profile_name,
                           project.profile.target_name, project.profile.adapter_type),
               "DebugCmdOut");
}

// Opens the warehouse and runs one statement.
Result<std::string> test_connection(const Invocation& invocation, const project::Project& project) {
  SLUICE_ASSIGN(const std::unique_ptr<warehouse::Warehouse> warehouse,
                run::open_warehouse(invocation.fs, project, invocation.environment));
  SLUICE_ASSIGN(const std::unique_ptr<warehouse::Connection> connection, warehouse->connect());
  SLUICE_TRY(connection->execute("select 1", true, 1).map([](const auto&) {}));
  return warehouse->engine_version();
}

}  // namespace

int debug_command(Invocation& invocation) {
  if (invocation.options.config_dir) return show_profile_folder(invocation);
  Console& console = invocation.console;
  console.info("version: " + version_text(), "DebugCmdOut");
  console.info("os: " + system_text(), "DebugCmdOut");
  Workspace workspace(invocation);
  const bool loaded = workspace.load({.packages = false, .profile = true, .resources = false});
  if (!loaded) {
    console.error("  project and profile " + check_mark(invocation, false, "not valid, see above"),
                  "DebugCmdResult");
    return kExitFailed;
  }
  const project::Project& project = workspace.project();
  if (invocation.options.connection_only)
    console.info("Skipping steps before connection verification", "DebugCmdOut");
  else
    print_configuration(invocation, project);
  print_connection(invocation, project);
  const Result<std::string> engine = test_connection(invocation, project);
  if (!engine) {
    console.error("  Connection test: " + check_mark(invocation, false, "failed"),
                  "DebugCmdResult");
    report_error(invocation, engine.error());
    return kExitFailed;
  }
  console.info(fmt::format("  engine: {} {}", project.profile.adapter_type, *engine),
               "DebugCmdOut");
  console.info("  Connection test: " + check_mark(invocation, true, "connection ok"),
               "DebugCmdResult");
  console.info(paint("All checks passed!", Color::kGreen, console.colors()), "DebugCmdResult");
  return kExitOk;
}

}  // namespace sluice::cli
