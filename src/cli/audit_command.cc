// audit: which tables of incremental models are not what their full refresh would make of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "base/json.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "run/audit.h"
#include "run/duckdb_settings.h"
#include "run/guarded_connection.h"
#include "run/maintainer.h"
#include "run/profile_warehouse.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

// The models to audit and all models above them, what is read first.
std::vector<compile::Node*> models_to_follow(Workspace& workspace,
                                             const graph::Selection& selection) {
  const graph::Graph& graph = workspace.graph();
  std::set<graph::Index> wanted;
  for (const graph::Index index : selection.nodes) {
    wanted.insert(index);
    for (const graph::Index above : graph.ancestors(index)) wanted.insert(above);
  }
  std::vector<compile::Node*> models;
  for (const graph::Index index : graph.topological_order()) {
    compile::Node* node = workspace.session().manifest().find_node(graph.ids()[index]);
    if (wanted.contains(index) && node != nullptr && node->type == ResourceType::kModel)
      models.push_back(node);
  }
  return models;
}

void print_json(Console& console, const run::ModelAudit& audit, double price) {
  const run::RowDifference& difference = audit.difference;
  JsonWriter writer;
  writer.begin_object()
      .field("unique_id", audit.node->unique_id)
      .field("relation", audit.relation)
      .field("verdict", run::audit_verdict_name(audit.verdict))
      .field("reason", audit.reason)
      .field("rows", difference.rows)
      .field("rows_missing", difference.rows_missing)
      .field("rows_extra", difference.rows_extra);
  const auto list = [&writer](const char* name, const std::vector<std::string>& items) {
    writer.key(name).begin_array();
    for (const std::string& item : items) writer.string(item);
    writer.end_array();
  };
  list("columns_missing", difference.missing_columns);
  list("columns_extra", difference.extra_columns);
  list("key", difference.key);
  writer.field("num_partitions", difference.num_partitions).key("partitions").begin_array();
  for (const run::PartitionDifference& partition : difference.partitions)
    writer.begin_object()
        .field("value", partition.value)
        .field("rows_missing", partition.rows_missing)
        .field("rows_extra", partition.rows_extra)
        .end_object();
  writer.end_array();
  list("wrong_inputs", audit.wrong_inputs);
  writer.field("full_refresh_bytes", static_cast<int64_t>(audit.full_bytes))
      .field("full_refresh_price", scan_price(audit.full_bytes, price));
  if (audit.run_bytes)
    writer.field("run_bytes", static_cast<int64_t>(*audit.run_bytes))
        .field("run_price", scan_price(*audit.run_bytes, price));
  writer.end_object();
  console.output(writer.text(), "ModelAudit");
}

std::string counted(int64_t number, const char* what) {
  return fmt::format("{} {}{}", format_count(number), what, number == 1 ? "" : "s");
}

std::string difference_text(const run::RowDifference& difference) {
  std::string out =
      fmt::format("  {} of a full refresh are missing, {} are too many (the table has {})\n",
                  counted(difference.rows_missing, "row"), format_count(difference.rows_extra),
                  format_count(difference.rows));
  if (!difference.missing_columns.empty())
    out += fmt::format("  the table lacks: {}\n", fmt::join(difference.missing_columns, ", "));
  if (!difference.extra_columns.empty())
    out +=
        fmt::format("  the query does not give: {}\n", fmt::join(difference.extra_columns, ", "));
  if (difference.partitions.empty()) return out;
  out += fmt::format("  by {}, {}:\n", fmt::join(difference.key, ", "),
                     counted(difference.num_partitions, "value"));
  for (const run::PartitionDifference& partition : difference.partitions)
    out += fmt::format("    {}: {} missing, {} too many\n", partition.value,
                       format_count(partition.rows_missing), format_count(partition.rows_extra));
  const int64_t more =
      difference.num_partitions - static_cast<int64_t>(difference.partitions.size());
  if (more > 0) out += fmt::format("    … and {} more\n", format_count(more));
  return out;
}

