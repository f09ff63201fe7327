// Column and model constraints as DDL text (contracts): adapter.render_raw_*_constraints.
#pragma once

#include "compile/node_context.h"

namespace sluice::compile {

// Argument raw_columns: {name: {name, data_type, quote, constraints}}. A list of "name type
// constraint…" texts.
Result<jinja::Value> render_columns_constraints(NodeContext& ctx, jinja::Interpreter& interpreter,
                                                const jinja::CallArgs& args);
// Argument raw_constraints: [{type, columns, expression, name, to, to_columns}]. A list of texts.
Result<jinja::Value> render_model_constraints(NodeContext& ctx, jinja::Interpreter& interpreter,
                                              const jinja::CallArgs& args);

}  // namespace sluice::compile
