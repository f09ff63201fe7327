#include "cli/desk.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/signal_watcher.h"

namespace sluice::cli {

using project::ResourceType;

int at_desk(Invocation& invocation, const std::function<int(Desk&)>& work) {
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  std::optional<graph::Selection> selection = workspace.select({ResourceType::kModel});
  if (!selection) return kExitUsage;
  std::vector<const compile::Node*> models;
  std::vector<std::string> ids;
  for (const graph::Index index : selection->nodes) {
    const std::string id(workspace.graph().ids()[index]);
    const compile::Node* node = workspace.session().manifest().find_node(id);
    if (node == nullptr || node->is_ephemeral()) continue;
    models.push_back(node);
    ids.push_back(id);
  }
  if (models.empty()) return tell_no_nodes(invocation) ? kExitOk : kExitUsage;
  workspace.session().set_selected(std::move(ids));
  if (!workspace.open_warehouse()) return kExitUsage;
  Result<std::unique_ptr<warehouse::Connection>> opened = workspace.warehouse()->connect();
  if (!opened) return report_error(invocation, opened.error());
  run::GuardedConnection connection(std::move(*opened));
  signals.on_first([&connection] { connection.interrupt(); });
  if (Status prepared = workspace.session().prepare_schemas(connection, models, false); !prepared)
    return report_error(invocation, prepared.error());
  run::Maintainer maintainer(workspace.session(), invocation.fs, invocation.clock,
                             workspace.settings());
  Desk desk{invocation, workspace, connection, maintainer, std::move(models)};
  const int exit_code = work(desk);
  signals.on_first(nullptr);
  return exit_code;
}

}  // namespace sluice::cli
