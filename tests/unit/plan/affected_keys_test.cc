// Which columns a model can be followed by, and by which expressions of its inputs.
#include "plan/affected_keys.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/binder.h"

namespace sluice::plan {
namespace {

InputState make_input(const std::string& name, const std::vector<std::string>& partitioned_by,
                      uint64_t bytes) {
  InputState out;
  out.name = out.table = name;
  out.now.columns = partitioned_by;
  out.now.partitions.push_back({{"2026-01-01"}, "1", {}, bytes});
  return out;
}

// "customer: orders by "customer"; customers by "id""
std::string keys_of(const std::string& query, const std::set<std::string>& required = {}) {
  sql::Binder binder = sql::Binder::open().value();
  EXPECT_TRUE(binder.define_table({"", "main", "orders"}, {{"dt", "DATE"},
                                                           {"id", "INTEGER"},
                                                           {"customer", "INTEGER"},
                                                           {"amount", "DOUBLE"},
                                                           {"note", "VARCHAR"}}));
  EXPECT_TRUE(
      binder.define_table({"", "main", "customers"}, {{"id", "INTEGER"}, {"segment", "VARCHAR"}}));
  const sql::BoundQuery bound = binder.bind(query).value();
  Specification specification;
  specification.columns = bound.columns;
  specification.locality = sql::find_locality(*bound.plan, binder.functions());
  std::string out;
  for (const TrackedKey& key : tracked_keys(
           specification, {make_input("orders", {"dt"}, 1000), make_input("customers", {}, 10)},
           required)) {
    out += (out.empty() ? "" : " | ") + specification.columns[key.column].name + ":";
    for (const TrackedInput& input : key.inputs)
      out += fmt::format(" {} by {}", input.input, fmt::join(input.exprs, " and "));
  }
  return out;
}

TEST(TrackedKeys, AreColumnsThatEachScanOfAnInputDecides) {
  EXPECT_EQ(keys_of("select customer, median(amount) m from orders group by customer"),
            R"(customer: orders by "customer")");
  EXPECT_EQ(
      keys_of("select o.customer, c.segment, count(distinct o.dt) n from orders o join "
              "customers c on o.customer = c.id group by all"),
      R"(customer: orders by "customer" customers by "id" | segment: customers by "segment")");
  EXPECT_EQ(keys_of("select a.customer, count(*) n from orders a join orders b on a.customer = "
                    "b.id group by all"),
            R"(customer: orders by "customer" and "id")");
}

TEST(TrackedKeys, AreAskedSafelyWhereTheyAreComputed) {
  EXPECT_EQ(keys_of("select CAST(note AS INTEGER) k, median(id) m from orders group by all"),
            R"(k: orders by TRY(CAST("note" AS INTEGER)))");
}

TEST(TrackedKeys, AreNotRoundedNorInWindowsAcross) {
  EXPECT_EQ(keys_of("select amount, count(distinct customer) n from orders group by all"), "");
  EXPECT_EQ(
      keys_of("select id, row_number() over (partition by customer order by id) n from orders"),
      "");
  EXPECT_FALSE(is_exact_key_type("DOUBLE"));
  EXPECT_FALSE(is_exact_key_type("INTERVAL"));
  EXPECT_FALSE(is_exact_key_type("VARCHAR[]"));
  EXPECT_TRUE(is_exact_key_type("DECIMAL(18,2)"));
}

TEST(TrackedKeys, HaveAllInputsThatAreRequired) {
  const std::string query =
      "select o.customer, c.segment, o.id from orders o join customers c on o.customer = c.id";
  EXPECT_EQ(keys_of(query, {"orders", "customers"}),
            R"(customer: orders by "customer" customers by "id")");
}

}  // namespace
}  // namespace sluice::plan
