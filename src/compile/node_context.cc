#include "compile/node_context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.h"
#include "compile/config_defaults.h"
#include "compile/deferral.h"
#include "compile/node_compiler.h"
#include "compile/specification.h"
#include "compile/unit_test_compiler.h"
#include "jinja/ops.h"
#include "project/yaml_value.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

Result<Value> call_on_stack(Interpreter& interpreter, const MacroResource& macro,
                            const CallArgs& args) {
  std::vector<const MacroResource*>& stack = NodeContext::of(interpreter).macro_stack;
  stack.push_back(&macro);
  Result<Value> out = interpreter.call_macro(*macro.macro, args);
  stack.pop_back();
  return out;
}

// The macros that are being called, outermost first.
Value macro_stack_value(const NodeContext& ctx) {
  std::vector<Value> ids;
  for (const MacroResource* macro : ctx.macro_stack) ids.push_back(Value::string(macro->unique_id));
  Value out = Value::dict();
  out.as_dict().set("depth", Value::integer(static_cast<int64_t>(ids.size())));
  out.as_dict().set("call_stack", Value::list(std::move(ids)));
  return out;
}

class MacroCallable final : public jinja::Object {
 public:
  explicit MacroCallable(const MacroResource& macro) : macro_(macro) {}
  std::string_view type_name() const override { return "MacroGenerator"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    // As in dbt, only what the node calls itself becomes its dependency; what macros call is
    // theirs.
    if (interpreter.macro_stack().empty()) {
      NodeContext& ctx = NodeContext::of(interpreter);
      if (std::find(ctx.macro_ids.begin(), ctx.macro_ids.end(), macro_.unique_id) ==
          ctx.macro_ids.end())
        ctx.macro_ids.push_back(macro_.unique_id);
    }
    return call_on_stack(interpreter, macro_, args);
  }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "name") return Value::string(macro_.name);
    return std::nullopt;
  }
  Result<std::string> repr() const override { return fmt::format("<macro {}>", macro_.unique_id); }

 private:
  const MacroResource& macro_;
};

std::string caller_text(const Node* node) {
  if (!node) return "this template";
  return fmt::format("{} '{}' ({})", project::resource_type_name(node->type), node->unique_id,
                     node->original_file_path);
}

Status check_dependency(const NodeContext& ctx, const std::string& target,
                        const std::string& call_text) {
  // Hooks' SQL, operations and inline text may refer to anything.
  if (!ctx.node || ctx.node->type == ResourceType::kOperation ||
      ctx.node->type == ResourceType::kSqlOperation)
    return {};
  const std::vector<SharedText>& known = ctx.node->depends_on_nodes;
  if (std::find(known.begin(), known.end(), target) != known.end()) return {};
  return fail(ErrorCode::kCompileFailed,
              fmt::format("the dependency of {} on {} was not seen while parsing: the call is "
                          "inside a branch that only runs when `execute` is true",
                          ctx.node->unique_id, target),
              fmt::format("add this line to the file: -- depends_on: {{{{ {} }}}}", call_text));
}

std::string ref_text(const RefCall& call) {
  std::string text = fmt::format("ref('{}'", call.name);
  if (!call.package.empty()) text = fmt::format("ref('{}', '{}'", call.package, call.name);
  if (!call.version.empty()) text += fmt::format(", v='{}'", call.version);
  return text + ")";
}

// What to do about a ref to a version that is not there.
std::string version_hint(const SharedState& shared, const RefCall& call) {
  const std::vector<const Node*> versions = shared.references.versions_of(call);
  if (versions.empty()) return {};
  std::vector<std::string> known;
  std::string latest;
  for (const Node* version : versions) {
    known.push_back(version->version_text());
    latest = jinja::to_str(version->latest_version).value_or(std::string());
  }
  if (call.version.empty())
    return fmt::format("its latest version {} has no file or is disabled; it has {}", latest,
                       fmt::join(known, ", "));
  return fmt::format("it has the version{} {}; without a version, ref() means the latest, {}",
                     known.size() == 1 ? "" : "s", fmt::join(known, ", "), latest);
}

}  // namespace

