// The names that every template sees, the same for each node: functions find the node by the
// interpreter's host.
#include <fmt/format.h>

#include "base/hash.h"
#include "compile/call_arguments.h"
#include "compile/column.h"
#include "compile/node_context.h"
#include "compile/result_table.h"
#include "compile/semantic_resource.h"
#include "compile/unit_test_compiler.h"
#include "jinja/base_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

Result<std::string> required_text(const Value& value, std::string_view what) {
  if (value.is_string()) return value.as_string();
  return fail(ErrorCode::kJinjaRuntime,
              fmt::format("{} must be a string, got '{}'", what, jinja::type_name(value)),
              "put it in quotes");
}

Result<Value> ref(Interpreter& interpreter, const CallArgs& args) {
  RefCall call;
  for (const jinja::KeywordArg& arg : args.keyword) {
    if (arg.name != "v" && arg.name != "version")
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("ref() got an unexpected keyword argument '{}'", arg.name),
                  "use ref('model'), ref('package', 'model') or ref('model', v=2)");
    if (arg.value.is_none()) continue;
    SLUICE_ASSIGN(call.version, jinja::to_str(arg.value));
    call.version_is_text = arg.value.is_string();
  }
  if (args.positional.empty() || args.positional.size() > 2)
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("ref() takes at most two arguments ({} given)", args.positional.size()),
                "use ref('model') or ref('package', 'model')");
  if (args.positional.size() == 2) {
    SLUICE_ASSIGN(call.package, required_text(args.positional[0], "the package of ref()"));
  }
  SLUICE_ASSIGN(call.name, required_text(args.positional.back(), "the model of ref()"));
  if (interpreter.macro_stack().empty()) call.line = interpreter.current_line();
  return NodeContext::of(interpreter).resolve_ref(call);
}

Result<Value> source(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("source", args, {{"source_name"}, {"table_name"}}));
  SourceCall call;
  SLUICE_ASSIGN(call.source, required_text(bound[0], "the source name of source()"));
  SLUICE_ASSIGN(call.table, required_text(bound[1], "the table name of source()"));
  if (interpreter.macro_stack().empty()) call.line = interpreter.current_line();
  return NodeContext::of(interpreter).resolve_source(call);
}

// function('name') or function('package', 'name'): the function's relation.
Result<Value> function(Interpreter& interpreter, const CallArgs& args) {
  if (args.positional.empty() || args.positional.size() > 2 || !args.keyword.empty())
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("function() takes one or two names ({} given)",
                            args.positional.size() + args.keyword.size()),
                "use function('name') or function('package', 'name')");
  RefCall call;
  if (args.positional.size() == 2) {
    SLUICE_ASSIGN(call.package, required_text(args.positional[0], "the package of function()"));
  }
  SLUICE_ASSIGN(call.name, required_text(args.positional.back(), "the name of function()"));
  if (interpreter.macro_stack().empty()) call.line = interpreter.current_line();
  return NodeContext::of(interpreter).resolve_function(call);
}

// A metric prints as its name; what reads it depends on it.
Result<Value> metric(Interpreter& interpreter, const CallArgs& args) {
  if (args.positional.empty() || args.positional.size() > 2 || !args.keyword.empty())
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("metric() takes at most two arguments ({} given)",
                            args.positional.size() + args.keyword.size()),
                "use metric('name') or metric('package', 'name')");
  RefCall call;
  if (args.positional.size() == 2) {
    SLUICE_ASSIGN(call.package, required_text(args.positional[0], "the package of metric()"));
  }
  SLUICE_ASSIGN(call.name, required_text(args.positional.back(), "the name of metric()"));
  if (interpreter.macro_stack().empty()) call.line = interpreter.current_line();
  Value name = Value::string(call.name);
  NodeContext& ctx = NodeContext::of(interpreter);
  if (ctx.phase == Phase::kParse) ctx.metrics.push_back(std::move(call));
  return name;
}
Result<Value> adapter_macro(Interpreter&, const CallArgs& args) {
  const std::string name =
      args.positional.empty() ? std::string() : jinja::to_str(args.positional[0]).value_or("");
  return fail(ErrorCode::kJinjaRaised,
              fmt::format("the \"adapter_macro\" macro has been deprecated; adapter_macro was "
                          "called for: {}",
                          name),
              "find the macro with adapter.dispatch(…) and call the result");
}

