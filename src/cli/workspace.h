// Workspace: a loaded project on its way to work: project → session → graph → selection →
// warehouse. Each step reports its own errors (all of them, in the order of files) and answers
// false when there is no going on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "compile/session.h"
#include "graph/graph.h"
#include "project/project.h"
#include "run/project_settings.h"
#include "warehouse/warehouse.h"

namespace sluice::cli {

class Workspace {
 public:
  explicit Workspace(Invocation& invocation) : invocation_(invocation) {}

  struct LoadNeeds {
    bool packages = true;
    bool profile = true;
  };
  // Reads the files; the process then works in the project's folder, as dbt does.
  bool load(LoadNeeds needs);
  bool load() { return load(LoadNeeds()); }
  bool parse();
  bool build_graph();
  // load, parse, build_graph.
  bool open_project() { return load() && parse() && build_graph(); }
  // The chosen resources of the given types, narrowed by --resource-type. Warnings are reported.
  std::optional<graph::Selection> select(std::vector<project::ResourceType> types);
  bool open_warehouse();

  const project::Project& project() const { return *project_; }
  compile::Session& session() { return *session_; }
  const graph::Graph& graph() const { return *graph_; }
  warehouse::Warehouse* warehouse() { return warehouse_.get(); }
  double price_per_tb() const;
  size_t num_threads() const;
  size_t num_warnings() const { return num_warnings_; }

  // Writes an artifact into the target folder; a failure is reported.
  bool write_artifact(const std::string& name, const std::string& content);
  // The same without ever holding it whole. Secrets are scrubbed piece by piece: cut between
  // values.
  bool write_artifact_in_pieces(const std::string& name,
                                const std::function<void(const FileSystem::TextSink&)>& produce);

 private:
  void report_found();

  Invocation& invocation_;
  std::shared_ptr<const project::Project> project_;
  run::ProjectSettings settings_;
  std::unique_ptr<compile::Session> session_;
  std::optional<graph::Graph> graph_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  size_t num_warnings_ = 0;
};

// Prints all, errors in the order of their places; with --warn-error warnings count as errors.
// False when there is one.
bool report_diagnostics(Invocation& invocation, Diagnostics diagnostics);
// Prints one error and answers kExitUsage.
int report_error(Invocation& invocation, const Error& error);

}  // namespace sluice::cli
