#include <gtest/gtest.h>

#include "warehouse/memory_warehouse.h"
#include "warehouse/warehouse.h"

namespace sluice::warehouse {
namespace {

TEST(Dialect, IsFoundByAdapterType) {
  ASSERT_NE(find_dialect("duckdb"), nullptr);
  ASSERT_NE(find_dialect("trino"), nullptr);
  EXPECT_EQ(find_dialect("oracle"), nullptr);
  EXPECT_FALSE(dialect_for("oracle").is_known());
  EXPECT_EQ(dialect_for("oracle").adapter_type(), "oracle");
  EXPECT_EQ(dialect_for("oracle").quote_identifier("a"), "\"a\"");
  EXPECT_EQ(&dialect_for("trino"), find_dialect("trino"));
  EXPECT_EQ(find_dialect("duckdb")->dispatch_prefixes(),
            (std::vector<std::string>{"duckdb", "default"}));
  EXPECT_EQ(find_dialect("trino")->dispatch_prefixes(),
            (std::vector<std::string>{"trino", "default"}));
  EXPECT_EQ(find_dialect("redshift")->dispatch_prefixes(),
            (std::vector<std::string>{"redshift", "postgres", "default"}));
  EXPECT_EQ(find_dialect("athena")->macro_folders(), (std::vector<std::string>{"athena", "trino"}));
}

// Observed: what {{ this }} and adapter.quote('a') print under each adapter.
TEST(Dialect, RendersNamesAsEachAdapterDoes) {
  struct Row {
    const char* type;
    const char* quoted;
    bool quotes, includes_database;
  };
  const Row rows[] = {{"postgres", "\"a\"", true, true},    {"redshift", "\"a\"", true, true},
                      {"snowflake", "\"a\"", false, true},  {"bigquery", "`a`", true, true},
                      {"spark", "`a`", false, false},       {"databricks", "`a`", true, true},
                      {"fabric", "[a]", true, true},        {"sqlserver", "\"a\"", true, true},
                      {"clickhouse", "\"a\"", true, false}, {"athena", "\"a\"", true, true}};
  for (const Row& row : rows) {
    const Dialect& dialect = *find_dialect(row.type);
    EXPECT_EQ(dialect.wrap_identifier("a"), row.quoted) << row.type;
    EXPECT_EQ(dialect.default_quoting().identifier, row.quotes) << row.type;
    EXPECT_EQ(dialect.default_include().database, row.includes_database) << row.type;
  }
  EXPECT_EQ(find_dialect("clickhouse")->quote_identifier("a"), "`a`");
  EXPECT_EQ(find_dialect("fabric")->quote_identifier("a]b"), "[a]]b]");
}

// Observed: api.Column.create('n', type) under each adapter.
TEST(Dialect, GivesTheTypesOfColumnsAsEachAdapterDoes) {
  struct Row {
    const char* adapter;
    const char* type;
    const char* dtype;
    const char* data_type;
  };
  const Row rows[] = {{"postgres", "string", "TEXT", "TEXT"},
                      {"postgres", "varchar", "varchar", "character varying(256)"},
                      {"redshift", "text", "text", "character varying(256)"},
                      {"snowflake", "varchar", "varchar", "character varying(16777216)"},
                      {"bigquery", "integer", "INT64", "INT64"},
                      {"spark", "varchar", "varchar", "varchar"},
                      {"databricks", "TIMESTAMP", "timestamp", "timestamp"},
                      {"databricks", "long", "bigint", "bigint"},
                      {"trino", "string", "VARCHAR", "VARCHAR"},
                      {"trino", "char", "char", "varchar(256)"},
                      {"fabric", "string", "VARCHAR(MAX)", "VARCHAR(MAX)"},
                      {"sqlserver", "boolean", "BIT", "BIT"},
                      {"clickhouse", "varchar", "varchar", "String"}};
  for (const Row& row : rows) {
    const Dialect& dialect = *find_dialect(row.adapter);
    const std::string dtype = dialect.translate_type(row.type);
    EXPECT_EQ(dtype, row.dtype) << row.adapter;
    EXPECT_EQ(dialect.data_type({"n", dtype, {}, {}, {}}), row.data_type) << row.adapter;
  }
  EXPECT_EQ(find_dialect("snowflake")->data_type({"n", "numeric", {}, 10, 2}), "numeric(10,2)");
  EXPECT_EQ(find_dialect("spark")->column_repr({"n", "int", {}, {}, {}}), "<SparkColumn n (int)>");
  EXPECT_EQ(find_dialect("bigquery")->column_repr({"n", "INT64", {}, {}, {}}),
            "<BigQueryColumn n (INT64, NULLABLE)>");
  EXPECT_EQ(find_dialect("bigquery")->column_literal("1", "INT64"), "cast(1 as INT64)");
}

TEST(Dialect, QuotesAndEscapes) {
  for (const char* name : {"duckdb", "trino"}) {
    const Dialect& dialect = *find_dialect(name);
    EXPECT_EQ(dialect.quote_identifier("order"), "\"order\"");
    EXPECT_EQ(dialect.quote_identifier("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(dialect.quote_string("it's"), "'it''s'");
  }
}

struct TypeCase {
  const char* type;
  bool text, integer, floating, numeric;
};

// Observed with dbt-duckdb 1.11.1: api.Column('x', type).is_string() and its family.
TEST(Dialect, ClassifiesDuckdbTypesAsDbtDoes) {
  const Dialect& dialect = *find_dialect("duckdb");
  const TypeCase cases[] = {
      {"VARCHAR", true, false, false, false},        {"text", true, false, false, false},
      {"CHAR", false, false, false, false},          {"BIGINT", false, true, false, false},
      {"utinyint", false, true, false, false},       {"HUGEINT", false, true, false, false},
      {"UHUGEINT", false, false, false, false},      {"DOUBLE", false, false, true, false},
      {"float4", false, false, true, false},         {"DECIMAL", false, false, false, true},
      {"DECIMAL(18,2)", false, false, false, false}, {"DATE", false, false, false, false}};
  for (const TypeCase& entry : cases) {
    EXPECT_EQ(dialect.is_string_type(entry.type), entry.text) << entry.type;
    EXPECT_EQ(dialect.is_integer_type(entry.type), entry.integer) << entry.type;
    EXPECT_EQ(dialect.is_float_type(entry.type), entry.floating) << entry.type;
    EXPECT_EQ(dialect.is_numeric_type(entry.type), entry.numeric) << entry.type;
  }
}

TEST(Dialect, SpellsTypes) {
  const Dialect& duckdb = *find_dialect("duckdb");
  EXPECT_EQ(duckdb.string_type(10), "character varying(10)");
  EXPECT_EQ(duckdb.numeric_type("numeric", 10, 2), "numeric(10,2)");
  EXPECT_EQ(duckdb.numeric_type("numeric", std::nullopt, 2), "numeric");
  EXPECT_EQ(duckdb.translate_type("string"), "TEXT");
  EXPECT_EQ(duckdb.translate_type("timestamp"), "timestamp");
  EXPECT_EQ(duckdb.seed_type("number"), "float8");
  EXPECT_EQ(duckdb.seed_type("datetime"), "timestamp without time zone");
  const Dialect& trino = *find_dialect("trino");
  EXPECT_EQ(trino.string_type(10), "varchar(10)");
  EXPECT_EQ(trino.translate_type("string"), "VARCHAR");
  EXPECT_FALSE(trino.supports_transactions());
}

TEST(CompileOnly, RefusesToRun) {
  const auto warehouse = open_compile_only(*find_dialect("trino"));
  const auto connection = warehouse->connect();
  ASSERT_TRUE(connection);
  const auto result = (*connection)->execute("select 1", true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kWarehouseUnsupported);
  EXPECT_EQ(result.error().message(),
            "there is no connection to \"trino\", and this asks for one: select 1");
  EXPECT_FALSE((*connection)->begin());
  EXPECT_TRUE((*connection)->list_relations("store", "analytics")->empty())
      << "compiles as for a first run";
}

TEST(MemoryWarehouse, RecordsAndAnswers) {
  MemoryWarehouse warehouse(*find_dialect("duckdb"));
  warehouse.answer("bad", [](const std::string&) -> Result<StatementResult> {
    return fail(ErrorCode::kSqlError, "no such thing");
  });
  const auto connection = warehouse.connect();
  ASSERT_TRUE(connection);
  ASSERT_TRUE((*connection)->begin());
  EXPECT_TRUE((*connection)->execute("select 1", false));
  EXPECT_FALSE((*connection)->execute("select bad", false));
  ASSERT_TRUE((*connection)->rollback());
  EXPECT_EQ(warehouse.statements(),
            (std::vector<std::string>{"begin", "select 1", "select bad", "rollback"}));
  warehouse.interrupt_all();
  EXPECT_EQ(warehouse.num_interrupts(), 1);
}

TEST(RelationType, HasDbtsNames) {
  EXPECT_EQ(relation_type_name(RelationType::kTable), "table");
  EXPECT_EQ(relation_type_name(RelationType::kView), "view");
  EXPECT_EQ(relation_type_name(RelationType::kMaterializedView), "materialized_view");
}

}  // namespace
}  // namespace sluice::warehouse
