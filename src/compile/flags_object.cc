// `flags`: the command line as templates see it, by upper-case names.
#include <algorithm>
#include <cctype>

#include "compile/node_context.h"

namespace sluice::compile {

using jinja::Value;

namespace {

class FlagsObject final : public jinja::Object {
 public:
  explicit FlagsObject(Value values) : values_(std::move(values)) {}
  std::string_view type_name() const override { return "Namespace"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const Value* found = values_.as_dict().find(upper);
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

Value make_flags(const Flags& flags, const SessionOptions& options) {
  Value values = Value::dict();
  auto set = [&](std::string_view name, Value value) {
    values.as_dict().set(name, std::move(value));
  };
  // Behaviour flags and other settings of dbt_project.yml, then what the command line says.
  if (options.project->flags.is_dict())
    for (const auto& entry : options.project->flags.as_dict().entries()) {
      if (!entry.key.is_string()) continue;
      std::string upper = entry.key.as_string();
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      set(upper, entry.value);
    }
  set("WHICH", Value::string(flags.which));
  set("FULL_REFRESH", Value::boolean(flags.full_refresh));
  set("FAIL_FAST", Value::boolean(flags.fail_fast));
  set("STORE_FAILURES", Value::boolean(flags.store_failures));
  set("EMPTY", Value::boolean(flags.empty));
  set("QUIET", Value::boolean(flags.quiet));
  set("INVOCATION_COMMAND", Value::string(flags.invocation_command));
  set("DEBUG", Value::boolean(false));
  set("PRINT", Value::boolean(true));
  set("DEFER", Value::boolean(false));
  set("PARTIAL_PARSE", Value::boolean(true));
  set("STATIC_PARSER", Value::boolean(true));
  set("INDIRECT_SELECTION", Value::string("eager"));
  set("PROJECT_DIR", Value::string(options.project->root));
  set("TARGET_PATH", Value::string(options.project->target_path));
  set("LOG_PATH", Value::string(options.project->log_path));
  return Value::object(jinja::make_ref<FlagsObject>(std::move(values)));
}

}  // namespace sluice::compile
