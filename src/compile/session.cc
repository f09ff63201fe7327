#include "compile/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/suggest.h"
#include "compile/batches.h"
#include "compile/catalog.h"
#include "compile/deferral.h"
#include "compile/freshness.h"
#include "compile/node_compiler.h"
#include "compile/node_context.h"
#include "compile/project_parser.h"
#include "compile/specification.h"
#include "compile/unit_test_difference.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

struct Session::Impl {
  SharedState shared;
  NodeCompiler compiler{shared};
};

namespace {

RelationPolicy project_quoting(const project::Project& project, const warehouse::Dialect& dialect) {
  RelationPolicy policy = dialect.default_quoting();
  const Value& quoting = project.root_pkg().quoting;
  if (!quoting.is_dict()) return policy;
  auto apply = [&](std::string_view key, bool& member) {
    const Value* on = quoting.as_dict().find(key);
    if (on && !on->is_none()) member = jinja::truth(*on).value_or(member);
  };
  apply("database", policy.database);
  apply("schema", policy.schema);
  apply("identifier", policy.identifier);
  return policy;
}

// An adapter that we know nothing of compiles as plain SQL: its own spelling has to come from the
// project's macros.
Error unknown_adapter(const project::Project& project) {
  const std::string& type = project.profile.adapter_type;
  const std::string nearest = nearest_name(type, warehouse::known_adapters());
  Error warning(ErrorCode::kProfileInvalid,
                fmt::format("the adapter \"{}\" of target \"{}\" is not known: plain ANSI SQL is "
                            "compiled for it",
                            type, project.profile.target_name),
                nearest.empty() ? fmt::format("define {}__ macros where it differs", type)
                                : fmt::format("did you mean \"{}\"?", nearest));
  warning.add_span({project.profile.file, 0, 0, 0, 0});
  return warning;
}

// One evaluation in the run phase: a context and its interpreter.
struct Evaluation {
  Evaluation(SharedState& shared, Node* node, size_t package, warehouse::Connection* connection)
      : ctx(shared, node, package, Phase::kRun, connection),
        environment(environment_for(shared, Phase::kRun)),
        interpreter(environment, ctx) {
    interpreter.host = &ctx;
  }
  NodeContext ctx;
  jinja::Environment environment;
  jinja::Interpreter interpreter;
};

// A materialization or operation must not leave a transaction behind; dbt rolls back what was not
// committed.
Status close_transaction(const SharedState& shared, warehouse::Connection& connection,
                         const std::string& what) {
  if (!connection.in_transaction()) return {};
  SLUICE_TRY(connection.rollback());
  shared.emit(EventLevel::kWarning, "UncommittedTransaction",
              fmt::format("{} left its transaction open, so its changes were rolled back; call "
                          "adapter.commit() at its end",
                          what));
  return {};
}

bool is_count(const Value& value) { return value.is_int() || value.is_bool(); }

int64_t count_of(const Value& value) {
  if (value.is_int()) return value.as_int();
  if (value.is_float()) return static_cast<int64_t>(value.as_float());
  Result<std::string> text = jinja::to_str(value);
  auto number = text ? jinja::parse_int(text->substr(0, text->find('.'))) : std::nullopt;
  return number && number->is_int() ? number->as_int() : 0;
}

bool flag_of(const Value& value) {
  return value.is_bool() ? value.as_bool() : count_of(value) != 0;
}

}  // namespace

Session::Session(SessionOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->shared.options = std::move(options);
  impl_->shared.manifest.project = impl_->shared.options.project;
  impl_->shared.on_statement = [this](const std::string& node, const std::string& sql,
                                      const std::string& sent) {
    if (on_statement) on_statement(node, sql, sent);
  };
  impl_->shared.on_statement_end = [this](const std::string& node, double seconds) {
    if (on_statement_end) on_statement_end(node, seconds);
  };
}

Session::~Session() = default;

Manifest& Session::manifest() { return impl_->shared.manifest; }
const Manifest& Session::manifest() const { return impl_->shared.manifest; }
const SessionOptions& Session::options() const { return impl_->shared.options; }
void Session::cancel() { impl_->shared.cancelled = true; }
void Session::resume() { impl_->shared.cancelled = false; }
void Session::set_warehouse(warehouse::Warehouse* warehouse) {
  impl_->shared.warehouse = warehouse;
}

