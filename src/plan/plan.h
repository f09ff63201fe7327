// Plan: what a run will do, as a value. `run` executes it, `--explain` and later `plan` print it,
// artifacts record it. Nothing recomputes "what should happen" anywhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compile/manifest.h"
#include "graph/graph.h"

namespace sluice::plan {

enum class Action : uint8_t {
  kSkip,       // nothing to do (ephemeral: inlined into its readers; or disabled by the command)
  kFull,       // build the relation by its materialization
  kView,       // (re)create a view
  kTest,       // run a test
  kOperation,  // a hook of the project
  kClone,      // take the relation of an earlier run over
  kFreshness,  // ask how new a source is
};
std::string_view action_name(Action action);

struct Step {
  std::string unique_id;
  Action action = Action::kFull;
  std::string reason;             // which rule gave this line
  std::vector<size_t> waits_for;  // steps that must end well first
  std::string relation;  // rendered name of what it writes; empty: nothing. Writers of one relation
                         // never overlap.
};

struct Plan {
  std::vector<Step> steps;  // topological order
};

struct PlanRequest {
  std::string command;  // "run", "build", "test", "seed"…
  bool full_refresh = false;
};

// In `build`, a node waits for the tests of its parents too; in `run` tests are not part of the
// selection.
Plan make_plan(const compile::Manifest& manifest, const graph::Graph& graph,
               const graph::Selection& selection, const PlanRequest& request);

// One line a step, for people; and JSON.
std::string to_text(const Plan& plan);
std::string to_json(const Plan& plan);

}  // namespace sluice::plan
