#include "compile/unit_test_compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "compile/config_defaults.h"
#include "compile/cte_injection.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// A macro that an override replaced: called with anything, it gives the override's value.
Value replaced_macro(const std::string& name, const Value& value) {
  return jinja::make_closure(
      name,
      [value](jinja::Interpreter&, const jinja::CallArgs&) -> Result<Value> { return value; });
}

// A package's macros, some of them replaced.
class ReplacedNamespace final : public jinja::Object {
 public:
  explicit ReplacedNamespace(Value package) : package_(std::move(package)) {}
  void replace(const std::string& name, Value value) { macros_[name] = std::move(value); }
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    auto own = macros_.find(name);
    if (own != macros_.end()) return own->second;
    if (!package_.is_object()) return std::nullopt;
    return package_.as_object().attribute(name);
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    if (key.is_string())
      if (auto own = macros_.find(key.as_string()); own != macros_.end()) return own->second;
    if (!package_.is_object()) return std::nullopt;
    return package_.as_object().item(key);
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const jinja::CallArgs& args) override {
    if (auto own = macros_.find(name); own != macros_.end()) {
      SLUICE_ASSIGN(Value out, jinja::call(interpreter, own->second, args));
      return out;
    }
    if (!package_.is_object()) return std::nullopt;
    return package_.as_object().call_method(interpreter, name, args);
  }

 private:
  Value package_;
  NameMap macros_;
};

Error missing_input(const Node& node, const std::string& what, const std::string& call) {
  return Error(ErrorCode::kUnknownRef,
               fmt::format("unit_test '{}' ({}) depends on a node named {} which was not found",
                           node.unique_id, node.original_file_path, what),
               fmt::format("the model reads it, so add {{input: {}, rows: []}} to given:", call));
}

}  // namespace

std::string compiled_path_below(const SharedState& shared, const Node& node,
                                const std::string& name) {
  const project::Project& project = shared.project();
  return fmt::format("{}/compiled/{}/{}/{}.sql", relative_path(project.target_path, project.root),
                     node.package_name, node.original_file_path, name);
}

Value UnitTestCompiler::cte_relation(const Node& input) const {
  RelationParts cte;
  cte.identifier = "__dbt__cte__" + input.alias;
  cte.type = warehouse::RelationType::kCte;
  cte.quote.identifier = false;
  return Relation::make(*shared_.dialect, std::move(cte));
}

Result<Value> UnitTestCompiler::resolve_ref(NodeContext& ctx, const RefCall& call) const {
  const Node* target = shared_.references.find_ref(call, node_.package);
  for (const UnitTestInput& input : inputs_) {
    if (input.is_this || target == nullptr || input.ref != target) continue;
    if (std::find(ctx.ephemerals.begin(), ctx.ephemerals.end(), input.node.get()) ==
        ctx.ephemerals.end())
      ctx.ephemerals.push_back(input.node.get());
    return cte_relation(*input.node);
  }
  std::string what = call.package.empty() ? fmt::format("'{}'", call.name)
                                          : fmt::format("'{}.{}'", call.package, call.name);
  if (!call.version.empty()) what += fmt::format(" with version '{}'", call.version);
  return fail(missing_input(node_, what,
                            call.version.empty()
                                ? fmt::format("ref('{}')", call.name)
                                : fmt::format("\"ref('{}', v={})\"", call.name, call.version)));
}

Result<Value> UnitTestCompiler::resolve_source(NodeContext& ctx, const SourceCall& call) const {
  const Source* target = shared_.references.find_source(call, node_.package);
  for (const UnitTestInput& input : inputs_) {
    if (target == nullptr || input.source != target) continue;
    if (std::find(ctx.ephemerals.begin(), ctx.ephemerals.end(), input.node.get()) ==
        ctx.ephemerals.end())
      ctx.ephemerals.push_back(input.node.get());
    return cte_relation(*input.node);
  }
  Error error = missing_input(node_, fmt::format("'{}.{}'", call.source, call.table),
                              fmt::format("\"source('{}', '{}')\"", call.source, call.table));
  return fail(std::move(error));
}