// `var`: callable, with has_var().
class VarObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "RuntimeVar"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    bool has_default = args.positional.size() > 1 || args.find("default");
    SLUICE_ASSIGN(auto bound,
                  bind_arguments("var", args, {{"var_name"}, {"default", Value::none()}}));
    SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
    NodeContext& ctx = NodeContext::of(interpreter);
    // dbt: while parsing, a missing var is no error; the branch may never run.
    if (ctx.phase == Phase::kParse && !has_default &&
        !project::find_var(ctx.shared.project(), ctx.package, name))
      return Value::none();
    return ctx.find_variable(name, has_default ? &bound[1] : nullptr, interpreter);
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name != "has_var") return std::nullopt;
    SLUICE_ASSIGN(auto bound, bind_arguments("has_var", args, {{"var_name"}}));
    SLUICE_ASSIGN(std::string var, jinja::to_str(bound[0]));
    NodeContext& ctx = NodeContext::of(interpreter);
    const bool is_given = ctx.unit_test != nullptr && ctx.unit_test->variable(var) != nullptr;
    return Value::boolean(is_given ||
                          project::find_var(ctx.shared.project(), ctx.package, var) != nullptr);
  }
};

Result<Value> env_var(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("env_var", args, {{"var"}, {"default", Value::undefined("")}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  if (name.starts_with("DBT_ENV_SECRET"))
    return fail(
        ErrorCode::kSecretInWrongPlace,
        fmt::format("secret env vars are allowed only in profiles.yml or packages.yml, found '{}'",
                    name),
        "read it in profiles.yml, or rename the variable");
  const NodeContext& ctx = NodeContext::of(interpreter);
  if (ctx.unit_test != nullptr)
    if (const Value* given = ctx.unit_test->environment_variable(name)) return *given;
  const auto& environment = ctx.shared.options.environment;
  auto found = environment.find(name);
  if (found != environment.end()) return Value::string(found->second);
  if (!bound[1].is_undefined()) return bound[1];
  return fail(ErrorCode::kJinjaMissingVar,
              fmt::format("env var required but not provided: '{}'", name),
              fmt::format("set it, or give a default: env_var('{}', '…')", name));
}

Result<Value> log(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("log", args, {{"msg"}, {"info", Value::boolean(false)}}));
  SLUICE_ASSIGN(std::string message, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(bool info, jinja::truth(bound[1]));
  NodeContext& ctx = NodeContext::of(interpreter);
  ctx.shared.emit(info ? EventLevel::kInfo : EventLevel::kDebug,
                  info ? "JinjaLogInfo" : "JinjaLogDebug", message,
                  ctx.node ? ctx.node->unique_id : "");
  return Value::string("");
}

Result<Value> print(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("print", args, {{"msg"}}));
  SLUICE_ASSIGN(std::string message, jinja::to_str(bound[0]));
  NodeContext& ctx = NodeContext::of(interpreter);
  ctx.shared.emit(EventLevel::kInfo, "PrintEvent", message, ctx.node ? ctx.node->unique_id : "");
  return Value::string("");
}

// The response of a statement: prints as its message, has code and rows_affected.
class Response final : public jinja::Object {
 public:
  Response(std::string message, Value code, Value rows)
      : message_(std::move(message)), code_(std::move(code)), rows_(std::move(rows)) {}
  std::string_view type_name() const override { return "AdapterResponse"; }
  const Value& code() const { return code_; }
  const Value& rows() const { return rows_; }
  Result<std::string> str() const override { return message_; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "_message") return Value::string(message_);
    if (name == "code") return code_;
    if (name == "rows_affected") return rows_;
    if (name == "query_id") return Value::none();
    return std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }

 private:
  std::string message_;
  Value code_, rows_;
};

Status keep_result(NodeContext& ctx, const std::string& name, const std::string& message,
                   const Value& code, const Value& rows, const Value& table, const Value& data) {
  Value result = Value::dict();
  result.as_dict().set("response", Value::object(jinja::make_ref<Response>(message, code, rows)));
  result.as_dict().set("data", data);
  result.as_dict().set("table", table);
  ctx.results[name] = result;
  if (name == "main") {
    ctx.main_message = message;
    SLUICE_ASSIGN(ctx.main_code, code.is_none() ? Result<std::string>("") : jinja::to_str(code));
    ctx.main_rows = rows.is_int() ? std::optional<int64_t>(rows.as_int()) : std::nullopt;
  }
  return {};
}

Value table_rows(const Value& table) {
  if (table.is_none()) return Value::list();
  Result<std::vector<Value>> rows = jinja::iterate(table);
  std::vector<Value> out;
  if (rows)
    for (const Value& row : *rows)
      out.push_back(Value::tuple(jinja::iterate(row).value_or(std::vector<Value>{})));
  return Value::list(std::move(out));
}

