// Workspace: a loaded project on its way to work: project → session → graph → selection →
// warehouse. Each step reports its own errors (all of them, in the order of files) and answers
// false when there is no going on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "compile/session.h"
#include "graph/graph.h"
#include "graph/selectors_file.h"
#include "project/project.h"
#include "project/project_inspection.h"
#include "run/project_settings.h"
#include "warehouse/warehouse.h"

namespace sluice::cli {

class Workspace {
 public:
  explicit Workspace(Invocation& invocation) : invocation_(invocation) {}
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  // Closes the warehouse; what is only memory becomes a leftover of the invocation.
  ~Workspace();

  // Project files are read through `files` (the invocation's file system otherwise), and `on_clock`
  // is called when a template asks what time it is. For whoever wants to know what a parse used.
  void observe_inputs(FileSystem& files, std::function<void()> on_clock) {
    files_ = &files;
    on_clock_ = std::move(on_clock);
  }

  struct LoadNeeds {
    bool packages = true;
    bool profile = true;
    bool resources = true;  // false: dbt_project.yml alone
    // Faults in single files are kept for parse(), which reports them with its own.
    bool parse_follows = false;
  };
  // Reads the files; the process then works in the project's folder, as dbt does.
  bool load(LoadNeeds needs);
  bool load() { return load(LoadNeeds()); }
  // The same for `debug`: faults of the project and its profile are in the answer, not reported.
  std::optional<project::ProjectInspection> inspect();
  bool parse();
  bool build_graph();
  // load, parse, build_graph.
  bool open_project() { return load({.parse_follows = true}) && parse() && build_graph(); }
  // The chosen resources of the given types, narrowed by --resource-type. Warnings are reported.
  std::optional<graph::Selection> select(std::vector<project::ResourceType> types);
  // These resources and no others, whatever was selected; a missing one is an error.
  std::optional<graph::Selection> pick(const std::vector<std::string>& unique_ids);
  // With --defer (and for `clone`): tells each node what the earlier run built for it.
  bool prepare_deferral();
  bool open_warehouse();

  const project::Project& project() const { return *project_; }
  compile::Session& session() { return *session_; }
  const graph::Graph& graph() const { return *graph_; }
  warehouse::Warehouse* warehouse() { return warehouse_.get(); }
  double price_per_tb() const;
  const run::ProjectSettings& settings() const { return settings_; }
  size_t num_threads() const;
  // How the project's files were asked for, for what reads more of them.
  project::LoadOptions load_options(LoadNeeds needs) const;
  size_t num_warnings() const { return num_warnings_; }

  // Writes an artifact into the target folder; a failure is reported.
  bool write_artifact(const std::string& name, const std::string& content);
  // The same without ever holding it whole. Secrets are scrubbed piece by piece: cut between
  // values.
  bool write_artifact_in_pieces(const std::string& name,
                                const std::function<void(const FileSystem::TextSink&)>& produce);

 private:
  void warn_of_old_options();
  // `require-dbt-version` of the project and its packages.
  Status check_required_versions() const;
  bool enter_project_folder();
  bool can_go_on(const Diagnostics& found) const;
  void report_found();
  bool tell_warnings(const graph::Selection& selection);
  // The words of the command, a selector of selectors.yml, or its default one.
  Result<graph::SelectionRequest> selection_request();
  // Artifacts of --state, once.
  Status read_state();
  void warn_of_state_in_target();
  Result<jinja::Value> manifest_to_defer_to();

  Invocation& invocation_;
  FileSystem* files_ = &invocation_.fs;
  std::function<void()> on_clock_ = [] {};
  std::shared_ptr<const project::Project> project_;
  run::ProjectSettings settings_;
  std::unique_ptr<compile::Session> session_;
  std::optional<graph::Graph> graph_;
  graph::SelectorsFile selectors_;
  std::optional<graph::PreviousState> previous_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  Diagnostics found_;  // by load(), not reported yet
  size_t num_warnings_ = 0;
};

// Prints all, errors in the order of their places; with --warn-error warnings count as errors.
// False when there is one.
bool report_diagnostics(Invocation& invocation, Diagnostics diagnostics);
// Says a warning unless it is silenced; false when it is an error, which is said then.
bool tell_warning(Invocation& invocation, const Event& event, const std::string& hint);
// Those of commands that have nothing to work on.
bool tell_nothing_to_do(Invocation& invocation);
bool tell_no_nodes(Invocation& invocation);
// With which engine the command works.
void tell_adapter(Console& console, EventLevel level, const std::string& type,
                  const std::string& engine_version);
// Prints one error and answers kExitUsage.
int report_error(Invocation& invocation, const Error& error);

}  // namespace sluice::cli
