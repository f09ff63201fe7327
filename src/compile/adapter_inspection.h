// Methods of `adapter` that tell what the engine can do and what constraints a relation has, and
// that bring values into another form. Called by adapter_object.cc only.
#pragma once

#include "compile/node_context.h"

namespace sluice::compile::inspection_methods {

using Answer = Result<jinja::Value>;

Answer build_catalog_relation(NodeContext& ctx, jinja::Interpreter& interpreter,
                              const jinja::CallArgs& args);
Answer catalog_supports_foreign_keys(NodeContext& ctx, jinja::Interpreter& interpreter,
                                     const jinja::CallArgs& args);
Answer convert_datetimes_to_strs(NodeContext& ctx, jinja::Interpreter& interpreter,
                                 const jinja::CallArgs& args);
Answer existing_key_constraint_types(NodeContext& ctx, jinja::Interpreter& interpreter,
                                     const jinja::CallArgs& args);
Answer get_catalog_integration(NodeContext& ctx, jinja::Interpreter& interpreter,
                               const jinja::CallArgs& args);
Answer get_partitions_metadata(NodeContext& ctx, jinja::Interpreter& interpreter,
                               const jinja::CallArgs& args);
Answer get_temp_relation_path(NodeContext& ctx, jinja::Interpreter& interpreter,
                              const jinja::CallArgs& args);
Answer parse_index(NodeContext& ctx, jinja::Interpreter& interpreter, const jinja::CallArgs& args);
Answer valid_incremental_strategies(NodeContext& ctx, jinja::Interpreter& interpreter,
                                    const jinja::CallArgs& args);

}  // namespace sluice::compile::inspection_methods
