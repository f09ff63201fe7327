#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "base/thread_name.h"
#include "cli/commands.h"
#include "cli/plan_runner.h"
#include "cli/preview_events.h"
#include "cli/query_output.h"
#include "cli/run_artifacts.h"
#include "cli/run_summary.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "run/guarded_connection.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

constexpr const char* kInlineName = "inline_query";
constexpr const char* kWorkerName = "Thread-1 (worker)";

bool is_inline(const Options& options) {
  return options.inline_given || !options.inline_direct.empty();
}

std::string inline_id(const Workspace& workspace) {
  return fmt::format("sql_operation.{}.{}", workspace.project().root_pkg().name, kInlineName);
}

std::unique_ptr<compile::Node> make_inline_node(const Invocation& invocation,
                                                const Workspace& workspace) {
  const project::Project& project = workspace.project();
  auto node = std::make_unique<compile::Node>();
  node->type = ResourceType::kSqlOperation;
  node->name = kInlineName;
  node->alias = kInlineName;
  node->unique_id = inline_id(workspace);
  node->package_name = project.root_pkg().name;
  node->package = project.root_package;
  node->path = "sql/inline_query";
  node->original_file_path = node->path;
  node->fqn = {node->package_name, "sql", kInlineName};
  node->database = project.profile.database;
  node->schema = project.profile.schema;
  node->owned_raw_code = invocation.options.inline_sql;
  node->raw_code = node->owned_raw_code;
  node->config = jinja::Value::dict();
  node->config.as_dict().set("materialized", jinja::Value::string("view"));
  node->unrendered_config = jinja::Value::dict();
  node->meta = jinja::Value::dict();
  node->docs = jinja::Value::dict();
  node->created_at_micros = invocation.started_at_micros;
  return node;
}

// Shows nodes one after the other on one connection.
class Previewer {
 public:
  Previewer(Invocation& invocation, Workspace& workspace, run::GuardedConnection& connection)
      : invocation_(invocation),
        workspace_(workspace),
        connection_(connection),
        events_(invocation.console, invocation.clock, workspace.session()) {}

  // What became of each, for run_results.json. The query of the command line becomes a node, so
  // that its compiled code is found.
  std::vector<run::NodeResult> take_results() {
    if (inline_node_ && inline_node_->compiled) {
      compile::Manifest& manifest = workspace_.session().manifest();
      manifest.nodes.push_back(std::move(inline_node_));
      manifest.index();
    }
    return std::move(results_);
  }
  const std::vector<run::NodeResult>& results() const { return results_; }

  Status show_inline() {
    inline_node_ = make_inline_node(invocation_, workspace_);
    return observed(*inline_node_, [this] { return preview_inline(); });
  }

  // A query that is sent as it was written, and is no node.
  Status show_direct() {
    const Options& options = invocation_.options;
    SLUICE_ASSIGN(
        const std::string sql,
        workspace_.session().show_sql(nullptr, options.inline_direct, options.limit, &connection_));
    SLUICE_ASSIGN(const warehouse::StatementResult result,
                  connection_.execute(sql, true, options.limit));
    output_rows(invocation_, {kInlineName, inline_id(workspace_), true}, result.table);
    return {};
  }

  Status show_node(compile::Node& node) {
    return observed(node, [this, &node] { return preview_node(node); });
  }

 private:
  // Previews a node between its events, and keeps its result.
  template <typename Preview>
  Status observed(const compile::Node& node, const Preview& preview) {
    set_thread_name(kWorkerName);
    events_.started(node);
    const int64_t started_micros = invocation_.clock.now_micros();
    Status status = preview();
    results_.push_back(result_of(node, started_micros, status));
    events_.finished(results_.back());
    set_thread_name("MainThread");
    if (status) output_();
    return status;
  }

  run::NodeResult result_of(const compile::Node& node, int64_t started_micros,
                            const Status& status) const {
    const int64_t now_micros = invocation_.clock.now_micros();
    run::NodeResult result;
    result.unique_id = node.unique_id;
    result.thread_id = kWorkerName;
    // A failure to compile leaves the moment of the node before.
    const bool compiled = compiled_micros_ >= started_micros;
    result.timing.push_back({"compile", started_micros, compiled ? compiled_micros_ : now_micros});
    if (compiled) result.timing.push_back({"execute", compiled_micros_, now_micros});
    result.execution_seconds = static_cast<double>(now_micros - started_micros) / 1e6;
    if (!status) {
      result.status = run::NodeStatus::kError;
      result.message = status.error().message();
    } else if (invocation_.options.command == Command::kShow) {
      result.adapter_message = "OK";
    }
    return result;
  }

  Status preview_inline() {
    const Options& options = invocation_.options;
    compile::Session& session = workspace_.session();
    const ShownNode shown{kInlineName, inline_node_->unique_id, true};
    SLUICE_ASSIGN(const std::string compiled,
                  session.compile_inline(options.inline_sql, &connection_));
    if (options.command == Command::kCompile) {
      take_sql(*inline_node_, compiled);
      output_ = [this, shown, compiled] { output_compiled(invocation_, shown, compiled); };
      return {};
    }
    SLUICE_ASSIGN(const std::string sql,
                  session.show_sql(nullptr, compiled, options.limit, &connection_));
    take_sql(*inline_node_, sql);
    return query(shown, sql);
  }

