#include <fmt/format.h>
#include <sys/utsname.h>

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/workspace.h"
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

void print_connection(Invocation& invocation, const project::Project& project) {
  invocation.console.info("Connection:");
  invocation.console.info(fmt::format("  database: {}", project.profile.database));
  invocation.console.info(fmt::format("  schema: {}", project.profile.schema));
  const jinja::Value& target = project.profile.target;
  const jinja::Value* path = target.is_dict() ? target.as_dict().find("path") : nullptr;
  if (path != nullptr && path->is_string())
    invocation.console.info(fmt::format("  path: {}", path->as_string()));
  invocation.console.info(fmt::format("  threads: {}", project.profile.threads));
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
  Console& console = invocation.console;
  console.info("version: " + version_text());
  console.info("os: " + system_text());
  Workspace workspace(invocation);
  const bool loaded = workspace.load({.packages = false, .profile = true, .resources = false});
  console.info("Configuration:");
  if (!loaded) {
    console.error("  project and profile " + check_mark(invocation, false, "not valid, see above"));
    return kExitFailed;
  }
  const project::Project& project = workspace.project();
  console.info(fmt::format("  profiles.yml at {} {}", project.profile.file,
                           check_mark(invocation, true, "found and valid")));
  console.info(fmt::format("  dbt_project.yml at {} {}", join_path(project.root, "dbt_project.yml"),
                           check_mark(invocation, true, "found and valid")));
  console.info(fmt::format("  profile: {}, target: {}, adapter: {}", project.profile.profile_name,
                           project.profile.target_name, project.profile.adapter_type));
  print_connection(invocation, project);
  const Result<std::string> engine = test_connection(invocation, project);
  if (!engine) {
    console.error("  Connection test: " + check_mark(invocation, false, "failed"));
    report_error(invocation, engine.error());
    return kExitFailed;
  }
  console.info(fmt::format("  engine: {} {}", project.profile.adapter_type, *engine));
  console.info("  Connection test: " + check_mark(invocation, true, "connection ok"));
  console.info(paint("All checks passed!", Color::kGreen, console.colors()));
  return kExitOk;
}

}  // namespace sluice::cli
