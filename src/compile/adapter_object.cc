// `adapter`: what templates ask of the engine. While parsing, methods that would need a connection
// answer as dbt's parse-time stand-in does; everything else runs through the project's macros, so
// that overrides take effect.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compile/adapter_external.h"
#include "compile/adapter_inspection.h"
#include "compile/adapter_snapshots.h"
#include "compile/call_arguments.h"
#include "compile/column.h"
#include "compile/constraints.h"
#include "compile/duckdb_target.h"
#include "compile/node_context.h"
#include "compile/result_table.h"
#include "compile/sql_bindings.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;
using warehouse::RelationInfo;

namespace {

using Answer = Result<Value>;
using Method = Answer (*)(NodeContext&, Interpreter&, const CallArgs&);

const Relation* as_relation(const Value& value) { return value.object_as<Relation>(); }

Result<const Relation*> relation_argument(const Value& value, std::string_view method) {
  const Relation* relation = as_relation(value);
  if (relation) return relation;
  return fail(
      ErrorCode::kJinjaRuntime,
      fmt::format("adapter.{} needs a relation, got a '{}'", method, jinja::type_name(value)),
      "pass ref(…), source(…), this, or api.Relation.create(…)");
}

Value relation_value(const NodeContext& ctx, const RelationInfo& info) {
  RelationParts parts;
  parts.database = info.database;
  parts.schema = info.schema;
  parts.identifier = info.identifier;
  parts.type = info.type;
  parts.quote = ctx.shared.default_quote;
  parts.include = ctx.shared.dialect->default_include();
  return Relation::make(*ctx.shared.dialect, std::move(parts));
}

Answer execute(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.execute", args,
                                           {{"sql"},
                                            {"auto_begin", Value::boolean(false)},
                                            {"fetch", Value::boolean(false)},
                                            {"limit", Value::none()}}));
  if (!ctx.executing()) return Value::tuple({Value::string(""), make_empty_table()});
  SLUICE_ASSIGN(std::string sql, jinja::to_str(bound[0]));
  bool fetch = jinja::truth(bound[2]).value_or(false);
  SLUICE_ASSIGN(warehouse::StatementResult result,
                ctx.execute(sql, jinja::truth(bound[1]).value_or(false), fetch,
                            bound[3].is_int() ? bound[3].as_int() : -1));
  ctx.results[kLastData] = fetch ? make_result_data(result.table) : Value::list();
  Value response =
      make_response(result.message, Value::string(result.code),
                    result.rows_affected ? Value::integer(*result.rows_affected) : Value::none());
  return Value::tuple(
      {std::move(response), fetch ? make_result_table(result.table) : make_empty_table()});
}

Answer add_query(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.add_query", args,
                                           {{"sql"},
                                            {"auto_begin", Value::boolean(true)},
                                            {"bindings", Value::none()},
                                            {"abridge_sql_log", Value::boolean(false)}}));
  if (!ctx.executing()) return Value::none();
  SLUICE_ASSIGN(std::string sql, jinja::to_str(bound[0]));
  if (!bound[2].is_none()) {
    SLUICE_ASSIGN(std::vector<Value> values, jinja::iterate(bound[2]));
    SLUICE_ASSIGN(sql, bind_literals(*ctx.shared.dialect, sql, values));
  }
  SLUICE_TRY(ctx.execute(sql, jinja::truth(bound[1]).value_or(true), false));
  return Value::none();
}

Answer commit(NodeContext& ctx, Interpreter&, const CallArgs&) {
  if (ctx.executing() && ctx.connection && ctx.connection->in_transaction()) {
    SLUICE_TRY(ctx.connection->commit());
    ctx.cache_changes.clear();  // they are true for good now
  }
  return Value::string("");
}

Answer type(NodeContext& ctx, Interpreter&, const CallArgs&) {
  return Value::string(ctx.shared.dialect->adapter_type());
}

Answer quote(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.quote", args, {{"identifier"}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  // dbt wraps and does not escape, and its own macros pass lists of names that are joined by quotes
  // already.
  return Value::string(ctx.shared.dialect->wrap_identifier(name));
}

Answer quote_as_configured(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.quote_as_configured", args,
                                           {{"identifier"}, {"quote_key"}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string key, jinja::to_str(bound[1]));
  const RelationPolicy& policy = ctx.shared.default_quote;
  bool on = key == "database" ? policy.database
            : key == "schema" ? policy.schema
                              : policy.identifier;
  return Value::string(on ? ctx.shared.dialect->quote_identifier(name) : name);
}

