// dbt's base context: the names that every template sees and that need no project.
//
// The functions hold what they need by a share of the options, so the dict may outlive the caller's
// copy. Callbacks run on the thread of the evaluation.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

struct BaseContextOptions {
  Value vars = Value::dict();  // merged for the package at hand
  std::string vars_owner;      // whom the error names: "model 'x'"; may be empty
  // The environment, as a function so that the reader of the real one stays in base.
  std::function<std::optional<std::string>(std::string_view name)> environment;
  bool allow_secrets = false;  // DBT_ENV_SECRET_… may be read (profiles and packages only)
  std::function<void(std::string_view message, bool info)> log;
  std::function<void(std::string_view message)> print;
  std::function<int64_t()> now_unix_micros;
  int64_t run_started_at_unix_micros = 0;
  std::string invocation_id;
  std::string thread_id = "MainThread";
  std::string dbt_version;
  Value flags = Value::dict();
};

// Adds Jinja's globals and dbt's base names to a dict. `return`, `tojson` and the like are the same
// for all callers; `var`, `env_var`, `log` follow the options.
void add_base_context(Dict& names, const BaseContextOptions& options);

}  // namespace sluice::jinja
