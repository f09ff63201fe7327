// check: binds all models over empty tables and tells every fault at once.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/json.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/workspace.h"
#include "run/checker.h"
#include "run/duckdb_settings.h"
#include "run/profile_warehouse.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

// An engine in memory that knows the functions and settings of the profile's.
Result<sql::Binder> open_engine(warehouse::WarehouseSettings settings) {
  settings.path = ":memory:";
  settings.database = "memory";
  settings.schema = "main";
  settings.threads = 1;
  settings.read_only = false;
  std::erase_if(settings.start_statements, run::is_attachment);
  return sql::Binder::open(settings);
}

// What was selected and all that it reads, what is read first.
std::vector<compile::Node*> nodes_to_bind(Workspace& workspace, const graph::Selection& selection) {
  const graph::Graph& graph = workspace.graph();
  std::set<graph::Index> wanted(selection.nodes.begin(), selection.nodes.end());
  for (const graph::Index index : selection.nodes)
    for (const graph::Index above : graph.ancestors(index)) wanted.insert(above);
  std::vector<compile::Node*> nodes;
  for (const graph::Index index : graph.topological_order()) {
    if (!wanted.contains(index)) continue;
    compile::Node* node = workspace.session().manifest().find_node(graph.ids()[index]);
    if (node == nullptr) continue;
    if (node->type == ResourceType::kModel || node->type == ResourceType::kSeed ||
        node->type == ResourceType::kSnapshot)
      nodes.push_back(node);
  }
  return nodes;
}

void write_fault(JsonWriter& writer, const Error& fault) {
  writer.begin_object()
      .field("code", code_name(fault.code()))
      .field("message", fault.message())
      .field("hint", fault.hint());
  if (!fault.spans().empty()) {
    const Span& span = fault.spans().front();
    writer.field("file", span.file.text())
        .field("line", static_cast<int64_t>(span.line))
        .field("column", static_cast<int64_t>(span.column));
  }
  writer.end_object();
}

void print_json(Console& console, const run::NodeCheck& check) {
  JsonWriter writer;
  writer.begin_object()
      .field("unique_id", check.node->unique_id)
      .field("verdict", run::check_verdict_name(check.verdict))
      .field("reason", check.reason)
      .field("because_of", check.because_of)
      .key("faults")
      .begin_array();
  for (const Error& fault : check.faults) write_fault(writer, fault);
  writer.end_array().end_object();
  console.output(writer.text(), "CheckedNode");
}

// Returns the exit code.
int print_checks(Invocation& invocation, const std::vector<run::NodeCheck>& checks) {
  size_t num_faults = 0, num_faulty = 0, num_unknown = 0, num_following = 0;
  const bool writes_json = invocation.options.output == "json";
  for (const run::NodeCheck& check : checks) {
    num_faults += check.faults.size();
    num_faulty += check.verdict == run::CheckVerdict::kFaulty ? 1 : 0;
    num_unknown += check.verdict == run::CheckVerdict::kUnknown ? 1 : 0;
    if (writes_json) {
      print_json(invocation.console, check);
      continue;
    }
    for (const Error& fault : check.faults)
      invocation.console.output(fmt::format("{}: error{}\n", check.node->unique_id, render(fault)),
                                "Fault");
    num_following += check.because_of.empty() ? 0U : 1U;
    if (check.verdict == run::CheckVerdict::kUnknown && check.because_of.empty())
      invocation.console.output(
          fmt::format("{}: cannot tell: {}", check.node->unique_id, check.reason), "CannotTell");
  }
  if (!writes_json) {
    const auto counted = [](size_t number, const char* what) {
      return fmt::format("{} {}{}", format_count(static_cast<int64_t>(number)), what,
                         number == 1 ? "" : "s");
    };
    std::string line = fmt::format(
        "checked {}: {}", counted(checks.size(), "node"),
        num_faults == 0 ? "no faults"
                        : fmt::format("{} in {}", counted(num_faults, "fault"), num_faulty));
    if (num_unknown > 0) line += fmt::format(", {} cannot be told", num_unknown);
    if (num_following > 0)
      line += fmt::format(" ({} of them because of what they read)", num_following);
    invocation.console.output(line, "CheckSummary");
  }
  return num_faulty > 0 ? kExitFailed : kExitOk;
}

}  // namespace

int check_command(Invocation& invocation) {
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  const std::string& adapter = workspace.project().profile.adapter_type;
  if (adapter != "duckdb")
    return report_error(
        invocation,
        Error(ErrorCode::kWarehouseUnsupported,
              fmt::format("models of a target of type \"{}\" cannot be bound here", adapter),
              "choose a target of type duckdb with --target"));
  std::optional<graph::Selection> selection =
      workspace.select({ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot});
  if (!selection) return kExitUsage;
  std::set<std::string_view> selected;
  for (const graph::Index index : selection->nodes) selected.insert(workspace.graph().ids()[index]);
  if (selected.empty()) return tell_no_nodes(invocation) ? kExitOk : kExitUsage;
  Result<warehouse::WarehouseSettings> settings =
      run::duckdb_settings(workspace.project(), invocation.environment);
  if (!settings) return report_error(invocation, settings.error());
  Result<sql::Binder> engine = open_engine(*settings);
  if (!engine) return report_error(invocation, engine.error());
  // Without the database the property files have to do.
  const auto catalog = run::open_to_read(invocation.fs, *settings);
  std::unique_ptr<warehouse::Connection> connection;
  if (catalog && *catalog != nullptr) {
    auto connected = (*catalog)->connect();
    if (!connected) return report_error(invocation, connected.error());
    connection = std::move(*connected);
  }
  run::Checker checker(workspace.session(), *engine, connection.get());
  Result<std::vector<run::NodeCheck>> checks = checker.check(nodes_to_bind(workspace, *selection));
  if (!checks) return report_error(invocation, checks.error());
  std::erase_if(*checks, [&selected](const run::NodeCheck& check) {
    return !selected.contains(check.node->unique_id);
  });
  return print_checks(invocation, *checks);
}

}  // namespace sluice::cli
