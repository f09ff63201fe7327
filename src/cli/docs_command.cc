#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/plan_runner.h"
#include "cli/run_artifacts.h"
#include "cli/run_summary.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

// What the catalog shows: resources that are relations.
std::vector<std::string> relation_ids(Workspace& workspace, const graph::Selection& selection) {
  const compile::Manifest& manifest = workspace.session().manifest();
  std::vector<std::string> out;
  for (const graph::Index index : selection.nodes) {
    const std::string id(workspace.graph().ids()[index]);
    const compile::Node* node = manifest.find_node(id);
    const bool has_relation = node != nullptr && node->is_refable() && !node->is_ephemeral();
    if (has_relation || manifest.find_source(id) != nullptr) out.push_back(id);
  }
  return out;
}

std::vector<warehouse::RelationInfo> relations_of(const compile::Manifest& manifest,
                                                  const std::vector<std::string>& ids) {
  std::vector<warehouse::RelationInfo> out;
  for (const std::string& id : ids) {
    warehouse::RelationInfo relation;
    if (const compile::Node* node = manifest.find_node(id)) {
      relation.database = node->database;
      relation.schema = node->schema;
      relation.identifier = node->alias;
    } else if (const compile::Source* source = manifest.find_source(id)) {
      relation.database = source->database;
      relation.schema = source->schema;
      relation.identifier = source->identifier;
    }
    out.push_back(std::move(relation));
  }
  return out;
}

double elapsed_seconds(const Invocation& invocation) {
  return static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
}

// Compiles everything selected, as `compile` does. False: reported.
bool compile_all(Invocation& invocation, Workspace& workspace, SignalWatcher& signals) {
  const std::optional<graph::Selection> selection =
      workspace.select({ResourceType::kModel, ResourceType::kSnapshot, ResourceType::kTest,
                        ResourceType::kAnalysis, ResourceType::kFunction});
  if (!selection) return false;
  const plan::Plan plan = plan::make_plan(workspace.session().manifest(), workspace.graph(),
                                          *selection, {invocation.options.command_name, false});
  if (plan.steps.empty()) {
    if (!tell_nothing_to_do(invocation)) return false;
    return write_run_artifacts(invocation, workspace, {}, 0);
  }
  print_concurrency(invocation, workspace, plan.steps.size());
  run::ProjectRunOptions run_options;
  run_options.command = "compile";
  run_options.num_threads = workspace.num_threads();
  run_options.fail_fast = invocation.options.fail_fast;
  run_options.compile_hooks =
      invocation.options.select.empty() && invocation.options.exclude.empty();
  const Result<run::ProjectRunReport> report =
      run_plan(invocation, workspace, plan, run_options, false, signals);
  if (!report) {
    report_error(invocation, report.error());
    return false;
  }
  const double elapsed = elapsed_seconds(invocation);
  const bool written = write_run_artifacts(invocation, workspace, report->results, elapsed);
  if (!report->has_failures() && !report->cancelled) return written;
  RunSummaryOptions summary;
  summary.elapsed_seconds = elapsed;
  summary.cancelled = report->cancelled;
  summary.with_table = false;
  summary.target_path = workspace.project().target_path;
  summary.root = workspace.project().root;
  print_run_summary(invocation.console, workspace.session().manifest(), report->results, summary);
  return false;
}

Result<compile::Catalog> read_catalog(Workspace& workspace, const std::vector<std::string>& ids) {
  SLUICE_ASSIGN(const std::unique_ptr<warehouse::Connection> connection,
                workspace.warehouse()->connect());
  return workspace.session().read_catalog(relations_of(workspace.session().manifest(), ids),
                                          *connection);
}

// With --no-compile dbt shows everything, whatever is selected.
std::optional<graph::Selection> catalog_selection(const Invocation& invocation,
                                                  Workspace& workspace) {
  const std::vector<ResourceType> types = {ResourceType::kModel, ResourceType::kSeed,
                                           ResourceType::kSnapshot, ResourceType::kSource};
  if (invocation.options.compile) return workspace.select(types);
  graph::Selection all;
  all.nodes = workspace.graph().topological_order();
  return all;
}

// Pictures and other files that the documentation pages refer to, put beside the artifacts.
Status copy_assets(Invocation& invocation, Workspace& workspace) {
  const project::Project& project = workspace.project();
  FileSystem& fs = invocation.fs;
  for (const std::string& folder : project.root_pkg().asset_paths) {
    const std::string from = join_path(project.root, folder);
    const std::string to = join_path(project.target_path, folder);
    SLUICE_TRY(fs.remove_all(to));
    SLUICE_ASSIGN(const std::vector<FileInfo> files, fs.list_recursively(from));
    for (const FileInfo& file : files) {
      SLUICE_ASSIGN(const std::string content, fs.read(join_path(from, file.path)));
      SLUICE_TRY(fs.write_atomically(join_path(to, file.path), content));
    }
  }
  return {};
}

int write_catalog(Invocation& invocation, Workspace& workspace) {
  const std::optional<graph::Selection> selection = catalog_selection(invocation, workspace);
  if (!selection) return kExitUsage;
  const std::vector<std::string> ids = relation_ids(workspace, *selection);
  compile::Catalog catalog;
  if (!invocation.options.empty_catalog) {
    invocation.console.info("Building catalog", "BuildingCatalog");
    Result<compile::Catalog> read = read_catalog(workspace, ids);
    if (!read) return report_error(invocation, read.error());
    catalog = std::move(*read);
  }
  for (const Error& error : catalog.errors) report_error(invocation, error);
  if (!write_catalog_artifact(invocation, workspace, ids, catalog)) return kExitUsage;
  invocation.console.info(
      "Catalog written to " + join_path(workspace.project().target_path, "catalog.json"),
      "CatalogWritten");
  invocation.console.info(
      "No index.html was written: the documentation pages come with the service; tools that read "
      "manifest.json and catalog.json find them in the target folder",
      "DocsPagesNotWritten");
  return catalog.errors.empty() ? kExitOk : kExitFailed;
}

}  // namespace

int docs_command(Invocation& invocation) {
  if (invocation.options.name == "serve")
    return report_error(invocation,
                        Error(ErrorCode::kBadArgument, "this version does not serve documentation",
                              "the pages come with the service; `sluice docs generate` writes "
                              "manifest.json and catalog.json, which other tools can show"));
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  if (invocation.options.compile && !write_manifest_artifact(invocation, workspace))
    return kExitUsage;
  if (const Status copied = copy_assets(invocation, workspace); !copied)
    return report_error(invocation, copied.error());
  if (!workspace.open_warehouse()) return kExitUsage;
  if (invocation.options.compile && !compile_all(invocation, workspace, signals)) return kExitUsage;
  return write_catalog(invocation, workspace);
}

}  // namespace sluice::cli
