// `unrendered_config` of manifest.json: what was configured, as it was written in dbt_project.yml,
// and rendered where a property file or the file itself said it. state:modified compares these, so
// that a value that only the target changes is no change. Pure.
#pragma once

#include "compile/manifest.h"

namespace sluice::compile {

// `properties`: the node's entry in a property file, or null; `in_file`: what config() was called
// with, a dict.
jinja::Value unrendered_config(const project::Project& project, const Node& node,
                               const project::NodeProperties* properties,
                               const jinja::Value& in_file);

// Of a source whose freshness and loaded_at_field are known. `group` and `table` are its entries in
// the property file.
jinja::Value unrendered_config(const project::Project& project, const Source& source,
                               const project::SourceProperties& group,
                               const project::SourceTableProperties& table);

// Adds one config() call to what earlier ones said: lists and dicts that accumulate do so.
Status add_written_config(jinja::Value& written, const jinja::Value& call, ResourceType type);

}  // namespace sluice::compile