void Session::set_selected(std::vector<std::string> unique_ids) {
  // Only a deferral that favours the state asks for single ones.
  if (impl_->shared.options.flags.favor_state)
    impl_->shared.selected_ids = {unique_ids.begin(), unique_ids.end()};
  std::vector<Value> ids;
  for (std::string& id : unique_ids) ids.push_back(Value::string(std::move(id)));
  impl_->shared.globals["selected_resources"] = Value::list(std::move(ids));
}

bool Session::parse(Diagnostics& diagnostics) {
  SharedState& shared = impl_->shared;
  const project::Project& project = shared.project();
  shared.dialect = &warehouse::dialect_for(project.profile.adapter_type);
  if (!shared.dialect->is_known()) diagnostics.add_warning(unknown_adapter(project));
  shared.default_quote = project_quoting(project, *shared.dialect);
  add_global_names(shared);
  auto comment = QueryComment::read(project);
  if (!comment) {
    diagnostics.add_error(std::move(comment.error()));
    return false;
  }
  shared.query_comment = std::move(*comment);
  ProjectParser parser(shared, diagnostics);
  return parser.parse();
}

Status Session::prepare_schemas(warehouse::Connection& connection,
                                const std::vector<const Node*>& nodes, bool create) {
  SharedState& shared = impl_->shared;
  // A comment that cannot be sent would fail each statement: say it once, before the first.
  SLUICE_TRY(shared.query_comment.text_for(shared, nullptr));
  std::set<std::pair<std::string, std::string>> wanted;
  for (const Node* node : nodes)
    if (!node->relation_name.empty() || node->type == ResourceType::kFunction)
      wanted.emplace(node->database, node->schema);
  std::map<std::string, std::set<std::string>> existing;
  auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  for (const auto& [database, schema] : wanted) {
    if (!existing.contains(database)) {
      SLUICE_ASSIGN(std::vector<std::string> schemas, connection.list_schemas(database));
      for (const std::string& known : schemas) existing[database].insert(lower(known));
    }
    if (!existing[database].contains(lower(schema))) {
      if (!create) continue;
      Evaluation evaluation(shared, nullptr, shared.project().root_package, &connection);
      RelationParts parts;
      if (!database.empty()) parts.database = database;
      parts.schema = schema;
      parts.quote = shared.default_quote;
      parts.include = shared.dialect->default_include();
      parts.include.identifier = false;
      auto created = call_macro_named(evaluation.interpreter, "create_schema",
                                      {Relation::make(*shared.dialect, parts)});
      if (!created) {
        if (connection.in_transaction()) static_cast<void>(connection.rollback());
        return fail(std::move(created.error()));
      }
      if (connection.in_transaction()) SLUICE_TRY(connection.commit());
    }
    SLUICE_TRY(shared.relations.load(connection, database, schema));
  }
  return {};
}

bool Session::runs_in_batches(const Node& node) const {
  return is_microbatch(node) && !has_own_microbatch_strategy(impl_->shared);
}

std::vector<Batch> Session::plan_batches(const Node& node) const {
  return plan_batches_now(impl_->shared, node);
}

Status Session::compile_node(Node& node, warehouse::Connection* connection) {
  return impl_->compiler.compile(node, connection);
}

Result<std::string> Session::compile_inline(const std::string& text,
                                            warehouse::Connection* connection) {
  return impl_->compiler.compile_inline(text, connection);
}

Error Session::located(Error error, const Specification& specification) const {
  locate_sql_error(error, *specification.rendered, specification.sql, 0);
  error.set_node(specification.rendered->unique_id);
  return error;
}

Error Session::located(Error error, const Node& node) const {
  locate_sql_error(error, node, node.compiled_code, 0);
  error.set_node(node.unique_id);
  return error;
}

Result<SourceReader> Session::source_reader(const Source& source) const {
  SLUICE_ASSIGN(const Value value, source_relation(impl_->shared, source, nullptr));
  const Relation& relation = *value.object_as<Relation>();
  return SourceReader{relation.render(), relation.parts().external.has_value()};
}

Result<std::vector<warehouse::ColumnInfo>> Session::seed_columns(const Node& seed) const {
  return seed_table_columns(impl_->shared, seed);
}

Status Session::check_contract(Node& node, warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &node, node.package, &connection);
  auto answer = call_macro_named(evaluation.interpreter, "get_assert_columns_equivalent",
                                 {Value::string(node.compiled_code)});
  if (connection.in_transaction()) SLUICE_TRY(connection.rollback());
  if (answer) return {};
  Error error(answer.error().code(), answer.error().message(), answer.error().hint());
  error.set_node(node.unique_id).add_span(node.span);
  return fail(std::move(error));
}

