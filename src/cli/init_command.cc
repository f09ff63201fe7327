#include <fmt/format.h>

#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/workspace.h"
#include "project/project_root.h"

namespace sluice::cli {
namespace {

bool is_project_name(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  for (char byte : name)
    if (byte != '_' && !std::isalnum(static_cast<unsigned char>(byte))) return false;
  return true;
}

// What a new project is made with.
struct NewProject {
  std::string name;
  std::string profile;   // of the project
  std::string database;  // its file, in the profile that is written
  bool with_profile_file = true;
};

constexpr std::string_view kProfileFile = "profiles.yml";

std::string profile_text(const NewProject& project) {
  return fmt::format(R"({}:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: {}
      schema: analytics
      threads: 4
)",
                     project.profile, project.database);
}

// {path, text} of a new project; NAME stands for its name.
std::vector<std::pair<std::string, std::string>> project_files() {
  return {
      {"dbt_project.yml", R"(name: NAME
version: '1.0.0'
profile: PROFILE

model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
macro-paths: [macros]
clean-targets: [target]

models:
  NAME:
    +materialized: table
)"},
      {"sluice.yml", R"(# Settings of sluice; dbt ignores this file.
version: 1

incremental:
  policy: auto        # incremental models without hand-written windows are kept exact
  price_per_tb: 6.25  # dollars; for the cost of each run
)"},
      {"seeds/orders.csv", R"(order_id,ordered_on,store,amount
1,2026-01-01,north,12.50
2,2026-01-01,south,8.00
3,2026-01-02,north,30.25
4,2026-01-02,south,4.75
5,2026-01-03,north,19.90
)"},
      {"models/daily_revenue.sql", R"(select
    ordered_on,
    store,
    count(*) as num_orders,
    sum(amount) as revenue
from {{ ref('orders') }}
group by ordered_on, store
)"},
      {"models/models.yml", R"(version: 2

models:
  - name: daily_revenue
    description: Orders and revenue of a store on a day.
    columns:
      - name: ordered_on
        data_tests: [not_null]
      - name: revenue
        data_tests: [not_null]
)"},
      {"tests/revenue_is_not_negative.sql", R"(-- A test passes when it finds no row.
select *
from {{ ref('daily_revenue') }}
where revenue < 0
)"},
      {".gitignore", R"(target/
logs/
*.duckdb
*.duckdb.wal
)"},
  };
}

std::string replaced(std::string text, std::string_view placeholder, const std::string& by) {
  for (size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + by.size()))
    text.replace(at, placeholder.size(), by);
  return text;
}

int report_bad_name(Invocation& invocation, const std::string& name) {
  return report_error(
      invocation, Error(ErrorCode::kBadArgument, fmt::format("not a project name: \"{}\"", name),
                        "use letters, digits and _, not beginning with a digit"));
}

// Folders where profiles.yml may be.
std::vector<std::string> profile_folders(const Invocation& invocation, const std::string& root) {
  if (!invocation.options.profiles_dir.empty())
    return {join_path(invocation.working_directory, invocation.options.profiles_dir)};
  std::vector<std::string> folders = {invocation.working_directory, root};
  const auto home = invocation.environment.find("HOME");
  if (home != invocation.environment.end()) folders.push_back(join_path(home->second, ".dbt"));
  return folders;
}

Status write_files(Invocation& invocation, const std::string& folder, const NewProject& project) {
  for (const auto& [path, text] : project_files())
    SLUICE_TRY(invocation.fs.write_atomically(
        join_path(folder, path),
        replaced(replaced(text, "PROFILE", project.profile), "NAME", project.name)));
  if (!project.with_profile_file) return {};
  return invocation.fs.write_atomically(join_path(folder, std::string(kProfileFile)),
                                        profile_text(project));
}