Answer quote_seed_column(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.quote_seed_column", args,
                                           {{"column"}, {"quote_config", Value::none()}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  const bool unset = ctx.shared.dialect->quotes_seed_columns();
  const bool on = bound[1].is_none() ? unset : jinja::truth(bound[1]).value_or(unset);
  return Value::string(on ? ctx.shared.dialect->quote_identifier(name) : name);
}

Answer get_relation(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.get_relation", args,
                                           {{"database"}, {"schema"}, {"identifier"}}));
  if (!ctx.executing()) return Value::none();
  std::array<std::string, 3> parts;
  for (size_t i = 0; i < 3; ++i) {
    if (bound[i].is_none()) continue;
    SLUICE_ASSIGN(parts[i], jinja::to_str(bound[i]));
  }
  if (parts[0].empty()) parts[0] = ctx.shared.project().profile.database;
  // A specification is what a first build would run.
  if (ctx.specification != nullptr && ctx.node != nullptr && parts[1] == ctx.node->schema &&
      parts[2] == ctx.node->alias)
    return Value::none();
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  SLUICE_TRY(ctx.shared.relations.load(*connection, parts[0], parts[1]));
  auto found = ctx.shared.relations.find(parts[0], parts[1], parts[2]);
  if (!found) return Value::none();
  Value relation = relation_value(ctx, *found);
  if (found->identifier == parts[2]) return relation;
  SLUICE_ASSIGN(std::string existing, jinja::to_str(relation));
  found->identifier = parts[2];
  SLUICE_ASSIGN(std::string searched, jinja::to_str(relation_value(ctx, *found)));
  return fail(
      ErrorCode::kJinjaRaised,
      fmt::format("When searching for a relation, dbt found an approximate match. Instead of "
                  "guessing \nwhich relation to use, dbt will move on. Please delete {0}, or "
                  "rename it to be less ambiguous.\nSearched for: {1}\nFound: {0}",
                  existing, searched),
      "write the name with the capitals that the relation has");
}

Answer list_relations(NodeContext& ctx, std::string database, std::string schema, bool cached) {
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  if (database.empty()) database = ctx.shared.project().profile.database;
  std::vector<Value> out;
  if (cached) {
    SLUICE_TRY(ctx.shared.relations.load(*connection, database, schema));
    for (const RelationInfo& info : ctx.shared.relations.list(database, schema))
      out.push_back(relation_value(ctx, info));
  } else {
    SLUICE_ASSIGN(auto found, connection->list_relations(database, schema));
    for (const RelationInfo& info : found) out.push_back(relation_value(ctx, info));
  }
  return Value::list(std::move(out));
}

Answer list_relations_cached(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.list_relations", args, {{"database"}, {"schema"}}));
  if (!ctx.executing()) return Value::list();
  SLUICE_ASSIGN(std::string database,
                bound[0].is_none() ? Result<std::string>("") : jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string schema, jinja::to_str(bound[1]));
  return list_relations(ctx, std::move(database), std::move(schema), true);
}

Answer list_relations_without_caching(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.list_relations_without_caching", args,
                                           {{"schema_relation"}}));
  if (!ctx.executing()) return Value::list();
  SLUICE_ASSIGN(const Relation* relation,
                relation_argument(bound[0], "list_relations_without_caching"));
  return list_relations(ctx, relation->parts().database.value_or(""),
                        relation->parts().schema.value_or(""), false);
}

Answer get_columns_in_relation(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.get_columns_in_relation", args, {{"relation"}}));
  if (!ctx.executing()) return Value::list();
  auto columns = call_macro_named(interpreter, "get_columns_in_relation", {bound[0]});
  // A relation that does not exist has no columns, as in dbt; the transaction goes on.
  if (!columns && columns.error().code() == ErrorCode::kSqlError &&
      columns.error().message().find("does not exist") != std::string::npos)
    return Value::list();
  return columns;
}

