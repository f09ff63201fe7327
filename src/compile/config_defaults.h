// The keys that the config of a resource always has, in dbt's order, with dbt's defaults (observed
// in manifests of dbt-core 1.11). Pure; each call makes values of its own, so that nothing mutable
// is shared between nodes.
#pragma once

#include "jinja/value.h"
#include "project/project.h"

namespace sluice::compile {

// Replaces `config` (a dict) by one that has all keys of `type`: given values, else defaults; keys
// that dbt does not know follow in the order given. `docs`, `contract`, `freshness` of sources and
// the like are completed key by key. Tests: store_failures and store_failures_as are derived from
// each other as in dbt.
void fill_config_defaults(jinja::Value& config, project::ResourceType type);

}  // namespace sluice::compile
