#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/cell_text.h"
#include "cli/commands.h"
#include "cli/signal_watcher.h"
#include "cli/text_table.h"
#include "cli/workspace.h"
#include "jinja/ops.h"
#include "run/guarded_connection.h"

namespace sluice::cli {
namespace {

using jinja::Value;
using project::ResourceType;

// One table on the screen: of a node, or of an inline query (name empty).
void print_rows(Invocation& invocation, const std::string& name,
                const warehouse::ResultTable& table) {
  Value json = Value::dict();
  if (!name.empty()) json.as_dict().set("node", Value::string(name));
  json.as_dict().set("show", to_json_rows(table));
  const std::string json_text = jinja::to_json(json, {false, 2}).value_or("{}");
  if (invocation.options.output == "json") {
    invocation.console.output(json_text, "ShowNode", json_text);
    return;
  }
  const Terminal& terminal = invocation.console.terminal();
  const std::string title =
      name.empty() ? "Previewing inline node:" : fmt::format("Previewing node '{}':", name);
  const std::string body =
      to_bordered_text(to_text_table(table), terminal.is_terminal ? terminal.width : 0);
  invocation.console.output(title + "\n" + body, "ShowNode", json_text);
}

// Shows nodes one after the other on one connection.
class Previewer {
 public:
  Previewer(Invocation& invocation, Workspace& workspace, run::GuardedConnection& connection)
      : invocation_(invocation), workspace_(workspace), connection_(connection) {}

  Status show_inline() {
    compile::Session& session = workspace_.session();
    SLUICE_ASSIGN(const std::string compiled,
                  session.compile_inline(invocation_.options.inline_sql, &connection_));
    if (invocation_.options.command == Command::kCompile) {
      print_compiled_inline(compiled);
      return {};
    }
    SLUICE_ASSIGN(const std::string sql,
                  session.show_sql(nullptr, compiled, invocation_.options.limit, &connection_));
    return query({}, sql);
  }

  Status show_node(compile::Node& node) {
    compile::Session& session = workspace_.session();
    std::string compiled = "select * from " + node.relation_name;
    if (node.type != ResourceType::kSeed) {
      SLUICE_TRY(session.compile_node(node, &connection_));
      compiled = node.compiled_code;
    }
    SLUICE_ASSIGN(const std::string sql,
                  session.show_sql(&node, compiled, invocation_.options.limit, &connection_));
    return query(node.name, sql);
  }

 private:
  Status query(const std::string& name, const std::string& sql) {
    SLUICE_ASSIGN(const warehouse::StatementResult result,
                  connection_.execute(sql, true, invocation_.options.limit));
    print_rows(invocation_, name, result.table);
    return {};
  }

  void print_compiled_inline(const std::string& compiled) {
    Value json = Value::dict();
    json.as_dict().set("compiled", Value::string(compiled));
    const std::string text = jinja::to_json(json, {false, 2}).value_or("{}");
    const bool as_json = invocation_.options.output == "json";
    invocation_.console.output(as_json ? text : "Compiled inline node is:\n" + compiled,
                               "CompiledNode", text);
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
  if (invocation.options.inline_given) {
    note(previewer.show_inline());
    return exit_code;
  }
  for (graph::Index index : selection.nodes) {
    compile::Node* node = workspace.session().manifest().find_node(workspace.graph().ids()[index]);
    if (node != nullptr && !connection.interrupted()) note(previewer.show_node(*node));
  }
  return exit_code;
}

}  // namespace

int show_command(Invocation& invocation) {
  const Options& options = invocation.options;
  if (!options.inline_given && options.select.empty())
    return report_error(invocation,
                        Error(ErrorCode::kBadArgument, "nothing to show",
                              "name a node with --select, or give a query with --inline"));
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project() || !workspace.prepare_deferral()) return kExitUsage;
  graph::Selection selection;
  if (!options.inline_given) {
    std::optional<graph::Selection> found =
        workspace.select({ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot,
                          ResourceType::kTest, ResourceType::kAnalysis});
    if (!found) return kExitUsage;
    selection = std::move(*found);
    // `--select orders` means the model, not the tests that would come along with it.
    const auto is_test = [&](graph::Index index) {
      const compile::Node* node =
          workspace.session().manifest().find_node(workspace.graph().ids()[index]);
      return node != nullptr && node->type == ResourceType::kTest;
    };
    std::vector<graph::Index> without_tests;
    for (graph::Index index : selection.nodes)
      if (!is_test(index)) without_tests.push_back(index);
    if (!without_tests.empty()) selection.nodes = std::move(without_tests);
    if (selection.nodes.empty()) {
      invocation.console.warn("No nodes selected!", "NoNodesSelected");
      return kExitOk;
    }
  }
  std::vector<std::string> ids;
  for (graph::Index index : selection.nodes) ids.emplace_back(workspace.graph().ids()[index]);
  workspace.session().set_selected(std::move(ids));
  if (!workspace.open_warehouse()) return kExitUsage;
  Result<std::unique_ptr<warehouse::Connection>> connection = workspace.warehouse()->connect();
  if (!connection) return report_error(invocation, connection.error());
  run::GuardedConnection guarded(std::move(*connection));
  signals.on_first([&guarded] { guarded.interrupt(); });
  const int exit_code = show_all(invocation, workspace, selection, guarded);
  signals.on_first(nullptr);
  return exit_code;
}

}  // namespace sluice::cli
