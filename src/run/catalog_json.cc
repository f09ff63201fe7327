#include "run/catalog_json.h"

#include <map>

#include "base/json.h"
#include "compile/catalog.h"
#include "compile/tree_sink.h"

namespace sluice::run {
namespace {

using compile::CatalogTable;

void value_field(JsonWriter& writer, std::string_view name, const jinja::Value& value) {
  writer.key(name);
  compile::write_json(writer, value);
}

// No statistics: neither does dbt's adapter give any.
void write_stats(JsonWriter& writer) {
  writer.key("stats").begin_object().key("has_stats").begin_object();
  writer.field("id", "has_stats").field("label", "Has Stats?");
  writer.field("value", false).field("include", false);
  writer.field("description", "Indicates whether there are statistics for this table");
  writer.end_object().end_object();
}

void write_table(JsonWriter& writer, const CatalogTable& table, const std::string& unique_id) {
  writer.key(unique_id).begin_object();
  writer.key("metadata").begin_object();
  writer.field("type", std::string_view(table.type));
  writer.field("schema", std::string_view(table.schema));
  writer.field("name", std::string_view(table.name));
  writer.field("database", std::string_view(table.database));
  value_field(writer, "comment", table.comment);
  value_field(writer, "owner", table.owner);
  writer.end_object();
  writer.key("columns").begin_object();
  for (const compile::CatalogColumn& column : table.columns) {
    writer.key(column.name).begin_object();
    writer.field("type", std::string_view(column.type));
    value_field(writer, "index", column.index);
    writer.field("name", std::string_view(column.name));
    value_field(writer, "comment", column.comment);
    writer.end_object();
  }
  writer.end_object();
  write_stats(writer);
  writer.field("unique_id", std::string_view(unique_id)).end_object();
}

using IdsByRelation = std::multimap<std::string, std::string>;

void write_tables(JsonWriter& writer, std::string_view key, const IdsByRelation& ids,
                  const compile::Catalog& catalog) {
  writer.key(key).begin_object();
  for (const CatalogTable& table : catalog.tables) {
    const auto [begin, end] =
        ids.equal_range(compile::catalog_key(table.database, table.schema, table.name));
    for (auto entry = begin; entry != end; ++entry) write_table(writer, table, entry->second);
  }
  writer.end_object();
}

}  // namespace

std::string catalog_to_json(const compile::Manifest& manifest,
                            const std::vector<std::string>& unique_ids,
                            const compile::Catalog& catalog, const RunResultsRequest& request) {
  IdsByRelation nodes, sources;
  for (const std::string& id : unique_ids) {
    if (const compile::Node* node = manifest.find_node(id))
      nodes.emplace(compile::catalog_key(node->database, node->schema, node->alias), id);
    else if (const compile::Source* source = manifest.find_source(id))
      sources.emplace(compile::catalog_key(source->database, source->schema, source->identifier),
                      id);
  }
  JsonWriter writer;
  writer.begin_object();
  write_artifact_metadata(writer, "https://schemas.getdbt.com/dbt/catalog/v1.json", request);
  write_tables(writer, "nodes", nodes, catalog);
  write_tables(writer, "sources", sources, catalog);
  writer.key("errors");
  if (catalog.errors.empty()) {
    writer.null();
  } else {
    writer.begin_array();
    for (const Error& error : catalog.errors) writer.string(error.message());
    writer.end_array();
  }
  writer.end_object();
  return writer.take();
}

}  // namespace sluice::run
