#include "compile/catalog.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// More relations than this are cheaper to find by their schemas.
constexpr size_t kMostRelations = 100;

// One row of the answer, columns by name.
class Row {
 public:
  explicit Row(const Value& row) : row_(row) {}

  // Null when the column is absent.
  Value value(std::string_view column) const {
    Result<Value> found =
        jinja::get_item(row_, Value::string(column), jinja::UndefinedFlavor::kDefault);
    return found && !found->is_undefined() ? std::move(*found) : Value::none();
  }
  std::string text(std::string_view column) const {
    const Value found = value(column);
    return found.is_none() ? std::string() : jinja::to_str(found).value_or(std::string());
  }

 private:
  const Value& row_;
};

Value relation_value(const SharedState& shared, const warehouse::RelationInfo& info) {
  RelationParts parts;
  parts.database = info.database;
  parts.schema = info.schema;
  parts.identifier = info.identifier;
  parts.quote = shared.default_quote;
  return Relation::make(*shared.dialect, std::move(parts));
}

// Collects rows into tables, in the order of their first rows.
class TableMaker {
 public:
  explicit TableMaker(std::vector<CatalogTable>& tables) : tables_(tables) {}

  void add(const std::string& key, const Row& row) {
    const auto [entry, is_new] = index_.emplace(key, tables_.size());
    if (is_new) {
      CatalogTable& table = tables_.emplace_back();
      table.database = row.text("table_database");
      table.schema = row.text("table_schema");
      table.name = row.text("table_name");
      table.type = row.text("table_type");
      table.comment = row.value("table_comment");
      table.owner = row.value("table_owner");
    }
    tables_[entry->second].columns.push_back({row.text("column_name"), row.text("column_type"),
                                              row.value("column_index"),
                                              row.value("column_comment")});
  }

 private:
  std::vector<CatalogTable>& tables_;
  std::map<std::string, size_t> index_;
};

// The rows that the macro gives for the relations of one database.
Result<std::vector<Value>> ask(SharedState& shared, NodeContext& ctx,
                               const std::vector<warehouse::RelationInfo>& relations) {
  jinja::Environment environment = environment_for(shared, Phase::kRun);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  const Value first = relation_value(shared, relations.front());
  const Value schema_view = information_schema_view(*first.object_as<Relation>(), std::nullopt);
  std::vector<Value> items;
  std::set<std::string> schemas;
  const bool by_relation = relations.size() <= kMostRelations;
  for (const warehouse::RelationInfo& relation : relations) {
    if (by_relation)
      items.push_back(relation_value(shared, relation));
    else if (schemas.insert(relation.schema).second)
      items.push_back(Value::string(relation.schema));
  }
  SLUICE_ASSIGN(const Value table,
                call_macro_named(interpreter, by_relation ? "get_catalog_relations" : "get_catalog",
                                 {schema_view, Value::list(std::move(items))}));
  SLUICE_ASSIGN(const Value rows,
                jinja::get_attribute(table, "rows", jinja::UndefinedFlavor::kDefault));
  if (rows.is_undefined())
    return fail(ErrorCode::kRunInvalid, "the catalog macro did not return a table",
                "return run_query(…) of one row a column: table_database, table_schema, "
                "table_name, table_type, table_comment, column_name, column_index, column_type, "
                "column_comment, table_owner");
  return jinja::iterate(rows);
}

}  // namespace

std::string catalog_key(std::string_view database, std::string_view schema,
                        std::string_view identifier) {
  std::string key;
  for (const std::string_view part : {database, schema, identifier}) {
    for (const char byte : part)
      key += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    key += '\n';
  }
  return key;
}

Catalog read_catalog(SharedState& shared, const std::vector<warehouse::RelationInfo>& relations,
                     warehouse::Connection& connection) {
  std::map<std::string, std::vector<warehouse::RelationInfo>> by_database;
  std::set<std::string> wanted;
  for (const warehouse::RelationInfo& relation : relations) {
    if (!wanted.insert(catalog_key(relation.database, relation.schema, relation.identifier)).second)
      continue;
    by_database[relation.database].push_back(relation);
  }
  Catalog catalog;
  TableMaker tables(catalog.tables);
  for (const auto& [database, of_database] : by_database) {
    NodeContext ctx(shared, nullptr, shared.project().root_package, Phase::kRun, &connection);
    Result<std::vector<Value>> rows = ask(shared, ctx, of_database);
    if (connection.in_transaction()) static_cast<void>(connection.rollback());
    if (!rows) {
      catalog.errors.push_back(std::move(rows.error()));
      continue;
    }
    for (const Value& item : *rows) {
      const Row row(item);
      const std::string key =
          catalog_key(row.text("table_database"), row.text("table_schema"), row.text("table_name"));
      if (wanted.contains(key)) tables.add(key, row);
    }
  }
  return catalog;
}

}  // namespace sluice::compile