Answer get_columns_in_table(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.get_columns_in_table", args, {{"schema"}, {"identifier"}}));
  if (!ctx.executing()) return Value::list();
  RelationInfo info;
  info.database = ctx.shared.project().profile.database;
  SLUICE_ASSIGN(info.schema, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(info.identifier, jinja::to_str(bound[1]));
  const Value relation = relation_value(ctx, info);
  return get_columns_in_relation(ctx, interpreter, {{&relation, 1}, {}});
}

Answer get_column_schema_from_query(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.get_column_schema_from_query", args, {{"sql"}}));
  if (!ctx.executing()) return Value::list();
  SLUICE_ASSIGN(std::string sql, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  SLUICE_ASSIGN(auto columns, connection->describe_query(sql));
  std::vector<Value> out;
  for (warehouse::ColumnInfo& column : columns)
    out.push_back(
        ColumnObject::make(*ctx.shared.dialect, std::move(column.name), std::move(column.type)));
  return Value::list(std::move(out));
}

// drop, truncate, rename: the macro does it, the cache follows.
Answer drop_relation(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.drop_relation", args, {{"relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_ASSIGN(const Relation* relation, relation_argument(bound[0], "drop_relation"));
  if (!relation->parts().type)
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("tried to drop relation {}, but its type is null", relation->render()),
                "load it first: load_relation(…) or adapter.get_relation(…)");
  SLUICE_TRY(call_macro_named(interpreter, "drop_relation", {bound[0]}));
  ctx.shared.relations.remove(relation->info(), ctx.cache_changes);
  return Value::string("");
}

Answer truncate_relation(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.truncate_relation", args, {{"relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_TRY(call_macro_named(interpreter, "truncate_relation", {bound[0]}));
  return Value::string("");
}

Answer rename_relation(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.rename_relation", args,
                                           {{"from_relation"}, {"to_relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_ASSIGN(const Relation* from, relation_argument(bound[0], "rename_relation"));
  SLUICE_ASSIGN(const Relation* to, relation_argument(bound[1], "rename_relation"));
  SLUICE_TRY(call_macro_named(interpreter, "rename_relation", {bound[0], bound[1]}));
  ctx.shared.relations.rename(from->info(), to->info(), ctx.cache_changes);
  return Value::string("");
}

Answer create_schema(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.create_schema", args, {{"relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_TRY(call_macro_named(interpreter, "create_schema", {bound[0]}));
  return Value::string("");
}

Answer drop_schema(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.drop_schema", args, {{"relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_TRY(call_macro_named(interpreter, "drop_schema", {bound[0]}));
  if (ctx.connection && ctx.connection->in_transaction()) SLUICE_TRY(ctx.connection->commit());
  if (const Relation* relation = as_relation(bound[0]))
    ctx.shared.relations.forget_schema(relation->parts().database.value_or(""),
                                       relation->parts().schema.value_or(""));
  return Value::string("");
}

Answer check_schema_exists(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.check_schema_exists", args, {{"database"}, {"schema"}}));
  if (!ctx.executing()) return Value::boolean(false);
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  SLUICE_ASSIGN(std::string database, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string schema, jinja::to_str(bound[1]));
  SLUICE_ASSIGN(std::vector<std::string> schemas, connection->list_schemas(database));
  return Value::boolean(std::find(schemas.begin(), schemas.end(), schema) != schemas.end());
}

Answer already_exists(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.already_exists", args, {{"schema"}, {"name"}}));
  if (!ctx.executing()) return Value::boolean(false);
  SLUICE_ASSIGN(std::string schema, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[1]));
  const std::string& database = ctx.shared.project().profile.database;
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  SLUICE_TRY(ctx.shared.relations.load(*connection, database, schema));
  return Value::boolean(ctx.shared.relations.find(database, schema, name).has_value());
}

Result<std::vector<Value>> columns_of(Interpreter& interpreter, const Value& relation) {
  SLUICE_ASSIGN(Value columns,
                call_macro_named(interpreter, "get_columns_in_relation", {relation}));
  return jinja::iterate(columns);
}

std::string column_name(const Value& column) {
  const ColumnObject* object = column.object_as<ColumnObject>();
  return object ? object->name() : std::string();
}

Answer get_missing_columns(NodeContext& ctx, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.get_missing_columns", args,
                                           {{"from_relation"}, {"to_relation"}}));
  if (!ctx.executing()) return Value::list();
  SLUICE_ASSIGN(std::vector<Value> from, columns_of(interpreter, bound[0]));
  SLUICE_ASSIGN(std::vector<Value> to, columns_of(interpreter, bound[1]));
  std::vector<Value> out;
  for (const Value& column : from) {
    std::string name = column_name(column);
    if (std::none_of(to.begin(), to.end(),
                     [&](const Value& other) { return column_name(other) == name; }))
      out.push_back(column);
  }
  return Value::list(std::move(out));
}

