// How one layer of config goes on top of another, key by key. Internal to project/ (merge_config is
// public). Pure.
#pragma once

#include <string>
#include <string_view>

#include "jinja/value.h"
#include "project/project.h"

namespace sluice::project {

// "pre_hook" → "pre-hook", "post_hook" → "post-hook", anything else as it is.
std::string_view canonical_config_key(std::string_view key);

// A hook or a list of hooks → list of {'sql', 'transaction', 'index'} dicts.
Result<jinja::Value> normalize_hooks(std::string_view key, const jinja::Value& hooks);

}  // namespace sluice::project
