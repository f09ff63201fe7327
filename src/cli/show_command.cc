#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/query_output.h"
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

// Shows nodes one after the other on one connection.
class Previewer {
 public:
  Previewer(Invocation& invocation, Workspace& workspace, run::GuardedConnection& connection)
      : invocation_(invocation), workspace_(workspace), connection_(connection) {}

  Status show_inline() {
    const Options& options = invocation_.options;
    compile::Session& session = workspace_.session();
    const ShownNode inline_node{
        kInlineName,
        fmt::format("sql_operation.{}.{}", workspace_.project().root_pkg().name, kInlineName),
        true};
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
    return query({node.name, node.unique_id, false}, sql);
  }

 private:
  Status query(const ShownNode& node, const std::string& sql) {
    SLUICE_ASSIGN(const warehouse::StatementResult result,
                  connection_.execute(sql, true, invocation_.options.limit));
    output_rows(invocation_, node, result.table);
    return {};
  }

  Invocation& invocation_;
  Workspace& workspace_;
  run::GuardedConnection& connection_;
};

int show_all(Invocation& invocation, Workspace& workspace, const graph::Selection& selection,
             run::GuardedConnection& connection) {
  Previewer previewer(invocation, workspace, connection);
  int exit_code = kExitOk;
  const auto note = [&](Status status) {
    if (connection.in_transaction()) (void)connection.rollback();
    if (status) return;
    exit_code = status.error().code() == ErrorCode::kCancelled
                    ? kExitCancelled
                    : report_error(invocation, status.error());
  };
  if (is_inline(invocation.options)) {
    note(previewer.show_inline());
    return exit_code;
  }
  for (graph::Index index : selection.nodes) {
    compile::Node* node = workspace.session().manifest().find_node(workspace.graph().ids()[index]);
    if (node != nullptr && !connection.interrupted()) note(previewer.show_node(*node));
  }
  return exit_code;
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