Result<Value> store_result(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("store_result", args,
                               {{"name"}, {"response"}, {"agate_table", Value::none()}}));
  NodeContext& ctx = NodeContext::of(interpreter);
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string message, jinja::to_str(bound[1]));
  Value code, rows;
  const Response* response = bound[1].object_as<Response>();
  if (response) {
    code = response->code();
    rows = response->rows();
  }
  Value table = bound[2].is_none() ? make_empty_table() : bound[2];
  // adapter.execute left the rows as Python values; another table brings its own.
  auto last = ctx.results.find(kLastData);
  Value data = last != ctx.results.end() && response ? last->second : table_rows(table);
  SLUICE_TRY(keep_result(ctx, name, message, code, rows, table, data));
  return Value::string("");
}

Result<Value> store_raw_result(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("store_raw_result", args,
                                           {{"name"},
                                            {"message", Value::none()},
                                            {"code", Value::none()},
                                            {"rows_affected", Value::none()},
                                            {"agate_table", Value::none()}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string message, jinja::to_str(bound[1]));
  Value rows = bound[3];
  if (rows.is_string())
    if (auto number = jinja::parse_int(rows.as_string())) rows = *number;
  Value table = bound[4].is_none() ? make_empty_table() : bound[4];
  SLUICE_TRY(keep_result(NodeContext::of(interpreter), name, message, bound[2], rows, table,
                         table_rows(bound[4])));
  return Value::string("");
}

Result<Value> load_result(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("load_result", args, {{"name"}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  NodeContext& ctx = NodeContext::of(interpreter);
  auto found = ctx.results.find(name);
  return found == ctx.results.end() ? Value::none() : found->second;
}

Result<Value> write(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("write", args, {{"payload"}}));
  SLUICE_ASSIGN(NodeContext::of(interpreter).written, jinja::to_str(bound[0]));
  return Value::string("");
}

Result<Value> render(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("render", args, {{"string"}}));
  SLUICE_ASSIGN(std::string text, jinja::to_str(bound[0]));
  if (jinja::is_plain_text(text)) return Value::string(std::move(text));
  NodeContext& ctx = NodeContext::of(interpreter);
  SLUICE_ASSIGN(jinja::Template tmpl,
                jinja::compile_template(
                    text, ctx.node ? ctx.node->original_file_path : SharedText("render")));
  Interpreter nested(interpreter.environment(), ctx);
  nested.host = &ctx;
  SLUICE_ASSIGN(std::string out, nested.render(tmpl));
  return Value::string(std::move(out));
}

Result<Value> try_or_compiler_error(Interpreter& interpreter, const CallArgs& args) {
  if (args.positional.size() < 2)
    return fail(ErrorCode::kJinjaRuntime, "try_or_compiler_error() needs a message and a function");
  Result<Value> result = jinja::call(interpreter, args.positional[1],
                                     CallArgs{args.positional.subspan(2), args.keyword});
  if (result || result.error().code() == ErrorCode::kJinjaReturn) return result;
  SLUICE_ASSIGN(std::string message, jinja::to_str(args.positional[0]));
  Error error(ErrorCode::kJinjaRaised, message);
  error.add_cause(result.error());
  return fail(std::move(error));
}

Result<Value> submit_python_job(Interpreter&, const CallArgs&) {
  return fail(
      ErrorCode::kWarehouseUnsupported, "Python models are not supported yet",
      "this version runs SQL models; write the model in SQL, or disable it with enabled=false");
}

Result<Value> sql_now(Interpreter& interpreter, const CallArgs&) {
  return call_macro_named(interpreter, "current_timestamp", {});
}

Result<Value> validator(Interpreter&, const CallArgs&) { return Value::none(); }

// validation.any[…]: dbt's config validators. They check types of config values.
class AnyValidator final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "ValidationAny"; }
  Result<std::optional<Value>> item(const Value&) const override {
    return make_function("validate", validator);
  }
  static Value make_function(std::string name, jinja::NativeFunction function) {
    return jinja::make_function(std::move(name), function);
  }
};

