// The adapters by name. Observed by asking dbt's adapters in templates (api.Relation, api.Column,
// adapter.quote…), without a connection; mysql and starrocks after their engines' documentation.
#include "warehouse/dialect_table.h"

#include <array>

namespace sluice::warehouse {
namespace {

// What dbt's base Column class takes for text, whole numbers and so on.
constexpr TypeWords kBaseWords = {
    "text|character varying|character|varchar",
    "smallint|integer|bigint|smallserial|serial|bigserial|int2|int4|int8|serial2|serial4|serial8",
    "real|float4|float|double precision|float8|double", "numeric|decimal"};

constexpr std::string_view kBaseTranslations = "STRING=TEXT";
constexpr std::string_view kBaseSeedTypes = "number=float8|datetime=timestamp without time zone";
constexpr PartFlags kAll = {true, true, true};
constexpr PartFlags kNone = {false, false, false};
constexpr PartFlags kNoDatabase = {false, true, true};

constexpr DialectFacts duckdb() {
  DialectFacts facts;
  facts.adapter_type = "duckdb";
  facts.relation_class = "DuckDBRelation";
  facts.column_class = "DuckDBColumn";
  facts.column_suffix = ", fields=[]";
  facts.words = {"text|character varying|character|varchar",
                 "tinyint|smallint|integer|bigint|hugeint|utinyint|usmallint|uinteger|ubigint|int1|"
                 "int2|int4|int8|short|int|signed|long",
                 "real|float|float4|float8|double", "numeric|decimal"};
  facts.translations = kBaseTranslations;
  facts.seed_types = kBaseSeedTypes;
  facts.transactions = true;
  return facts;
}

constexpr DialectFacts postgres() {
  DialectFacts facts;
  facts.adapter_type = "postgres";
  facts.relation_class = "PostgresRelation";
  facts.column_class = "PostgresColumn";
  facts.words = kBaseWords;
  facts.translations = kBaseTranslations;
  facts.unsized = "text|character varying";
  facts.seed_types = kBaseSeedTypes;
  facts.transactions = true;
  return facts;
}

constexpr DialectFacts redshift() {
  DialectFacts facts = postgres();
  facts.adapter_type = "redshift";
  facts.parents = "postgres";
  facts.relation_class = "RedshiftRelation";
  facts.column_class = "Column";
  facts.unsized = "";
  facts.seed_types =
      "text=varchar(256)|number=float8|datetime=timestamp without time zone|"
      "time=varchar(24)";
  return facts;
}

constexpr DialectFacts snowflake() {
  DialectFacts facts;
  facts.adapter_type = "snowflake";
  facts.quoting = kNone;
  facts.relation_class = "SnowflakeRelation";
  facts.column_class = "SnowflakeColumn";
  facts.column_suffix = ", collation=None";
  facts.words = {kBaseWords.string, "", kBaseWords.floating,
                 "smallint|integer|bigint|tinyint|int|byteint|numeric|decimal|number"};
  facts.translations = kBaseTranslations;
  facts.char_size = 16777216;
  facts.plain_seed_columns = true;
  facts.seed_types = kBaseSeedTypes;
  return facts;
}

constexpr DialectFacts bigquery() {
  DialectFacts facts;
  facts.adapter_type = "bigquery";
  facts.quotes = "``";
  facts.relation_class = "BigQueryRelation";
  facts.column_class = "BigQueryColumn";
  facts.form = ColumnForm::kWithMode;
  facts.words = {"string", "int64", "float64", "numeric"};
  facts.translations = "TEXT=STRING|FLOAT=FLOAT64|INTEGER=INT64";
  facts.numeric_is_plain = true;
  facts.literal_by_cast = true;
  facts.seed_types = "text=string|number=float64|integer=int64|boolean=bool";
  facts.schema_views = true;
  return facts;
}

constexpr DialectFacts spark() {
  DialectFacts facts;
  facts.adapter_type = "spark";
  facts.quotes = "``";
  facts.quoting = kNone;
  facts.include = kNoDatabase;
  facts.relation_class = "SparkRelation";
  facts.column_class = "SparkColumn";
  facts.form = ColumnForm::kPlain;
  facts.words = kBaseWords;
  facts.numeric_name = "decimal";
  facts.literal_by_cast = true;
  facts.seed_types = "text=string|number=double|integer=bigint|datetime=timestamp|time=timestamp";
  return facts;
}

constexpr DialectFacts databricks() {
  DialectFacts facts = spark();
  facts.adapter_type = "databricks";
  facts.parents = "spark";
  facts.quoting = kAll;
  facts.include = kAll;
  facts.relation_class = "DatabricksRelation";
  facts.column_class = "DatabricksColumn";
  facts.translations = "LONG=bigint";
  facts.lower_types = true;
  return facts;
}

constexpr DialectFacts trino() {
  DialectFacts facts;
  facts.adapter_type = "trino";
  facts.relation_class = "TrinoRelation";
  facts.column_class = "TrinoColumn";
  facts.words = {"varchar|char", "tinyint|smallint|integer|int|bigint",
                 "real|double|double precision", "decimal"};
  facts.translations = "STRING=VARCHAR|FLOAT=DOUBLE";
  facts.string_name = "varchar";
  facts.unsized = "varchar";
  facts.seed_types = "text=varchar|number=double|datetime=timestamp";
  return facts;
}

constexpr DialectFacts athena() {
  DialectFacts facts;
  facts.adapter_type = "athena";
  facts.sibling = "trino";
  facts.relation_class = "AthenaRelation";
  facts.column_class = "AthenaColumn";
  facts.column_suffix = ", table_type=<TableType.TABLE: 'table'>";
  facts.words = {"varchar", kBaseWords.integer, kBaseWords.floating, kBaseWords.numeric};
  facts.translations = "STRING=VARCHAR|TEXT=VARCHAR";
  facts.string_name = "varchar";
  facts.unsized = "varchar";
  facts.seed_types = "text=string|number=double|datetime=timestamp";
  return facts;
}

constexpr DialectFacts sqlserver() {
  DialectFacts facts;
  facts.adapter_type = "sqlserver";
  facts.relation_class = "SQLServerRelation";
  facts.column_class = "SQLServerColumn";
  facts.words = {"char|varchar|nchar|nvarchar", "smallint|int|bigint|bit|tinyint|integer",
                 "real|float", "numeric|decimal"};
  facts.translations =
      "STRING=VARCHAR(8000)|VARCHAR=VARCHAR(8000)|TIMESTAMP=DATETIME2(6)|FLOAT=FLOAT|REAL=REAL|"
      "INTEGER=INT|INT=INT|BIGINT=BIGINT|SMALLINT=SMALLINT|TINYINT=SMALLINT|NUMERIC=NUMERIC|"
      "DECIMAL=DECIMAL|MONEY=DECIMAL|BOOLEAN=BIT|DATE=DATE";
  facts.string_name = "varchar";
  facts.char_size = 8000;
  facts.literal_by_cast = true;
  facts.seed_types =
      "text=varchar(8000)|number=float|integer=int|boolean=bit|datetime=datetime2(6)";
  return facts;
}

constexpr DialectFacts fabric() {
  DialectFacts facts = sqlserver();
  facts.adapter_type = "fabric";
  facts.sibling = "sqlserver";
  facts.quotes = "[]";
  facts.relation_class = "FabricRelation";
  facts.column_class = "FabricColumn";
  facts.words = {"char|varchar",
                 "smallint|int|bigint|bit|int2|int4|int8|serial|smallserial|"
                 "bigserial|serial2|serial4|serial8|integer",
                 kBaseWords.floating, "numeric|decimal"};
  facts.translations =
      "STRING=VARCHAR(MAX)|VARCHAR=VARCHAR(MAX)|TIMESTAMP=DATETIME2(6)|INTEGER=INT|"
      "TINYINT=SMALLINT|MONEY=DECIMAL|BOOLEAN=BIT";
  facts.seed_types =
      "text=varchar(8000)|number=float|integer=int|boolean=bit|datetime=datetime2(6)";
  return facts;
}

constexpr DialectFacts clickhouse() {
  DialectFacts facts;
  facts.adapter_type = "clickhouse";
  facts.quotes = "``";
  facts.name_quotes = "\"\"";
  facts.include = kNoDatabase;
  facts.relation_class = "ClickHouseRelation";
  facts.column_class = "ClickHouseColumn";
  facts.form = ColumnForm::kPlain;
  facts.words = {"string|fixedstring|text|varchar|char",
                 "int|int2|int4|int8|int16|int32|int64|int128|int256|uint8|uint16|uint32|uint64|"
                 "uint128|uint256",
                 "float|float4|float8|float32|float64",
                 "decimal|decimal32|decimal64|decimal128|decimal256"};
  facts.translations = "STRING=String|TIMESTAMP=DateTime|FLOAT=Float32|INTEGER=Int32";
  facts.string_name = "String";
  facts.string_is_plain = true;
  facts.literal_by_cast = true;
  facts.seed_types =
      "text=String|number=Float32|integer=Int32|boolean=Bool|datetime=DateTime|date=Date|time="
      "String";
  return facts;
}

constexpr DialectFacts mysql() {
  DialectFacts facts;
  facts.adapter_type = "mysql";
  facts.quotes = "``";
  facts.include = kNoDatabase;
  facts.relation_class = "MySQLRelation";
  facts.column_class = "MySQLColumn";
  facts.words = {"char|varchar|tinytext|text|mediumtext|longtext",
                 "tinyint|smallint|mediumint|int|integer|bigint", "float|double|double precision",
                 "decimal|numeric"};
  facts.translations = kBaseTranslations;
  facts.string_name = "varchar";
  facts.literal_by_cast = true;
  facts.seed_types = "number=double|datetime=timestamp";
  return facts;
}

constexpr DialectFacts starrocks() {
  DialectFacts facts = mysql();
  facts.adapter_type = "starrocks";
  facts.relation_class = "StarRocksRelation";
  facts.column_class = "StarRocksColumn";
  facts.words = {"char|varchar|string", "tinyint|smallint|int|integer|bigint|largeint",
                 "float|double", "decimal|numeric"};
  facts.translations = "STRING=STRING|TEXT=STRING|TIMESTAMP=DATETIME";
  facts.seed_types = "text=string|number=double|datetime=datetime";
  return facts;
}

constexpr DialectFacts ansi() {
  DialectFacts facts;
  facts.words = kBaseWords;
  facts.translations = kBaseTranslations;
  facts.seed_types = kBaseSeedTypes;
  return facts;
}

constexpr std::array kTable = {duckdb(), postgres(),   redshift(), snowflake(), bigquery(),
                               spark(),  databricks(), trino(),    athena(),    sqlserver(),
                               fabric(), clickhouse(), mysql(),    starrocks()};
constexpr DialectFacts kAnsi = ansi();

}  // namespace

std::span<const DialectFacts> dialect_table() { return kTable; }
const DialectFacts& ansi_facts() { return kAnsi; }

}  // namespace sluice::warehouse
