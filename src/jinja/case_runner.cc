#include "jinja/case_runner.h"

#include "jinja/base_context.h"
#include "jinja/globals.h"
#include "jinja/ops.h"
#include "jinja/template.h"

namespace sluice::jinja {

namespace {

class DictScope final : public Scope {
 public:
  explicit DictScope(const Dict& names) : names_(names) {}
  bool lookup(std::string_view name, Value& out) const override {
    const Value* found = names_.find(name);
    if (found == nullptr) return false;
    out = *found;
    return true;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const Dict::Entry& entry : names_.entries()) all.push_back(entry.key.as_string());
    return all;
  }

 private:
  const Dict& names_;
};

std::string kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kJinjaSyntax:
      return "syntax";
    case ErrorCode::kJinjaUndefined:
      return "undefined";
    case ErrorCode::kJinjaSecurity:
      return "security";
    case ErrorCode::kJinjaRuntime:
      return "runtime";
    default:
      return "dbt";
  }
}

CaseResult failure(const Error& error) {
  CaseResult result;
  result.error = kind_of(error.code());
  result.message = render(error);
  return result;
}

std::string text_of(const Value& spec, std::string_view key) {
  const Value* found = spec.as_dict().find(key);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

constexpr int64_t kClock = 1700000000000000;

void add_names(const Value& spec, const std::string& mode, Dict& names) {
  if (mode == "base" || mode == "native") {
    BaseContextOptions options;
    if (const Value* vars = spec.as_dict().find("vars"); vars != nullptr && vars->is_dict())
      options.vars = *vars;
    options.environment = [](std::string_view name) -> std::optional<std::string> {
      if (name == "DBT_TEST_ENV") return "envval";
      return std::nullopt;
    };
    options.now_unix_micros = [] { return kClock; };
    options.run_started_at_unix_micros = kClock;
    options.invocation_id = "00000000-0000-0000-0000-000000000000";
    add_base_context(names, options);
  } else {
    add_jinja_globals(names);
  }
  const Value* context = spec.as_dict().find("context");
  if (context == nullptr || !context->is_dict()) return;
  for (const Dict::Entry& entry : context->as_dict().entries()) names.set(entry.key, entry.value);
}

// dbt reports a malformed macro file as its own error, not as one of Jinja's syntax.
Status add_macros(const Value& spec, Dict& names, std::string& kind) {
  std::string text = text_of(spec, "macros");
  if (text.empty()) return {};
  kind = "runtime";
  SLUICE_ASSIGN(std::vector<Block> blocks, split_blocks(text, "macros.sql", {"macro"}));
  kind.clear();
  for (const Block& block : blocks) {
    SLUICE_ASSIGN(auto macro, compile_macro(block, "macros.sql"));
    names.set(macro->name, make_macro_value(macro));
  }
  return {};
}

CaseResult evaluate(const Template& tmpl, const Environment& environment, const Dict& names) {
  DictScope scope(names);
  Interpreter interpreter(environment, scope);
  CaseResult result;
  if (!environment.native) {
    auto output = interpreter.render(tmpl);
    if (!output) return failure(output.error());
    result.output = std::move(*output);
    return result;
  }
  auto value = interpreter.render_native(tmpl);
  if (!value) return failure(value.error());
  result.type = type_name(*value);
  result.value = std::move(*value);
  return result;
}

}  // namespace

CaseResult run_case(const Value& spec) {
  std::string mode = text_of(spec, "mode");
  Environment environment;
  environment.plain_jinja = mode == "jinja";
  environment.native = mode == "native";
  environment.undefined = mode == "capture" ? UndefinedFlavor::kCapture : UndefinedFlavor::kDefault;
  Value names = Value::dict();
  add_names(spec, mode, names.as_dict());
  std::string kind;
  if (auto status = add_macros(spec, names.as_dict(), kind); !status) {
    CaseResult result = failure(status.error());
    if (!kind.empty()) result.error = kind;
    return result;
  }
  auto tmpl = compile_template(text_of(spec, "template"), "template");
  if (!tmpl) return failure(tmpl.error());
  return evaluate(*tmpl, environment, names.as_dict());
}

std::string case_line(const std::string& id, const CaseResult& result) {
  Value line = Value::dict();
  line.as_dict().set("id", Value::string(id));
  if (!result.error.empty()) {
    line.as_dict().set("error", Value::string(result.error));
    line.as_dict().set("detail", Value::string(result.message));
  } else if (!result.type.empty()) {
    line.as_dict().set("value", result.value);
    line.as_dict().set("type", Value::string(result.type));
  } else {
    line.as_dict().set("output", Value::string(result.output));
  }
  auto text = to_json(line);
  if (text) return std::move(*text);
  line = Value::dict();
  line.as_dict().set("id", Value::string(id));
  line.as_dict().set("error", Value::string("runtime"));
  line.as_dict().set("detail", Value::string(text.error().message()));
  return to_json(line).value_or("{}");
}

}  // namespace sluice::jinja
