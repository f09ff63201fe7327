// What a command does with one node, and the rule that says so. Pure.
#pragma once

#include <string>

#include "compile/manifest.h"
#include "plan/plan.h"

namespace sluice::plan {

struct Decision {
  Action action = Action::kFull;
  std::string reason;
};

Decision decide(const compile::Node& node, const PlanRequest& request);

}  // namespace sluice::plan
