// Golden texts: of what each column of a query is made, and what decides its rows.
#include "sql/lineage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/binder.h"

namespace sluice::sql {
namespace {

Binder make_binder() {
  Binder binder = Binder::open().value();
  EXPECT_TRUE(binder.define_table({"", "main", "o"}, {{"dt", "DATE"},
                                                      {"id", "INTEGER"},
                                                      {"customer", "INTEGER"},
                                                      {"amount", "INTEGER"},
                                                      {"tags", "VARCHAR[]"}}));
  EXPECT_TRUE(binder.define_table({"", "main", "c"}, {{"id", "INTEGER"}, {"segment", "VARCHAR"}}));
  EXPECT_TRUE(binder.define_view({"", "main", "v"}, "select id, amount * 2 as twice from o"));
  return binder;
}

std::string columns_text(const SourceColumns& columns) {
  std::string out;
  for (const SourceColumn& column : columns)
    out += fmt::format("{}{}.{}", out.empty() ? "" : " ", column.table, column.column);
  return out.empty() ? "-" : out;
}

// "a: o.amount; b: - | rows: o.dt"
std::string lineage_of(const std::string& sql) {
  static Binder binder = make_binder();
  const Result<BoundQuery> bound = binder.bind(sql);
  if (!bound) return bound.error().message();
  if (!bound->plan) return "unsupported: " + bound->plan.error().what;
  const Lineage lineage = find_lineage(*bound->plan);
  EXPECT_EQ(lineage.values.size(), bound->columns.size());
  std::string out;
  for (size_t i = 0; i < lineage.values.size(); ++i)
    out += fmt::format("{}{}: {}", i == 0 ? "" : "; ", bound->columns[i].name,
                       columns_text(lineage.values[i]));
  return out + " | rows: " + columns_text(lineage.influence);
}

TEST(Lineage, ValuesAndFilters) {
  EXPECT_EQ(lineage_of("select id, amount * 2 + id as a, 1 as one from o where dt > '2026-01-01'"),
            "id: o.id; a: o.amount o.id; one: - | rows: o.dt");
  EXPECT_EQ(lineage_of("select twice from v"), "twice: o.amount | rows: -");
  EXPECT_EQ(lineage_of("select case when id > 3 then amount end as a from o"),
            "a: o.amount o.id | rows: -");
}

TEST(Lineage, GroupsWindowsAndOrders) {
  EXPECT_EQ(lineage_of("select dt, count(*) n, sum(amount) filter (where id > 3) s from o group by "
                       "dt having max(customer) > 2"),
            "dt: o.dt; n: -; s: o.amount o.id | rows: o.customer o.dt");
  EXPECT_EQ(lineage_of("select id, sum(amount) over (partition by customer order by dt) s from o"),
            "id: o.id; s: o.amount o.customer o.dt | rows: -");
  EXPECT_EQ(lineage_of("select id from o order by amount limit 3"), "id: o.id | rows: o.amount");
  EXPECT_EQ(lineage_of("select distinct customer from o"),
            "customer: o.customer | rows: o.customer");
}

TEST(Lineage, Joins) {
  EXPECT_EQ(lineage_of("select o.id, segment from o left join c on o.customer = c.id"),
            "id: o.id; segment: c.segment | rows: c.id o.customer");
  EXPECT_EQ(lineage_of("select o.id from o semi join c on o.customer = c.id"),
            "id: o.id | rows: c.id o.customer");
  EXPECT_EQ(lineage_of("select id, customer in (select id from c where segment = 'a') m from o"),
            "id: o.id; m: c.id c.segment o.customer | rows: -");
}

TEST(Lineage, CorrelatedSubqueries) {
  EXPECT_EQ(lineage_of("select id from o where exists (select 1 from c where c.id = o.customer and "
                       "segment = 'a')"),
            "id: o.id | rows: c.id c.segment o.customer");
  EXPECT_EQ(lineage_of("select id, (select max(segment) from c where c.id = o.customer) s from o"),
            "id: o.id; s: c.segment | rows: c.id o.customer");
}

TEST(Lineage, SetOperationsAndLists) {
  EXPECT_EQ(lineage_of("select id from o union all select id from c"), "id: c.id o.id | rows: -");
  EXPECT_EQ(lineage_of("select id from o union select id from c"),
            "id: c.id o.id | rows: c.id o.id");
  EXPECT_EQ(lineage_of("select id, unnest(tags) t from o"), "id: o.id; t: o.tags | rows: o.tags");
  EXPECT_EQ(lineage_of("with d as (select dt, sum(amount) s from o group by dt) select a.dt, b.s "
                       "from d a join d b on a.dt = b.dt"),
            "dt: o.dt; s: o.amount | rows: o.dt");
}

}  // namespace
}  // namespace sluice::sql
