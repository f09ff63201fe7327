#include "run/dimension_probe.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/binder.h"

namespace sluice::run {
namespace {

// Orders and visits by day; customers and regions have no partitions. Customer 3 has ordered on the
// third day only, customer 5 never, and visited on the first and the third.
class DimensionProbeTest : public testing::Test {
 protected:
  void SetUp() override {
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    settings.schema = "main";
    settings.threads = 1;
    warehouse_ = warehouse::open_duckdb(settings).value();
    connection_ = warehouse_->connect().value();
    add("orders",
        "select * from (values (1, 1, 10), (1, 2, 20), (2, 1, 5), (2, NULL, 7), (3, 3, "
        "4)) t(day, customer, amount)");
    add("visits", "select * from (values (1, 5), (3, 5), (2, 1)) t(day, customer)");
    add("customers",
        "select * from (values (1, 'a', 'r1'), (3, 'b', 'r2'), (5, 'c', 'r2')) t(id, "
        "segment, region)");
    add("regions", "select * from (values ('r1', 'de'), ('r2', 'fr')) t(region, country)");
  }
  void add(const std::string& name, const std::string& rows) {
    ASSERT_TRUE(connection_->execute(fmt::format("create table {} as {}", name, rows), false));
    ModelInput leaf;
    leaf.stub = leaf.name = leaf.relation = leaf.state.name = leaf.state.table = name;
    leaf.columns = connection_->describe_query("from " + name).value();
    if (leaf.columns[0].name == "day") {
      leaf.state.now.columns = {"day"};
      leaf.state.now.partitions = {{{"1"}, "", {}, 0}, {{"2"}, "", {}, 0}, {{"3"}, "", {}, 0}};
    }
    ASSERT_TRUE(binder_.define_table({"", "main", name}, leaf.columns));
    leaves_.push_back(std::move(leaf));
  }
  // The days that rows of the dimension matter to: "orders 1 3, visits 1"; "not tied".
  std::string touched(const std::string& sql, const std::string& dimension,
                      const std::string& changed) {
    const sql::BoundQuery bound = binder_.bind(sql).value();
    if (!bound.plan) return bound.plan.error().what;
    const sql::Locality locality = find_locality(*bound.plan, binder_.functions());
    EXPECT_TRUE(connection_->execute("create or replace temp table changed as " + changed, false));
    ChangedRows rows;
    rows.stub = dimension;
    rows.table = "temp.main.changed";
    DimensionProbe probe(locality, leaves_, {"orders", "visits"}, "test", *connection_);
    for (const ModelInput& leaf : leaves_) {
      if (leaf.stub != dimension) continue;
      const Result<bool> added = probe.add(leaf, rows);
      if (!added) return added.error().message();
      if (!*added) return "not tied";
    }
    std::string out;
    for (const ModelInput& leaf : leaves_) {
      const std::set<size_t> days = probe.touched_partitions(leaf).value();
      if (days.empty()) continue;
      out += (out.empty() ? "" : ", ") + leaf.name;
      for (const size_t day : days) out += fmt::format(" {}", day + 1);
    }
    return out;
  }
  std::string customers(const std::string& sql, const std::string& ids) {
    return touched(
        sql, "customers",
        fmt::format("select unnest([{}])::integer as id, 'z' as segment, 'r9' as region", ids));
  }

  sql::Binder binder_ = sql::Binder::open().value();
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
  std::vector<ModelInput> leaves_;
};

TEST_F(DimensionProbeTest, FindsTheDaysOfAKey) {
  const std::string left = "select day, segment from orders left join customers on id = customer";
  EXPECT_EQ(customers(left, "3"), "orders 3");
  EXPECT_EQ(customers(left, "1, 3"), "orders 1 2 3");
  EXPECT_EQ(customers(left, "5"), "");
  EXPECT_EQ(customers(left, "NULL"), "orders 2");
}

TEST_F(DimensionProbeTest, FollowsMembershipAndSubqueries) {
  EXPECT_EQ(customers("select day from orders where customer in (select id from customers where "
                      "segment = 'a')",
                      "3"),
            "orders 3");
  EXPECT_EQ(customers("select day from orders o where not exists (from customers c where c.id = "
                      "o.customer)",
                      "2"),
            "orders 1");
  EXPECT_EQ(customers("select day, (select max(segment) from customers c where c.id = o.customer) "
                      "from orders o",
                      "3"),
            "orders 3");
}

TEST_F(DimensionProbeTest, KnowsWhoseKeyItIs) {
  // There are rows for customers who never ordered: what orders hold says nothing of them.
  const std::string sql =
      "select v.day, c.segment, o.amount from visits v left join orders o on o.customer = "
      "v.customer join customers c on c.id = v.customer";
  EXPECT_EQ(customers(sql, "5"), "visits 1 3");
  EXPECT_EQ(customers("select v.day, c.segment from visits v left join orders o on o.customer = "
                      "v.customer join customers c on c.id = o.customer",
                      "5"),
            "not tied");
}

TEST_F(DimensionProbeTest, ReadsAnInnerJoinFromEitherSide) {
  const std::string found = customers(
      "select v.day, c.segment from visits v join orders o on o.customer = v.customer "
      "join customers c on c.id = o.customer",
      "1");
  EXPECT_TRUE(found == "orders 1 2" || found == "visits 2") << found;
}

TEST_F(DimensionProbeTest, LooksThroughADimensionInBetween) {
  const std::string sql =
      "select o.day, r.country from orders o join customers c on c.id = o.customer join regions r "
      "on r.region = c.region";
  EXPECT_EQ(touched(sql, "regions", "select 'r2' as region, 'it' as country"), "orders 3");
  EXPECT_EQ(touched(sql, "regions", "select 'r1' as region, 'it' as country"), "orders 1 2");
  EXPECT_EQ(touched("select o.day, x.country from orders o left join (select c.id, r.country from "
                    "customers c join regions r using (region)) x on x.id = o.customer",
                    "regions", "select 'r2' as region, 'it' as country"),
            "orders 3");
}

TEST_F(DimensionProbeTest, NeedsEachReadingOfTheDimensionToBeTied) {
  EXPECT_EQ(customers("select day, segment, (select count(*) from customers) as n from orders left "
                      "join customers on id = customer",
                      "3"),
            "not tied");
  EXPECT_EQ(customers("select day from orders full join customers on id = customer", "3"),
            "not tied");
  EXPECT_EQ(
      customers("select day from orders where customer not in (select id from customers)", "3"),
      "not tied");
  EXPECT_EQ(customers("select day, a.segment from orders left join customers a on a.id = customer "
                      "left join customers b on b.id = amount - 17",
                      "3, 1"),
            "orders 1 2 3");
}

}  // namespace
}  // namespace sluice::run
