// What the Jinja of YAML files may name: the base context, env_var(), var(), target. Internal to
// project/. A scope is immutable and may be shared by threads; what it points at must outlive it.
#pragma once

#include <memory>
#include <string>

#include "jinja/template.h"
#include "project/project.h"

namespace sluice::project {

struct ScopeOptions {
  const LoadOptions* load = nullptr;
  bool secrets_allowed = false;  // DBT_ENV_SECRET_* may be read: profiles.yml and packages.yml only
  jinja::Value vars = jinja::Value::dict();  // what var() finds
  bool vars_as_written = false;              // property files: a var's text is not rendered again
  std::string vars_owner;                    // whom the error of a missing var names
  const Profile* profile = nullptr;          // null: no `target`
  std::string project_name;                  // empty: unknown yet
};

std::unique_ptr<jinja::Scope> make_yaml_scope(const ScopeOptions& options);

}  // namespace sluice::project
