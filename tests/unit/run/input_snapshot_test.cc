#include "run/input_snapshot.h"

#include <gtest/gtest.h>

#include "run/ledger.h"
#include "run/row_hash.h"

namespace sluice::run {
namespace {

class InputSnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    settings.schema = "main";
    settings.threads = 1;
    warehouse_ = warehouse::open_duckdb(settings).value();
    connection_ = warehouse_->connect().value();
    ASSERT_TRUE(Ledger::open(*connection_, "memory"));
    execute("create table customers(id INTEGER, segment VARCHAR COLLATE NOCASE, note VARCHAR)");
    execute(
        "insert into customers values (1, 'a', 'x'), (2, 'b', 'x'), (2, 'b', 'y'), (3, NULL, "
        "'x')");
    leaf_.stub = "seed.p.customers";
    leaf_.name = "customers";
    leaf_.relation = "memory.main.customers";
    leaf_.columns = connection_->describe_query("from customers").value();
  }
  void execute(const std::string& sql) {
    const auto done = connection_->execute(sql, false);
    ASSERT_TRUE(done) << done.error().message();
  }
  std::string text(const std::string& sql) {
    const auto found = connection_->execute(sql, true).value();
    const auto* out = std::get_if<std::string>(&found.table.rows.at(0).at(0));
    return out == nullptr ? "" : *out;
  }
  // What the ledger would say of the input now.
  void look() {
    const RowHash hash = hash_rows(*connection_, leaf_.relation, leaf_.columns, {}).value();
    leaf_.state.now.partitions = {{{}, hash.text(), {}, 0}};
  }
  void consume() {
    look();
    leaf_.state.consumed = {{{}, leaf_.state.now.partitions[0].version}};
    ASSERT_TRUE(snapshots().save("r", leaf_, used(), {leaf_}, {}));
  }
  InputSnapshots snapshots() { return {*connection_, "memory"}; }
  std::vector<warehouse::ColumnInfo> used() const { return {leaf_.columns[0], leaf_.columns[1]}; }
  std::optional<ChangedRows> changed() {
    look();
    return snapshots().changed_rows("r", leaf_, used()).value();
  }
  std::string changed_text() {
    const std::optional<ChangedRows> rows = changed();
    if (!rows) return "unknown";
    return text(
        "select coalesce(string_agg((case when _sluice_is_new then '+' else '-' end) || "
        "coalesce(id::varchar, 'null') || coalesce(segment, 'null'), ' ' order by "
        "_sluice_is_new, id, segment), '') from " +
        rows->table);
  }
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
  ModelInput leaf_;
};

TEST_F(InputSnapshotTest, KnowsNothingOfWhatWasNeverKept) { EXPECT_FALSE(changed()); }

TEST_F(InputSnapshotTest, TellsOldAndNewRows) {
  consume();
  EXPECT_EQ(changed_text(), "");
  execute("update customers set segment = 'A' where id = 1");  // equal by the column's collation
  execute("delete from customers where id = 3");
  execute("insert into customers values (NULL, 'c', NULL)");
  EXPECT_EQ(changed_text(), "-1a -3null +1A +nullc");
  consume();
  EXPECT_EQ(changed_text(), "");
}

TEST_F(InputSnapshotTest, CountsEqualRows) {
  consume();
  execute("insert into customers values (2, 'b', 'z'), (2, 'b', 'z'), (1, 'a', 'z')");
  EXPECT_EQ(changed_text(), "+1a +2b +2b");
  const std::optional<ChangedRows> rows = changed();
  EXPECT_EQ(rows->added, 3);
  EXPECT_EQ(rows->removed, 0);
  EXPECT_EQ(rows->rows, 7);
  EXPECT_EQ(text("select count(*)::varchar from " + rows->before), "4");
}

TEST_F(InputSnapshotTest, DoesNotSeeColumnsThatAreNotRead) {
  consume();
  execute("update customers set note = 'other'");
  EXPECT_TRUE(changed()->is_equal());
}

TEST_F(InputSnapshotTest, IsOfOneStateAndItsColumns) {
  consume();
  execute("insert into customers values (9, 'z', '')");
  look();
  EXPECT_FALSE(snapshots().changed_rows("other", leaf_, used()).value());
  EXPECT_FALSE(snapshots().changed_rows("r", leaf_, leaf_.columns).value());
  leaf_.state.consumed = {{{}, "another state"}};
  EXPECT_FALSE(changed());
}

TEST_F(InputSnapshotTest, IsNotUsedAfterSomebodyChangedIt) {
  consume();
  execute("delete from " + changed()->before + " where id = 2");
  EXPECT_FALSE(changed());
}

TEST_F(InputSnapshotTest, IsNotKeptOfWhatMovedMeanwhile) {
  look();
  leaf_.state.consumed = {{{}, leaf_.state.now.partitions[0].version}};
  ASSERT_TRUE(snapshots().save("r", leaf_, used(), {leaf_}, "1:2:3"));
  EXPECT_FALSE(changed());
}

TEST_F(InputSnapshotTest, IsKeptOfSmallInputsOnly) {
  execute("insert into customers select range, 'q', '' from range(10001)");
  consume();
  EXPECT_FALSE(changed());
  execute("create table facts as select range as id from range(100060)");
  ModelInput facts;
  facts.relation = "facts";
  ASSERT_TRUE(snapshots().save("r", leaf_, used(), {leaf_, facts}, {}));
  EXPECT_TRUE(changed());
}

TEST_F(InputSnapshotTest, IsForgottenWithItsModel) {
  consume();
  ASSERT_TRUE(Ledger::open(*connection_, "memory").value().remove("r"));
  EXPECT_FALSE(changed());
  EXPECT_EQ(text("select count(*)::varchar from duckdb_tables() where starts_with(table_name, "
                 "'snapshot_')"),
            "0");
}

}  // namespace
}  // namespace sluice::run
