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

bool is_failure(NodeStatus status) {
  return status == NodeStatus::kError || status == NodeStatus::kFail ||
         status == NodeStatus::kRuntimeError || status == NodeStatus::kPartial;
}

}  // namespace sluice::run
