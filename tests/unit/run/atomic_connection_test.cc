#include "run/atomic_connection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::run {
namespace {

using Words = std::vector<std::string>;

TEST(StatementWords, OnlyFirstWordsOfStatements) {
  EXPECT_EQ(statement_words("select 1"), Words({"select"}));
  EXPECT_EQ(statement_words("-- commit\n/* commit; */ Insert INTO t values (1);\n COMMIT ;;"),
            Words({"insert", "commit"}));
  EXPECT_EQ(statement_words("select '; commit', \"; rollback\", $$; begin$$, $x$; end $$ $x$"),
            Words({"select"}));
  EXPECT_EQ(statement_words("(select 1); (end)"), Words({"select", "end"}));
  EXPECT_EQ(statement_words("select 'it''s; commit'; abort"), Words({"select", "abort"}));
  EXPECT_EQ(statement_words("select $1; start transaction"), Words({"select", "start"}));
  EXPECT_TRUE(statement_words(" ; -- nothing").empty());
}

// A database of its own with a second connection for the reader.
class AtomicConnectionTest : public ::testing::Test {
 protected:
  AtomicConnectionTest() {
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    warehouse_ = std::move(*warehouse::open_duckdb(settings));
    reader_ = std::move(*warehouse_->connect());
    run_ = std::make_unique<AtomicConnection>(std::move(*warehouse_->connect()));
    EXPECT_TRUE(reader_->execute("create table t as select 1 as x", false));
  }
  int64_t seen() {
    return std::get<int64_t>(
        reader_->execute("select coalesce(sum(x), 0)::bigint from t", true)->table.rows[0][0]);
  }

  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> reader_;
  std::unique_ptr<AtomicConnection> run_;
};

TEST_F(AtomicConnectionTest, ReadersSeeNothingBeforeItIsPublished) {
  ASSERT_TRUE(run_->hold());
  EXPECT_FALSE(run_->in_transaction());
  ASSERT_TRUE(run_->begin());
  EXPECT_TRUE(run_->in_transaction());
  ASSERT_TRUE(run_->execute("insert into t values (10)", false, -1));
  ASSERT_TRUE(run_->commit());
  EXPECT_FALSE(run_->in_transaction());
  ASSERT_TRUE(run_->execute("drop table t; create table t as select 100 as x", false, -1));
  EXPECT_EQ(seen(), 1);
  ASSERT_TRUE(run_->publish());
  EXPECT_EQ(seen(), 100);
}

TEST_F(AtomicConnectionTest, NothingIsLeftOfWhatIsDiscarded) {
  ASSERT_TRUE(run_->hold());
  ASSERT_TRUE(run_->execute("drop table t; create schema other", false, -1));
  ASSERT_TRUE(run_->discard());
  EXPECT_EQ(seen(), 1);
  EXPECT_FALSE(reader_->execute("create table other.t as select 1", false));
}

TEST_F(AtomicConnectionTest, AStatementThatWouldEndItIsRefused) {
  ASSERT_TRUE(run_->hold());
  const auto refused = run_->execute("insert into t values (5); commit", false, -1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "the statement \"commit\" would end the one transaction of an atomic run");
  ASSERT_TRUE(run_->publish());
  EXPECT_EQ(seen(), 1);
}

TEST_F(AtomicConnectionTest, ARollbackOfWritesSpoilsItAndOneOfReadsDoesNot) {
  ASSERT_TRUE(run_->hold());
  ASSERT_TRUE(run_->begin());
  ASSERT_TRUE(run_->execute("select * from t", true, -1));
  ASSERT_TRUE(run_->rollback());
  EXPECT_FALSE(run_->is_spoilt());
  run_->forgive_rollback(true);
  ASSERT_TRUE(run_->begin());
  ASSERT_TRUE(run_->execute("create temp table q as select 1", false, -1));
  ASSERT_TRUE(run_->rollback());
  EXPECT_FALSE(run_->is_spoilt());
  run_->forgive_rollback(false);
  ASSERT_TRUE(run_->begin());
  ASSERT_TRUE(run_->execute("insert into t values (7)", false, -1));
  ASSERT_TRUE(run_->rollback());
  EXPECT_TRUE(run_->is_spoilt());
}

TEST_F(AtomicConnectionTest, WithoutAHoldItIsAnyConnection) {
  ASSERT_TRUE(run_->begin());
  EXPECT_TRUE(run_->in_transaction());
  ASSERT_TRUE(run_->execute("insert into t values (2)", false, -1));
  ASSERT_TRUE(run_->rollback());
  EXPECT_EQ(seen(), 1);
  ASSERT_TRUE(run_->execute("begin; insert into t values (3); commit", false, -1));
  EXPECT_EQ(seen(), 4);
}

}  // namespace
}  // namespace sluice::run
