// The keys that the config of a resource always has, in dbt's order, with dbt's defaults (observed
// in manifests of dbt-core 1.11). Pure.
#pragma once

#include "jinja/value.h"
#include "project/project.h"

namespace sluice::compile {

// Replaces `config` (a dict) by one that has all keys of `type`: given values, else defaults; keys
// that dbt does not know follow in the order given. `docs`, `contract`, `freshness` of sources and
// the like are completed key by key. Tests: store_failures and store_failures_as are derived from
// each other as in dbt.
void fill_config_defaults(jinja::Value& config, project::ResourceType type);

// The same for nodes: those that are given the same get one and the same dict, as nearly all have
// one of a few. Replace it, never change it in place.
jinja::Value shared_node_config(jinja::Value given, project::ResourceType type);
// One dict for all that are alike. Never change it in place.
jinja::Value shared_dict(jinja::Value given);

}  // namespace sluice::compile
