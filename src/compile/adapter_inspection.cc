#include "compile/adapter_inspection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "compile/call_arguments.h"
#include "compile/relation.h"
#include "compile/relation_class.h"
#include "compile/relation_members.h"
#include "compile/result_table.h"
#include "jinja/ops.h"

namespace sluice::compile::inspection_methods {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The texts of the first column.
Result<std::vector<std::string>> ask(NodeContext& ctx, const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::StatementResult result, ctx.execute(sql, false, true));
  std::vector<std::string> out;
  const Value rows = make_result_data(result.table);
  for (const Value& row : rows.as_items()) {
    SLUICE_ASSIGN(std::string text, jinja::to_str(row.as_items().front()));
    out.push_back(std::move(text));
  }
  return out;
}

// An index as `indexes:` of a model's config gives it.
class IndexConfig final : public jinja::Object {
 public:
  IndexConfig(Value columns, bool unique) : columns_(std::move(columns)), unique_(unique) {}
  std::string_view type_name() const override { return "DuckDBIndexConfig"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "columns") return columns_;
    if (name == "unique") return Value::boolean(unique_);
    return std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }
  Result<std::string> repr() const override {
    SLUICE_ASSIGN(const std::string columns, jinja::to_repr(columns_));
    return fmt::format("{}(columns={}, unique={})", type_name(), columns,
                       unique_ ? "True" : "False");
  }

 private:
  Value columns_;
  bool unique_;
};

}  // namespace

// dbt-duckdb has no catalogs of its own kind, so a model that asks for one cannot be built.
Answer build_catalog_relation(NodeContext&, Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.build_catalog_relation", args, {{"config"}}));
  SLUICE_ASSIGN(const Value config,
                jinja::get_attribute(bound[0], "config", jinja::UndefinedFlavor::kCapture));
  if (config.is_undefined()) return Value::none();
  SLUICE_ASSIGN(const Value name,
                jinja::get_attribute(config, "catalog_name", jinja::UndefinedFlavor::kCapture));
  if (name.is_undefined() || name.is_none()) return Value::none();
  return get_catalog_integration(NodeContext::of(interpreter), interpreter, {{&name, 1}, {}});
}

Answer get_catalog_integration(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.get_catalog_integration", args, {{"name"}}));
  SLUICE_ASSIGN(const std::string name, jinja::to_str(bound[0]));
  return fail(ErrorCode::kWarehouseUnsupported, fmt::format("catalog not found: '{}'", name),
              "this engine knows no catalog integrations; remove catalog_name from the config");
}

Answer get_partitions_metadata(NodeContext& ctx, Interpreter&, const CallArgs&) {
  return fail(ErrorCode::kWarehouseUnsupported,
              fmt::format("adapter.get_partitions_metadata is not implemented for {}",
                          ctx.shared.dialect->adapter_type()),
              "ask the engine's own catalog with run_query");
}

// DuckDB enforces foreign keys within its own database files only.
Answer catalog_supports_foreign_keys(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.catalog_supports_foreign_keys", args, {{"database"}}));
  if (!ctx.executing()) return Value::boolean(false);
  SLUICE_ASSIGN(const std::string database, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(const std::vector<std::string> types,
                ask(ctx,
                    "select type from duckdb_databases() where not internal and "
                    "lower(database_name) = lower(" +
                        literal(database) + ")"));
  return Value::boolean(types.size() == 1 && types.front() == "duckdb");
}

Answer existing_key_constraint_types(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.existing_key_constraint_types", args, {{"relation"}}));
  const Relation* relation = bound[0].object_as<Relation>();
  if (!ctx.executing() || relation == nullptr) return Value::list();
  const RelationParts& parts = relation->parts();
  SLUICE_ASSIGN(
      const std::vector<std::string> types,
      ask(ctx,
          fmt::format("select distinct constraint_type from duckdb_constraints() where "
                      "constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') and "
                      "lower(database_name) = lower({}) and lower(schema_name) = lower({}) "
                      "and lower(table_name) = lower({}) order by 1",
                      literal(parts.database.value_or(ctx.shared.project().profile.database)),
                      literal(parts.schema.value_or("")), literal(parts.identifier.value_or("")))));
  std::vector<Value> out;
  for (std::string type : types) {
    std::replace(type.begin(), type.end(), ' ', '_');
    out.push_back(Value::string(lowered(std::move(type))));
  }
  return Value::list(std::move(out));
}

// Where a batch or a remote run keeps rows of the model: a name that two models never share.
Answer get_temp_relation_path(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.get_temp_relation_path", args,
                                           {{"model"}, {"batch_id", Value::none()}}));
  std::string full = ctx.shared.options.invocation_id;
  for (const std::string_view part : {"database", "schema"}) {
    SLUICE_ASSIGN(const Value value,
                  jinja::get_attribute(bound[0], part, jinja::UndefinedFlavor::kCapture));
    if (value.is_string()) full += "." + value.as_string();
  }
  SLUICE_ASSIGN(const Value identifier, identifier_of(bound[0]));
  SLUICE_ASSIGN(const std::string name, jinja::to_str(identifier));
  constexpr size_t kDigits = 12;
  RelationParts parts;
  parts.database = ctx.shared.project().profile.database;
  parts.schema = "dbt_temp";
  parts.identifier = fmt::format("{}__{}", name, md5_hex(full + "." + name).substr(0, kDigits));
  if (!bound[1].is_none()) {
    SLUICE_ASSIGN(const std::string batch, jinja::to_str(bound[1]));
    if (!batch.empty()) *parts.identifier += "__" + batch;
  }
  return make_path(parts);
}

Answer convert_datetimes_to_strs(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.convert_datetimes_to_strs", args, {{"table"}}));
  return with_timestamps_as_text(bound[0]);
}

Answer parse_index(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.parse_index", args, {{"raw_index"}}));
  const auto wrong = [](std::string what) {
    return fail(ErrorCode::kConfigInvalid, "could not parse index config: " + std::move(what),
                "write {'columns': ['a', 'b'], 'unique': true}");
  };
  if (bound[0].is_none()) return Value::none();
  if (!bound[0].is_dict()) return wrong("it must be a mapping");
  for (const jinja::Dict::Entry& entry : bound[0].as_dict().entries())
    if (!entry.key.is_string() ||
        (entry.key.as_string() != "columns" && entry.key.as_string() != "unique"))
      return wrong(
          fmt::format("'{}' was unexpected", jinja::to_str(entry.key).value_or(std::string())));
  const Value* columns = bound[0].as_dict().find("columns");
  if (columns == nullptr || !columns->is_list()) return wrong("'columns' must be a list");
  const Value* unique = bound[0].as_dict().find("unique");
  const bool is_unique = unique != nullptr && jinja::truth(*unique).value_or(false);
  return Value::object(jinja::make_ref<IndexConfig>(*columns, is_unique));
}

Answer valid_incremental_strategies(NodeContext&, Interpreter&, const CallArgs&) {
  std::vector<Value> names;
  for (const char* name : {"append", "delete+insert", "merge", "microbatch"})
    names.push_back(Value::string(name));
  return Value::list(std::move(names));
}

}  // namespace sluice::compile::inspection_methods
