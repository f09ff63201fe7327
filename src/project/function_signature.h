// What an entry under `functions:` must say of the function: what it takes and what it returns.
#pragma once

#include <string_view>

#include "project/shape.h"
#include "yaml/node.h"

namespace sluice::project {

// `returns: {data_type, description}` is required; `arguments:` is a list of {name, data_type,
// description, default_value}. Reports to `shapes` what is missing, of the wrong shape or unknown.
void check_function_signature(const yaml::Node& entry, std::string_view name, ShapeReader& shapes);

}  // namespace sluice::project
