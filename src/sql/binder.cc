#include "sql/binder.h"

#include <fmt/format.h>

#include "base/json.h"
#include "sql/expression_text.h"

namespace sluice::sql {
namespace {

// Every function that the parsed text names, with the number of arguments.
void collect_calls(const Json& json, const FunctionProperties& functions,
                   std::set<std::string>& unstable) {
  const Json* kind = json.find("class");
  const Json* name = json.find("function_name");
  if (kind != nullptr && name != nullptr && kind->text == "FUNCTION" &&
      functions.is_known(name->text)) {
    const Json* children = json.find("children");
    const size_t arguments = children == nullptr ? 0 : children->items.size();
    if (functions.stability(name->text, arguments) != Stability::kConsistent)
      unstable.insert(name->text);
  }
  for (const Json& item : json.items) collect_calls(item, functions, unstable);
  for (const auto& [key, value] : json.fields) collect_calls(value, functions, unstable);
}

Unsupported unsupported_by_engine(const Json& answer) {
  const Json* message = answer.find("error_message");
  return {message == nullptr ? std::string("a plan that the engine does not show")
                             : "a plan that the engine does not show: " + message->text,
          kNoPlace};
}

Result<std::string> fetch_text(const std::string& sql, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const warehouse::StatementResult result, connection.execute(sql, true));
  const auto* text =
      result.table.rows.empty() ? nullptr : std::get_if<std::string>(&result.table.rows[0][0]);
  if (text == nullptr) return fail(ErrorCode::kInternal, "the engine did not answer with a text");
  return *text;
}

std::string_view scope(const RelationName& name) { return name.catalog == "temp" ? "temp " : ""; }

}  // namespace

Result<std::set<std::string>> find_unstable_calls(const std::string& sql,
                                                  const FunctionProperties& functions,
                                                  warehouse::Connection& connection) {
  SLUICE_ASSIGN(
      const std::string parsed,
      fetch_text(fmt::format("select json_serialize_sql({})::varchar", quoted_literal(sql)),
                 connection));
  SLUICE_ASSIGN(const Json tree, parse_json(parsed));
  std::set<std::string> out;
  collect_calls(tree, functions, out);
  return out;
}

std::string quoted_name(const RelationName& name) {
  std::string out;
  for (const std::string* part : {&name.catalog, &name.schema})
    if (!part->empty()) out += quoted_identifier(*part) + ".";
  return out + quoted_identifier(name.table);
}

Result<Binder> Binder::open() {
  warehouse::WarehouseSettings settings;
  settings.path = ":memory:";
  settings.database = "memory";
  settings.schema = "main";
  settings.threads = 1;
  return open(settings);
}

Result<Binder> Binder::open(const warehouse::WarehouseSettings& settings) {
  Binder binder;
  SLUICE_ASSIGN(binder.warehouse_, warehouse::open_duckdb(settings));
  SLUICE_ASSIGN(binder.connection_, binder.warehouse_->connect());
  SLUICE_ASSIGN(binder.functions_, FunctionProperties::load(*binder.connection_));
  binder.catalogs_ = {"", "memory", "temp"};
  binder.schemas_ = {{"temp", "main"}};
  return binder;
}

Status Binder::ensure_schema(const RelationName& name) {
  if (catalogs_.insert(name.catalog).second) {
    const std::string sql = fmt::format("attach ':memory:' as {}", quoted_identifier(name.catalog));
    SLUICE_TRY(connection_->execute(sql, false));
  }
  if (name.schema.empty() || !schemas_.emplace(name.catalog, name.schema).second) return {};
  std::string schema = quoted_identifier(name.schema);
  if (!name.catalog.empty()) schema = quoted_identifier(name.catalog) + "." + schema;
  SLUICE_TRY(connection_->execute("create schema if not exists " + schema, false));
  return {};
}

// A stub replaces one of its kind only.
Status Binder::make_room(const RelationName& name, Kind kind) {
  SLUICE_TRY(ensure_schema(name));
  const auto [known, is_new] = kinds_.emplace(name, kind);
  if (is_new || known->second == kind) return {};
  SLUICE_TRY(connection_->execute(
      fmt::format("drop {} {}", known->second == Kind::kView ? "view" : "table", quoted_name(name)),
      false));
  known->second = kind;
  return {};
}

Status Binder::define_table(const RelationName& name,
                            const std::vector<warehouse::ColumnInfo>& columns) {
  SLUICE_TRY(make_room(name, Kind::kTable));
  std::string list;
  for (const warehouse::ColumnInfo& column : columns) {
    if (!list.empty()) list += ", ";
    list += quoted_identifier(column.name) + " " + column.type;
  }
  SLUICE_TRY(connection_->execute(
      fmt::format("create or replace {}table {} ({})", scope(name), quoted_name(name), list),
      false));
  return {};
}

Status Binder::define_view(const RelationName& name, const std::string& sql) {
  SLUICE_TRY(make_room(name, Kind::kView));
  SLUICE_TRY(connection_->execute(
      fmt::format("create or replace {}view {} as (\n{}\n)", scope(name), quoted_name(name), sql),
      false));
  return {};
}

Result<BoundQuery> Binder::bind(const std::string& sql) {
  BoundQuery out;
  SLUICE_ASSIGN(out.columns, connection_->describe_query(sql));
  SLUICE_ASSIGN(out.unstable_functions, find_unstable_calls(sql, functions_, *connection_));
  SLUICE_ASSIGN(
      const std::string planned,
      fetch_text(fmt::format("select json_serialize_plan({})::varchar", quoted_literal(sql)),
                 *connection_));
  SLUICE_ASSIGN(const Json answer, parse_json(planned));
  const Json* plans = answer.find("plans");
  if (plans == nullptr || plans->items.size() != 1)
    out.plan = tl::unexpected<Unsupported>(unsupported_by_engine(answer));
  else
    out.plan = decode_plan(plans->items[0]);
  return out;
}

}  // namespace sluice::sql
