// UnitTestCompiler: the SQL of a unit test. The tested model is rendered with its inputs replaced
// by fixtures, which become CTEs of the query as ephemeral models do, and with the test's own
// macros, vars and environment variables. One use, one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compile/node_context.h"
#include "compile/unit_test.h"

namespace sluice::compile {

// What stands in for one input while the tested model is rendered.
struct UnitTestInput {
  std::unique_ptr<Node> node;  // shaped like an ephemeral model; its compiled code is the fixture
  const Node* ref = nullptr;   // what it replaces: a model, seed or snapshot,
  const Source* source = nullptr;  // or a source
  bool is_this = false;            // the tested model itself, as it is in the database
};

class UnitTestCompiler {
 public:
  UnitTestCompiler(SharedState& shared, Node& node, warehouse::Connection* connection)
      : shared_(shared), node_(node), test_(*node.unit_test), connection_(connection) {}

  // Fills the compile products of the node. Errors carry no node yet.
  Status compile();

  // For NodeContext: what ref() and source() mean in the tested model.
  Result<jinja::Value> resolve_ref(NodeContext& ctx, const RefCall& call) const;
  Result<jinja::Value> resolve_source(NodeContext& ctx, const SourceCall& call) const;
  const jinja::Value* variable(std::string_view name) const {
    return unit_test_override(test_, "vars", name);
  }
  const jinja::Value* environment_variable(std::string_view name) const {
    return unit_test_override(test_, "env_vars", name);
  }

 private:
  Status make_inputs();
  Result<UnitTestInput> make_input(const UnitTestFixture& fixture);
  Status find_target(const UnitTestFixture& fixture, UnitTestInput& input);
  Status compile_input(const UnitTestInput& input, const UnitTestFixture& fixture);
  void override_macros(NodeContext& ctx) const;
  jinja::Value cte_relation(const Node& input) const;

  SharedState& shared_;
  Node& node_;
  const UnitTestDefinition& test_;
  warehouse::Connection* connection_;
  std::vector<UnitTestInput> inputs_;  // in the order of `given`
};

// Where the fixture that replaced an input is written:
// "target/compiled/<package>/<file>/<name>.sql".
std::string compiled_path_below(const SharedState& shared, const Node& node,
                                const std::string& name);

}  // namespace sluice::compile
