// YAML nodes as template values, and errors that point into a YAML file. Internal to project/, save
// deep_copy().
// Pure.
#pragma once

#include <string>

#include "jinja/value.h"
#include "yaml/node.h"

namespace sluice::project {

// The node as PyYAML would construct it; strings are left as written. Dates become date and
// datetime objects; one that does not exist (2020-13-01) stays text.
jinja::Value to_value(const yaml::Node& node);

// An error at a node, with the line of the file.
Error error_at(ErrorCode code, const yaml::Document& document, const yaml::Node& node,
               std::string message, std::string hint = {});

// "a list", "a mapping", "the text \"x\"", "the number 3": how messages name a value.
std::string describe(const yaml::Node& node);

// A copy whose lists and dicts are new, so that changing it is seen by nobody else.
jinja::Value deep_copy(const jinja::Value& value);

}  // namespace sluice::project