Error unknown_ref_error(const SharedState& shared, const Node* node, const RefCall& call) {
  const Node* disabled = shared.references.find_disabled_ref(call);
  std::string from = caller_text(node);
  std::string what = fmt::format("'{}'", call.name);
  if (!call.version.empty()) what += fmt::format(" with version '{}'", call.version);
  if (!call.package.empty()) what += fmt::format(" in package or project '{}'", call.package);
  if (disabled)
    return Error(ErrorCode::kDisabledRef,
                 fmt::format("{} depends on a node named {} which is disabled", from, what),
                 fmt::format("enable it, or remove the ref; it is defined in {}",
                             disabled->original_file_path));
  if (std::string hint = version_hint(shared, call); !hint.empty())
    return Error(ErrorCode::kUnknownRef,
                 fmt::format("{} depends on a node named {} which was not found", from, what),
                 std::move(hint));
  std::string near = nearest_name(call.name, shared.references.ref_names());
  return Error(ErrorCode::kUnknownRef,
               fmt::format("{} depends on a node named {} which was not found", from, what),
               near.empty() ? "check the name: a model's name is its file's name without the ending"
                            : fmt::format("did you mean '{}'?", near));
}

Error unknown_source_error(const SharedState& shared, const Node* node, const SourceCall& call) {
  std::string from = caller_text(node);
  std::string what = fmt::format("{}.{}", call.source, call.table);
  if (const Source* disabled = shared.references.find_disabled_source(call))
    return Error(ErrorCode::kDisabledRef,
                 fmt::format("{} depends on a source named '{}' which is disabled", from, what),
                 fmt::format("enable it in {}", disabled->original_file_path));
  std::vector<std::string> known = shared.references.source_names();
  std::string near = nearest_name(what, std::vector<std::string_view>(known.begin(), known.end()));
  return Error(ErrorCode::kUnknownSource,
               fmt::format("{} depends on a source named '{}' which was not found", from, what),
               near.empty() ? "declare it under `sources:` in a .yml file of a model path"
                            : fmt::format("did you mean '{}'?", near));
}

Error unknown_function_error(const SharedState& shared, const Node* node, const RefCall& call) {
  std::string what = fmt::format("'{}'", call.name);
  if (!call.package.empty()) what += fmt::format(" in package or project '{}'", call.package);
  const std::string text =
      fmt::format("{} depends on a function named {}", caller_text(node), what);
  if (const Node* disabled = shared.references.find_disabled_function(call))
    return Error(ErrorCode::kDisabledRef, text + " which is disabled",
                 fmt::format("enable it in {}", disabled->original_file_path));
  const std::string near = nearest_name(call.name, shared.references.function_names());
  return Error(ErrorCode::kUnknownRef, text + " which was not found",
               near.empty() ? "check the name: a function's name is its file's name without the "
                              "ending, in one of the function-paths"
                            : fmt::format("did you mean '{}'?", near));
}

void SharedState::emit(EventLevel level, std::string name, std::string message,
                       const std::string& node) const {
  if (options.events)
    options.events->emit(Event{level, std::move(name), std::move(message), node, {}});
}

jinja::Environment environment_for(const SharedState& shared, Phase phase) {
  jinja::Environment environment;
  environment.cancelled = &shared.cancelled;
  environment.undefined =
      phase == Phase::kParse ? jinja::UndefinedFlavor::kCapture : jinja::UndefinedFlavor::kDefault;
  return environment;
}

Value make_macro_callable(const MacroResource& macro) {
  return Value::object(jinja::make_ref<MacroCallable>(macro));
}

NodeContext::NodeContext(SharedState& shared_state, Node* node_in, size_t package_in,
                         Phase phase_in, warehouse::Connection* connection_in)
    : shared(shared_state),
      node(node_in),
      package(package_in),
      phase(phase_in),
      connection(connection_in),
      in_file_config(Value::dict()),
      written_config(Value::dict()) {}

bool NodeContext::lookup(std::string_view name, Value& out) const {
  if (!extra.empty()) {
    auto own = extra.find(name);
    if (own != extra.end()) {
      out = own->second;
      return true;
    }
  }
  // Macros hide the built-in names, so a project can redefine ref() or source().
  if (const Value* macro = shared.macros.lookup(package, name)) {
    out = *macro;
    return true;
  }
  return lookup_builtin(name, out);
}