// Which resource the text of `input:` means.
Status UnitTestCompiler::find_target(const UnitTestFixture& fixture, UnitTestInput& input) {
  if (fixture.input == "this") {
    input.is_this = true;
    input.ref = shared_.manifest.find_node(node_.depends_on_nodes.front());
    return {};
  }
  NodeContext ctx(shared_, nullptr, node_.package, Phase::kParse, nullptr);
  jinja::Environment environment = environment_for(shared_, Phase::kParse);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  SLUICE_ASSIGN(jinja::Template tmpl,
                jinja::compile_template(fmt::format("{{{{ {} }}}}", fixture.input),
                                        node_.original_file_path, node_.span.line));
  SLUICE_TRY(interpreter.render(tmpl));
  if (ctx.refs.empty() && ctx.sources.empty())
    return fail(ErrorCode::kPropertyInvalid,
                fmt::format("unit test given inputs must be either a 'ref', 'source' or 'this' "
                            "call. Got: '{}'.",
                            fixture.input),
                fmt::format("write input: ref('{}')", fixture.input));
  if (!ctx.refs.empty())
    input.ref = shared_.references.find_ref(ctx.refs.front(), node_.package);
  else
    input.source = shared_.references.find_source(ctx.sources.front(), node_.package);
  if (input.ref != nullptr || input.source != nullptr) return {};
  return fail(ErrorCode::kPropertyInvalid,
              fmt::format("unit test '{}' had an input ({}) which was not found in the manifest.",
                          node_.name, fixture.input),
              "check the name, or remove the input");
}

Result<UnitTestInput> UnitTestCompiler::make_input(const UnitTestFixture& fixture) {
  UnitTestInput input;
  SLUICE_TRY(find_target(fixture, input));
  input.node = std::make_unique<Node>();
  Node& node = *input.node;
  if (input.ref != nullptr) {
    node.name = input.ref->name;
    node.alias = input.ref->alias;
    node.database = input.ref->database;
    node.schema = input.ref->schema;
    node.package = input.ref->package;
    node.package_name = input.ref->package_name;
    node.fqn = input.ref->fqn;
    node.unique_id = fmt::format("model.{}.{}", node.package_name, node.name);
  } else {
    node.name = input.source->name;
    node.alias = fmt::format("{}__{}", input.source->source_name, input.source->name);
    node.database = input.source->database;
    node.schema = input.source->schema;
    node.package = input.source->package;
    node.package_name = input.source->package_name;
    node.fqn = input.source->fqn;
    node.unique_id = fmt::format("model.{}.{}", node.package_name, node.alias);
  }
  node.path = node.name + ".sql";
  node.original_file_path = node_.original_file_path;
  node.span = node_.span;
  node.created_at_micros = node_.created_at_micros;
  node.meta = Value::dict();
  node.config = Value::dict();
  node.config.as_dict().set("materialized", Value::string("ephemeral"));
  fill_config_defaults(node.config, ResourceType::kModel);
  if (fixture.format == UnitTestFixture::Format::kSql)
    node.owned_raw_code = fixture.rows.as_string();
  node.raw_code = node.owned_raw_code;
  return input;
}

Status UnitTestCompiler::compile_input(const UnitTestInput& input, const UnitTestFixture& fixture) {
  Node& node = *input.node;
  NodeContext ctx(shared_, &node, node.package, Phase::kCompile, connection_);
  jinja::Environment environment = environment_for(shared_, Phase::kCompile);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  // The columns are those of what it stands for.
  if (input.source != nullptr) {
    SLUICE_ASSIGN(ctx.extra["this"], source_relation(shared_, *input.source, nullptr));
  } else {
    RelationParts parts = node_relation_parts(shared_, *input.ref);
    parts.limit.reset();
    ctx.extra["this"] = Relation::make(*shared_.dialect, std::move(parts));
  }
  if (fixture.format == UnitTestFixture::Format::kSql) {
    SLUICE_ASSIGN(jinja::Template tmpl,
                  jinja::compile_template(node.raw_code, node.original_file_path, node.span.line));
    SLUICE_ASSIGN(node.compiled_code, interpreter.render(tmpl));
  } else {
    SLUICE_ASSIGN(const Value code,
                  call_macro_named(interpreter, "get_fixture_sql", {fixture.rows, Value::none()}));
    SLUICE_ASSIGN(node.compiled_code, jinja::to_str(code));
  }
  node.compiled_path = compiled_path_below(shared_, node, node.name);
  node.compiled = true;
  return {};
}

