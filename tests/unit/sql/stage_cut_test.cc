// Texts of plans and cuts, on data: what they compute is what the query computes.
#include "sql/stage_cut.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sql/binder.h"
#include "sql/expression_text.h"
#include "sql/plan_text.h"

namespace sluice::sql {
namespace {

const std::vector<warehouse::ColumnInfo> kOrders = {
    {"dt", "DATE"},          {"id", "INTEGER"},
    {"customer", "INTEGER"}, {"amount", "DECIMAL(18,2)"},
    {"quantity", "DOUBLE"},  {"ts", "TIMESTAMP"}};
const std::vector<warehouse::ColumnInfo> kEvents = {
    {"dt", "DATE"}, {"customer", "INTEGER"}, {"n", "BIGINT"}};
const std::vector<warehouse::ColumnInfo> kCustomers = {{"id", "INTEGER"}, {"segment", "VARCHAR"}};

class StageCutTest : public testing::Test {
 protected:
  void SetUp() override {
    warehouse_ = warehouse::open_duckdb({}).value();
    connection_ = warehouse_->connect().value();
    for (const auto& [name, columns] :
         {std::pair("orders", kOrders), {"events", kEvents}, {"customers", kCustomers}})
      ASSERT_TRUE(binder_.define_table({"", "main", name}, columns));
    run("create table orders as select (date '2026-01-01' + (i % 9)::integer) as dt, i::integer as "
        "id, nullif((i * 7) % 11, 3)::integer as customer, nullif((i * 13) % 50, 4)::decimal(18,2) "
        "/ 4 as amount, (i % 5)::double as quantity, timestamp '2026-01-01' + to_hours(i::integer) "
        "as ts from range(200) r(i)");
    run("alter table orders alter amount type decimal(18,2)");
    run("create table events as select case when i % 17 = 0 then null else date '2026-01-01' + (i "
        "% 7)::integer end as dt, (i % 6)::integer as customer, nullif(i % 10, 2)::bigint as n "
        "from range(60) r(i)");
    run("create table customers as select i::integer as id, 's' || (i % 3) as segment from "
        "range(10) r(i)");
  }
  void run(const std::string& sql) {
    const auto result = connection_->execute(sql, false);
    ASSERT_TRUE(result) << result.error().message() << "\n" << sql;
  }
  // How many rows the two queries do not share.
  int64_t rows_apart(const std::string& a, const std::string& b) {
    const auto result = connection_->execute(
        fmt::format(
            "with a as ({}), b as ({}) select (select count(*) from (select * from a except "
            "all select * from b)) + (select count(*) from (select * from b except all "
            "select * from a))",
            a, b),
        true);
    EXPECT_TRUE(result) << result.error().message() << "\n" << b;
    return result ? std::get<int64_t>(result->table.rows.at(0).at(0)) : -1;
  }
  // "2 stages: local, carries 1" after the stages were kept and the rest compared; "none".
  std::string cut(const std::string& sql) {
    const Result<BoundQuery> bound = binder_.bind(sql);
    if (!bound) return bound.error().message();
    if (!bound->plan) return bound->plan.error().what;
    StageNames names;
    names.stage = [](size_t stage) { return fmt::format("stage {}", stage); };
    for (const warehouse::ColumnInfo& column : bound->columns) names.columns.push_back(column.name);
    const std::optional<StagedQuery> staged = cut_stages(
        *bound->plan, names,
        [](const Operator& scan) {
          return scan.table == "customers" ? std::vector<std::string>()
                                           : std::vector<std::string>{"dt"};
        },
        binder_.functions());
    if (!staged) return "none";
    std::string out;
    for (size_t i = 0; i < staged->stages.size(); ++i) {
      const Stage& stage = staged->stages[i];
      run(fmt::format("create or replace table {} as {}", quoted_identifier(names.stage(i)),
                      stage.query));
      out += (i == 0 ? "" : ", ") + (stage.num_carried == 0
                                         ? std::string("local")
                                         : fmt::format("carries {}", stage.num_carried));
    }
    EXPECT_EQ(rows_apart(sql, staged->rest), 0) << sql << "\n" << staged->rest;
    return out;
  }
  // What can be added to the first stage: "3 keys, adds 3 4 (by 5) 5 6, linear orders"; "nothing".
  std::string added(const std::string& sql) {
    const Result<BoundQuery> bound = binder_.bind(sql);
    if (!bound || !bound->plan) return "not bound";
    StageNames names;
    names.stage = [](size_t stage) { return fmt::format("stage {}", stage); };
    for (const warehouse::ColumnInfo& column : bound->columns) names.columns.push_back(column.name);
    const std::optional<StagedQuery> staged = cut_stages(
        *bound->plan, names,
        [](const Operator& scan) {
          return scan.table == "customers" ? std::vector<std::string>()
                                           : std::vector<std::string>{"dt"};
        },
        binder_.functions());
    if (!staged || !staged->stages[0].additive) return "nothing";
    const AdditiveStage& additive = *staged->stages[0].additive;
    std::string out = fmt::format("{} keys, adds", additive.num_keys);
    for (const AddedColumn& column : additive.added)
      out += column.count ? fmt::format(" {} (by {})", column.column, *column.count)
                          : fmt::format(" {}", column.column);
    EXPECT_EQ(additive.count, additive.added.back().column);
    return fmt::format("{}, linear {}", out, fmt::join(additive.linear, " "));
  }
  bool is_same_as_text(const std::string& sql) {
    const Result<BoundQuery> bound = binder_.bind(sql);
    EXPECT_TRUE(bound && bound->plan) << sql;
    if (!bound || !bound->plan) return false;
    const std::optional<PlanText> text = plan_text(**bound->plan, {}, {});
    return text && rows_apart(sql, text->query) == 0;
  }

