#include "run/audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sql/binder.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

using compile::Node;
using compile::ResourceType;
using sql::quoted_identifier;

const jinja::Value* config_of(const Node& node, std::string_view key) {
  const jinja::Value* found = node.config.is_dict() ? node.config.as_dict().find(key) : nullptr;
  return found == nullptr || found->is_none() ? nullptr : found;
}

// Columns that the model says its rows are told by.
DifferenceKeys keys_of(const Node& node) {
  const auto columns = [&node](const char* name) {
    std::vector<std::string> out;
    const jinja::Value* value = config_of(node, name);
    if (value != nullptr && value->is_string()) out.push_back(value->as_string());
    if (value != nullptr && value->is_list())
      for (const jinja::Value& item : value->as_items())
        if (item.is_string()) out.push_back(item.as_string());
    return out;
  };
  DifferenceKeys keys{columns("event_time"), columns("unique_key")};
  if (keys.partition.empty()) keys.partition = columns("partition_by");
  return keys;
}

std::string temporary(const Node& node) { return "temp.main." + quoted_identifier(node.alias); }

}  // namespace

std::string_view audit_verdict_name(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::kRight:
      return "right";
    case AuditVerdict::kRightRounded:
      return "right but for rounding";
    case AuditVerdict::kWrong:
      return "WRONG";
    case AuditVerdict::kNotBuilt:
      return "not built";
    case AuditVerdict::kUnknown:
      return "cannot tell";
  }
  return "";
}

Result<std::vector<ModelAudit>> Auditor::audit(const std::vector<Node*>& models) {
  std::vector<ModelAudit> out;
  for (Node* node : models) {
    if (node->materialized() != "incremental") {
      SLUICE_TRY(carry(*node));
      continue;
    }
    ModelAudit model;
    model.node = node;
    model.relation = session_.relation_name(*node);
    Status done = audit_model(*node, model);
    if (!done) {
      if (done.error().code() == ErrorCode::kCancelled) return fail(std::move(done.error()));
      if (connection_.in_transaction()) SLUICE_TRY(connection_.rollback());
      model.verdict = AuditVerdict::kUnknown;
      model.reason = done.error().message();
    }
    out.push_back(std::move(model));
  }
  return out;
}

std::vector<std::string> Auditor::wrong_inputs(const Node& node) const {
  std::vector<std::string> out;
  for (const SharedText& id : node.depends_on_nodes)
    if (const auto found = wrong_.find(id.text()); found != wrong_.end())
      out.push_back(found->second);
  return out;
}

// Views and tables over something wrong would be others over the right one.
Status Auditor::carry(Node& node) {
  if (node.language == "python" || wrong_inputs(node).empty()) return {};
  if (node.is_ephemeral()) {
    wrong_[node.unique_id] = node.name;
    return {};
  }
  SLUICE_ASSIGN(const std::string sql, full_query(node));
  const bool is_view = node.materialized() == "view";
  SLUICE_TRY(connection_.execute(
      fmt::format("create or replace temp {} {} as {}", is_view ? "view" : "table",
                  quoted_identifier(node.alias), sql),
      false));
  redirect(node);
  return {};
}

void Auditor::redirect(Node& node) {
  wrong_[node.unique_id] = node.name;
  node.database = "temp";
  node.schema = "main";
}

Result<std::string> Auditor::full_query(const Node& node) {
  Node copy = node;
  copy.compiled = false;
  copy.source_map.clear();
  copy.extra_ctes.clear();
  copy.injected_at = copy.injected_bytes = 0;
  jinja::Value config = jinja::Value::dict();
  if (node.config.is_dict())
    for (const auto& entry : node.config.as_dict().entries())
      if (entry.key.is_string()) config.as_dict().set(entry.key.as_string(), entry.value);
  config.as_dict().set("full_refresh", jinja::Value::boolean(true));
  copy.config = std::move(config);
  SLUICE_TRY(session_.compile_node(copy, &connection_));
  if (connection_.in_transaction()) SLUICE_TRY(connection_.rollback());
  return std::move(copy.compiled_code);
}

