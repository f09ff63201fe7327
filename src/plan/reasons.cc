#include "plan/reasons.h"

#include <fmt/format.h>

#include <optional>

namespace sluice::plan {

namespace {

using compile::Node;
using project::ResourceType;

const jinja::Value* config_value(const Node& node, std::string_view key) {
  return node.config.is_dict() ? node.config.as_dict().find(key) : nullptr;
}

std::string config_text(const Node& node, std::string_view key, std::string_view otherwise) {
  const jinja::Value* value = config_value(node, key);
  return std::string(value != nullptr && value->is_string() ? std::string_view(value->as_string())
                                                            : otherwise);
}

// The node's own word on full refresh, which overrules the command's.
std::optional<bool> configured_full_refresh(const Node& node) {
  const jinja::Value* value = config_value(node, "full_refresh");
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->as_bool();
}

Decision decide_incremental(const Node& node, const PlanRequest& request) {
  const std::optional<bool> configured = configured_full_refresh(node);
  if (configured.value_or(request.full_refresh))
    return {Action::kFull, configured ? "incremental: built in full, its config says full_refresh"
                                      : "incremental: built in full, full refresh was asked for"};
  const std::string strategy = config_text(node, "incremental_strategy", "");
  std::string reason =
      strategy.empty() ? std::string("incremental: brought up to date by the default strategy")
                       : fmt::format("incremental: brought up to date by strategy '{}'", strategy);
  reason += configured && request.full_refresh ? "; its config refuses a full refresh"
                                               : "; built in full while it does not exist";
  return {Action::kFull, std::move(reason)};
}

Decision decide_model(const Node& node, const PlanRequest& request) {
  const std::string_view materialized = node.materialized();
  if (materialized == "ephemeral") return {Action::kSkip, "ephemeral: inlined into its readers"};
  if (materialized == "view") return {Action::kView, "view: always created again"};
  if (materialized == "table") return {Action::kFull, "table: always built in full"};
  if (materialized == "incremental") return decide_incremental(node, request);
  return {Action::kFull, fmt::format("materialization '{}': runs each time", materialized)};
}

std::string test_reason(const Node& node) {
  const std::string severity = config_text(node, "severity", "error");
  const std::string lower = severity == "ERROR" ? "error" : severity == "WARN" ? "warn" : severity;
  if (!node.test_metadata) return fmt::format("test: a query of its own, severity {}", lower);
  return fmt::format(
      "test: '{}'{}, severity {}", node.test_metadata->name,
      node.column_name.empty() ? "" : fmt::format(" of column '{}'", node.column_name), lower);
}

Decision decide_by_type(const Node& node, const PlanRequest& request) {
  switch (node.type) {
    case ResourceType::kModel:
      return decide_model(node, request);
    case ResourceType::kSeed:
      return {Action::kFull, request.full_refresh || configured_full_refresh(node).value_or(false)
                                 ? "seed: dropped and loaded again, full refresh was asked for"
                                 : "seed: loaded from its file"};
    case ResourceType::kSnapshot:
      return {Action::kFull, fmt::format("snapshot: changes are recorded by strategy '{}'",
                                         config_text(node, "strategy", "timestamp"))};
    case ResourceType::kFunction:
      return {Action::kFull, "function: created or replaced"};
    case ResourceType::kTest:
      return {Action::kTest, test_reason(node)};
    case ResourceType::kUnitTest:
      return {Action::kTest, "unit test: its model's query over given rows"};
    case ResourceType::kOperation:
    case ResourceType::kSqlOperation:
      return {Action::kOperation, "operation: its SQL is run as it is"};
    default:
      return {Action::kSkip,
              fmt::format("{}: not executed", project::resource_type_name(node.type))};
  }
}

}  // namespace

Decision decide(const Node& node, const PlanRequest& request) {
  Decision decision = decide_by_type(node, request);
  if (request.command == "clone" && decision.action != Action::kSkip)
    return {Action::kClone, request.full_refresh
                                ? "clone: made again from the relation of the state"
                                : "clone: made from the relation of the state, if it is missing"};
  if (request.command == "compile") {
    if (decision.action == Action::kSkip) decision.action = Action::kFull;
    decision.reason = "compile: rendered to SQL, not executed";
  }
  return decision;
}

}  // namespace sluice::plan