void Session::forget_relations() { impl_->shared.relations.forget_all(); }

std::string Session::relation_name(const Node& node) const {
  const Value relation =
      Relation::make(*impl_->shared.dialect, node_relation_parts(impl_->shared, node));
  return relation.object_as<Relation>()->render();
}

Result<Specification> Session::specify(const Node& node, StubNames& names,
                                       warehouse::Connection* connection) {
  Result<Specification> out =
      SpecificationCompiler(impl_->shared, node, names, connection).compile();
  if (!out) out.error().set_node(node.unique_id).locate(node.span);
  return out;
}

Result<std::string> Session::show_sql(const Node* node, const std::string& compiled_sql,
                                      int64_t limit, warehouse::Connection* connection) {
  SharedState& shared = impl_->shared;
  Node* target = node ? shared.manifest.find_node(node->unique_id) : nullptr;
  Evaluation evaluation(shared, target, target ? target->package : shared.project().root_package,
                        connection);
  const Value* header = nullptr;
  if (target)
    for (const Value* config : {&target->set_config, &target->config})
      if (!header && config->is_dict()) header = config->as_dict().find("sql_header");
  Value limit_value = limit >= 0 ? Value::integer(limit) : Value::none();
  SLUICE_ASSIGN(Value out, call_macro_named(evaluation.interpreter, "get_show_sql",
                                            {Value::string(compiled_sql),
                                             header ? *header : Value::none(), limit_value}));
  return jinja::to_str(out);
}

namespace {

constexpr std::string_view kUnitMaterialization = "unit";

// The one path for everything that has a materialization: models, seeds, tests.
Result<MaterializationResult> run_materialization(SharedState& shared,
                                                  warehouse::Connection& connection,
                                                  NodeContext& ctx, jinja::Interpreter& interpreter,
                                                  const std::string& name,
                                                  const std::string& compiled_code) {
  const MacroResource* macro = shared.macros.find_materialization(name);
  if (!macro)
    return fail(ErrorCode::kUnknownMaterialization,
                fmt::format("no materialization '{}' was found for adapter {}", name,
                            shared.dialect->adapter_type()),
                "use table, view, incremental or ephemeral, or define {% materialization " + name +
                    ", default %}");
  ctx.extra["sql"] = Value::string(compiled_code);
  ctx.extra["compiled_code"] = ctx.extra["sql"];
  ctx.extra["compiled_sql"] = ctx.extra["sql"];
  auto returned = interpreter.call_macro(*macro->macro, {});
  if (!returned) return fail(std::move(returned.error()));
  // A unit test leaves nothing behind.
  if (name == kUnitMaterialization && connection.in_transaction())
    SLUICE_TRY(connection.rollback());
  SLUICE_TRY(close_transaction(shared, connection, fmt::format("materialization '{}'", name)));
  MaterializationResult result;
  result.message = ctx.main_message.empty() ? "OK" : ctx.main_message;
  result.code = ctx.main_code;
  result.rows_affected = ctx.main_rows;
  result.executed_sql = std::move(ctx.written);
  const Value* relations = returned->is_dict() ? returned->as_dict().find("relations") : nullptr;
  if (!relations)
    return fail(ErrorCode::kRunInvalid,
                fmt::format("materialization '{}' did not return a dict with 'relations'", name),
                "end it with {{ return({'relations': [target_relation]}) }}");
  for (const Value& item : jinja::iterate(*relations).value_or(std::vector<Value>{})) {
    const Relation* relation = item.object_as<Relation>();
    if (!relation) continue;
    shared.relations.add(relation->info(), ctx.cache_changes);
    result.relations.push_back(relation->render());
  }
  return result;
}

Error clean_up(NodeContext& ctx, const Node& node, warehouse::Connection& connection, Error error) {
  if (connection.in_transaction()) {
    Status rolled_back = connection.rollback();
    if (!rolled_back) error.add_cause(std::move(rolled_back.error()));
  }
  // The cache followed statements that are undone now.
  ctx.shared.relations.undo(ctx.cache_changes);
  // An engine's error that was found in the model's own text: the macros around it explain nothing.
  if (error.code() == ErrorCode::kSqlError && error.spans().size() > 1) error.clear_trace();
  // Nor do they when the disk or the memory is at its end.
  if (error.code() == ErrorCode::kNoSpace || error.code() == ErrorCode::kOutOfMemory)
    error.clear_trace();
  error.set_node(node.unique_id).locate(node.span);
  return error;
}

}  // namespace