bool NodeContext::lookup_builtin(std::string_view name, Value& out) const {
  if (lookup_node_name(name, out)) return true;
  auto global = shared.globals.find(name);
  if (global == shared.globals.end()) return false;
  out = global->second;
  return true;
}

Value NodeContext::hooks(std::string_view key) const {
  const Value* hooks = node && node->config.is_dict() ? node->config.as_dict().find(key) : nullptr;
  return hooks ? project::deep_copy(*hooks) : Value::list();
}

bool NodeContext::lookup_node_name(std::string_view name, Value& out) const {
  using Member = Value (*)(const NodeContext&);
  static constexpr std::pair<std::string_view, Member> kMembers[] = {
      {"execute", [](const NodeContext& ctx) { return Value::boolean(ctx.executing()); }},
      {"this", [](const NodeContext& ctx) { return ctx.this_relation(); }},
      {"model", [](const NodeContext& ctx) { return ctx.model_value(); }},
      {"database",
       [](const NodeContext& ctx) {
         const SharedText database =
             ctx.node ? ctx.node->database : ctx.shared.project().profile.database;
         return database.empty() ? Value::none() : Value::string(database);
       }},
      {"schema",
       [](const NodeContext& ctx) {
         return Value::string(ctx.node ? ctx.node->schema : ctx.shared.project().profile.schema);
       }},
      {"defer_relation",
       [](const NodeContext& ctx) {
         return ctx.node ? defer_relation_of(ctx.shared, *ctx.node) : Value::none();
       }},
      // What is compiled has no SQL yet; a materialization is given it.
      {"sql", [](const NodeContext&) { return Value::none(); }},
      {"compiled_code", [](const NodeContext&) { return Value::none(); }},
      {"_sql_results",
       [](const NodeContext& ctx) {
         Value stored = Value::dict();
         for (const auto& [result, value] : ctx.results)
           if (result != kLastData) stored.as_dict().set(result, value);
         return stored;
       }},
      {"context", make_context},
      {"builtins", make_builtins},
      {"context_macro_stack", macro_stack_value},
      {"pre_hooks", [](const NodeContext& ctx) { return ctx.hooks("pre-hook"); }},
      {"post_hooks", [](const NodeContext& ctx) { return ctx.hooks("post-hook"); }},
      {"project_name",
       [](const NodeContext& ctx) {
         // Of the root project, in its packages too.
         const project::Project& project = ctx.shared.project();
         return Value::string(project.packages[project.root_package].name);
       }},
  };
  for (const auto& [known, member] : kMembers) {
    if (known != name) continue;
    // An operation has no relation of its own: `this` is undefined there.
    if (node == nullptr && name == "this") return false;
    out = member(*this);
    return true;
  }
  if (name != "graph" || executing()) return false;
  // The graph is not complete while it is being made.
  out = Value::dict();
  for (std::string_view key : kGraphKeys) out.as_dict().set(key, Value::dict());
  return true;
}

