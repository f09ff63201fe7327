// What profiles.yml outputs mean for each adapter: which keys name the database and the schema, and
// what of the output templates see as `target`. Internal to project/. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace sluice::project {

// The database and the schema of an output as its adapter understands them; "" when it has none.
struct ProfileNames {
  std::string database;
  std::string schema;
};

// REQUIRES: `credentials` is a dict; its `adapter_type` is not duckdb's.
ProfileNames profile_names(std::string_view adapter_type, const jinja::Dict& credentials);

// The keys of `target` that the adapter's connection has, in dbt's order: what the output says, or
// the adapter's default. Secrets are left out. The common ones (type, threads, name…) are not in.
jinja::Value connection_target(std::string_view adapter_type, const jinja::Dict& credentials,
                               const std::string& database, const std::string& schema);

// Whether the value of such a credentials key must never be shown.
bool is_secret_key(std::string_view key);

}  // namespace sluice::project
