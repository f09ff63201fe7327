// Deferral: reading what an earlier run built in place of what this one has not. Where a ref() goes
// is decided while templates run; which relations the earlier run left is told by its manifest.
#pragma once

#include "base/result.h"
#include "compile/manifest.h"
#include "compile/node_context.h"

namespace sluice::compile {

// Gives each model, seed and snapshot of `manifest` the relation that `previous_manifest` (a
// manifest.json as a dict) has for it: Node::defer_relation. Not while templates run.
void attach_defer_relations(Manifest& manifest, const jinja::Value& previous_manifest);

// The relation of the earlier run; none when it had none.
jinja::Value defer_relation_of(const SharedState& shared, const Node& node);

// True when a ref() to `target` reads the relation of the earlier run: it was asked for, and the
// target does not exist here, or is not selected and --favor-state was given.
Result<bool> is_deferred(NodeContext& ctx, const Node& target);

}  // namespace sluice::compile