Result<MaterializationResult> Session::materialize(Node& node, warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  if (node.batch && node.batch->adds_to_table) {
    if (!node.set_config.is_dict()) node.set_config = Value::dict();
    node.set_config.as_dict().set("full_refresh", Value::boolean(false));
  }
  Evaluation evaluation(shared, &node, node.package, &connection);
  auto result = run_materialization(shared, connection, evaluation.ctx, evaluation.interpreter,
                                    std::string(node.materialized()), node.compiled_code);
  if (result) return result;
  if (on_failed_statement && !evaluation.ctx.written.empty())
    on_failed_statement(node, evaluation.ctx.written);
  return fail(clean_up(evaluation.ctx, node, connection, std::move(result.error())));
}

Result<MaterializationResult> Session::maintain(Node& node, warehouse::Connection& connection,
                                                MaintenanceSteps& steps) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &node, node.package, &connection);
  evaluation.ctx.extra["maintenance"] = make_maintenance(steps, connection);
  auto result = run_materialization(shared, connection, evaluation.ctx, evaluation.interpreter,
                                    "maintained", node.compiled_code);
  if (result) return result;
  return fail(clean_up(evaluation.ctx, node, connection, std::move(result.error())));
}

Result<MaterializationResult> Session::clone_node(Node& node, warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &node, node.package, &connection);
  const Value source = defer_relation_of(shared, node);
  std::string sql;
  if (const Relation* relation = source.object_as<Relation>())
    sql = "select * from " + relation->render();
  auto result =
      run_materialization(shared, connection, evaluation.ctx, evaluation.interpreter, "clone", sql);
  if (!result) return fail(clean_up(evaluation.ctx, node, connection, std::move(result.error())));
  if (result->relations.empty()) result->message = "No-op";
  return result;
}

Result<TestOutcome> Session::run_test(Node& node, warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &node, node.package, &connection);
  auto result = run_materialization(shared, connection, evaluation.ctx, evaluation.interpreter,
                                    std::string(node.materialized()), node.compiled_code);
  if (!result) return fail(clean_up(evaluation.ctx, node, connection, std::move(result.error())));
  auto stored = evaluation.ctx.results.find("main");
  const Value* data =
      stored != evaluation.ctx.results.end() ? stored->second.as_dict().find("data") : nullptr;
  if (!data || !data->is_list() || data->as_items().size() != 1 ||
      !data->as_items()[0].is_tuple() || data->as_items()[0].as_items().size() < 3) {
    Error error(
        ErrorCode::kRunInvalid,
        fmt::format("the test '{}' did not return one row of (failures, should_warn, should_error)",
                    node.name),
        "is get_test_sql or the test materialization overridden?");
    return fail(error.set_node(node.unique_id).locate(node.span));
  }
  const std::vector<Value>& row = data->as_items()[0].as_items();
  if (!is_count(row[0])) {
    SLUICE_ASSIGN(std::string shown, jinja::to_repr(row[0]));
    Error error(
        ErrorCode::kRunInvalid,
        fmt::format("the test '{}' counted {} failures; that is no whole number", node.name, shown),
        "let fail_calc give an integer for no rows too: coalesce(sum(x), 0)");
    return fail(error.set_node(node.unique_id).locate(node.span));
  }
  TestOutcome outcome;
  outcome.failures = count_of(row[0]);
  outcome.should_warn = flag_of(row[1]);
  outcome.should_error = flag_of(row[2]);
  outcome.message = result->message;
  return outcome;
}

Result<FreshnessMeasure> Session::measure_freshness(const Source& source,
                                                    warehouse::Connection& connection) {
  auto measure = compile::measure_freshness(impl_->shared, source, connection);
  if (connection.in_transaction()) static_cast<void>(connection.rollback());
  return measure;
}

Catalog Session::read_catalog(const std::vector<warehouse::RelationInfo>& relations,
                              warehouse::Connection& connection) {
  return compile::read_catalog(impl_->shared, relations, connection);
}

