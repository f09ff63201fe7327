// Golden texts: what is known of each input of a query, one line per scan.
#include "sql/locality.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/binder.h"

namespace sluice::sql {
namespace {

Binder make_binder() {
  Binder binder = Binder::open().value();
  EXPECT_TRUE(binder.define_table({"", "main", "orders"}, {{"dt", "DATE"},
                                                           {"id", "INTEGER"},
                                                           {"customer", "INTEGER"},
                                                           {"amount", "DECIMAL(18,2)"},
                                                           {"quantity", "DOUBLE"},
                                                           {"ts", "TIMESTAMP"}}));
  EXPECT_TRUE(binder.define_table({"", "main", "events"},
                                  {{"dt", "DATE"}, {"customer", "INTEGER"}, {"n", "BIGINT"}}));
  EXPECT_TRUE(
      binder.define_table({"", "main", "customers"}, {{"id", "INTEGER"}, {"segment", "VARCHAR"}}));
  return binder;
}

std::string end_text(const BandEnd& end, const char* sign) {
  return end.is_infinite ? sign : end.offset.empty() ? "0" : end.offset;
}

std::string dep_text(const Dep& dep) {
  std::string out = dep.expr;
  for (const Band& band : dep.bands)
    out += fmt::format(" [{}, {}]", end_text(band.low, "-inf"), end_text(band.high, "inf"));
  return out + (dep.is_own ? "" : " (not own)");
}

// "orders: d = "dt", m = …; events: none, AGGREGATE_WITHOUT_KEY at 7"
std::string locality_text(const std::string& sql) {
  static Binder binder = make_binder();
  const Result<BoundQuery> bound = binder.bind(sql);
  if (!bound) return bound.error().message();
  if (!bound->plan) return "unsupported: " + bound->plan.error().what;
  const Locality found = find_locality(*bound->plan, binder.functions());
  EXPECT_EQ(found.width, bound->columns.size());
  std::string out;
  for (size_t scan = 0; scan < found.scans.size(); ++scan) {
    if (!out.empty()) out += "; ";
    out += found.scans[scan].table + ":";
    std::string separator = " ";
    for (const auto& [column, dep] : found.deps[scan]) {
      out += separator + bound->columns[column].name + " = " + dep_text(dep);
      separator = ", ";
    }
    if (found.deps[scan].empty())
      out += found.scans[scan].loss
                 ? fmt::format(" none, {}", loss_code(found.scans[scan].loss->reason))
                 : " none";
    if (found.scans[scan].is_linear) out += ", linear";
  }
  return out;
}

TEST(Locality, FiltersAndProjections) {
  EXPECT_EQ(
      locality_text("select dt, date_trunc('month', dt) m, amount * 2 a from orders where id > 3"),
      "orders: dt = \"dt\", m = \"date_trunc\"('month', \"dt\"), a = CAST((\"amount\" * "
      "CAST(CAST(2 AS "
      "INTEGER) AS DECIMAL(18,0))) AS DECIMAL(18,2)), linear");
  EXPECT_EQ(locality_text("select random() r, dt from orders"), "orders: dt = \"dt\", linear");
  EXPECT_EQ(locality_text("select 1 one from orders"), "orders: none, linear");
}

TEST(Locality, FiltersTieKeys) {
  // In whatever order the equalities are written.
  const char* chained =
      "orders: dt = \"dt\", linear; events: dt = \"dt\", linear; events: dt = \"dt\", linear";
  EXPECT_EQ(locality_text("select o.dt from orders o, events e, events f where o.dt = e.dt and "
                          "e.dt = f.dt"),
            chained);
  EXPECT_EQ(locality_text("select o.dt from orders o, events e, events f where e.dt = f.dt and "
                          "o.dt = e.dt"),
            chained);
  // What every branch of an OR asks for, and only that.
  EXPECT_EQ(locality_text("select o.dt from orders o, events e where (o.dt = e.dt and e.n > 3) or "
                          "(o.id < 5 and o.dt = e.dt)"),
            "orders: dt = \"dt\", linear; events: dt = \"dt\", linear");
  EXPECT_EQ(locality_text("select o.dt from orders o, events e where (o.dt = e.dt and e.n > 3) or "
                          "o.id < 5"),
            "orders: dt = \"dt\", linear; events: none, PROJECTION_KEEPS_NO_KEY, linear");
  EXPECT_EQ(locality_text("select o.dt from orders o join events e on (o.dt = e.dt and e.n > 3) or "
                          "(o.id < 5 and o.dt = e.dt)"),
            "orders: dt = \"dt\", linear; events: dt = \"dt\", linear");
  EXPECT_EQ(locality_text("select o.dt from orders o left join events e on (o.dt = e.dt and e.n > "
                          "3) or (o.id < 5 and o.dt = e.dt)"),
            "orders: dt = \"dt\", linear; events: none, JOIN_NOT_TIED_BY_KEY");
}

TEST(Locality, GroupsKeepTheirKeys) {
  EXPECT_EQ(locality_text("select dt, customer, sum(amount) from orders group by 1, 2"),
            "orders: dt = \"dt\", customer = \"customer\"");
  EXPECT_EQ(locality_text("select sum(amount) from orders"), "orders: none, AGGREGATE_WITHOUT_KEY");
  EXPECT_EQ(
      locality_text("select dt, customer, sum(amount) from orders group by rollup(dt, customer)"),
      "orders: none, GROUPING_SET_WITHOUT_KEY");
  EXPECT_EQ(
      locality_text(
          "select dt, customer, sum(amount) from orders group by grouping sets ((1, 2), (1))"),
      "orders: dt = \"dt\"");
}

TEST(Locality, WindowsGiveBands) {
  EXPECT_EQ(locality_text(
                "select dt, customer, row_number() over (partition by dt order by id) from orders"),
            "orders: dt = \"dt\"");
  EXPECT_EQ(locality_text("select dt, sum(n) over (order by dt range between 6 preceding and "
                          "current row) from (select dt, n from events)"),
            "events: dt = \"dt\" [0, CAST(6 AS INTEGER)]");
  EXPECT_EQ(locality_text("select dt, sum(n) over (order by dt desc) s from events"),
            "events: dt = \"dt\" [-inf, 0]");
  EXPECT_EQ(locality_text("select dt, lag(n) over (order by dt) s from events"),
            "events: dt = \"dt\" [0, inf]");
  EXPECT_EQ(locality_text("select dt, sum(n) over (order by dt rows between unbounded preceding "
                          "and unbounded following) s from events"),
            "events: none, WINDOW_WITHOUT_KEY");
  EXPECT_EQ(locality_text("select date_trunc('month', dt) m, dt, sum(n) over (partition by "
                          "date_trunc('month', dt)) from events"),
            "events: m = \"date_trunc\"('month', \"dt\")");
}

TEST(Locality, JoinsTieKeys) {
  EXPECT_EQ(locality_text(
                "select o.dt, c.segment, c.id from orders o join customers c on o.customer = c.id"),
            "orders: dt = \"dt\", id = \"customer\", linear; customers: segment = \"segment\", id "
            "= \"id\", linear");
  EXPECT_EQ(locality_text("select o.dt, e.n from orders o left join events e on o.dt = e.dt + 1"),
            "orders: dt = \"dt\", linear; events: dt = (\"dt\" + CAST(1 AS INTEGER)) (not own)");
  EXPECT_EQ(
      locality_text("select coalesce(o.dt, e.dt) d, count(*) from orders o full join events e "
                    "on o.dt = e.dt group by 1"),
      "orders: d = \"dt\" (not own); events: d = \"dt\" (not own)");
  EXPECT_EQ(locality_text("select o.dt from orders o full join events e on o.dt = e.dt"),
            "orders: none, PROJECTION_KEEPS_NO_KEY; events: none, PROJECTION_KEEPS_NO_KEY");
  EXPECT_EQ(locality_text("select o.dt from orders o where exists (select 1 from events e where "
                          "e.dt = o.dt and e.n > 3)"),
            "orders: dt = \"dt\", linear; events: dt = \"dt\" (not own)");
  EXPECT_EQ(locality_text("select o.dt from orders o where o.dt in (select dt from events)"),
            "orders: dt = \"dt\", linear; events: dt = \"dt\" (not own)");
  EXPECT_EQ(locality_text("select o.dt from orders o where o.dt not in (select dt from events)"),
            "orders: dt = \"dt\", linear; events: none, MEMBERSHIP_OF_NULLS");
  EXPECT_EQ(locality_text(
                "select o.dt, o.amount from orders o where o.amount > (select avg(p.amount) from "
                "orders p where p.dt = o.dt)"),
            "orders: dt = \"dt\", amount = \"amount\", linear; orders: dt = \"dt\" (not own)");
  EXPECT_EQ(
      locality_text(
          "select o.dt, o.amount from orders o where o.amount > (select avg(p.amount) from "
          "orders p)"),
      "orders: dt = \"dt\", amount = \"amount\", linear; orders: none, AGGREGATE_WITHOUT_KEY");
}

TEST(Locality, SetsLimitsAndTables) {
  EXPECT_EQ(locality_text("select dt from orders union all select dt from events"),
            "orders: dt = \"dt\" (not own); events: dt = \"dt\" (not own)");
  EXPECT_EQ(locality_text("select dt, id from orders order by dt limit 10"), "orders: none, LIMIT");
  EXPECT_EQ(locality_text("with a as (select dt, count(*) n from orders group by 1) select x.dt, "
                          "y.n from a x left join a y on x.dt = y.dt + 7"),
            "orders: dt = \"dt\"; orders: dt = (\"dt\" + CAST(7 AS INTEGER)) (not own)");
  EXPECT_EQ(locality_text("select * from orders asof join events on orders.dt >= events.dt"),
            "unsupported: operator LOGICAL_ASOF_JOIN");
  EXPECT_EQ(locality_text("select dt, unnest([1, 2]) u from events"),
            "events: dt = \"dt\", linear");
  EXPECT_EQ(locality_text("select e.dt, u.x from events e, unnest([e.n, 2]) u(x)"),
            "events: dt = \"dt\", linear");
}

}  // namespace
}  // namespace sluice::sql
