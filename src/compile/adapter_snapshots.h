// Methods of `adapter` that snapshots use. Each is one evaluation of one thread.
#pragma once

#include "compile/node_context.h"

namespace sluice::compile {

// adapter.get_hard_deletes_behavior(config): "ignore", "invalidate" or "new_record", from
// hard_deletes or the older invalidate_hard_deletes. kJinjaRaised when both or neither make sense.
Result<jinja::Value> get_hard_deletes_behavior(NodeContext& ctx, jinja::Interpreter& interpreter,
                                               const jinja::CallArgs& args);

// adapter.valid_snapshot_target(relation, column_names=None) and, with the strategy's own columns,
// adapter.assert_valid_snapshot_target_given_strategy(relation, column_names, strategy):
// kJinjaRaised when the table lacks a column that a snapshot has.
Result<jinja::Value> valid_snapshot_target(NodeContext& ctx, jinja::Interpreter& interpreter,
                                           const jinja::CallArgs& args);
Result<jinja::Value> assert_valid_snapshot_target(NodeContext& ctx, jinja::Interpreter& interpreter,
                                                  const jinja::CallArgs& args);

}  // namespace sluice::compile