Result<bool> Auditor::is_there(const Node& node) {
  SLUICE_ASSIGN(const std::vector<warehouse::RelationInfo> relations,
                connection_.list_relations(node.database, node.schema));
  return std::any_of(
      relations.begin(), relations.end(),
      [&node](const warehouse::RelationInfo& other) { return other.identifier == node.alias; });
}

Status Auditor::audit_model(Node& node, ModelAudit& out) {
  SLUICE_ASSIGN(const bool is_built, is_there(node));
  if (!is_built) {
    out.verdict = AuditVerdict::kNotBuilt;
    return {};
  }
  if (node.language == "python") {
    out.verdict = AuditVerdict::kUnknown;
    out.reason = "it is a Python model";
    return {};
  }
  out.wrong_inputs = wrong_inputs(node);
  SLUICE_TRY(measure_run(node, out));
  SLUICE_ASSIGN(const std::string sql, full_query(node));
  SLUICE_TRY(connection_.take_scan_metrics());
  SLUICE_TRY(connection_.execute(
      fmt::format("create or replace temp table {} as {}", quoted_identifier(node.alias), sql),
      false));
  SLUICE_ASSIGN(const warehouse::ScanMetrics read, connection_.take_scan_metrics());
  out.full_bytes = read.bytes_read;
  SLUICE_TRY(judge(node, sql, out));
  if (out.verdict == AuditVerdict::kWrong) {
    redirect(node);
    return {};
  }
  SLUICE_TRY(connection_.execute("drop table " + temporary(node), false));
  return {};
}

Status Auditor::judge(const Node& node, const std::string& sql, ModelAudit& out) {
  SLUICE_ASSIGN(out.difference,
                find_difference(connection_, out.relation, temporary(node), keys_of(node)));
  if (out.difference.is_equal()) {
    out.verdict = out.difference.is_rounding ? AuditVerdict::kRightRounded : AuditVerdict::kRight;
    return {};
  }
  SLUICE_ASSIGN(const std::vector<std::string> calls, unstable_calls(sql));
  if (calls.empty()) {
    out.verdict = AuditVerdict::kWrong;
    return {};
  }
  out.verdict = AuditVerdict::kUnknown;
  out.reason = fmt::format("its query calls {}, so that two full refreshes differ too",
                           fmt::join(calls, ", "));
  return {};
}

Result<std::vector<std::string>> Auditor::unstable_calls(const std::string& sql) {
  SLUICE_ASSIGN(const sql::FunctionProperties functions,
                sql::FunctionProperties::load(connection_));
  SLUICE_ASSIGN(const std::set<std::string> calls,
                sql::find_unstable_calls(sql, functions, connection_));
  return std::vector<std::string>(calls.begin(), calls.end());
}

// The query that the next run adds by, as things are now: nothing has changed since the last one.
Status Auditor::measure_run(const Node& node, ModelAudit& out) {
  if (session_.runs_in_batches(node)) return {};
  Node copy = node;
  copy.compiled = false;
  SLUICE_TRY(session_.compile_node(copy, &connection_));
  if (connection_.in_transaction()) SLUICE_TRY(connection_.rollback());
  SLUICE_TRY(connection_.take_scan_metrics());
  const std::string name = temporary(node);
  SLUICE_TRY(connection_.execute(fmt::format("create or replace temp table {} as {}",
                                             quoted_identifier(node.alias), copy.compiled_code),
                                 false));
  SLUICE_ASSIGN(const warehouse::ScanMetrics read, connection_.take_scan_metrics());
  out.run_bytes = read.bytes_read;
  SLUICE_TRY(connection_.execute("drop table " + name, false));
  return {};
}

}  // namespace sluice::run
