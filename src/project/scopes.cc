#include "project/scopes.h"

#include "jinja/base_context.h"

namespace sluice::project {

using jinja::Value;

namespace {

constexpr std::string_view kDbtVersion = "1.11.16";  // whose behaviour we follow

class DictScope final : public jinja::Scope {
 public:
  explicit DictScope(Value names) : names_(std::move(names)) {}
  bool lookup(std::string_view name, Value& out) const override {
    const Value* found = names_.as_dict().find(name);
    if (found == nullptr) return false;
    out = *found;
    return true;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> out;
    for (const auto& entry : names_.as_dict().entries()) out.push_back(entry.key.as_string());
    return out;
  }

 private:
  const Value names_;
};

// var() renders the text of a var once more, save in property files: there a text with Jinja in it
// goes through a raw block, which renders to what was written.
Value shield_from_rendering(const Value& vars) {
  Value out = Value::dict();
  for (const auto& entry : vars.as_dict().entries()) {
    const bool has_jinja =
        entry.value.is_string() && !jinja::is_plain_text(entry.value.as_string());
    out.as_dict().set(
        entry.key, has_jinja ? Value::string("{% raw %}" + entry.value.as_string() + "{% endraw %}")
                             : entry.value);
  }
  return out;
}

}  // namespace

std::unique_ptr<jinja::Scope> make_yaml_scope(const ScopeOptions& options) {
  const LoadOptions& load = *options.load;
  jinja::BaseContextOptions base;
  base.vars = options.vars_as_written ? shield_from_rendering(options.vars) : options.vars;
  base.flags = load.flags;
  base.vars_owner = options.vars_owner;
  base.environment = [&load](std::string_view name) -> std::optional<std::string> {
    auto found = load.environment.find(std::string(name));
    if (found == load.environment.end()) return std::nullopt;
    return found->second;
  };
  base.allow_secrets = options.secrets_allowed;
  // YAML is read once, at the start: what asks for the time there gets the time of the start.
  base.now_unix_micros = [&load] { return load.started_at_micros; };
  base.run_started_at_unix_micros = load.started_at_micros;
  base.invocation_id = load.invocation_id;
  base.dbt_version = kDbtVersion;
  Value names = Value::dict();
  jinja::add_base_context(names.as_dict(), base);
  if (options.profile != nullptr) names.as_dict().set("target", options.profile->target);
  if (!options.project_name.empty())
    names.as_dict().set("project_name", Value::string(options.project_name));
  return std::make_unique<DictScope>(std::move(names));
}

}  // namespace sluice::project