std::vector<std::string> NodeContext::names() const {
  std::vector<std::string> out = {"execute",
                                  "this",
                                  "model",
                                  "database",
                                  "schema",
                                  "pre_hooks",
                                  "post_hooks",
                                  "project_name",
                                  "sql",
                                  "_sql_results",
                                  "context",
                                  "builtins",
                                  "context_macro_stack"};
  if (node) {
    out.emplace_back("compiled_code");
    out.emplace_back("defer_relation");
  }
  for (const auto& [name, value] : shared.globals)
    if (name.front() != '\x01') out.emplace_back(name);
  for (const auto& [name, value] : extra) out.push_back(name);
  for (const auto& macro : shared.manifest.macros) out.push_back(macro->name);
  for (const project::Package& known : shared.project().packages) out.push_back(known.name);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Value NodeContext::model_value() const {
  if (!has_model_) {
    // While a template is parsed, its node has what dbt_project.yml and the defaults say.
    if (node && node->config.is_none() && phase == Phase::kParse) {
      Value config =
          project::project_config(shared.project(), node->package, node->type, node->fqn);
      fill_config_defaults(config, node->type);
      node->config = std::move(config);
    }
    if (node) model_ = make_node_dict(shared.manifest, *node);
    has_model_ = true;
  }
  return model_;
}

Value NodeContext::this_relation() const {
  if (!node || node->type == ResourceType::kOperation || node->type == ResourceType::kSqlOperation)
    return Value::none();
  return Relation::make(*shared.dialect, node_relation_parts(shared, *node));
}

Result<warehouse::Connection*> NodeContext::require_connection() const {
  if (connection) return connection;
  return fail(
      ErrorCode::kWarehouseConnect,
      "this template runs a query while it compiles, and there is no connection",
      fmt::format("the target '{}' of type '{}' is compile-only here",
                  shared.project().profile.target_name, shared.project().profile.adapter_type));
}

Result<warehouse::StatementResult> NodeContext::execute(const std::string& sql, bool auto_begin,
                                                        bool fetch, int64_t limit) {
  SLUICE_ASSIGN(warehouse::Connection * open, require_connection());
  if (auto_begin && !open->in_transaction()) SLUICE_TRY(open->begin());
  SLUICE_ASSIGN(const std::string comment, query_comment());
  const std::string sent = shared.query_comment.add_to(sql, comment);
  if (shared.on_statement) shared.on_statement(node ? node->unique_id : resource_id, sql, sent);
  const int64_t started_micros = shared.options.now_micros ? shared.options.now_micros() : 0;
  auto result = open->execute(sent, fetch, limit);
  if (result && shared.on_statement_end && shared.options.now_micros)
    shared.on_statement_end(
        node ? node->unique_id : resource_id,
        static_cast<double>(shared.options.now_micros() - started_micros) / 1e6);
  if (!result && node)
    locate_sql_error(result.error(), *node, sql, shared.query_comment.num_lines_before(comment));
  return result;
}

Result<std::string> NodeContext::query_comment() {
  if (!query_comment_) {
    SLUICE_ASSIGN(query_comment_, shared.query_comment.text_for(shared, node));
  }
  return *query_comment_;
}

RelationParts node_relation_parts(const SharedState& shared, const Node& node) {
  RelationParts parts;
  if (!node.database.empty()) parts.database = node.database;
  parts.schema = node.schema;
  parts.identifier = node.alias;
  parts.quote = shared.default_quote;
  parts.include = shared.dialect->default_include();
  const Value* quoting = node.config.is_dict() ? node.config.as_dict().find("quoting") : nullptr;
  if (quoting && quoting->is_dict()) {
    auto apply = [&](std::string_view key, bool& member) {
      const Value* on = quoting->as_dict().find(key);
      if (on && !on->is_none()) member = jinja::truth(*on).value_or(member);
    };
    apply("database", parts.quote.database);
    apply("schema", parts.quote.schema);
    apply("identifier", parts.quote.identifier);
  }
  return parts;
}

Result<Value> NodeContext::resolve_ref(const RefCall& call) {
  if (phase == Phase::kParse) {
    refs.push_back(call);
    RelationParts own;
    own.database = node ? node->database : shared.project().profile.database;
    own.schema = node ? node->schema : shared.project().profile.schema;
    own.identifier = node ? node->name : call.name.text();
    own.quote = shared.default_quote;
    own.include = shared.dialect->default_include();
    return Relation::make(*shared.dialect, std::move(own));
  }
  if (unit_test != nullptr) return unit_test->resolve_ref(*this, call);
  if (specification != nullptr) return specification->resolve_ref(*this, call);
  Node* target = shared.references.find_ref(call, package);
  if (!target) return fail(unknown_ref_error(shared, node, call));
  SLUICE_TRY(check_dependency(*this, target->unique_id, ref_text(call)));
  const Value* event_time =
      target->config.is_dict() ? target->config.as_dict().find("event_time") : nullptr;
  if (phase == Phase::kCompile) tell_of_prerelease(shared, node, call, *target);
  if (!target->is_ephemeral()) {
    SLUICE_ASSIGN(const bool deferred, is_deferred(*this, *target));
    const Value relation = deferred ? defer_relation_of(shared, *target) : Value::none();
    const Relation* elsewhere = relation.object_as<Relation>();
    RelationParts parts = elsewhere ? elsewhere->parts() : node_relation_parts(shared, *target);
    restrict_scan(shared, node, event_time, parts);
    return Relation::make(*shared.dialect, std::move(parts));
  }
  if (std::find(ephemerals.begin(), ephemerals.end(), target) == ephemerals.end())
    ephemerals.push_back(target);
  RelationParts cte;
  cte.identifier = "__dbt__cte__" + target->alias;
  cte.type = warehouse::RelationType::kCte;
  cte.quote.identifier = false;
  restrict_scan(shared, node, event_time, cte);
  return Relation::make(*shared.dialect, std::move(cte));
}

Result<Value> NodeContext::resolve_source(const SourceCall& call) {
  if (phase == Phase::kParse) {
    sources.push_back(call);
    RelationParts own;
    own.database = node ? node->database : shared.project().profile.database;
    own.schema = call.source;
    own.identifier = call.table;
    own.quote = shared.default_quote;
    own.include = shared.dialect->default_include();
    return Relation::make(*shared.dialect, std::move(own));
  }
  if (unit_test != nullptr) return unit_test->resolve_source(*this, call);
  if (specification != nullptr) return specification->resolve_source(*this, call);
  Source* target = shared.references.find_source(call, package);
  if (!target) return fail(unknown_source_error(shared, node, call));
  SLUICE_TRY(check_dependency(*this, target->unique_id,
                              fmt::format("source('{}', '{}')", call.source, call.table)));
  return source_relation(shared, *target, node);
}

// As in dbt, a call that was not seen while parsing is no error.
Result<Value> NodeContext::resolve_function(const RefCall& call) {
  RelationParts parts;
  if (phase == Phase::kParse) {
    functions.push_back(call);
    parts.database = node ? node->database : shared.project().profile.database;
    parts.schema = node ? node->schema : shared.project().profile.schema;
    parts.identifier = node ? node->name : call.name.text();
    parts.quote = shared.default_quote;
    parts.include = shared.dialect->default_include();
  } else {
    const Node* target = shared.references.find_function(call, package);
    if (!target) return fail(unknown_function_error(shared, node, call));
    if (specification != nullptr)
      return fail(ErrorCode::kRunInvalid,
                  fmt::format("a maintained model calls the function '{}', and changes of what "
                              "functions do are not followed",
                              target->unique_id),
                  "leave the model out of sluice.yml, or write the expression into the model");
    parts = node_relation_parts(shared, *target);
  }
  parts.type = warehouse::RelationType::kFunction;
  return Relation::make(*shared.dialect, std::move(parts));
}

Result<Value> NodeContext::find_variable(const std::string& name, const Value* fallback,
                                         Interpreter& interpreter) {
  const Value* found = unit_test != nullptr ? unit_test->variable(name) : nullptr;
  if (!found) found = project::find_var(shared.project(), package, name);
  if (!found) {
    if (fallback) return *fallback;
    // At parse time a branch may never run, so dbt too only fails when the value is needed.
    std::string where =
        node ? fmt::format("{} '{}'", project::resource_type_name(node->type), node->name)
             : std::string("this template");
    return fail(ErrorCode::kJinjaMissingVar,
                fmt::format("required var '{}' not found in config for {}", name, where),
                fmt::format("pass --vars '{{{}: …}}', set it under `vars:` in dbt_project.yml, or "
                            "give a default: var('{}', …)",
                            name, name));
  }
  if (!found->is_string() || jinja::is_plain_text(found->as_string())) return *found;
  SLUICE_ASSIGN(jinja::Template tmpl, jinja::compile_template(found->as_string(), "var " + name));
  Interpreter nested(interpreter.environment(), *this);
  nested.host = this;
  SLUICE_ASSIGN(std::string text, nested.render(tmpl));
  return Value::string(std::move(text));
}

Result<Value> call_macro_named(Interpreter& interpreter, std::string_view name,
                               std::vector<Value> args) {
  NodeContext& ctx = NodeContext::of(interpreter);
  const MacroResource* macro = ctx.shared.macros.find(ctx.package, name);
  if (!macro)
    return fail(ErrorCode::kUnknownMacro, fmt::format("no macro named '{}' found", name),
                "it is part of the built-in project; is it shadowed?");
  return call_on_stack(interpreter, *macro, CallArgs{args, {}});
}

}  // namespace sluice::compile
