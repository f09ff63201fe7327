// Nodes of a YAML document as template values, with Python's types as PyYAML's SafeLoader
// constructs them. Pure.
#pragma once

#include "jinja/value.h"
#include "yaml/node.h"

namespace sluice::jinja {

// The value of a scalar: dates become date and datetime objects, integers keep all their digits.
// Error: a date or a time that does not exist (2020-13-01).
Result<Value> yaml_scalar(const yaml::Node& scalar);

// The value of a whole tree. Places that name the same node (aliases) share one list or dict, as in
// Python. Errors: as yaml_scalar.
Result<Value> yaml_value(const yaml::Node& node);

}  // namespace sluice::jinja
