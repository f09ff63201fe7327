#include "compile/unit_test.h"

#include <gtest/gtest.h>

#include "compile/result_table.h"
#include "compile/unit_test_difference.h"
#include "jinja/ops.h"

namespace sluice::compile {
namespace {

using jinja::Value;

TEST(FixtureCsv, ReadsQuotesBlanksAndShortRecords) {
  const auto rows = read_fixture_csv("id,Name\n1,\"a,\"\"b\"\n\n 2 ,\n3\n", true);
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(jinja::to_repr(*rows).value(),
            "[{'id': '1', 'Name': 'a,\"b'}, {'id': ' 2 ', 'Name': None}, "
            "{'id': '3', 'Name': None}]");
}

TEST(FixtureCsv, KeepsBlanksOfSeeds) {
  const auto rows = read_fixture_csv("a,b\r\n,x\r\n", false);
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(jinja::to_repr(*rows).value(), "[{'a': '', 'b': 'x'}]");
}

TEST(FixtureCsv, RefusesTooManyFields) {
  EXPECT_FALSE(read_fixture_csv("a\n1,2\n", true).has_value());
}

TEST(FixtureRows, FirstFullRowLeads) {
  Value rows = read_fixture_csv("a,b\n,1\n2,\n3,4\n", true).value();
  lead_with_full_row(rows);
  EXPECT_EQ(jinja::to_repr(rows).value(),
            "[{'a': '3', 'b': '4'}, {'a': '2', 'b': None}, {'a': None, 'b': '1'}]");
}

// Recorded from dbt-core 1.11.16.
TEST(UnitTestChecksum, IsThatOfDbt) {
  UnitTestDefinition test;
  test.model = "inc";
  Value first = Value::dict();
  first.as_dict().set("id", Value::integer(1));
  Value second = Value::dict();
  second.as_dict().set("id", Value::integer(2));
  test.given.push_back({"ref('b')", Value::list({first, second}), {}, {}});
  test.given.push_back({"this", Value::list({first}), {}, {}});
  Value expected = Value::dict();
  expected.as_dict().set("id", Value::integer(2));
  expected.as_dict().set("me", Value::string("q"));
  test.expect = {"", Value::list({expected}), {}, {}};
  test.overrides = Value::dict();
  Value macros = Value::dict();
  macros.as_dict().set("is_incremental", Value::boolean(true));
  test.overrides.as_dict().set("macros", macros);
  EXPECT_EQ(unit_test_checksum(test).value(),
            "1da814688f6cc05cfa73ff94dc383e9dfbbd41575702fef86b451c5e290f8ade");
}

struct Side {
  std::vector<std::vector<warehouse::Cell>> actual, expected;
};

std::string difference(const std::vector<std::string>& columns, const Side& side) {
  warehouse::ResultTable table;
  for (const std::string& name : columns) table.columns.push_back({name, "VARCHAR"});
  table.columns.push_back({"actual_or_expected", "VARCHAR"});
  for (const auto& [rows, name] :
       {std::pair(&side.actual, "actual"), std::pair(&side.expected, "expected")})
    for (std::vector<warehouse::Cell> row : *rows) {
      row.emplace_back(std::string(name));
      table.rows.push_back(std::move(row));
    }
  return unit_test_difference(make_result_table(table)).value();
}

warehouse::Cell number(int64_t value) { return value; }
warehouse::Cell text(const char* value) { return std::string(value); }

TEST(UnitTestDifference, OrderDoesNotCount) {
  const Side side = {{{number(1)}, {number(2)}, {number(2)}},
                     {{number(2)}, {number(1)}, {number(2)}}};
  EXPECT_EQ(difference({"id"}, side), "");
}

// The tables below are what dbt-core 1.11.16 printed.
TEST(UnitTestDifference, ShowsChangedCells) {
  const Side side = {{{number(1), text("a")}, {number(2), text("b")}, {number(3), text("c")}},
                     {{number(11), text("a")}, {number(2), text("bb")}, {number(13), text("c")}}};
  EXPECT_EQ(difference({"id", "t"}, side),
            "@@,id  ,t\r\n→ ,11→1,a\r\n→ ,2   ,bb→b\r\n→ ,13→3,c\r\n");
}

TEST(UnitTestDifference, LeavesOutWhatIsFarFromChanges) {
  Side side;
  for (int64_t i = 1; i <= 12; ++i) {
    side.actual.push_back({number(i)});
    side.expected.push_back({number(i == 6 ? 66 : i)});
  }
  EXPECT_EQ(difference({"id"}, side),
            "@@ ,id\r\n...,...\r\n   ,5\r\n+++,6\r\n   ,7\r\n...,...\r\n   ,12\r\n---,66\r\n");
}

TEST(UnitTestDifference, CountsRowsThatAreThereTwice) {
  const Side side = {{{number(2), text("a")}, {number(1), text("a")}, {number(1), text("a")}},
                     {{number(1), text("a")}, {number(2), text("a")}, {number(2), text("a")}}};
  EXPECT_EQ(difference({"id", "t"}, side),
            "@@ ,id,t\r\n   ,1 ,a\r\n+++,1 ,a\r\n---,2 ,a\r\n   ,2 ,a\r\n");
}

TEST(UnitTestDifference, TellsNullsFromTexts) {
  const warehouse::Cell none;
  const Side side = {{{number(1), none}, {number(2), text("NULL")}, {number(3), text(" x ")}},
                     {{number(1), text("x")}, {number(2), text("x")}, {number(3), text("x")}}};
  EXPECT_EQ(difference({"id", "t"}, side),
            "@@,id,t\r\n→ ,1 ,x→NULL\r\n→ ,2 ,x→_NULL\r\n→ ,3 ,x→␣x␣\r\n");
}

TEST(UnitTestDifference, SortsNullsLast) {
  const warehouse::Cell none;
  const Side side = {{{none, text("z")}, {number(10), text("y")}, {number(9), none}},
                     {{none, text("b")}, {none, text("a")}, {number(4), none}}};
  EXPECT_EQ(difference({"id", "t"}, side),
            "@@ ,id  ,t\r\n+++,9   ,null\r\n+++,10  ,y\r\n+++,null,z\r\n---,4   ,null\r\n"
            "---,null,a\r\n---,null,b\r\n");
}

}  // namespace
}  // namespace sluice::compile
