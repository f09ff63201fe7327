// The adapter's methods for files of external models, as rows of the table of adapter methods.
#pragma once

#include "compile/node_context.h"

namespace sluice::compile::external_methods {

using Answer = Result<jinja::Value>;

// The folder of files without a location of their own: the profile's external_root, or ".".
Answer external_root(NodeContext& ctx, jinja::Interpreter&, const jinja::CallArgs& args);
// (write_location, rendered_options) → text of COPY's options; completes the dict.
Answer external_write_options(NodeContext&, jinja::Interpreter&, const jinja::CallArgs& args);
// (write_location, rendered_options) → what to read.
Answer external_read_location(NodeContext&, jinja::Interpreter&, const jinja::CallArgs& args);
// Whether the engine can read the location.
Answer location_exists(NodeContext& ctx, jinja::Interpreter&, const jinja::CallArgs& args);
// Always an error: plugins are Python modules.
Answer store_relation(NodeContext&, jinja::Interpreter&, const jinja::CallArgs& args);

}  // namespace sluice::compile::external_methods
