#include "compile/cte_injection.h"

#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

struct Row {
  const char* name;
  const char* sql;
  const char* expected;
};

// Observed in dbt: one CTE " __dbt__cte__e as (\n1\n)".
const Row kRows[] = {
    {"select", "select 1", "with __dbt__cte__e as (\n1\n) select 1"},
    {"leading_space", "\n  \nselect 1", "\n  \nwith __dbt__cte__e as (\n1\n) select 1"},
    {"leading_comment", "-- hi\nselect 1", "with __dbt__cte__e as (\n1\n) -- hi\nselect 1"},
    {"block_comment", "/* c */ -- with\nselect 1",
     "with __dbt__cte__e as (\n1\n) /* c */ -- with\nselect 1"},
    {"parenthesis", "(select 1)", "with __dbt__cte__e as (\n1\n) (select 1)"},
    {"with", "with x as (select 1)", "with  __dbt__cte__e as (\n1\n), x as (select 1)"},
    {"with_newlines", "WITH\n\n  x as (select 1)",
     "WITH\n\n   __dbt__cte__e as (\n1\n), x as (select 1)"},
    {"with_recursive", "with\nrecursive\tx as (select 1)",
     "with\nrecursive\t __dbt__cte__e as (\n1\n), x as (select 1)"},
    {"with_comment", "/* c */with/* d */x as (select 1)",
     "/* c */with __dbt__cte__e as (\n1\n), /* d */x as (select 1)"},
    {"comment_then_with", "-- a comment\nwith x as (select 1)",
     "-- a comment\nwith  __dbt__cte__e as (\n1\n), x as (select 1)"},
    {"word_that_begins_with_with", "withdrawals", "with __dbt__cte__e as (\n1\n) withdrawals"},
    {"unclosed_comment", "/* never", "with __dbt__cte__e as (\n1\n) /* never"},
    {"empty", "", "with __dbt__cte__e as (\n1\n) "},
};

TEST(CteInjection, FollowsDbt) {
  for (const Row& row : kRows) {
    Injection out = inject_ctes(row.sql, {{"model.p.e", " __dbt__cte__e as (\n1\n)"}});
    EXPECT_EQ(out.sql, row.expected) << row.name;
  }
}

TEST(CteInjection, JoinsSeveral) {
  Injection out = inject_ctes("select 1", {{"a", " a as (\n1\n)"}, {"b", " b as (\n2\n)"}});
  EXPECT_EQ(out.sql, "with a as (\n1\n),  b as (\n2\n) select 1");
}

TEST(CteInjection, TellsWhatItPutWhere) {
  Injection out = inject_ctes(" select 1", {{"a", " a as (\n1\n)"}});
  EXPECT_EQ(out.at, 1U);
  EXPECT_EQ(out.sql.substr(out.at + out.bytes), "select 1");
}

}  // namespace
}  // namespace sluice::compile
