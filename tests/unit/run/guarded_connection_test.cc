// The connection that can be stopped and that knows what it left behind.
#include "run/guarded_connection.h"

#include <gtest/gtest.h>

#include <thread>

#include "warehouse/memory_warehouse.h"

namespace sluice::run {
namespace {

std::unique_ptr<warehouse::Connection> connect(warehouse::MemoryWarehouse& memory) {
  auto connection = memory.connect();
  EXPECT_TRUE(connection);
  return std::move(*connection);
}

TEST(GuardedConnection, RefusesStatementsAfterAnInterruptButRollsBack) {
  warehouse::MemoryWarehouse memory(*warehouse::find_dialect("duckdb"));
  GuardedConnection connection(connect(memory));
  ASSERT_TRUE(connection.begin());
  connection.interrupt();
  const auto refused = connection.execute("select 1", false, -1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kCancelled);
  EXPECT_FALSE(connection.commit());
  EXPECT_TRUE(connection.rollback());
  connection.resume();
  EXPECT_TRUE(connection.execute("select 1", false, -1));
}

TEST(GuardedConnection, KnowsWhetherAnAttemptLeftSomethingBehind) {
  warehouse::MemoryWarehouse memory(*warehouse::find_dialect("duckdb"));
  GuardedConnection connection(connect(memory));
  ASSERT_TRUE(connection.execute("create or replace table t as select 1", false, -1));
  ASSERT_TRUE(connection.begin());
  ASSERT_TRUE(connection.execute("insert into t values (2)", false, -1));
  ASSERT_TRUE(connection.rollback());
  EXPECT_FALSE(connection.has_side_effects());
  ASSERT_TRUE(connection.execute("-- why\n  INSERT into t values (2)", false, -1));
  EXPECT_TRUE(connection.has_side_effects());
  connection.begin_attempt();
  EXPECT_FALSE(connection.has_side_effects());
  ASSERT_TRUE(connection.begin());
  ASSERT_TRUE(connection.commit());
  EXPECT_TRUE(connection.has_side_effects());
}

TEST(GuardedConnection, TellsConflictsFromOtherErrors) {
  const auto conflict = [](const std::string& text, ErrorCode code = ErrorCode::kSqlError) {
    return is_transaction_conflict(Error(code, text));
  };
  EXPECT_TRUE(
      conflict("TransactionContext Error: Catalog write-write conflict on create with \"t\""));
  EXPECT_TRUE(conflict("TransactionContext Error: Conflict on tuple deletion!"));
  EXPECT_TRUE(
      conflict("TransactionContext Error: Transaction conflict: cannot update a table that has "
               "been altered!"));
  EXPECT_FALSE(conflict("Binder Error: ON CONFLICT is not supported"));
  EXPECT_FALSE(conflict("Constraint Error: Duplicate key \"id: 1\""));
  EXPECT_FALSE(conflict("write-write conflict", ErrorCode::kCompileFailed));
  Error outer(ErrorCode::kCompileFailed, "model failed");
  outer.add_cause(Error(ErrorCode::kSqlError, "Conflict on tuple deletion!"));
  EXPECT_TRUE(is_transaction_conflict(outer));
}

TEST(GuardedConnection, InterruptFromAnotherThreadIsSafe) {
  warehouse::MemoryWarehouse memory(*warehouse::find_dialect("duckdb"));
  GuardedConnection connection(connect(memory));
  std::jthread interrupter([&] { connection.interrupt(); });
  while (connection.execute("select 1", false, -1)) std::this_thread::yield();
  EXPECT_TRUE(connection.interrupted());
}

}  // namespace
}  // namespace sluice::run
