// What `show`, `compile` and `seed --show` print: rows and compiled SQL.
#pragma once

#include <string>

#include "cli/invocation.h"
#include "cli/workspace.h"
#include "run/project_run.h"
#include "warehouse/warehouse.h"

namespace sluice::cli {

struct ShownNode {
  std::string name, unique_id;
  bool is_inline = false;  // a query of the command line
};

// With --quiet without the line above, so that other programs can read it.
void output_compiled(Invocation& invocation, const ShownNode& node, const std::string& sql);
void output_rows(Invocation& invocation, const ShownNode& node,
                 const warehouse::ResultTable& table);

// The first rows of each seed that was loaded.
void show_seed_rows(Invocation& invocation, Workspace& workspace,
                    const run::ProjectRunReport& report);

}  // namespace sluice::cli