// `graph`: built once, when a template first looks.
Value graph_value(SharedState& shared) {
  std::lock_guard lock(shared.graph_mutex);
  if (shared.graph) return *shared.graph;
  Value nodes = Value::dict(), sources = Value::dict(), exposures = Value::dict();
  Value functions = Value::dict();
  for (const auto& node : shared.manifest.nodes)
    if (!node->unit_test)
      (node->type == ResourceType::kFunction ? functions : nodes)
          .as_dict()
          .set(node->unique_id, node_to_value(shared.manifest, *node));
  for (const auto& source_ptr : shared.manifest.sources)
    sources.as_dict().set(source_ptr->unique_id, source_to_value(shared.manifest, *source_ptr));
  for (const auto& exposure : shared.manifest.exposures)
    exposures.as_dict().set(exposure->unique_id, exposure_to_value(shared.manifest, *exposure));
  std::map<ResourceType, Value> semantic;
  for (const ResourceType type :
       {ResourceType::kMetric, ResourceType::kSemanticModel, ResourceType::kSavedQuery})
    semantic[type] = Value::dict();
  for (const auto& resource : shared.manifest.semantic_resources)
    semantic[resource->type].as_dict().set(resource->unique_id,
                                           semantic_resource_to_value(shared.manifest, *resource));
  Value graph = Value::dict();
  for (std::string_view key : kGraphKeys) graph.as_dict().set(key, Value::dict());
  graph.as_dict().set("nodes", nodes);
  graph.as_dict().set("sources", sources);
  graph.as_dict().set("exposures", exposures);
  graph.as_dict().set("functions", functions);
  graph.as_dict().set("groups", groups_to_value(shared.manifest));
  graph.as_dict().set("metrics", semantic[ResourceType::kMetric]);
  graph.as_dict().set("semantic_models", semantic[ResourceType::kSemanticModel]);
  graph.as_dict().set("saved_queries", semantic[ResourceType::kSavedQuery]);
  shared.graph = graph;
  return graph;
}

Value plain_dict(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  Value out = Value::dict();
  for (const auto& [key, value] : entries) out.as_dict().set(key, value);
  return out;
}

}  // namespace

Value make_response(std::string message, Value code, Value rows_affected) {
  return Value::object(
      jinja::make_ref<Response>(std::move(message), std::move(code), std::move(rows_affected)));
}

void add_global_names(SharedState& shared) {
  auto& globals = shared.globals;
  const SessionOptions& options = shared.options;
  jinja::BaseContextOptions base;
  base.invocation_id = options.invocation_id;
  base.run_started_at_unix_micros = options.started_at_micros;
  base.now_unix_micros = options.now_micros;
  // The dict lives in globals (under a name no template can spell), so views of its keys stay
  // valid.
  Value base_names = Value::dict();
  jinja::add_base_context(base_names.as_dict(), base);
  globals
      ["\x01"
       "base"] = base_names;
  for (const auto& entry : base_names.as_dict().entries())
    globals[entry.key.as_string()] = entry.value;

  globals["ref"] = jinja::make_function("ref", ref);
  globals["source"] = jinja::make_function("source", source);
  globals["metric"] = jinja::make_function("metric", metric);
  globals["adapter_macro"] = jinja::make_function("adapter_macro", adapter_macro);
  globals["function"] = jinja::make_function("function", function);
  globals["var"] = Value::object(jinja::make_ref<VarObject>());
  globals["env_var"] = jinja::make_function("env_var", env_var);
  globals["log"] = jinja::make_function("log", log);
  globals["print"] = jinja::make_function("print", print);
  globals["config"] = make_config();
  globals["adapter"] = make_adapter(shared.project().flags);
  globals["exceptions"] = make_exceptions();
  globals["api"] =
      plain_dict({{"Relation", make_relation_class(*shared.dialect, shared.default_quote)},
                  {"Column", make_column_class(*shared.dialect)}});
  globals["column"] = make_column_class(*shared.dialect);
  globals["store_result"] = jinja::make_function("store_result", store_result);
  globals["store_raw_result"] = jinja::make_function("store_raw_result", store_raw_result);
  globals["load_result"] = jinja::make_function("load_result", load_result);
  globals["write"] = jinja::make_function("write", write);
  globals["render"] = jinja::make_function("render", render);
  globals["try_or_compiler_error"] =
      jinja::make_function("try_or_compiler_error", try_or_compiler_error);
  globals["submit_python_job"] = jinja::make_function("submit_python_job", submit_python_job);
  globals["sql_now"] = jinja::make_function("sql_now", sql_now);
  globals["validation"] = plain_dict({{"any", Value::object(jinja::make_ref<AnyValidator>())}});
  globals["flags"] = command_flags(options.flags, &shared.project());
  globals["target"] = shared.project().profile.target;
  globals["env"] = shared.project().profile.target;
  globals["dbt_version"] = Value::string("1.11.16");
  globals["thread_id"] = Value::string("Thread-1");
  globals["invocation_args_dict"] =
      options.flags.arguments.is_dict() ? options.flags.arguments : Value::dict();
  Value metadata = Value::dict();
  for (const auto& [name, value] : options.environment)
    if (name.starts_with("DBT_ENV_CUSTOM_ENV_"))
      metadata.as_dict().set(name.substr(std::string_view("DBT_ENV_CUSTOM_ENV_").size()),
                             Value::string(value));
  globals["dbt_metadata_envs"] = metadata;
  globals["graph"] = make_lazy_dict([&shared] { return graph_value(shared); });
  globals["selected_resources"] = Value::list();
  globals["load_agate_table"] = make_load_agate_table();
}

}  // namespace sluice::compile
