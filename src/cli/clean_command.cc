#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/workspace.h"

namespace sluice::cli {
namespace {

// Whether `inner` is `outer` or lies below it; both normalised.
bool is_within(const std::string& inner, const std::string& outer) {
  return inner == outer || inner.starts_with(outer.ends_with('/') ? outer : outer + "/");
}

// Where the path leads with symbolic links of its folders followed (the last part itself is not).
std::string real_place(const std::string& path) {
  const std::filesystem::path whole(path);
  std::error_code failure;
  const std::filesystem::path folder =
      std::filesystem::weakly_canonical(whole.parent_path(), failure);
  return failure ? path : (folder / whole.filename()).string();
}

// Why a target must stay; empty: it may go.
std::string reason_to_keep(const project::Project& project, const std::string& path,
                           bool inside_only) {
  const std::string root = normalize_path(project.root);
  std::error_code failure;
  const std::string real_root = std::filesystem::weakly_canonical(root, failure).string();
  if (path == root || real_place(path) == real_root) return "it is the project itself";
  if (is_within(root, path) || is_within(real_root, real_place(path)))
    return "the project lies in it";
  if (inside_only && (!is_within(path, root) || !is_within(real_place(path), real_root)))
    return "it lies outside the project";
  const project::Package& package = project.root_pkg();
  for (const auto* paths : {&package.model_paths, &package.seed_paths, &package.test_paths,
                            &package.analysis_paths, &package.macro_paths, &package.snapshot_paths})
    for (const std::string& source : *paths)
      if (is_within(normalize_path(join_path(root, source)), path))
        return "it holds sources of the project";
  return {};
}

}  // namespace

int clean_command(Invocation& invocation) {
  Workspace workspace(invocation);
  if (!workspace.load({.packages = false, .profile = false, .resources = false})) return kExitUsage;
  const project::Project& project = workspace.project();
  const bool inside_only = invocation.options.clean_project_files_only;
  // Nothing is removed when something may not be, as in dbt.
  int exit_code = kExitOk;
  std::vector<std::string> paths;
  for (const std::string& target : project.clean_targets) {
    paths.push_back(normalize_path(join_path(project.root, target)));
    const std::string reason = reason_to_keep(project, paths.back(), inside_only);
    if (!reason.empty())
      exit_code = report_error(invocation,
                               Error(ErrorCode::kRunInvalid,
                                     fmt::format("refusing to remove \"{}\": {}", target, reason),
                                     reason == "it lies outside the project"
                                         ? "correct clean-targets in dbt_project.yml, or give "
                                           "--no-clean-project-files-only"
                                         : "correct clean-targets in dbt_project.yml"));
  }
  if (exit_code != kExitOk) return exit_code;
  for (const std::string& path : paths) {
    invocation.console.info(fmt::format("Checking {}/*", path), "CheckCleanPath");
    if (Status removed = invocation.fs.remove_all(path); !removed)
      exit_code = report_error(invocation, removed.error());
    else
      invocation.console.info(fmt::format("Cleaned {}/*", path), "ConfirmCleanPath");
  }
  if (exit_code == kExitOk)
    invocation.console.info("Finished cleaning all paths.", "FinishedCleanPaths");
  return exit_code;
}

}  // namespace sluice::cli