Status UnitTestCompiler::make_inputs() {
  for (const UnitTestFixture& fixture : test_.given) {
    SLUICE_ASSIGN(UnitTestInput input, make_input(fixture));
    inputs_.push_back(std::move(input));
  }
  return {};
}

// "dbt_utils.star" → {"dbt_utils", "star"}; {"", "star"} without a package.
static std::pair<std::string, std::string> package_and_name(const std::string& key) {
  const size_t dot = key.find('.');
  if (dot == std::string::npos) return {"", key};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

// "is_incremental" replaces a name, "dbt_utils.star" a package's macro; a built-in macro is both.
void UnitTestCompiler::override_macros(NodeContext& ctx) const {
  if (!test_.overrides.is_dict()) return;
  const Value* macros = test_.overrides.as_dict().find("macros");
  if (macros == nullptr || !macros->is_dict()) return;
  std::map<std::string, jinja::Ref<ReplacedNamespace>> namespaces;
  const auto replace_in = [&](const std::string& package, const std::string& name, Value value) {
    auto& known = namespaces[package];
    if (!known) {
      Value whole;
      (void)ctx.lookup(package, whole);
      known = jinja::make_ref<ReplacedNamespace>(std::move(whole));
    }
    known->replace(name, std::move(value));
  };
  for (const auto& entry : macros->as_dict().entries()) {
    const std::string key = jinja::to_str(entry.key).value_or(std::string());
    const auto [package, name] = package_and_name(key);
    const MacroResource* macro = package.empty() ? shared_.macros.find(node_.package, name)
                                                 : shared_.macros.find_in_package(package, name);
    // What is no macro is given the value itself, as in dbt.
    const Value value = macro != nullptr ? replaced_macro(name, entry.value) : entry.value;
    const bool is_builtin = macro != nullptr && shared_.project().packages[macro->package].builtin;
    if (package.empty() || is_builtin) ctx.extra[name] = value;
    if (is_builtin)
      replace_in("dbt", name, value);
    else if (!package.empty())
      replace_in(package, name, value);
  }
  for (auto& [package, replaced] : namespaces) ctx.extra[package] = Value::object(replaced);
}

Status UnitTestCompiler::compile() {
  SLUICE_TRY(make_inputs());
  NodeContext ctx(shared_, &node_, node_.package, Phase::kCompile, connection_);
  ctx.unit_test = this;
  jinja::Environment environment = environment_for(shared_, Phase::kCompile);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  ctx.extra["this"] = Value::none();
  for (const UnitTestInput& input : inputs_) {
    if (!input.is_this) continue;
    ctx.extra["this"] = cte_relation(*input.node);
    ctx.ephemerals.push_back(input.node.get());
  }
  override_macros(ctx);
  SLUICE_ASSIGN(
      jinja::Template tmpl,
      jinja::compile_template(node_.raw_code, node_.template_span.file, node_.template_span.line));
  SLUICE_ASSIGN(node_.compiled_code, interpreter.render(tmpl, &node_.source_map));
  for (const Node* used : ctx.ephemerals) {
    for (size_t i = 0; i < inputs_.size(); ++i)
      if (inputs_[i].node.get() == used) SLUICE_TRY(compile_input(inputs_[i], test_.given[i]));
    node_.extra_ctes.push_back({used->unique_id, fmt::format(" __dbt__cte__{} as (\n{}\n)",
                                                             used->alias, used->compiled_code)});
    node_.fixture_files.push_back({used->compiled_path, used->compiled_code});
  }
  Value run_config = Value::dict();
  run_config.as_dict().set("materialized", Value::string("unit"));
  const bool is_sql = test_.expect.format == UnitTestFixture::Format::kSql;
  run_config.as_dict().set("expected_rows", is_sql ? Value::list() : test_.expect.rows);
  if (is_sql) run_config.as_dict().set("expected_sql", test_.expect.rows);
  node_.set_config = std::move(run_config);
  if (!node_.extra_ctes.empty()) {
    Injection injection = inject_ctes(node_.compiled_code, node_.extra_ctes);
    node_.uninjected_code = std::move(node_.compiled_code);
    node_.compiled_code = std::move(injection.sql);
    node_.injected_at = injection.at;
    node_.injected_bytes = injection.bytes;
  }
  node_.extra_ctes_injected = true;
  node_.compiled_path = compiled_path_below(shared_, node_, "models/" + test_.run_name);
  node_.compiled = true;
  return {};
}

}  // namespace sluice::compile