Answer expand_target_column_types(NodeContext& ctx, Interpreter& interpreter,
                                  const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.expand_target_column_types", args,
                                           {{"from_relation"}, {"to_relation"}}));
  if (!ctx.executing()) return Value::string("");
  SLUICE_ASSIGN(std::vector<Value> from, columns_of(interpreter, bound[0]));
  SLUICE_ASSIGN(std::vector<Value> to, columns_of(interpreter, bound[1]));
  for (const Value& target : to) {
    for (const Value& source : from) {
      if (column_name(source) != column_name(target)) continue;
      SLUICE_ASSIGN(auto can, target.as_object().call_method(interpreter, "can_expand_to",
                                                             CallArgs{{&source, 1}, {}}));
      if (!can || !can->is_bool() || !can->as_bool()) continue;
      Value type = Value::string(source.object_as<ColumnObject>()->data_type());
      SLUICE_TRY(call_macro_named(interpreter, "alter_column_type",
                                  {bound[1], Value::string(column_name(target)), type}));
    }
  }
  return Value::string("");
}

Answer standardize_grants_dict(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.standardize_grants_dict", args, {{"grants_table"}}));
  SLUICE_ASSIGN(std::vector<Value> rows, jinja::iterate(bound[0]));
  Value out = Value::dict();
  for (const Value& row : rows) {
    SLUICE_ASSIGN(Value grantee,
                  jinja::get_item(row, Value::string("grantee"), jinja::UndefinedFlavor::kDefault));
    SLUICE_ASSIGN(Value privilege, jinja::get_item(row, Value::string("privilege_type"),
                                                   jinja::UndefinedFlavor::kDefault));
    if (Value* list = out.as_dict().find(privilege))
      list->as_items().push_back(grantee);
    else
      out.as_dict().set(privilege, Value::list({grantee}));
  }
  return out;
}

Answer get_incremental_strategy_macro(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.get_incremental_strategy_macro", args,
                                           {{"model_context"}, {"strategy"}}));
  SLUICE_ASSIGN(std::string strategy, jinja::to_str(bound[1]));
  // dbt: "delete+insert" → get_incremental_delete_insert_sql.
  std::replace(strategy.begin(), strategy.end(), '+', '_');
  std::string name = fmt::format("get_incremental_{}_sql", strategy);
  const MacroResource* macro = ctx.shared.macros.find(ctx.package, name);
  if (!macro)
    return fail(
        ErrorCode::kConfigInvalid,
        fmt::format("dbt could not find an incremental strategy macro with the name '{}' in {}",
                    name, ctx.shared.project().root_pkg().name),
        "use append, delete+insert, merge, insert_overwrite or microbatch, or define the macro");
  return macro->value;
}

Answer dispatch(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.dispatch", args,
                                           {{"macro_name"},
                                            {"macro_namespace", Value::none()},
                                            {"packages", Value::none()}}));
  SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
  if (name.find('.') != std::string::npos)
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("in adapter.dispatch, got a macro name of '{}', but '.' is not a valid "
                            "macro name component",
                            name),
                fmt::format("did you mean adapter.dispatch('{}', '{}')?",
                            name.substr(name.find('.') + 1), name.substr(0, name.find('.'))));
  std::string macro_namespace;
  if (!bound[1].is_none()) {
    SLUICE_ASSIGN(macro_namespace, jinja::to_str(bound[1]));
  }
  SLUICE_ASSIGN(const MacroResource* macro,
                ctx.shared.macros.dispatch(ctx.package, name, macro_namespace));
  return macro->value;
}

Answer warn_once(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.warn_once", args, {{"msg"}}));
  SLUICE_ASSIGN(std::string message, jinja::to_str(bound[0]));
  {
    std::lock_guard lock(ctx.shared.warned_mutex);
    if (!ctx.shared.warned.insert(message).second) return Value::string("");
  }
  ctx.shared.emit(EventLevel::kWarning, "AdapterEventWarning", message,
                  ctx.node ? ctx.node->unique_id : "");
  return Value::string("");
}

Answer get_seed_file_path(NodeContext& ctx, Interpreter&, const CallArgs&) {
  if (!ctx.node) return Value::none();
  return Value::string(join_path(ctx.node->root_path, ctx.node->original_file_path));
}

