#include "gen/store_orders.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "warehouse/warehouse.h"

namespace sluice::gen {
namespace {

class StoreOrdersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("sluice-gen-" + random_uuid());
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    auto opened = warehouse::open_duckdb(settings);
    ASSERT_TRUE(opened);
    warehouse_ = std::move(*opened);
    connection_ = std::move(*warehouse_->connect());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  StoreOrdersOptions options(const std::string& name, int64_t days, int64_t base) const {
    StoreOrdersOptions made;
    made.folder = (root_ / name).string();
    made.num_days = days;
    made.base_orders = base;
    made.until = "2026-03-02";
    return made;
  }
  StoreOrdersSummary generate(const StoreOrdersOptions& wanted) {
    auto summary = generate_store_orders(wanted, clock_, {});
    EXPECT_TRUE(summary) << render(summary.error());
    return summary ? *summary : StoreOrdersSummary{};
  }
  int64_t number(const std::string& name, const std::string& expression,
                 const std::string& rest = "") {
    const std::string sql = "SELECT (" + expression + ")::BIGINT FROM read_parquet('" +
                            (root_ / name).string() + "/**/*.parquet', hive_partitioning = true) " +
                            rest;
    auto result = connection_->execute(sql, true);
    EXPECT_TRUE(result) << render(result.error());
    return result ? std::get<int64_t>(result->table.rows.at(0).at(0)) : -1;
  }
  std::string bytes(const std::string& file) const {
    std::ifstream in(root_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  std::filesystem::path root_;
  ManualClock clock_{1'772'409'600'000'000};  // 2026-03-02
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
};

TEST_F(StoreOrdersTest, WritesTheDocumentedSchemaAndLayout) {
  const StoreOrdersSummary summary = generate(options("a", 10, 1000));
  EXPECT_EQ(summary.days, 10);
  EXPECT_EQ(summary.first_day, "2026-02-21");
  EXPECT_EQ(summary.last_day, "2026-03-02");
  EXPECT_TRUE(
      std::filesystem::exists(root_ / "a/year=2026/month=3/date=2/store_transactions_0.parquet"));
  EXPECT_EQ(number("a", "count(*)"), summary.rows);
  EXPECT_EQ(number("a", "count(DISTINCT order_id)"), summary.orders);
  const auto columns =
      connection_->describe_query("FROM '" + (root_ / "a").string() + "/**/*.parquet'");
  ASSERT_TRUE(columns);
  std::string schema;
  for (const auto& column : *columns) schema += column.name + " " + column.type + "\n";
  EXPECT_TRUE(schema.starts_with(
      "order_id VARCHAR\nbuyer_id VARCHAR\norder_date DATE\norder_timestamp TIMESTAMP\nproduct_id "
      "BIGINT\n"
      "quantity BIGINT\nunit_price DOUBLE\nrevenue DOUBLE\npayment_method VARCHAR\n"))
      << schema;
  EXPECT_EQ(number("a", "count(*)",
                   "WHERE year <> year(order_date) OR month <> month(order_date) OR date <> "
                   "day(order_date)"),
            0);
}

TEST_F(StoreOrdersTest, HasTheDocumentedDistribution) {
  generate(options("a", 14, 20000));
  const auto percent = [&](const std::string& condition) {
    return number("a", "round(100 * avg((" + condition + ")::INTEGER))");
  };
  EXPECT_EQ(percent("substr(buyer_id, 7)::INTEGER < 10000"), 30);
  EXPECT_EQ(percent("quantity = 1"), 25);
  EXPECT_EQ(percent("product_id < 100"), 10);
  EXPECT_EQ(percent("payment_method = 'cash'"), 17);
  EXPECT_EQ(number("a", "count(DISTINCT payment_method)"), 6);
  EXPECT_EQ(number("a", "min(hour(order_timestamp))"), 8);
  EXPECT_EQ(number("a", "max(hour(order_timestamp))"), 21);
  EXPECT_EQ(number("a", "count(*)", "WHERE revenue <> round(quantity * unit_price, 2)"), 0);
  EXPECT_EQ(number("a", "count(*)",
                   "WHERE NOT regexp_full_match(order_id, "
                   "'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')"),
            0);
  EXPECT_EQ(number("a", "round(10.0 * count(*) / count(DISTINCT order_id))"), 21);
  const int64_t weekend =
      number("a", "count(DISTINCT order_id) / 4", "WHERE dayofweek(order_date) IN (0, 6)");
  const int64_t weekday =
      number("a", "count(DISTINCT order_id) / 10", "WHERE dayofweek(order_date) NOT IN (0, 6)");
  EXPECT_LT(weekend, weekday / 2);
  EXPECT_EQ(number("a", "count(*)", "WHERE product_id < 100 AND unit_price NOT BETWEEN 40 AND 600"),
            0);
}

TEST_F(StoreOrdersTest, DependsOnSeedAndDayOnly) {
  generate(options("a", 30, 2000));
  StoreOrdersOptions one = options("b", 1, 2000);
  one.threads = 1;
  generate(one);
  const std::string day = "/year=2026/month=3/date=2/store_transactions_0.parquet";
  EXPECT_FALSE(bytes("a" + day).empty());
  EXPECT_EQ(bytes("a" + day), bytes("b" + day));
  one.folder = (root_ / "c").string();
  one.seed = 2;
  generate(one);
  EXPECT_NE(bytes("a" + day), bytes("c" + day));
}

TEST_F(StoreOrdersTest, ReplacesADayAndAddsLateOrders) {
  const StoreOrdersSummary first = generate(options("a", 3, 200));
  StoreOrdersOptions late = options("a", 1, 200);
  late.late = {{"2026-03-01", 50}, {"2026-03-01", 20}};
  const StoreOrdersSummary added = generate(late);
  EXPECT_EQ(added.orders, 70);
  EXPECT_EQ(number("a", "count(DISTINCT order_id)"), first.orders + 70);
  EXPECT_TRUE(std::filesystem::exists(
      root_ / "a/year=2026/month=3/date=1/store_transactions_late_2.parquet"));
  EXPECT_EQ(number("a", "count(DISTINCT order_date)"), 3);
  generate(options("a", 3, 200));
  EXPECT_EQ(number("a", "count(*)"), first.rows);
}

TEST_F(StoreOrdersTest, RefusesBadValues) {
  const auto message = [&](StoreOrdersOptions wanted) {
    const auto summary = generate_store_orders(wanted, clock_, {});
    EXPECT_FALSE(summary);
    return summary ? std::string() : render(summary.error());
  };
  EXPECT_NE(message(options("a", 0, 100)).find("--days is out of range: \"0\""), std::string::npos);
  EXPECT_NE(message(options("a", 1, 0)).find("--base-orders is out of range: \"0\""),
            std::string::npos);
  StoreOrdersOptions bad = options("a", 1, 1);
  bad.until = "2026-02-30";
  EXPECT_NE(message(bad).find("--until is not a date: \"2026-02-30\""), std::string::npos);
  EXPECT_FALSE(parse_late_orders("2026-01-01"));
  EXPECT_FALSE(parse_late_orders("2026-01-01:0"));
  EXPECT_EQ(parse_late_orders("2026-01-01:5")->num_orders, 5);
}

TEST_F(StoreOrdersTest, StopsWhenAsked) {
  const auto summary = generate_store_orders(options("a", 3, 100), clock_,
                                             [](const StoreOrdersProgress&) { return false; });
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code(), ErrorCode::kCancelled);
}

TEST_F(StoreOrdersTest, EndsTodayByDefault) {
  StoreOrdersOptions wanted = options("a", 2, 10);
  wanted.until.clear();
  EXPECT_EQ(generate(wanted).last_day, "2026-03-02");
}

}  // namespace
}  // namespace sluice::gen
