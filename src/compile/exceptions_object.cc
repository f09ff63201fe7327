// `exceptions`: what templates raise and warn.
#include <fmt/format.h>

#include <array>

#include "compile/call_arguments.h"
#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

Result<std::string> argument_text(const CallArgs& args, std::string_view name, size_t position) {
  if (const Value* value = args.find(name)) return jinja::to_str(*value);
  if (position < args.positional.size()) return jinja::to_str(args.positional[position]);
  return std::string("None");
}

struct Raiser {
  std::string_view name;
  std::string_view first;   // name of its first argument
  std::string_view second;  // "" when it has one
  std::string_view format;  // {0}, {1}
};

// Wording follows dbt's.
constexpr std::array<Raiser, 16> kRaisers = {{
    {"raise_compiler_error", "msg", "", "{0}"},
    {"raise_not_implemented", "msg", "", "{0}"},
    {"raise_fail_fast_error", "msg", "", "{0}"},
    {"raise_parsing_error", "msg", "", "{0}"},
    {"raise_database_error", "msg", "", "{0}"},
    {"raise_dep_not_found", "msg", "", "{0}"},
    {"raise_dependency_error", "msg", "", "{0}"},
    {"raise_duplicate_patch_name", "msg", "", "{0}"},
    {"raise_invalid_property_yml_version", "msg", "", "{0}"},
    {"missing_config", "model", "name",
     "model '{0}' does not define a required config parameter '{1}'."},
    {"missing_materialization", "model", "adapter_type",
     "no materialization '{0}' was found for adapter {1}"},
    {"missing_relation", "relation", "", "relation {0} not found"},
    {"relation_wrong_type", "relation", "expected_type",
     "trying to create {1} {0}, but it currently exists as another type: either drop it manually, "
     "or run with --full-refresh"},
    {"column_type_missing", "column_names", "",
     "contracted models require data_type to be defined for each column; please define data_type "
     "for: {0}"},
    {"raise_contract_error", "yaml_columns", "sql_columns",
     "this model has an enforced contract, and its columns do not match\nin the YAML: {0}\nin the "
     "SQL: {1}"},
    {"ref_invalid_args", "model", "args", "ref() takes at most two arguments ({1} given) in {0}"},
}};

Result<std::optional<Value>> raise(const Raiser& raiser, const CallArgs& args) {
  SLUICE_ASSIGN(std::string first, argument_text(args, raiser.first, 0));
  std::string second;
  if (!raiser.second.empty()) {
    SLUICE_ASSIGN(second, argument_text(args, raiser.second, 1));
  }
  return fail(ErrorCode::kJinjaRaised, fmt::format(fmt::runtime(raiser.format), first, second));
}

class ExceptionsObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name != "warn" && !find(name)) return std::nullopt;
    std::string method(name);
    return jinja::make_closure(
        method, [method](Interpreter& interpreter, const CallArgs& args) -> Result<Value> {
          ExceptionsObject self;
          SLUICE_ASSIGN(auto out, self.call_method(interpreter, method, args));
          return out.value_or(Value::none());
        });
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    NodeContext& ctx = NodeContext::of(interpreter);
    if (name == "warn") {
      SLUICE_ASSIGN(std::string message, argument_text(args, "msg", 0));
      ctx.shared.emit(EventLevel::kWarning, "JinjaLogWarning", message,
                      ctx.node ? ctx.node->unique_id : "");
      return Value::string("");
    }
    const Raiser* raiser = find(name);
    if (!raiser) return std::nullopt;
    return raise(*raiser, args);
  }

 private:
  static const Raiser* find(std::string_view name) {
    for (const Raiser& raiser : kRaisers)
      if (raiser.name == name) return &raiser;
    return nullptr;
  }
};

}  // namespace

Value make_exceptions() { return Value::object(jinja::make_ref<ExceptionsObject>()); }

}  // namespace sluice::compile
