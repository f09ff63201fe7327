// Scan metrics against what parquet_metadata and the files themselves say.
#include "duckdb_fixture.h"

namespace sluice::warehouse {
namespace {

class ScanMetricsTest : public DuckdbTest {
 protected:
  void SetUp() override {
    DuckdbTest::SetUp();
    run("COPY (SELECT i, i % 1000 AS v, 'text ' || i AS s, 1 + i % 5 AS part FROM range(50000) "
        "t(i)) TO '" +
        folder_.path("data") + "' (FORMAT PARQUET, PARTITION_BY (part))");
    source_ = "read_parquet('" + folder_.path("data") + "/*/*.parquet', hive_partitioning = true)";
    ASSERT_TRUE(connection_->set_scan_metrics(true));
  }
  ScanMetrics take() {
    auto metrics = connection_->take_scan_metrics();
    EXPECT_TRUE(metrics) << render(metrics.error());
    return metrics ? *metrics : ScanMetrics{};
  }
  // Compressed bytes of the columns in the files of the given partitions.
  uint64_t chunk_bytes(const std::string& columns, const std::string& parts) {
    const int64_t bytes =
        number("SELECT sum(total_compressed_size)::BIGINT FROM parquet_metadata('" +
               folder_.path("data") + "/*/*.parquet') WHERE path_in_schema IN (" + columns +
               ") AND regexp_extract(file_name, 'part=(\\d)', 1) IN (" + parts + ")");
    take();
    return static_cast<uint64_t>(bytes);
  }
  std::string source_;
};

TEST_F(ScanMetricsTest, CountsFilesRowsAndProjectedChunks) {
  const uint64_t all = chunk_bytes("'v'", "'1','2','3','4','5'");
  run("SELECT sum(v) FROM " + source_);
  const ScanMetrics metrics = take();
  EXPECT_EQ(metrics.files_read, 5U);
  EXPECT_EQ(metrics.rows_read, 50000U);
  EXPECT_EQ(metrics.bytes_read, all);
  EXPECT_FALSE(metrics.estimated);
  EXPECT_EQ(take().files_read, 0U) << "taken once";
}

TEST_F(ScanMetricsTest, LeavesPrunedFilesOutAndAddsFilteredColumns) {
  const uint64_t expected = chunk_bytes("'v','s'", "'2','4'");
  run("SELECT sum(v) FROM " + source_ + " WHERE part IN (2, 4) AND s <> 'text 7'");
  const ScanMetrics metrics = take();
  EXPECT_EQ(metrics.files_read, 2U);
  EXPECT_EQ(metrics.rows_read, 20000U);
  EXPECT_EQ(metrics.bytes_read, expected);
}

TEST_F(ScanMetricsTest, CountsEachScanOfAStatementAndEachStatement) {
  run("SELECT count(*) FROM " + source_ + " a JOIN " + source_ + " b USING (i)");
  EXPECT_EQ(take().files_read, 10U);
  run("SELECT sum(v) FROM " + source_ + "; SELECT sum(i) FROM " + source_);
  EXPECT_EQ(take().rows_read, 100000U);
}

TEST_F(ScanMetricsTest, FollowsDynamicPruning) {
  run("CREATE TABLE wanted AS SELECT 3 AS part");
  take();
  run("SELECT sum(v) FROM " + source_ + " WHERE part IN (SELECT part FROM wanted)");
  const ScanMetrics metrics = take();
  EXPECT_EQ(metrics.files_read, 1U);
  EXPECT_TRUE(metrics.estimated) << "the native table is an estimate";
  EXPECT_GE(metrics.rows_read, 10000U);
}

TEST_F(ScanMetricsTest, SeesThatAFileWasReplaced) {
  run("SELECT sum(v) FROM " + source_);
  take();
  run("COPY (SELECT i, 1 AS v FROM range(7) t(i)) TO '" + folder_.path("data/part=1/more.parquet") +
      "' (FORMAT PARQUET)");
  run("SELECT sum(v) FROM " + source_);
  EXPECT_EQ(take().rows_read, 50007U);
  run("COPY (SELECT i, 1 AS v FROM range(9) t(i)) TO '" + folder_.path("data/part=1/more.parquet") +
      "' (FORMAT PARQUET)");
  run("SELECT sum(v) FROM " + source_);
  EXPECT_EQ(take().rows_read, 50009U);
}

TEST_F(ScanMetricsTest, CountsNativeTablesByTypeWidth) {
  run("CREATE TABLE t AS SELECT i::INTEGER AS a, i::BIGINT AS b, 'x' AS c FROM range(10000) r(i)");
  take();
  run("SELECT sum(a + b) FROM t");
  const ScanMetrics metrics = take();
  EXPECT_TRUE(metrics.estimated);
  EXPECT_EQ(metrics.rows_read, 10000U);
  EXPECT_EQ(metrics.bytes_read, 10000U * 12);
  EXPECT_EQ(metrics.files_read, 0U);
}

TEST_F(ScanMetricsTest, KeepsConnectionsApart) {
  const auto other = connect();
  ASSERT_TRUE(other->set_scan_metrics(true));
  run("SELECT sum(v) FROM " + source_);
  ASSERT_TRUE(other->execute("SELECT sum(v) FROM " + source_ + " WHERE part = 1", false));
  EXPECT_EQ(take().files_read, 5U);
  EXPECT_EQ(other->take_scan_metrics()->files_read, 1U);
  ASSERT_TRUE(connection_->set_scan_metrics(false));
  run("SELECT sum(v) FROM " + source_);
  EXPECT_EQ(take().files_read, 0U);
  ASSERT_TRUE(connection_->set_scan_metrics(true));
  EXPECT_EQ(take().files_read, 0U) << "work before the start does not count";
}

TEST_F(ScanMetricsTest, CountsOtherFilesAsEstimates) {
  run("COPY (SELECT 1 AS a FROM range(10)) TO '" + folder_.path("a.csv") + "'");
  take();
  run("SELECT count(a) FROM '" + folder_.path("a.csv") + "'");
  const ScanMetrics metrics = take();
  EXPECT_EQ(metrics.files_read, 1U);
  EXPECT_EQ(metrics.rows_read, 10U);
  EXPECT_EQ(metrics.bytes_read, 22U);
  EXPECT_TRUE(metrics.estimated);
}

}  // namespace
}  // namespace sluice::warehouse
