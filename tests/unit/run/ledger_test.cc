#include "run/ledger.h"

#include <gtest/gtest.h>

namespace sluice::run {
namespace {

TEST(PartitionKey, IsReadBack) {
  const std::vector<std::vector<detect::PartitionValue>> keys = {
      {}, {"2026-01-01"}, {std::nullopt}, {""}, {"a,b", std::nullopt, "1:x,"}, {"-,"}};
  for (const std::vector<detect::PartitionValue>& key : keys)
    EXPECT_EQ(parse_partition_key(detect::partition_key(key)), key);
}

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    settings.schema = "main";
    settings.threads = 1;
    warehouse_ = warehouse::open_duckdb(settings).value();
    connection_ = warehouse_->connect().value();
  }
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
};

TEST_F(LedgerTest, IsNotThereBeforeItIsOpened) {
  EXPECT_FALSE(Ledger::find(*connection_, "memory").value());
  EXPECT_TRUE(Ledger::open(*connection_, "memory"));
  EXPECT_TRUE(Ledger::find(*connection_, "memory").value());
}

TEST_F(LedgerTest, KeepsModelsPartitionsAndFiles) {
  Ledger ledger = Ledger::open(*connection_, "memory").value();
  EXPECT_FALSE(ledger.model("r").value());
  ModelEntry entry;
  entry.relation = "r";
  entry.generation = 3;
  entry.code = "it's";
  entry.key = {"dt", "a \"b\""};
  entry.is_deterministic = false;
  ASSERT_TRUE(ledger.save_model(entry));
  ASSERT_TRUE(ledger.save_model(entry));  // in place of the first
  const ModelEntry read = ledger.model("r").value().value();
  EXPECT_EQ(read.generation, 3);
  EXPECT_EQ(read.code, entry.code);
  EXPECT_EQ(read.key, entry.key);
  EXPECT_FALSE(read.is_deterministic);

  detect::Manifest now;
  now.columns = {"dt"};
  now.partitions = {{{"1"}, "a", {}, 0}, {{std::nullopt}, "b", {}, 0}};
  ASSERT_TRUE(ledger.save_consumed("r", "in", {}, now));
  const std::vector<detect::Consumed> before = ledger.consumed("r", "in").value();
  EXPECT_TRUE(detect::changes_between(before, now).empty());
  now.partitions = {{{"1"}, "c", {}, 0}};
  ASSERT_TRUE(ledger.save_consumed("r", "in", before, now));
  EXPECT_TRUE(detect::changes_between(ledger.consumed("r", "in").value(), now).empty());

  detect::FileRecords files = {{"x.parquet", {1, 2, 3, 4, true, "h", {}}}};
  ASSERT_TRUE(ledger.save_files("in", {}, files));
  EXPECT_EQ(ledger.files("in").value(), files);
  ASSERT_TRUE(ledger.save_files("in", files, {}));
  EXPECT_TRUE(ledger.files("in").value().empty());

  ASSERT_TRUE(ledger.save_partitions("r", {{{"1"}, 3, 10}}, {}));
  ASSERT_TRUE(ledger.save_partitions("r", {{{"2"}, 4, 5}}, {{"1"}}));
  const std::vector<TablePartition> partitions = ledger.partitions("r").value();
  ASSERT_EQ(partitions.size(), 1U);
  EXPECT_EQ(partitions[0].version, 4);
}

}  // namespace
}  // namespace sluice::run
