#include "detect/ranges.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "warehouse/warehouse.h"

namespace sluice::detect {
namespace {

TEST(Ranges, TextAndBack) {
  const ValueRanges ranges = {{"a \"b\"", {"2026-01-01", "2026-01-31"}}, {"n", {"7", "7"}}};
  EXPECT_EQ(ranges_text(ranges), R"({"a \"b\"":["2026-01-01","2026-01-31"],"n":["7","7"]})");
  EXPECT_EQ(parse_ranges(ranges_text(ranges)), ranges);
  EXPECT_TRUE(parse_ranges("").empty());
  EXPECT_TRUE(parse_ranges("[1]").empty());
}

class FooterTest : public testing::Test {
 protected:
  void SetUp() override {
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    settings.schema = "main";
    settings.threads = 1;
    warehouse_ = warehouse::open_duckdb(settings).value();
    connection_ = warehouse_->connect().value();
    folder_ = std::filesystem::temp_directory_path() / ("ranges_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // Writes the file and adds it to one partition of the listing.
  void write(const std::string& name, const std::string& query) {
    ASSERT_TRUE(connection_->execute(
        "copy (" + query + ") to '" + path(name) + "' (format parquet)", false));
    listing_.records[path(name)].content = name;
    listing_.manifest.partitions.resize(1);
    listing_.manifest.partitions[0].files.push_back(path(name));
  }
  ValueRanges ranges(const std::vector<warehouse::ColumnInfo>& columns) {
    FileReader reader;
    reader.function = "read_parquet";
    EXPECT_TRUE(add_ranges(listing_, reader, columns, known_, *connection_));
    return parse_ranges(listing_.manifest.partitions.at(0).ranges);
  }

  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
  std::filesystem::path folder_;
  FileListing listing_;
  FileRecords known_;
};

TEST_F(FooterTest, KnowsDatesTimesAndSingleIntegers) {
  write("a.parquet",
        "select date '2026-01-01' + i::integer as d, timestamp '2026-01-01 10:00:00.25' as t, 5 as "
        "five, i::integer as i, 'x' as v, 1.5::double as f from range(3) r(i)");
  const ValueRanges found = ranges({{"d", "DATE"},
                                    {"t", "TIMESTAMP"},
                                    {"five", "INTEGER"},
                                    {"i", "INTEGER"},
                                    {"v", "VARCHAR"},
                                    {"f", "DOUBLE"}});
  const ValueRanges expected = {{"d", {"2026-01-01", "2026-01-03"}},
                                {"t", {"2026-01-01 10:00:00.25", "2026-01-01 10:00:00.25"}},
                                {"five", {"5", "5"}}};
  EXPECT_EQ(found, expected);
}

TEST_F(FooterTest, NullOrAnotherTypeTellsNothing) {
  write("a.parquet",
        "select case when i = 1 then null else date '2026-01-01' end as d, '2026-01-01' as text, "
        "timestamptz '2026-01-01 00:00:00+00' as tz from range(3) r(i)");
  EXPECT_TRUE(ranges({{"d", "DATE"}, {"text", "DATE"}, {"tz", "TIMESTAMP"}}).empty());
}

TEST_F(FooterTest, PartitionLiesBetweenWhatAllItsFilesDo) {
  write("a.parquet", "select date '2026-01-05' as d, 9 as n, 1 as one");
  write("b.parquet", "select date '2026-01-02' as d, 10 as n, 1 as one, 3 as more");
  const ValueRanges found =
      ranges({{"d", "DATE"}, {"n", "INTEGER"}, {"one", "INTEGER"}, {"more", "INTEGER"}});
  const ValueRanges expected = {
      {"d", {"2026-01-02", "2026-01-05"}}, {"n", {"9", "10"}}, {"one", {"1", "1"}}};
  EXPECT_EQ(found, expected);
}

TEST_F(FooterTest, KnownContentIsNotReadAgain) {
  write("a.parquet", "select date '2026-01-05' as d");
  known_[path("a.parquet")].content = "a.parquet";
  known_[path("a.parquet")].ranges = R"({"d":["2020-01-01","2020-01-01"]})";
  EXPECT_EQ(ranges({{"d", "DATE"}}).at("d").least, "2020-01-01");
  known_[path("a.parquet")].content = "other";
  EXPECT_EQ(ranges({{"d", "DATE"}}).at("d").least, "2026-01-05");
}

}  // namespace
}  // namespace sluice::detect