  Binder binder_ = Binder::open().value();
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
};

TEST_F(StageCutTest, WritesPlansAsQueriesThatMeanTheSame) {
  for (
      const char* sql : {
          "select id, amount * 2 + 1 as double, -quantity from orders where id > 3 and not (id = "
          "7)",
          "select customer, sum(amount), count(*), count(distinct id), avg(amount), median(id) "
          "from "
          "orders group by customer having count(*) > 3",
          "select 1 as one, customer, min(ts) filter (where id % 2 = 0) from orders group by 1, 2",
          "select dt, customer, grouping(dt), sum(id) from orders group by rollup (dt, customer)",
          "select distinct customer, dt from orders",
          "select id from orders order by amount desc nulls last, id limit 5 offset 2",
          "select id, sum(id) over (partition by customer order by dt, id rows between 2 preceding "
          "and 1 following) as a, row_number() over (order by id desc) as b, lag(id, 2, -1) over "
          "(order by id) as c, avg(amount) over (order by dt range between interval 2 days "
          "preceding and current row) as d, dense_rank() over (order by customer) as e, "
          "first_value(id ignore nulls) over (order by id) as f, ntile(4) over (order by id) from "
          "orders",
          "select o.id, c.segment from orders o left join customers c on o.customer = c.id",
          "select o.id, e.n from orders o full join events e on o.dt = e.dt and o.id < e.n",
          "select o.id from orders o join events e using (dt) where e.n in (1, 3)",
          "select id from orders where customer in (select id from customers where segment = 's1')",
          "select id from orders where customer not in (select id from customers)",
          "select id from orders semi join customers on orders.customer = customers.id",
          "select id from orders anti join customers on orders.customer = customers.id",
          "select customer from orders union all select n from events",
          "select customer from orders intersect select customer from events",
          "select customer from orders except all select customer from events",
          "select case when id > 5 then 'big' when id is null then null else 'small' end, "
          "coalesce(customer, -1), cast(amount as integer) from orders",
          "with a as (select dt, count(*) as n from orders group by dt) select x.dt, x.n - y.n "
          "from "
          "a x left join a y on x.dt = y.dt + 1",
          "select date_trunc('month', dt) as month, extract('dow' from ts) from orders",
      })
    EXPECT_TRUE(is_same_as_text(sql)) << sql;
}

TEST_F(StageCutTest, KeepsPartialAggregatesByPartition) {
  EXPECT_EQ(cut("select customer, count(*) as n, count(amount) as c, sum(amount) as total, "
                "min(ts) as first, max(quantity) as most, bool_or(id > 190) as late from "
                "orders group by customer"),
            "carries 1");
  EXPECT_EQ(cut("select sum(id) as total, count(*) as n from orders where id < 0"), "carries 1");
  EXPECT_EQ(
      cut("select sum(amount) filter (where id % 2 = 0) as even, bit_xor(id) as x from orders "
          "having count(*) > 1"),
      "carries 1");
  EXPECT_EQ(
      cut("select customer, isodow(dt) as dow, grouping(customer) as g, sum(id) as total from "
          "orders group by cube (customer, isodow(dt))"),
      "carries 1");
  EXPECT_EQ(cut("select distinct customer from orders"), "carries 1");
  EXPECT_EQ(cut("select c.segment, sum(o.amount) as total from orders o join customers c on "
                "o.customer = c.id group by c.segment order by total desc, 1 limit 2"),
            "carries 1");
  EXPECT_EQ(cut("select o.customer, sum(e.n) as n from orders o join events e on o.customer = "
                "e.customer group by o.customer"),
            "carries 2");
}

TEST_F(StageCutTest, KeepsDistinctValuesAsKeys) {
  EXPECT_EQ(
      cut("select customer, count(distinct id % 7) as n, count(distinct dt) filter (where id > "
          "20) as days, sum(distinct amount) as s, count(*) as c, max(id) as m from orders "
          "group by customer"),
      "carries 1");
  EXPECT_EQ(cut("select count(distinct customer) as n from orders where id < 0"), "carries 1");
  EXPECT_EQ(
      cut("select isodow(dt) as dow, count(distinct customer) as n from orders group by rollup "
          "(1)"),
      "carries 1");
}

TEST_F(StageCutTest, CarriesThroughUnionAll) {
  EXPECT_EQ(
      cut("select customer, sum(n) as n from (select customer, id as n from orders where id > 5 "
          "union all select customer, n from events) both_of group by customer"),
      "carries 1");
  EXPECT_EQ(
      cut("select customer, count(*) as n from (select customer from orders union all select id "
          "from customers) both_of group by customer"),
      "none");
}

TEST_F(StageCutTest, KeepsAggregatesThatArePartitionedThemselves) {
  EXPECT_EQ(
      cut("with daily as (select dt, median(id) as m, count(distinct customer) as c from "
          "orders group by dt) select dt, sum(m) over (order by dt) as running, c from daily"),
      "local");
  EXPECT_EQ(
      cut("select isodow(dt) as dow, max(n) as best from (select dt, count(distinct customer) "
          "as n from orders group by dt) daily group by 1"),
      "local");
  EXPECT_EQ(cut("select dt, sum(amount) / (select sum(amount) from orders) as share from orders "
                "group by dt"),
            "local, carries 1");
}

// To the bit: averages come from sums and counts as the engine divides them.
TEST_F(StageCutTest, FinishesAveragesAsTheEngineDoes) {
  for (const char* type : {"SMALLINT", "INTEGER", "BIGINT", "DECIMAL(4,2)", "DECIMAL(9,3)",
                           "DECIMAL(15,2)", "DECIMAL(18,0)", "DECIMAL(18,6)"}) {
    const std::string values = fmt::format("values_{}", std::hash<std::string>{}(type));
    ASSERT_TRUE(binder_.define_table({"", "main", values},
                                     {{"dt", "DATE"}, {"g", "INTEGER"}, {"v", type}}));
    const std::string number(type);
    const bool is_small = number == "SMALLINT" || number == "DECIMAL(4,2)";
    run(fmt::format(
        "create or replace table {} as select (date '2026-01-01' + (i % 9)::integer) as dt, "
        "(hash(i) % 3000)::integer as g, case when i % 13 = 0 then null else cast(cast(hash(i, 7) "
        "% {} as hugeint) * {} as {}) end as v from range(20000) r(i)",
        values,
        is_small                        ? "99"
        : number.starts_with("DECIMAL") ? "999999"
                                        : "2147483647",
        number == "BIGINT"          ? "4294967295"
        : number == "DECIMAL(18,6)" ? "-0.123457"
        : number == "DECIMAL(18,0)" ? "-999999999983"
        : is_small                  ? "0.99"
                                    : "0.731",
        type));
    EXPECT_EQ(cut(fmt::format("select g, avg(v) as mean, avg(v) filter (where v > 5) as more, "
                              "avg(distinct v) as each, count(*) as n from {} group by g",
                              values)),
              "carries 1")
        << type;
    EXPECT_EQ(
        cut(fmt::format("select avg(v) as mean, avg(-v) as other from {} where g < 0", values)),
        "carries 1")
        << type;
  }
  // A quotient that is rounded twice.
  ASSERT_TRUE(binder_.define_table({"", "main", "midway"}, {{"dt", "DATE"}, {"v", "INTEGER"}}));
  run("create table midway as select date '2026-01-01' as dt, (4867323553696 // 9973 + case when i "
      "< 4867323553696 % 9973 then 1 else 0 end)::integer as v from range(9973) r(i)");
  EXPECT_EQ(cut("select avg(v) as mean from midway"), "carries 1");
}

TEST_F(StageCutTest, KeepsWhatSubqueriesRead) {
  EXPECT_EQ(cut("select segment, count(*) as n from customers c where exists (select * from orders "
                "o where o.customer = c.id and o.id % 3 = 0) group by segment"),
            "carries 1");
  EXPECT_EQ(cut("select id from customers c where not exists (select * from orders o where "
                "o.customer = c.id and o.id > 150) and segment <> 's1'"),
            "carries 1");
  EXPECT_EQ(cut("select id from customers where id not in (select customer from orders where id > "
                "190)"),
            "carries 1");
  EXPECT_EQ(cut("select id, id in (select customer from orders o where dt > date '2026-01-05' and "
                "o.id = c.id) as is_in from customers c"),
            "carries 1");
  EXPECT_EQ(cut("select id, (select avg(amount) from orders o where o.customer = c.id) as mean, "
                "(select count(*) from events e where e.customer = c.id and n > 2) as n from "
                "customers c"),
            "carries 1, carries 1");
  EXPECT_EQ(cut("select count(*) as n from customers c where 3 < (select sum(e.n) from events e "
                "where e.customer = c.id and e.n <> c.id)"),
            "carries 1");
  EXPECT_EQ(cut("select count(*) as n from customers c where 3 < (select sum(e.n) from events e "
                "where e.customer < c.id)"),
            "none");
}

TEST_F(StageCutTest, KeepsRowsBesideAStage) {
  EXPECT_EQ(cut("select sum(o.amount) as total from orders o join customers c on o.customer = c.id "
                "where c.segment = 's1' and o.amount < (select 2 * avg(amount) from orders x where "
                "x.customer = c.id)"),
            "carries 1, carries 1");
  EXPECT_EQ(cut("select quantity, count(*) as n from orders o where id > 150 and exists (select * "
                "from events e where e.customer = o.customer and e.n > 1) group by quantity"),
            "carries 1, carries 1");
  EXPECT_EQ(cut("select c.id, count(o.id) as n from customers c left join orders o on c.id = "
                "o.customer and o.amount > 5 group by c.id"),
            "carries 1");
  EXPECT_EQ(cut("select id, row_number() over (partition by customer order by id) as n from orders "
                "where amount > 9"),
            "carries 1");
}

TEST_F(StageCutTest, TellsWhereDifferencesCanBeAdded) {
  EXPECT_EQ(added("select dt, segment, count(*), sum(amount) from orders left join customers c on "
                  "c.id = customer group by all"),
            "2 keys, adds 2 3 (by 4) 4 5, linear orders");
  EXPECT_EQ(added("select segment, sum(n) filter (n > 1) from events join customers on id = "
                  "customer group by segment"),
            "1 keys, adds 1 (by 2) 2 3, linear events");
  // Nothing to add to: no dimension, none that is tied, or one that the facts do not decide.
  EXPECT_EQ(added("select customer, sum(amount) from orders group by customer"), "nothing");
  EXPECT_EQ(added("select dt, count(*) from orders, customers group by dt"), "nothing");
  EXPECT_EQ(
      added("select dt, count(*) from customers c left join orders on c.id = customer group by "
            "dt"),
      "nothing");
  // Read twice, or by more than its rows one by one.
  EXPECT_EQ(added("select o.dt, segment, count(*) from orders o join orders p on o.id = p.id join "
                  "customers c on c.id = o.customer group by all"),
            "nothing");
  EXPECT_EQ(
      added("select dt, segment, count(*) from (select *, row_number() over (partition by dt "
            "order by id) as n from orders) join customers c on c.id = customer group by all"),
      "nothing");
  // Neither a count nor an exact sum.
  for (const char* aggregate : {"max(amount)", "count(distinct customer)", "avg(amount)",
                                "sum(quantity)", "median(amount)"})
    EXPECT_EQ(added(fmt::format("select dt, segment, count(*), {} from orders join customers c on "
                                "c.id = customer group by all",
                                aggregate)),
              "nothing")
        << aggregate;
}

TEST_F(StageCutTest, CutsNothingThatItCannotMerge) {
  EXPECT_EQ(cut("select customer, sum(quantity) as total from orders group by customer"), "none");
  EXPECT_EQ(cut("select customer, avg(quantity) as mean from orders group by customer"), "none");
  // Nothing leaves rows of either side out: they would be kept as they are, all of them.
  EXPECT_EQ(cut("select count(*) as n from orders o full join events e on o.customer = e.customer"),
            "none");
  EXPECT_EQ(cut("select customer, median(id) as m from orders group by customer"), "none");
  EXPECT_EQ(cut("select customer, sum(distinct quantity) as n from orders group by customer"),
            "none");
  EXPECT_EQ(
      cut("select id, row_number() over (partition by customer order by id) as n from orders"),
      "none");
  EXPECT_EQ(cut("select o.id, t.total from orders o join (select customer, sum(id) as total from "
                "orders group by customer) t on o.customer = t.customer"),
            "none");
  EXPECT_EQ(cut("select id, segment from customers"), "none");
}

}  // namespace
}  // namespace sluice::sql
