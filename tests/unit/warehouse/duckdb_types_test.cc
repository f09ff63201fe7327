#include <span>

#include "duckdb_fixture.h"

namespace sluice::warehouse {
namespace {

struct ValueCase {
  const char* sql;
  const char* type;
  const char* shown;
};

const ValueCase kPlain[] = {
    {"true", "BOOLEAN", "true"},
    {"NULL::BIGINT", "BIGINT", "NULL"},
    {"(-128)::TINYINT", "TINYINT", "-128"},
    {"(-32768)::SMALLINT", "SMALLINT", "-32768"},
    {"42", "INTEGER", "42"},
    {"9223372036854775807", "BIGINT", "9223372036854775807"},
    {"255::UTINYINT", "UTINYINT", "255"},
    {"65535::USMALLINT", "USMALLINT", "65535"},
    {"4294967295::UINTEGER", "UINTEGER", "4294967295"},
    {"18446744073709551615::UBIGINT", "UBIGINT", "decimal 18446744073709551615"},
    {"5::HUGEINT", "HUGEINT", "5"},
    {"(-5)::HUGEINT", "HUGEINT", "-5"},
    {"9223372036854775808::HUGEINT", "HUGEINT", "decimal 9223372036854775808"},
    {"170141183460469231731687303715884105727::HUGEINT", "HUGEINT",
     "decimal 170141183460469231731687303715884105727"},
    {"'-170141183460469231731687303715884105728'::HUGEINT", "HUGEINT",
     "decimal -170141183460469231731687303715884105728"},
    {"340282366920938463463374607431768211455::UHUGEINT", "UHUGEINT",
     "decimal 340282366920938463463374607431768211455"},
    {"1.5::FLOAT", "FLOAT", "float 1.500000"},
    {"2.25::DOUBLE", "DOUBLE", "float 2.250000"},
    {"-0.05::DECIMAL(4,2)", "DECIMAL(4,2)", "decimal -0.05"},
    {"12.5::DECIMAL(9,3)", "DECIMAL(9,3)", "decimal 12.500"},
    {"-12.5::DECIMAL(18,1)", "DECIMAL(18,1)", "decimal -12.5"},
    {"1234567890123456789012.345::DECIMAL(38,3)", "DECIMAL(38,3)",
     "decimal 1234567890123456789012.345"},
    {"7::DECIMAL(5,0)", "DECIMAL(5,0)", "decimal 7"},
    {"'hello'", "VARCHAR", "text hello"},
    {"'a string longer than twelve bytes'", "VARCHAR", "text a string longer than twelve bytes"},
    {"DATE '1970-01-02'", "DATE", "days 1"},
    {"DATE 'infinity'", "DATE", "nested infinity"},
    {"TIMESTAMP '1970-01-01 00:00:01.5'", "TIMESTAMP", "micros 1500000"},
    {"TIMESTAMP '-infinity'", "TIMESTAMP", "nested -infinity"},
    {"TIMESTAMP_S '1970-01-01 00:00:02'", "TIMESTAMP_S", "micros 2000000"},
    {"TIMESTAMP_MS '1970-01-01 00:00:00.003'", "TIMESTAMP_MS", "micros 3000"},
    {"TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", "TIMESTAMP_NS", "micros -1"},
    {"TIMESTAMPTZ '1970-01-01 00:00:01+00'", "TIMESTAMP WITH TIME ZONE", "micros 1000000 utc"},
    {"'b'::ENUM('a', 'b')", "ENUM('a', 'b')", "text b"},
    {"UUID '8f0e0000-1111-4222-8333-0123456789ab'", "UUID",
     "text 8f0e0000-1111-4222-8333-0123456789ab"},
    {"'[1]'::JSON", "JSON", "text [1]"},
};

// Recorded: what dbt's templates see of these.
const ValueCase kNested[] = {
    {"TIME '10:30:00.5'", "TIME", "nested 10:30:00.500000"},
    {"INTERVAL 1 DAY", "INTERVAL", "nested 1 day, 0:00:00"},
    {"INTERVAL '1 month 2 hours'", "INTERVAL", "nested 30 days, 2:00:00"},
    {"INTERVAL '-3 days 04:05:06.5'", "INTERVAL", "nested -3 days, 4:05:06.500000"},
    {"'A\\x00''b'::BLOB", "BLOB", "nested b\"A\\x00'b\""},
    {"[1, NULL, 3]", "INTEGER[]", "nested [1, null, 3]"},
    {"[['a, b'], ['it''s', '\"é']]", "VARCHAR[][]",
     "nested [[\"a, b\"], [\"it's\", \"\\\"\\u00e9\"]]"},
    {"[1.5, 2]::DECIMAL(4,1)[2]", "DECIMAL(4,1)[2]", "nested [1.5, 2.0]"},
    {"{'a': 1, 'b c': 'x'}", "STRUCT(a INTEGER, \"b c\" VARCHAR)",
     "nested {\"a\": 1, \"b c\": \"x\"}"},
    {"MAP {'k': [DATE '2026-01-01']}", "MAP(VARCHAR, DATE[])", "nested {\"k\": [\"2026-01-01\"]}"},
    {"MAP {1: true}", "MAP(INTEGER, BOOLEAN)", "nested {\"1\": true}"},
    {"[INTERVAL 1 HOUR]", "INTERVAL[]", "nested [\"1:00:00\"]"},
    {"{'t': TIMESTAMPTZ '2026-01-01 12:00:00+00'}", "STRUCT(t TIMESTAMP WITH TIME ZONE)",
     "nested {\"t\": \"2026-01-01 12:00:00+00:00\"}"},
};

// These print as the engine casts them to VARCHAR.
const ValueCase kEngineText[] = {
    {"'10:30:00+02'::TIMETZ", "TIME WITH TIME ZONE", nullptr},
    {"'0101'::BIT", "BIT", nullptr},
    {"'123456789012345678901234567890123456789012345'::BIGNUM", "BIGNUM", nullptr},
    {"union_value(num := 2)", "UNION(num INTEGER)", nullptr},
    {"['0101'::BIT]", "BIT[]", nullptr},
    {"[1]::INTEGER[]::VARIANT", "VARIANT", nullptr},
};

TEST_F(DuckdbTest, ReadsPlainTypes) {
  for (const ValueCase& entry : kPlain) {
    const ResultTable table = fetch(std::string("SELECT ") + entry.sql + " AS x");
    ASSERT_EQ(table.rows.size(), 1U) << entry.sql;
    EXPECT_EQ(table.columns[0].name, "x");
    EXPECT_EQ(table.columns[0].type, entry.type) << entry.sql;
    EXPECT_EQ(show(table.rows[0][0]), entry.shown) << entry.sql;
  }
}

TEST_F(DuckdbTest, PrintsNestedTypesAsDbtDoes) {
  for (const ValueCase& entry : kNested) {
    const ResultTable table =
        fetch(std::string("SELECT ") + entry.sql + " AS x, NULL::STRUCT(a INTEGER) AS n");
    ASSERT_EQ(table.rows.size(), 1U) << entry.sql;
    EXPECT_EQ(table.columns[0].type, entry.type) << entry.sql;
    EXPECT_EQ(show(table.rows[0][0]), entry.shown) << entry.sql;
    EXPECT_EQ(show(table.rows[0][1]), "NULL");
  }
}

TEST_F(DuckdbTest, PrintsOtherTypesAsTheEngineDoes) {
  for (const char* zone : {"UTC", "Asia/Tokyo"}) {
    run(std::string("SET TimeZone = '") + zone + "'");
    for (const ValueCase& entry : kEngineText) {
      const std::string sql = entry.sql;
      const ResultTable table =
          fetch("SELECT " + sql + " AS x, NULL::BIT[] AS n, (" + sql + ")::VARCHAR AS text");
      ASSERT_EQ(table.rows.size(), 1U) << sql;
      EXPECT_EQ(table.columns[0].type, entry.type);
      const auto* text = std::get_if<std::string>(&table.rows[0][2]);
      ASSERT_NE(text, nullptr);
      EXPECT_EQ(show(table.rows[0][0]), "nested " + *text) << sql;
      EXPECT_EQ(show(table.rows[0][1]), "NULL");
    }
  }
}

TEST_F(DuckdbTest, TypeNamesAreTheEnginesOwn) {
  for (const auto& cases : {std::span<const ValueCase>(kPlain), std::span<const ValueCase>(kNested),
                            std::span<const ValueCase>(kEngineText)}) {
    for (const ValueCase& entry : cases) {
      EXPECT_EQ(show(value(std::string("SELECT typeof(") + entry.sql + ")")),
                std::string("text ") + entry.type);
    }
  }
}

TEST_F(DuckdbTest, ReadsManyChunksInOrderAndStopsAtTheLimit) {
  const std::string sql = "SELECT i, [i] AS l FROM range(5000) t(i) ORDER BY i";
  const ResultTable all = fetch(sql);
  ASSERT_EQ(all.rows.size(), 5000U);
  EXPECT_EQ(show(all.rows[4999][0]), "4999");
  EXPECT_EQ(show(all.rows[4999][1]), "nested [4999]");
  const auto limited = connection_->execute(sql, true, 2500);
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->table.rows.size(), 2500U);
  EXPECT_EQ(show(limited->table.rows[2499][1]), "nested [2499]");
  EXPECT_EQ(connection_->execute(sql, true, 0)->table.rows.size(), 0U);
  EXPECT_EQ(connection_->execute(sql, false)->table.rows.size(), 0U);
}

TEST_F(DuckdbTest, CountsChangedRows) {
  const auto affected = [&](const std::string& sql) {
    const auto result = connection_->execute(sql, false);
    EXPECT_TRUE(result) << sql;
    EXPECT_EQ(result->message, "OK");
    return result->rows_affected.value_or(-1);
  };
  EXPECT_EQ(affected("CREATE TABLE t AS SELECT * FROM range(10) r(i)"), 10);
  EXPECT_EQ(affected("INSERT INTO t SELECT 1 FROM range(3)"), 3);
  EXPECT_EQ(affected("UPDATE t SET i = 0 WHERE i = 1"), 4);
  EXPECT_EQ(affected("DELETE FROM t WHERE i = 0"), 5);
  EXPECT_EQ(
      affected(
          "MERGE INTO t USING (SELECT 2 AS i) s ON t.i = s.i WHEN MATCHED THEN UPDATE SET i = 100"),
      1);
  EXPECT_EQ(affected("SELECT 1"), -1);
  EXPECT_EQ(affected("CREATE VIEW v AS SELECT 1"), -1);
  EXPECT_EQ(affected(""), -1);
  EXPECT_EQ(affected("-- nothing to do\n"), -1);
}

}  // namespace
}  // namespace sluice::warehouse