void print_text(Console& console, const run::ModelAudit& audit, double price) {
  std::string out =
      fmt::format("{}: {}\n", audit.node->unique_id, run::audit_verdict_name(audit.verdict));
  if (!audit.reason.empty()) out += fmt::format("  {}\n", audit.reason);
  if (audit.verdict == run::AuditVerdict::kWrong) out += difference_text(audit.difference);
  if (!audit.wrong_inputs.empty())
    out += fmt::format("  reads what is wrong itself: {}\n", fmt::join(audit.wrong_inputs, ", "));
  if (audit.run_bytes.value_or(0) > 0)
    out += fmt::format(
        "  with nothing new its run reads {} ({}), all of it too much; a full refresh reads {} "
        "({})\n",
        format_bytes(*audit.run_bytes), format_dollars(scan_price(*audit.run_bytes, price)),
        format_bytes(audit.full_bytes), format_dollars(scan_price(audit.full_bytes, price)));
  console.output(out, "ModelAudit");
}

int print_audits(Invocation& invocation, const std::vector<run::ModelAudit>& audits, double price) {
  const bool writes_json = invocation.options.output == "json";
  int64_t num_wrong = 0, num_unknown = 0;
  for (const run::ModelAudit& audit : audits) {
    num_wrong += audit.verdict == run::AuditVerdict::kWrong ? 1 : 0;
    num_unknown += audit.verdict == run::AuditVerdict::kUnknown ? 1 : 0;
    if (writes_json)
      print_json(invocation.console, audit, price);
    else
      print_text(invocation.console, audit, price);
  }
  if (!writes_json) {
    std::string line = fmt::format(
        "audited {}: {}", counted(static_cast<int64_t>(audits.size()), "incremental model"),
        num_wrong == 0 ? "none is wrong" : fmt::format("{} wrong", num_wrong));
    if (num_unknown > 0) line += fmt::format(", {} cannot be told", num_unknown);
    if (num_wrong > 0)
      line +=
          "\n  hint: `incremental: {policy: exact}` in sluice.yml keeps them equal to a full "
          "refresh; no model has to be edited";
    invocation.console.output(line, "AuditSummary");
  }
  return num_wrong > 0 ? kExitFailed : kExitOk;
}

}  // namespace

int audit_command(Invocation& invocation) {
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  std::optional<graph::Selection> selection = workspace.select({ResourceType::kModel});
  if (!selection) return kExitUsage;
  std::set<std::string> selected;
  for (const graph::Index index : selection->nodes)
    selected.emplace(workspace.graph().ids()[index]);
  if (selected.empty()) return tell_no_nodes(invocation) ? kExitOk : kExitUsage;
  Result<warehouse::WarehouseSettings> settings =
      run::duckdb_settings(workspace.project(), invocation.environment);
  if (!settings) return report_error(invocation, settings.error());
  const auto database = run::open_to_read(invocation.fs, *settings);
  if (!database) return report_error(invocation, database.error());
  if (*database == nullptr)
    return report_error(invocation,
                        Error(ErrorCode::kFileNotFound,
                              fmt::format("there is no database \"{}\" to audit", settings->path),
                              "build the project first, or choose another target"));
  workspace.session().set_warehouse(database->get());
  auto opened = (*database)->connect();
  if (!opened) return report_error(invocation, opened.error());
  run::GuardedConnection connection(std::move(*opened));
  signals.on_first([&connection] { connection.interrupt(); });
  if (Status metered = connection.set_scan_metrics(true); !metered)
    return report_error(invocation, metered.error());
  Result<std::vector<run::ModelAudit>> audits =
      run::Auditor(workspace.session(), connection).audit(models_to_follow(workspace, *selection));
  signals.on_first(nullptr);
  if (!audits) return report_error(invocation, audits.error());
  // What sluice maintains does not run when nothing has changed.
  const run::Maintainer maintainer(workspace.session(), invocation.fs, invocation.clock,
                                   workspace.settings());
  for (run::ModelAudit& audit : *audits)
    if (maintainer.covers(*audit.node).value_or(false)) audit.run_bytes = 0;
  std::erase_if(*audits, [&selected](const run::ModelAudit& audit) {
    return !selected.contains(audit.node->unique_id);
  });
  if (audits->empty()) {
    invocation.console.warn("no selected model is incremental: nothing to audit", "NothingToAudit");
    return kExitOk;
  }
  return print_audits(invocation, *audits, workspace.price_per_tb());
}

}  // namespace sluice::cli
