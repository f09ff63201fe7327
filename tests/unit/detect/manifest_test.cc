#include "detect/manifest.h"

#include <gtest/gtest.h>

#include "detect/files.h"

namespace sluice::detect {
namespace {

Manifest manifest_of(std::vector<std::pair<PartitionValue, std::string>> partitions) {
  Manifest out;
  out.columns = {"dt"};
  for (auto& [value, version] : partitions)
    out.partitions.push_back({{std::move(value)}, std::move(version), {}, 0});
  return out;
}

TEST(PartitionKey, TellsNullEmptyAndSeparatorsApart) {
  EXPECT_NE(partition_key({std::nullopt}), partition_key({""}));
  EXPECT_NE(partition_key({"a", "b"}), partition_key({"a,b"}));
  EXPECT_NE(partition_key({"1:a,"}), partition_key({"a", ""}));
  EXPECT_EQ(partition_key({"a", std::nullopt}), "1:a,-,");
}

TEST(Changes, AreAddedReplacedAndRemoved) {
  const std::vector<Consumed> before = {{{"a"}, "1"}, {{"b"}, "1"}, {{std::nullopt}, "1"}};
  const std::vector<Change> changes =
      changes_between(before, manifest_of({{"a", "1"}, {"b", "2"}, {"c", "1"}}));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].kind, Change::Kind::kReplaced);
  EXPECT_EQ(changes[0].values, (std::vector<PartitionValue>{"b"}));
  EXPECT_EQ(changes[1].kind, Change::Kind::kAdded);
  EXPECT_EQ(changes[2].kind, Change::Kind::kRemoved);
  EXPECT_EQ(changes[2].values, (std::vector<PartitionValue>{std::nullopt}));
}

TEST(PathKeys, AreDecodedAsTheEngineDoes) {
  const auto keys =
      path_keys("/data/year=2024/name=a%20b/day=NULL/dt=__HIVE_DEFAULT_PARTITION__/e=/x.parquet");
  ASSERT_EQ(keys.size(), 5U);
  EXPECT_EQ(keys[0], (std::pair<std::string, PartitionValue>("year", "2024")));
  EXPECT_EQ(keys[1].second, "a b");
  EXPECT_EQ(keys[2].second, std::nullopt);
  EXPECT_EQ(keys[3].second, std::nullopt);
  EXPECT_EQ(keys[4].second, "");
}

TEST(FileReaderOf, ReadsConstantsOnly) {
  const auto reader_of = [](const char* text) { return file_reader(parse_json(text).value()); };
  const auto path = reader_of(R"({"type": "BASE_TABLE", "table_name": "a/b.parquet"})");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->patterns, std::vector<std::string>{"a/b.parquet"});
  EXPECT_FALSE(reader_of(R"({"type": "BASE_TABLE", "table_name": "orders"})"));
  EXPECT_FALSE(reader_of(
      R"({"type": "TABLE_FUNCTION", "function": {"function_name": "read_parquet", "children": [
          {"class": "FUNCTION", "function_name": "getvariable", "children": []}]}})"));
  EXPECT_FALSE(reader_of(
      R"({"type": "TABLE_FUNCTION", "function": {"function_name": "postgres_scan", "children": [
          {"class": "CONSTANT", "value": {"value": "x"}}]}})"));
}

}  // namespace
}  // namespace sluice::detect