Answer convert_type(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.convert_type", args, {{"agate_table"}, {"col_idx"}}));
  SLUICE_ASSIGN(Value types,
                jinja::get_attribute(bound[0], "column_types", jinja::UndefinedFlavor::kDefault));
  SLUICE_ASSIGN(Value kind, jinja::get_item(types, bound[1], jinja::UndefinedFlavor::kDefault));
  SLUICE_ASSIGN(std::string text, jinja::to_str(kind));
  return Value::string(ctx.shared.dialect->seed_type(text));
}

Answer escape_sql_string(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.escape_sql_string", args, {{"value"}}));
  SLUICE_ASSIGN(std::string text, jinja::to_str(bound[0]));
  std::string out;
  for (char c : text) out.append(c == '\'' ? 2 : 1, c);
  return Value::string(out);
}

Answer get_binding_char(NodeContext&, Interpreter&, const CallArgs&) { return Value::string("?"); }
Answer answer_false(NodeContext&, Interpreter&, const CallArgs&) { return Value::boolean(false); }

Answer is_ducklake(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.is_ducklake", args, {{"relation"}}));
  const Relation* relation = as_relation(bound[0]);
  return Value::boolean(relation && is_ducklake_database(ctx.shared.project().profile,
                                                         relation->parts().database.value_or("")));
}

Answer disable_transactions(NodeContext& ctx, Interpreter&, const CallArgs&) {
  const Value& target = ctx.shared.project().profile.target;
  const Value* off = target.is_dict() ? target.as_dict().find("disable_transactions") : nullptr;
  return Value::boolean(off && jinja::truth(*off).value_or(false));
}

Answer answer_none(NodeContext&, Interpreter&, const CallArgs&) { return Value::none(); }

// A name for the batch that the model (as a dict) builds: its start without punctuation.
Answer batch_id_for_model(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.batch_id_for_model", args, {{"model"}}));
  SLUICE_ASSIGN(Value batch,
                jinja::get_attribute(bound[0], "batch", jinja::UndefinedFlavor::kCapture));
  if (batch.is_undefined() || batch.is_none()) return Value::string("");
  SLUICE_ASSIGN(Value start,
                jinja::get_attribute(batch, "event_time_start", jinja::UndefinedFlavor::kCapture));
  SLUICE_ASSIGN(std::string text, jinja::to_str(start));
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '+'; });
  std::replace(text.begin(), text.end(), ' ', '_');
  return Value::string(std::move(text));
}

Answer cache_added(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.cache_added", args, {{"relation"}}));
  if (const Relation* relation = as_relation(bound[0]))
    ctx.shared.relations.add(relation->info(), ctx.cache_changes);
  return Value::string("");
}

Answer cache_dropped(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.cache_dropped", args, {{"relation"}}));
  if (const Relation* relation = as_relation(bound[0]))
    ctx.shared.relations.remove(relation->info(), ctx.cache_changes);
  return Value::string("");
}

Answer cache_renamed(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.cache_renamed", args,
                                           {{"from_relation"}, {"to_relation"}}));
  const Relation* from = as_relation(bound[0]);
  const Relation* to = as_relation(bound[1]);
  if (from && to) ctx.shared.relations.rename(from->info(), to->info(), ctx.cache_changes);
  return Value::string("");
}

struct Entry {
  std::string_view name;
  Method method;
};

