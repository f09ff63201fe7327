// An open in-memory DuckDB with one connection, and a folder that goes away with the test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "warehouse/warehouse.h"

namespace sluice::warehouse {

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / ("sluice-test-" + random_uuid())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class DuckdbTest : public ::testing::Test {
 protected:
  void SetUp() override { open({}); }

  void open(WarehouseSettings settings) {
    connection_.reset();
    warehouse_.reset();
    if (settings.path.empty()) settings.path = ":memory:";
    auto opened = open_duckdb(settings);
    ASSERT_TRUE(opened) << render(opened.error());
    warehouse_ = std::move(*opened);
    connection_ = connect();
  }
  std::unique_ptr<Connection> connect() {
    auto connection = warehouse_->connect();
    EXPECT_TRUE(connection) << render(connection.error());
    return connection ? std::move(*connection) : nullptr;
  }
  ResultTable fetch(const std::string& sql) {
    auto result = connection_->execute(sql, true);
    EXPECT_TRUE(result) << sql << "\n" << render(result.error());
    return result ? std::move(result->table) : ResultTable{};
  }
  void run(const std::string& sql) { fetch(sql); }
  Cell value(const std::string& sql) {
    ResultTable table = fetch(sql);
    return table.rows.empty() || table.rows[0].empty() ? Cell{} : table.rows[0][0];
  }
  int64_t number(const std::string& sql) {
    const Cell cell = value(sql);
    const auto* found = std::get_if<int64_t>(&cell);
    return found != nullptr ? *found : -1;
  }
  Error error(const std::string& sql) {
    auto result = connection_->execute(sql, true);
    EXPECT_FALSE(result) << sql;
    return result ? Error(ErrorCode::kInternal, "it worked") : result.error();
  }

  TemporaryFolder folder_;
  std::unique_ptr<Warehouse> warehouse_;
  std::unique_ptr<Connection> connection_;
};

// A cell as one text, for tables of expectations.
inline std::string show(const Cell& cell) {
  struct Printer {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return "float " + std::to_string(value); }
    std::string operator()(const std::string& value) const { return "text " + value; }
    std::string operator()(const DateDays& value) const {
      return "days " + std::to_string(value.days);
    }
    std::string operator()(const TimestampMicros& value) const {
      return "micros " + std::to_string(value.micros) + (value.utc ? " utc" : "");
    }
    std::string operator()(const Decimal& value) const { return "decimal " + value.digits; }
    std::string operator()(const Nested& value) const { return "nested " + value.text; }
  };
  return std::visit(Printer{}, cell);
}

}  // namespace sluice::warehouse
