#include "compile/generic_tests.h"

#include <gtest/gtest.h>

#include <memory>

#include "jinja/ops.h"

namespace sluice::compile {
namespace {

using jinja::Value;

GenericTestDefinition read(const char* json, const char* column = "") {
  project::TestEntry entry;
  entry.definition = *jinja::from_json(json);
  // On the heap: g++ 12 takes the error's destructor for that of a local otherwise.
  const auto read =
      std::make_unique<Result<GenericTestDefinition>>(read_test_definition(entry, column));
  return std::move(**read);
}

struct Row {
  const char* definition;
  const char* column;
  TestTarget target;
  const char* full;
  const char* shortened;
};

// Names that dbt gave.
const Row kRows[] = {
    {R"~("unique")~", "id", {"v1", "ref('v1')", false}, "unique_v1_id", "unique_v1_id"},
    {R"~("not_null")~",
     "id",
     {"src_s1", "source('src', 's1')", true},
     "source_not_null_src_s1_id",
     "source_not_null_src_s1_id"},
    {R"~({"accepted_values": {"arguments": {"values": ["ann", "bob"]}}})~",
     "name",
     {"v1", "ref('v1')", false},
     "accepted_values_v1_name__ann__bob",
     "accepted_values_v1_name__ann__bob"},
    {R"~({"accepted_values": {"values": [1.5, 2, 3], "quote": false}})~",
     "amt",
     {"v1", "ref('v1')", false},
     "accepted_values_v1_amt__False__1_5__2__3",
     "accepted_values_v1_amt__False__1_5__2__3"},
    {R"~({"relationships": {"to": "ref('s1')", "field": "id"}})~",
     "id",
     {"t1", "ref('t1')", false},
     "relationships_t1_id__id__ref_s1_",
     "relationships_t1_id__id__ref_s1_"},
    {R"~("unique")~",
     "\"name\"",
     {"t1", "ref('t1')", false},
     "unique_t1__name_",
     "unique_t1__name_"},
    {R"~("expr")~", "", {"a1", "ref('a1')", false}, "expr_a1_", "expr_a1_"},
    {R"~({"unique": {"name": "my_named"}})~",
     "id",
     {"v1", "ref('v1')", false},
     "my_named",
     "my_named"},
};

TEST(GenericTests, NamesAreDbts) {
  for (const Row& row : kRows) {
    GenericTestNames names = generic_test_names(read(row.definition, row.column), row.target);
    EXPECT_EQ(names.full, row.full);
    EXPECT_EQ(names.shortened, row.shortened);
  }
}

TEST(GenericTests, LongNamesAreHashed) {
  GenericTestDefinition test = read(
      R"~({"accepted_values": {"values": ["a rather long value", "another rather long value"]}})~",
      "status");
  GenericTestNames names = generic_test_names(test, {"orders", "ref('orders')", false});
  EXPECT_TRUE(names.needs_alias);
  EXPECT_EQ(names.shortened.substr(0, 23), "accepted_values_orders_");
  EXPECT_EQ(names.shortened.size(), std::string("accepted_values_orders_").size() + 32);
}

struct HashRow {
  const char* definition;
  const char* column;
  const char* full;
  const char* model;
  const char* hash;
};

// Ids that dbt gave.
const HashRow kHashes[] = {
    {R"~("unique")~", "id", "unique_v1_id", "{{ get_where_subquery(ref('v1')) }}", "e36a8b80eb"},
    {R"~("not_null")~", "id", "not_null_v1_id", "{{ get_where_subquery(ref('v1')) }}",
     "81ca223621"},
    {R"~({"relationships": {"to": "ref('s1')", "field": "id"}})~", "id",
     "relationships_t1_id__id__ref_s1_", "{{ get_where_subquery(ref('t1')) }}", "4efd1694de"},
    {R"~({"accepted_values": {"values": ["ann", "bob"]}})~", "name",
     "accepted_values_v1_name__ann__bob", "{{ get_where_subquery(ref('v1')) }}", "316d44ed15"},
    {R"~("not_null")~", "id", "source_not_null_src_s1_id",
     "{{ get_where_subquery(source('src', 's1')) }}", "6908c00b71"},
};

TEST(GenericTests, HashesAreDbts) {
  for (const HashRow& row : kHashes) {
    GenericTestDefinition test = read(row.definition, row.column);
    Value kwargs = Value::dict();
    for (const auto& entry : test.kwargs.as_dict().entries())
      kwargs.as_dict().set(entry.key, entry.value);
    kwargs.as_dict().set("model", Value::string(row.model));
    EXPECT_EQ(generic_test_hash(row.full, test, kwargs), row.hash) << row.full;
  }
}

TEST(GenericTests, RawCodeCarriesTheConfig) {
  GenericTestDefinition test = read(
      R"~({"unique": {"config": {"where": "id < 3", "severity": "warn", "limit": 5, "store_failures": true}}})~",
      "id");
  EXPECT_EQ(
      generic_test_raw_code(test, ""),
      R"~({{ test_unique(**_dbt_generic_test_kwargs) }}{{ config(severity="warn",where="id < 3",limit=5,store_failures=True) }})~");
  EXPECT_EQ(generic_test_raw_code(read(R"~("dbt_utils.expression_is_true")~"), ""),
            "{{ dbt_utils.test_expression_is_true(**_dbt_generic_test_kwargs) }}");
}

TEST(GenericTests, RefusesWhatIsNoTest) {
  project::TestEntry entry;
  entry.definition = *jinja::from_json(R"~({"unique": {}, "not_null": {}})~");
  EXPECT_EQ(read_test_definition(entry, "id").error().code(), ErrorCode::kPropertyInvalid);
  entry.definition = *jinja::from_json("3");
  EXPECT_EQ(read_test_definition(entry, "id").error().code(), ErrorCode::kPropertyInvalid);
}

}  // namespace
}  // namespace sluice::compile
