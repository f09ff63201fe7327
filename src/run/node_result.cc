#include "run/node_result.h"

namespace sluice::run {

std::string_view status_name(NodeStatus status) {
  switch (status) {
    case NodeStatus::kSuccess:
      return "success";
    case NodeStatus::kError:
      return "error";
    case NodeStatus::kSkipped:
      return "skipped";
    case NodeStatus::kPass:
      return "pass";
    case NodeStatus::kFail:
      return "fail";
    case NodeStatus::kWarn:
      return "warn";
    case NodeStatus::kNoOp:
      return "no-op";
    case NodeStatus::kRuntimeError:
      return "runtime error";
    case NodeStatus::kPartial:
      return "partial success";
  }
  return "error";
}

bool is_failure(const NodeResult& result) {
  switch (result.status) {
    case NodeStatus::kError:
    case NodeStatus::kFail:
    case NodeStatus::kRuntimeError:
    case NodeStatus::kPartial:
      return true;
    case NodeStatus::kSkipped:
      return result.error.has_value();
    default:
      return false;
  }
}

}  // namespace sluice::run
