// The specification of a maintained model: the query that a full refresh would run
// (is_incremental() is false, the model's own table is not there), with a stub in place of each
// input. What reads it decides what stands behind the stubs: an empty table while it is analysed, a
// view of the changed partitions while it runs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compile/node_context.h"

namespace sluice::compile {

class SpecificationCompiler {
 public:
  SpecificationCompiler(SharedState& shared, const Node& node, StubNames& names,
                        warehouse::Connection* connection)
      : shared_(shared), node_(node), names_(names), connection_(connection) {}

  Result<Specification> compile();

  // For NodeContext: what ref() and source() mean while the query is rendered.
  Result<jinja::Value> resolve_ref(NodeContext& ctx, const RefCall& call);
  Result<jinja::Value> resolve_source(NodeContext& ctx, const SourceCall& call);

 private:
  struct Rendered {
    std::string sql;
    std::vector<const Node*> ephemerals;
  };
  // Of a copy: rendering records on the node what its template did.
  Result<Rendered> render(Node& node);
  Status add_ephemeral(const Node& node);
  jinja::Value stub(SpecificationInput input, const std::string& identifier);

  SharedState& shared_;
  const Node& node_;
  StubNames& names_;
  warehouse::Connection* connection_;
  Specification out_;
  std::vector<ExtraCte> ctes_;  // of ephemeral models, in the order in which they may stand
};

}  // namespace sluice::compile
