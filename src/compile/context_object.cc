// `context` and `builtins`: the names of a template as mappings.
#include <algorithm>
#include <array>

#include "compile/call_arguments.h"
#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

// What dbt calls its own in every context; a project's macros of the same name do not hide it.
constexpr auto kBuiltins = std::to_array<std::string_view>({
    "dbt_version",
    "var",
    "env_var",
    "return",
    "fromjson",
    "tojson",
    "fromyaml",
    "toyaml",
    "set",
    "set_strict",
    "zip",
    "zip_strict",
    "log",
    "run_started_at",
    "invocation_id",
    "thread_id",
    "modules",
    "flags",
    "print",
    "diff_of_two_dicts",
    "local_md5",
    "target",
    "project_name",
    "context_macro_stack",
    "dbt_metadata_envs",
    "invocation_args_dict",
    "_sql_results",
    "load_result",
    "store_result",
    "store_raw_result",
    "validation",
    "write",
    "render",
    "try_or_compiler_error",
    "load_agate_table",
    "ref",
    "source",
    "metric",
    "function",
    "config",
    "execute",
    "exceptions",
    "database",
    "schema",
    "adapter",
    "api",
    "column",
    "env",
    "graph",
    "model",
    "pre_hooks",
    "post_hooks",
    "sql",
    "sql_now",
    "adapter_macro",
    "selected_resources",
    "submit_python_job",
    "compiled_code",
    "this",
    "defer_relation",
});

// A mapping over the names of a NodeContext, which outlives what its templates hold.
class NamesObject : public jinja::Object {
 public:
  explicit NamesObject(const NodeContext& ctx) : ctx_(ctx) {}
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    Value found;
    return find(name, found) ? std::optional<Value>(std::move(found)) : std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "get") return item_or_default(*this, args);
    if (name == "keys") {
      std::vector<Value> keys;
      for (const std::string& known : names()) keys.push_back(Value::string(known));
      return Value::list(std::move(keys));
    }
    return jinja::Object::call_method(interpreter, name, args);
  }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    std::vector<Value> keys;
    for (const std::string& known : names()) keys.push_back(Value::string(known));
    return keys;
  }

 protected:
  virtual bool find(std::string_view name, Value& out) const = 0;
  virtual std::vector<std::string> names() const = 0;
  const NodeContext& ctx_;
};

class ContextObject final : public NamesObject {
 public:
  using NamesObject::NamesObject;

 private:
  bool find(std::string_view name, Value& out) const override { return ctx_.lookup(name, out); }
  std::vector<std::string> names() const override { return ctx_.names(); }
};

class BuiltinsObject final : public NamesObject {
 public:
  using NamesObject::NamesObject;

 private:
  bool find(std::string_view name, Value& out) const override {
    return std::find(kBuiltins.begin(), kBuiltins.end(), name) != kBuiltins.end() &&
           ctx_.lookup_builtin(name, out);
  }
  std::vector<std::string> names() const override { return {kBuiltins.begin(), kBuiltins.end()}; }
};

}  // namespace

Value make_context(const NodeContext& ctx) {
  return Value::object(jinja::make_ref<ContextObject>(ctx));
}

Value make_builtins(const NodeContext& ctx) {
  return Value::object(jinja::make_ref<BuiltinsObject>(ctx));
}

}  // namespace sluice::compile