// Sorted by name.
constexpr auto kMethods = std::to_array<Entry>({
    {"add_query", add_query},
    {"already_exists", already_exists},
    {"assert_valid_snapshot_target_given_strategy", assert_valid_snapshot_target},
    {"batch_id_for_model", batch_id_for_model},
    {"build_catalog_relation", inspection_methods::build_catalog_relation},
    {"cache_added", cache_added},
    {"cache_dropped", cache_dropped},
    {"cache_renamed", cache_renamed},
    {"catalog_supports_foreign_keys", inspection_methods::catalog_supports_foreign_keys},
    {"check_schema_exists", check_schema_exists},
    {"commit", commit},
    {"commit_if_has_connection", commit},
    {"convert_datetimes_to_strs", inspection_methods::convert_datetimes_to_strs},
    {"convert_type", convert_type},
    {"create_schema", create_schema},
    {"disable_transactions", disable_transactions},
    {"dispatch", dispatch},
    {"drop_relation", drop_relation},
    {"drop_schema", drop_schema},
    {"ensure_transaction", answer_none},
    {"escape_sql_string", escape_sql_string},
    {"execute", execute},
    {"existing_key_constraint_types", inspection_methods::existing_key_constraint_types},
    {"expand_target_column_types", expand_target_column_types},
    {"external_read_location", external_methods::external_read_location},
    {"external_root", external_methods::external_root},
    {"external_write_options", external_methods::external_write_options},
    {"get_binding_char", get_binding_char},
    {"get_catalog_integration", inspection_methods::get_catalog_integration},
    {"get_column_schema_from_query", get_column_schema_from_query},
    {"get_columns_in_relation", get_columns_in_relation},
    {"get_columns_in_table", get_columns_in_table},
    {"get_hard_deletes_behavior", get_hard_deletes_behavior},
    {"get_incremental_strategy_macro", get_incremental_strategy_macro},
    {"get_missing_columns", get_missing_columns},
    {"get_partitions_metadata", inspection_methods::get_partitions_metadata},
    {"get_relation", get_relation},
    {"get_seed_file_path", get_seed_file_path},
    {"get_temp_relation_path", inspection_methods::get_temp_relation_path},
    {"is_ducklake", is_ducklake},
    {"is_motherduck", answer_false},
    {"list_relations", list_relations_cached},
    {"list_relations_without_caching", list_relations_without_caching},
    {"location_exists", external_methods::location_exists},
    {"parse_index", inspection_methods::parse_index},
    {"quote", quote},
    {"quote_as_configured", quote_as_configured},
    {"quote_seed_column", quote_seed_column},
    {"rename_relation", rename_relation},
    {"render_raw_columns_constraints", render_columns_constraints},
    {"render_raw_model_constraints", render_model_constraints},
    {"standardize_grants_dict", standardize_grants_dict},
    {"store_relation", external_methods::store_relation},
    {"truncate_relation", truncate_relation},
    {"type", type},
    // They are for lakes behind MotherDuck.
    {"use_ducklake_table_workarounds", answer_false},
    {"valid_incremental_strategies", inspection_methods::valid_incremental_strategies},
    {"valid_snapshot_target", valid_snapshot_target},
    {"warn_once", warn_once},
});
static_assert([] {
  for (size_t i = 1; i < kMethods.size(); ++i)
    if (!(kMethods[i - 1].name < kMethods[i].name)) return false;
  return true;
}());

// Behaviour flags: all of dbt's opt-in changes are off.
class AdapterObject final : public jinja::Object {
 public:
  explicit AdapterObject(Value behaviour) : behaviour_(std::move(behaviour)) {}
  std::string_view type_name() const override { return "RuntimeDatabaseWrapper"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "behavior") return behaviour_;
    const Entry* entry = find(name);
    if (!entry) return std::nullopt;
    Method method = entry->method;
    return jinja::make_closure(std::string(name),
                               [method](Interpreter& interpreter, const CallArgs& args) {
                                 return method(NodeContext::of(interpreter), interpreter, args);
                               });
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    NodeContext& ctx = NodeContext::of(interpreter);
    if (name == "Relation" || name == "Column") {
      Value type = name == "Relation"
                       ? make_relation_class(*ctx.shared.dialect, ctx.shared.default_quote)
                       : make_column_class(*ctx.shared.dialect);
      SLUICE_ASSIGN(Value out, type.as_object().call(interpreter, args));
      return out;
    }
    const Entry* entry = find(name);
    if (entry) {
      SLUICE_ASSIGN(Value out, entry->method(ctx, interpreter, args));
      return out;
    }
    // As dbt: parsing lets any method pass, the node fails when it is compiled.
    if (ctx.phase == Phase::kParse)
      return Value::undefined(std::string(name), jinja::UndefinedFlavor::kCapture);
    return fail(ErrorCode::kJinjaUndefined,
                fmt::format("'adapter' object has no attribute '{}'", name),
                "this adapter method is not known to sluice; see docs/compatibility.md");
  }

 private:
  static const Entry* find(std::string_view name) {
    auto found = std::lower_bound(
        kMethods.begin(), kMethods.end(), name,
        [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
    return found != kMethods.end() && found->name == name ? &*found : nullptr;
  }

  Value behaviour_;
};

}  // namespace

Value make_adapter(const Value& project_flags) {
  return Value::object(jinja::make_ref<AdapterObject>(make_behaviour(project_flags)));
}

}  // namespace sluice::compile
