#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/query_output.h"
#include "cli/run_artifacts.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "run/guarded_connection.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

constexpr const char* kInlineName = "inline_query";

bool is_inline(const Options& options) {
  return options.inline_given || !options.inline_direct.empty();
}

std::string inline_id(const Workspace& workspace) {
  return fmt::format("sql_operation.{}.{}", workspace.project().root_pkg().name, kInlineName);
}

// Shows nodes one after the other on one connection.
class Previewer {
 public:
  Previewer(Invocation& invocation, Workspace& workspace, run::GuardedConnection& connection)
      : invocation_(invocation), workspace_(workspace), connection_(connection) {}

  // What became of each, for run_results.json. The query of the command line becomes a node, so
  // that its compiled code is found.
  std::vector<run::NodeResult> take_results() {
    if (inline_node_) {
      compile::Manifest& manifest = workspace_.session().manifest();
      manifest.nodes.push_back(std::move(inline_node_));
      manifest.index();
    }
    return std::move(results_);
  }

  void note(std::string unique_id, int64_t started_micros, const Status& status) {
    const int64_t now_micros = invocation_.clock.now_micros();
    run::NodeResult result;
    result.unique_id = std::move(unique_id);
    result.thread_id = "Thread-1 (worker)";
    // A failure to compile leaves the moment of the node before.
    const bool compiled = compiled_micros_ >= started_micros;
    result.timing.push_back({"compile", started_micros, compiled ? compiled_micros_ : now_micros});
    if (compiled) result.timing.push_back({"execute", compiled_micros_, now_micros});
    result.execution_seconds = static_cast<double>(now_micros - started_micros) / 1e6;
    if (status) {
      result.adapter_message = "OK";
    } else {
      result.status = run::NodeStatus::kError;
      result.message = status.error().message();
    }
    results_.push_back(std::move(result));
  }

  Status show_inline() {
    const Options& options = invocation_.options;
    compile::Session& session = workspace_.session();
    const ShownNode inline_node{kInlineName, inline_id(workspace_), true};
    std::string compiled = options.inline_direct;
    if (compiled.empty()) {
      SLUICE_ASSIGN(compiled, session.compile_inline(options.inline_sql, &connection_));
    }
    if (options.command == Command::kCompile) {
      output_compiled(invocation_, inline_node, compiled);
      return {};
    }
    SLUICE_ASSIGN(const std::string sql,
                  session.show_sql(nullptr, compiled, options.limit, &connection_));
    take_inline_node(inline_node.unique_id, sql);
    return query(inline_node, sql);
  }

  Status show_node(compile::Node& node) {
    compile::Session& session = workspace_.session();
    std::string compiled = "select * from " + node.relation_name;
    if (node.type != ResourceType::kSeed) {
      SLUICE_TRY(session.compile_node(node, &connection_));
      if (connection_.in_transaction()) SLUICE_TRY(connection_.rollback());
      compiled = node.compiled_code;
    }
    SLUICE_ASSIGN(const std::string sql,
                  session.show_sql(&node, compiled, invocation_.options.limit, &connection_));
    if (node.type != ResourceType::kSeed) node.compiled_code = sql;
    return query({node.name, node.unique_id, false}, sql);
  }

 private:
  void take_inline_node(const std::string& unique_id, const std::string& sql) {
    inline_node_ = std::make_unique<compile::Node>();
    compile::Node& node = *inline_node_;
    node.type = ResourceType::kSqlOperation;
    node.name = kInlineName;
    node.alias = kInlineName;
    node.unique_id = unique_id;
    node.package_name = workspace_.project().root_pkg().name;
    node.package = workspace_.project().root_package;
    node.path = "sql/inline_query";
    node.original_file_path = node.path;
    node.fqn = {node.package_name, "sql", kInlineName};
    node.database = workspace_.project().profile.database;
    node.schema = workspace_.project().profile.schema;
    node.owned_raw_code = invocation_.options.inline_sql;
    node.raw_code = node.owned_raw_code;
    node.config = jinja::Value::dict();
    node.unrendered_config = jinja::Value::dict();
    node.meta = jinja::Value::dict();
    node.docs = jinja::Value::dict();
    node.created_at_micros = invocation_.started_at_micros;
    node.compiled = true;
    node.compiled_code = sql;
  }

  Status query(const ShownNode& node, const std::string& sql) {
    compiled_micros_ = invocation_.clock.now_micros();
    SLUICE_ASSIGN(const warehouse::StatementResult result,
                  connection_.execute(sql, true, invocation_.options.limit));
    output_rows(invocation_, node, result.table);
    return {};
  }

  Invocation& invocation_;
  Workspace& workspace_;
  run::GuardedConnection& connection_;
  int64_t compiled_micros_ = 0;
  std::unique_ptr<compile::Node> inline_node_;
  std::vector<run::NodeResult> results_;
};

int show_all(Invocation& invocation, Workspace& workspace, const graph::Selection& selection,
             run::GuardedConnection& connection) {
  Previewer previewer(invocation, workspace, connection);
  int exit_code = kExitOk;
  const auto show = [&](std::string unique_id, const auto& preview) {
    const int64_t started_micros = invocation.clock.now_micros();
    const Status status = preview();
    previewer.note(std::move(unique_id), started_micros, status);
    if (connection.in_transaction()) (void)connection.rollback();
    if (status) return;
    exit_code = status.error().code() == ErrorCode::kCancelled
                    ? kExitCancelled
                    : report_error(invocation, status.error());
  };
  if (is_inline(invocation.options)) {
    show(inline_id(workspace), [&] { return previewer.show_inline(); });
  }
  for (graph::Index index : selection.nodes) {
    compile::Node* node = workspace.session().manifest().find_node(workspace.graph().ids()[index]);
    if (node != nullptr && !connection.interrupted())
      show(node->unique_id, [&] { return previewer.show_node(*node); });
  }
  // As in dbt, a query that is sent as it was written leaves no artifacts.
  const Options& options = invocation.options;
  if (options.command != Command::kShow || !options.inline_direct.empty()) return exit_code;
  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  // The query of the command line is in the results, not in the manifest.
  const bool manifest_written = write_manifest_artifact(invocation, workspace);
  const bool written =
      write_run_results_artifact(invocation, workspace, previewer.take_results(), elapsed) &&
      manifest_written;
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