Result<UnitTestOutcome> Session::run_unit_test(Node& node, warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &node, node.package, &connection);
  auto result = run_materialization(shared, connection, evaluation.ctx, evaluation.interpreter,
                                    std::string(kUnitMaterialization), node.compiled_code);
  if (!result) {
    Error error = clean_up(evaluation.ctx, node, connection, std::move(result.error()));
    if (error.code() == ErrorCode::kCancelled) return fail(std::move(error));
    std::string message = fmt::format(
        "an error occurred during execution of unit test '{}'. There may be an error in the unit "
        "test definition: check the data types.\n{}",
        node.name, error.message());
    return fail(std::move(error.set_message(std::move(message))));
  }
  UnitTestOutcome outcome;
  outcome.message = result->message;
  auto stored = evaluation.ctx.results.find("main");
  const Value* table =
      stored != evaluation.ctx.results.end() ? stored->second.as_dict().find("table") : nullptr;
  if (table == nullptr) {
    Error error(ErrorCode::kRunInvalid,
                fmt::format("the unit test '{}' stored no result named 'main'", node.name),
                "is get_unit_test_sql or the unit materialization overridden?");
    return fail(std::move(error.set_node(node.unique_id).locate(node.span)));
  }
  SLUICE_ASSIGN(outcome.difference, unit_test_difference(*table));
  return outcome;
}

Status Session::run_hook(Node& operation, const Value& results, warehouse::Connection& connection,
                         const std::function<void()>& on_rendered) {
  SharedState& shared = impl_->shared;
  Evaluation evaluation(shared, &operation, operation.package, &connection);
  NodeContext& ctx = evaluation.ctx;
  ctx.extra["results"] = results;
  std::vector<Value> schemas, database_schemas;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& node : shared.manifest.nodes) {
    if (node->relation_name.empty() || node->type == ResourceType::kTest) continue;
    if (!seen.emplace(node->database, node->schema).second) continue;
    database_schemas.push_back(
        Value::tuple({Value::string(node->database), Value::string(node->schema)}));
    bool known = std::any_of(schemas.begin(), schemas.end(), [&](const Value& schema) {
      return schema.as_string() == node->schema;
    });
    if (!known) schemas.push_back(Value::string(node->schema));
  }
  ctx.extra["schemas"] = Value::list(std::move(schemas));
  ctx.extra["database_schemas"] = Value::list(std::move(database_schemas));

  auto failed = [&](Error error) {
    return fail(clean_up(ctx, operation, connection, std::move(error)));
  };
  auto tmpl = jinja::compile_template(operation.raw_code, operation.original_file_path,
                                      std::max(operation.span.line, 1U));
  if (!tmpl) return failed(std::move(tmpl.error()));
  auto text = evaluation.interpreter.render(*tmpl);
  if (!text) return failed(std::move(text.error()));
  operation.compiled_code = *text;
  operation.compiled = true;
  on_rendered();
  bool blank =
      std::all_of(text->begin(), text->end(), [](unsigned char c) { return std::isspace(c) != 0; });
  if (!blank) {
    auto ran = ctx.execute(*text, false, false);
    if (!ran) return failed(std::move(ran.error()));
  }
  // What the hook's statements began is kept, as in dbt.
  if (connection.in_transaction()) return connection.commit();
  return {};
}

Result<Value> Session::run_operation(const std::string& macro_name, const Value& args,
                                     warehouse::Connection& connection) {
  SharedState& shared = impl_->shared;
  size_t root = shared.project().root_package;
  size_t dot = macro_name.find('.');
  const MacroResource* macro =
      dot == std::string::npos
          ? shared.macros.find(root, macro_name)
          : shared.macros.find_in_package(macro_name.substr(0, dot), macro_name.substr(dot + 1));
  if (!macro) {
    std::string near = shared.macros.suggestion(root, macro_name);
    return fail(
        ErrorCode::kUnknownMacro,
        fmt::format("dbt could not find a macro with the name '{}' in any package", macro_name),
        near.empty() ? "name it as macro or package.macro"
                     : fmt::format("did you mean '{}'?", near));
  }
  // Names that a package's macro calls are looked up in its package first.
  const bool builtin = shared.project().packages[macro->package].builtin;
  Evaluation evaluation(shared, nullptr, builtin ? root : macro->package, &connection);
  std::vector<std::string> names;
  std::vector<jinja::KeywordArg> keywords;
  if (args.is_dict()) {
    for (const auto& entry : args.as_dict().entries())
      names.push_back(jinja::to_str(entry.key).value_or(std::string()));
    for (size_t i = 0; i < names.size(); ++i)
      keywords.push_back({names[i], args.as_dict().entries()[i].value});
  }
  auto out = evaluation.interpreter.call_macro(*macro->macro, jinja::CallArgs{{}, keywords});
  if (!out) {
    if (connection.in_transaction()) static_cast<void>(connection.rollback());
    return out;
  }
  SLUICE_TRY(close_transaction(shared, connection, fmt::format("operation '{}'", macro_name)));
  return out;
}

}  // namespace sluice::compile
