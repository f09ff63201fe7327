// `flags`: the command line as templates see it, by upper-case names.
#include <algorithm>
#include <cctype>

#include "compile/node_context.h"

namespace sluice::compile {

using jinja::Value;

namespace {

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

class FlagsObject final : public jinja::Object {
 public:
  explicit FlagsObject(Value values) : values_(std::move(values)) {}
  std::string_view type_name() const override { return "Namespace"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    const Value* found = values_.as_dict().find(upper_case(name));
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }
  std::optional<Value> to_plain() const override { return values_; }

 private:
  Value values_;
};

}  // namespace

Value command_flags(const Flags& flags, const project::Project* project) {
  Value values = Value::dict();
  auto set = [&](std::string_view name, Value value) {
    values.as_dict().set(name, std::move(value));
  };
  // Behaviour flags and other settings of dbt_project.yml, then what the command line says.
  if (project && project->flags.is_dict())
    for (const auto& entry : project->flags.as_dict().entries())
      if (entry.key.is_string()) set(upper_case(entry.key.as_string()), entry.value);
  set("WHICH", Value::string(flags.which));
  set("FULL_REFRESH", Value::boolean(flags.full_refresh));
  set("FAIL_FAST", Value::boolean(flags.fail_fast));
  set("STORE_FAILURES", Value::boolean(flags.store_failures));
  set("EMPTY", Value::boolean(flags.empty));
  set("QUIET", Value::boolean(flags.quiet));
  set("INVOCATION_COMMAND", Value::string(flags.invocation_command));
  set("DEBUG", Value::boolean(false));
  set("PRINT", Value::boolean(true));
  set("PARTIAL_PARSE", Value::boolean(true));
  set("STATIC_PARSER", Value::boolean(true));
  set("INDIRECT_SELECTION", Value::string("eager"));
  if (project) {
    set("PROJECT_DIR", Value::string(project->root));
    set("TARGET_PATH", Value::string(project->target_path));
    set("LOG_PATH", Value::string(project->log_path));
  }
  return Value::object(jinja::make_ref<FlagsObject>(std::move(values)));
}

}  // namespace sluice::compile
