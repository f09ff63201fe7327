// From a parsed node to compiled SQL, and from compiled SQL to what the engine did: the inside of
// Session.
#pragma once

#include <mutex>

#include "compile/node_context.h"

namespace sluice::compile {

class NodeCompiler {
 public:
  explicit NodeCompiler(SharedState& shared) : shared_(shared) {}

  // Fills the node's compile products; ephemeral models it reads are compiled first. Safe for
  // different nodes at once.
  Status compile(Node& node, warehouse::Connection* connection);
  // A one-off query against the project.
  Result<std::string> compile_inline(const std::string& text, warehouse::Connection* connection);

 private:
  Status compile_locked(Node& node, warehouse::Connection* connection);
  Status compile_unit_test(Node& node, warehouse::Connection* connection);
  Status inject(Node& node, const std::vector<Node*>& ephemerals,
                warehouse::Connection* connection);

  SharedState& shared_;
  std::recursive_mutex
      ephemeral_mutex_;  // one thread at a time compiles ephemeral models, which many nodes share
};

// Adds the places in the template and in the compiled SQL to an engine's error about
// `executed_sql`, which was sent below a comment of `num_lines_before` lines.
void locate_sql_error(Error& error, const Node& node, const std::string& executed_sql,
                      uint32_t num_lines_before);

}  // namespace sluice::compile