// `init` in a project makes the profile that the project asks for.
int set_up_profile(Invocation& invocation, const std::string& root) {
  Workspace workspace(invocation);
  if (!workspace.load({.packages = false, .profile = false, .resources = false})) return kExitUsage;
  const project::Package& package = workspace.project().root_pkg();
  const jinja::Value* named = package.config.as_dict().find("profile");
  NewProject project;
  project.name = package.name;
  project.profile = named != nullptr && named->is_string() ? named->as_string() : package.name;
  project.database = project.name + ".duckdb";
  if (project::has_profile(invocation.fs, profile_folders(invocation, root), project.profile)) {
    invocation.console.info(fmt::format("The profile \"{}\" is there already.", project.profile));
    return kExitOk;
  }
  const std::string path = join_path(root, std::string(kProfileFile));
  if (invocation.fs.exists(path))
    return report_error(invocation,
                        Error(ErrorCode::kRunInvalid,
                              fmt::format("\"{}\" has no profile \"{}\"", path, project.profile),
                              "add it there; a new file would hide the profiles that are in it"));
  if (can_ask()) {
    const std::optional<std::string> database = ask("Database file", project.database);
    if (!database) return kExitFailed;
    project.database = *database;
  }
  Status written = invocation.fs.write_atomically(path, profile_text(project));
  if (!written) return report_error(invocation, written.error());
  invocation.console.info(fmt::format("Profile \"{}\" written to {}. Check it with: sluice debug",
                                      project.profile, path),
                          "ProfileWritten");
  return kExitOk;
}

// Asks until the answer is a name.
std::optional<std::string> ask_for_name() {
  while (true) {
    std::optional<std::string> name = ask("Name of the project (letters, digits and _)", "");
    if (!name || is_project_name(*name)) return name;
  }
}

// Asks for what the command line does not say. Nullopt: the questions were broken off.
std::optional<NewProject> ask_for_project(const Options& options) {
  NewProject project;
  project.name = options.name;
  const bool asks = project.name.empty();
  if (asks) {
    const std::optional<std::string> name = ask_for_name();
    if (!name) return std::nullopt;
    project.name = *name;
  }
  project.profile = options.profile.empty() ? project.name : options.profile;
  project.database = project.name + ".duckdb";
  project.with_profile_file = options.profile.empty() && !options.skip_profile_setup;
  if (asks && project.with_profile_file) {
    const std::optional<std::string> database = ask("Database file", project.database);
    if (!database) return std::nullopt;
    project.database = *database;
  }
  return project;
}

}  // namespace

int init_command(Invocation& invocation) {
  const Options& options = invocation.options;
  if (options.name.empty() && !options.skip_profile_setup)
    if (const std::optional<std::string> root = project::find_project_root(
            invocation.fs, invocation.working_directory, options.project_dir))
      return set_up_profile(invocation, *root);
  if (options.name.empty() && !can_ask())
    return report_error(invocation, Error(ErrorCode::kBadArgument, "the project has no name",
                                          "write: sluice init NAME"));
  const std::optional<NewProject> project = ask_for_project(options);
  if (!project) return kExitFailed;
  if (!is_project_name(project->name)) return report_bad_name(invocation, project->name);
  const std::string folder = join_path(invocation.working_directory, project->name);
  if (!options.profile.empty() &&
      !project::has_profile(invocation.fs, profile_folders(invocation, folder), options.profile))
    return report_error(
        invocation, Error(ErrorCode::kProfileNotFound,
                          fmt::format("could not find a profile named \"{}\"", options.profile),
                          "name one of profiles.yml, or leave --profile out to have one written"));
  const Result<std::vector<FileInfo>> there = invocation.fs.list(folder);
  const bool is_occupied = (invocation.fs.exists(folder) && !invocation.fs.is_directory(folder)) ||
                           (there && !there->empty());
  if (is_occupied)
    return report_error(invocation,
                        Error(ErrorCode::kRunInvalid, fmt::format("\"{}\" exists already", folder),
                              "choose another name, or remove the folder"));
  if (Status written = write_files(invocation, folder, *project); !written)
    return report_error(invocation, written.error());
  invocation.console.info(fmt::format("Made the project \"{}\".", project->name), "ProjectCreated");
  invocation.console.output(
      fmt::format("Next:\n  cd {}\n  sluice build\n  sluice show --select daily_revenue",
                  project->name),
      "ProjectNextSteps");
  return kExitOk;
}

}  // namespace sluice::cli