  Status preview_node(compile::Node& node) {
    compile::Session& session = workspace_.session();
    const ShownNode shown{node.name, node.unique_id, false};
    if (node.type == ResourceType::kSeed) {
      SLUICE_ASSIGN(const std::string sql,
                    session.show_sql(&node, "select * from " + node.relation_name,
                                     invocation_.options.limit, &connection_));
      compiled_micros_ = invocation_.clock.now_micros();
      events_.executing();
      return query(shown, sql);
    }
    SLUICE_TRY(session.compile_node(node, &connection_));
    if (connection_.in_transaction()) SLUICE_TRY(connection_.rollback());
    SLUICE_ASSIGN(const std::string sql, session.show_sql(&node, node.compiled_code,
                                                          invocation_.options.limit, &connection_));
    take_sql(node, sql);
    return query(shown, sql);
  }

  // The node is compiled: what it is to be executed as.
  void take_sql(compile::Node& node, const std::string& sql) {
    node.compiled = true;
    node.compiled_code = sql;
    compiled_micros_ = invocation_.clock.now_micros();
    events_.compiled();
    events_.executing();
  }

  Status query(const ShownNode& node, const std::string& sql) {
    events_.statement(sql);
    const int64_t started_ns = invocation_.clock.ticks_ns();
    SLUICE_ASSIGN(warehouse::StatementResult result,
                  connection_.execute(sql, true, invocation_.options.limit));
    events_.statement_ended(static_cast<double>(invocation_.clock.ticks_ns() - started_ns) / 1e9);
    output_ = [this, node, table = std::move(result.table)] {
      output_rows(invocation_, node, table);
    };
    return {};
  }

  Invocation& invocation_;
  Workspace& workspace_;
  run::GuardedConnection& connection_;
  int64_t compiled_micros_ = 0;
  std::unique_ptr<compile::Node> inline_node_;
  std::vector<run::NodeResult> results_;
  std::function<void()> output_;  // what the node that was previewed last has to show
  PreviewEvents events_;          // last: it describes the node above
};

bool write_preview_artifacts(Invocation& invocation, Workspace& workspace, Previewer& previewer,
                             bool success) {
  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  if (success)
    tell_results(invocation.console, invocation.clock, previewer.results(), true, elapsed);
  // The query of the command line is in the results, not in the manifest.
  const bool manifest_written = write_manifest_artifact(invocation, workspace);
  return write_run_results_artifact(invocation, workspace, previewer.take_results(), elapsed) &&
         manifest_written;
}

int show_all(Invocation& invocation, Workspace& workspace, const graph::Selection& selection,
             run::GuardedConnection& connection) {
  const Options& options = invocation.options;
  Previewer previewer(invocation, workspace, connection);
  int exit_code = kExitOk;
  const auto end = [&](const Status& status) {
    if (connection.in_transaction()) (void)connection.rollback();
    if (status) return;
    exit_code = status.error().code() == ErrorCode::kCancelled
                    ? kExitCancelled
                    : report_error(invocation, status.error());
  };
  // As in dbt, a query that is sent as it was written leaves no artifacts.
  if (!options.inline_direct.empty()) {
    end(previewer.show_direct());
    return exit_code;
  }
  print_concurrency(invocation, workspace, is_inline(options) ? 1 : selection.nodes.size());
  if (is_inline(options)) end(previewer.show_inline());
  for (graph::Index index : selection.nodes) {
    compile::Node* node = workspace.session().manifest().find_node(workspace.graph().ids()[index]);
    if (node != nullptr && !connection.interrupted()) end(previewer.show_node(*node));
  }
  const bool written =
      write_preview_artifacts(invocation, workspace, previewer, exit_code == kExitOk);
  return exit_code == kExitOk && !written ? kExitUsage : exit_code;
}

// The nodes that --select names; nullopt when an error was reported.
std::optional<graph::Selection> selected_nodes(Workspace& workspace) {
  std::optional<graph::Selection> found =
      workspace.select({ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot,
                        ResourceType::kTest, ResourceType::kAnalysis});
  if (!found) return std::nullopt;
  // `--select orders` means the model, not the tests that would come along with it.
  const auto is_test = [&](graph::Index index) {
    const compile::Node* node =
        workspace.session().manifest().find_node(workspace.graph().ids()[index]);
    return node != nullptr && node->type == ResourceType::kTest;
  };
  std::vector<graph::Index> without_tests;
  for (graph::Index index : found->nodes)
    if (!is_test(index)) without_tests.push_back(index);
  if (!without_tests.empty()) found->nodes = std::move(without_tests);
  return found;
}

}  // namespace

int show_command(Invocation& invocation) {
  const Options& options = invocation.options;
  if (!is_inline(options) && options.select.empty())
    return report_error(invocation,
                        Error(ErrorCode::kBadArgument, "nothing to show",
                              "name a node with --select, or give a query with --inline"));
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project() || !workspace.prepare_deferral()) return kExitUsage;
  std::optional<graph::Selection> selection = graph::Selection();
  if (!is_inline(options)) {
    selection = selected_nodes(workspace);
    if (!selection) return kExitUsage;
    if (selection->nodes.empty()) return tell_no_nodes(invocation) ? kExitOk : kExitUsage;
  }
  std::vector<std::string> ids;
  for (graph::Index index : selection->nodes) ids.emplace_back(workspace.graph().ids()[index]);
  workspace.session().set_selected(std::move(ids));
  if (!workspace.open_warehouse()) return kExitUsage;
  Result<std::unique_ptr<warehouse::Connection>> connection = workspace.warehouse()->connect();
  if (!connection) return report_error(invocation, connection.error());
  run::GuardedConnection guarded(std::move(*connection));
  signals.on_first([&guarded] { guarded.interrupt(); });
  const int exit_code = show_all(invocation, workspace, *selection, guarded);
  signals.on_first(nullptr);
  return exit_code;
}

}  // namespace sluice::cli
