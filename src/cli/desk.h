// Desk: what commands about maintained models work with, opened and closed around them.
#pragma once

#include <functional>
#include <vector>

#include "cli/workspace.h"
#include "run/guarded_connection.h"
#include "run/maintainer.h"

namespace sluice::cli {

struct Desk {
  Invocation& invocation;
  Workspace& workspace;
  run::GuardedConnection& connection;
  run::Maintainer& maintainer;
  std::vector<const compile::Node*> models;  // selected, in the order in which they run

  bool writes_json() const { return invocation.options.output == "json"; }
};

// Opens everything, runs `work`, closes; Ctrl-C interrupts the running statement. Returns the exit
// code.
int at_desk(Invocation& invocation, const std::function<int(Desk&)>& work);

}  // namespace sluice::cli
