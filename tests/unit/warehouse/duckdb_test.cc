#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "duckdb_fixture.h"

namespace sluice::warehouse {
namespace {

TEST_F(DuckdbTest, TellsWhereAnErrorIs) {
  run("CREATE TABLE t (name VARCHAR)");
  const struct {
    const char* sql;
    uint32_t line, column;
    const char* message;
    const char* hint;
  } cases[] = {
      {"SELECT 1;\nSELECT\n  nam\nFROM t", 3, 3,
       "Binder Error: Referenced column \"nam\" not found in FROM clause!\nCandidate bindings: "
       "\"name\"",
       ""},
      {"SELEC 1", 1, 1, "Parser Error: syntax error at or near \"SELEC\"", ""},
      {"SELECT '\xC3\xA9', nam FROM t", 1, 13,
       "Binder Error: Referenced column \"nam\" not found in FROM clause!\nCandidate bindings: "
       "\"name\"",
       ""},
      {"SELECT * FROM s.missing", 1, 15,
       "Catalog Error: Table with name \"s.missing\" does not exist because schema \"s\" does not "
       "exist.",
       "check the schema's name, or build the model that makes it first"},
      {"SELECT *\nFROM tx", 2, 6, "Catalog Error: Table with name tx does not exist!",
       "did you mean \"t\"? if not, check the name, or build the model that makes it first"},
      {"SELECT 'a'::INTEGER", 1, 11, "Conversion Error: Could not convert string 'a' to INT32",
       "TRY_CAST gives NULL where a value cannot be converted"},
      {"SELECT * FROM read_parquet('missing/*.parquet')", 1, 15,
       "IO Error: No files found that match the pattern \"missing/*.parquet\"",
       "check the path (relative paths start at the folder that the command runs in); the files of "
       "the store-orders "
       "example come from `sluice gen store-orders`"},
  };
  for (const auto& entry : cases) {
    const Error found = error(entry.sql);
    EXPECT_EQ(found.code(), ErrorCode::kSqlError) << entry.sql;
    EXPECT_EQ(found.message(), entry.message) << entry.sql;
    EXPECT_EQ(found.hint(), entry.hint) << entry.sql;
    ASSERT_EQ(found.spans().size(), 1U) << entry.sql;
    EXPECT_EQ(found.spans()[0].line, entry.line) << entry.sql;
    EXPECT_EQ(found.spans()[0].column, entry.column) << entry.sql;
  }
}

TEST_F(DuckdbTest, RunsWhatTheExampleWrites) {
  EXPECT_EQ(number("SELECT count(*) FROM range(1) WHERE DATE '2020-01-01' < CURRENT_DATE() - "
                   "INTERVAL 14 DAYS"),
            1);
}

TEST_F(DuckdbTest, NamesTheMemoryLimit) {
  run("SET temp_directory = '" + folder_.path("spill") + "'; SET memory_limit = '20MB'");
  const Error found = error(
      "CREATE TABLE big AS SELECT i, i || repeat('x', 30) AS x FROM range(10000000) t(i) ORDER BY "
      "x");
  EXPECT_EQ(found.code(), ErrorCode::kOutOfMemory) << render(found);
  EXPECT_NE(found.hint().find("19.0 MiB"), std::string::npos) << found.hint();
}

TEST_F(DuckdbTest, InstallsNothingByItself) {
  EXPECT_EQ(show(value("SELECT current_setting('autoinstall_known_extensions')")), "false");
  EXPECT_EQ(show(value("SELECT current_setting('allow_community_extensions')")), "false");
  WarehouseSettings settings;
  settings.path = ":memory:";
  settings.settings = {{"extension_directory", folder_.path("extensions")}};
  settings.extensions = {"parquet", "no_such_extension"};
  const auto opened = open_duckdb(settings);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kWarehouseConnect);
  EXPECT_NE(opened.error().message().find("cannot load the extension \"no_such_extension\""),
            std::string::npos);
}

TEST_F(DuckdbTest, AppliesSettingsToEveryConnection) {
  WarehouseSettings settings;
  settings.threads = 2;
  settings.settings = {
      {"TimeZone", "Asia/Tokyo"}, {"memory_limit", "1GB"}, {"allow_unsigned_extensions", "true"}};
  settings.start_statements = {
      {"attaching \"other\"", "ATTACH '" + folder_.path("other.duckdb") + "' AS other"},
      {"filling it", "CREATE TABLE other.t AS SELECT 1"}};
  open(settings);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(show(value("SELECT current_setting('TimeZone')")), "text Asia/Tokyo");
    EXPECT_EQ(show(value("SELECT current_setting('threads')::BIGINT")), "2");
    EXPECT_EQ(show(value("SELECT count(*) FROM other.t")), "1");
    connection_ = connect();
  }
  settings.path = ":memory:";
  settings.settings = {{"no_such_setting", "1"}};
  const auto refused = open_duckdb(settings);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("the setting \"no_such_setting\" was refused"),
            std::string::npos);
}

TEST_F(DuckdbTest, FollowsTransactions) {
  run("CREATE TABLE t (i INTEGER)");
  ASSERT_TRUE(connection_->begin());
  EXPECT_TRUE(connection_->in_transaction());
  run("INSERT INTO t VALUES (1)");
  EXPECT_FALSE(connection_->begin()) << "the engine aborts the transaction for it";
  ASSERT_TRUE(connection_->rollback());
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_TRUE(connection_->rollback()) << "nothing to roll back is fine";
  EXPECT_EQ(number("SELECT count(*) FROM t"), 0);
  run("BEGIN; INSERT INTO t VALUES (2)");
  EXPECT_TRUE(connection_->in_transaction());
  run("COMMIT");
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  EXPECT_FALSE(connection_->commit());

  ASSERT_TRUE(connection_->begin());
  run("INSERT INTO t VALUES (3)");
  error("SELECT 'a'::INTEGER");
  ASSERT_TRUE(connection_->rollback());
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
}

TEST_F(DuckdbTest, ReportsConflictsAndStaysUsable) {
  run("CREATE TABLE t AS SELECT 1 AS i");
  const auto other = connect();
  ASSERT_TRUE(connection_->begin());
  ASSERT_TRUE(other->begin());
  run("UPDATE t SET i = 2");
  const auto conflict = other->execute("UPDATE t SET i = 3", false);
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code(), ErrorCode::kSqlError);
  EXPECT_NE(conflict.error().hint().find("run it again"), std::string::npos)
      << render(conflict.error());
  ASSERT_TRUE(other->rollback());
  ASSERT_TRUE(connection_->commit());
  EXPECT_TRUE(other->execute("UPDATE t SET i = 3", false));
}

TEST_F(DuckdbTest, SurvivesACommitThatFails) {
  run("CREATE TABLE t (i INTEGER PRIMARY KEY)");
  for (const bool as_statement : {false, true}) {
    const auto other = connect();
    ASSERT_TRUE(connection_->begin());
    ASSERT_TRUE(other->begin());
    const std::string insert = std::string("INSERT INTO t VALUES (") + (as_statement ? "2)" : "1)");
    run(insert);
    ASSERT_TRUE(other->execute(insert, false));
    ASSERT_TRUE(connection_->commit());
    if (as_statement) {
      EXPECT_FALSE(other->execute("COMMIT", false));
    } else {
      EXPECT_FALSE(other->commit());
    }
    EXPECT_TRUE(other->rollback());
    EXPECT_FALSE(other->in_transaction());
    ASSERT_TRUE(other->begin());
    ASSERT_TRUE(other->commit());
  }
  EXPECT_EQ(number("SELECT count(*) FROM t"), 2);
}

TEST_F(DuckdbTest, ServesEightConnections) {
  run("CREATE TABLE shared (worker INTEGER)");
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 8; ++i) connections.push_back(connect());
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        Connection& connection = *connections[static_cast<size_t>(i)];
        for (int round = 0; round < 10; ++round) {
          const std::string own = "own_" + std::to_string(i);
          const auto made = connection.execute(
              "CREATE OR REPLACE TABLE " + own + " AS SELECT [i] AS l FROM range(100) t(i)", false);
          const auto read = connection.execute("SELECT l FROM " + own, true);
          const auto added =
              connection.execute("INSERT INTO shared VALUES (" + std::to_string(i) + ")", false);
          if (!made || !read || read->table.rows.size() != 100 || !added) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures.load(), 0);
  EXPECT_EQ(number("SELECT count(*) FROM shared"), 80);
}

TEST_F(DuckdbTest, InterruptsARunningStatement) {
  std::jthread interrupter([&](const std::stop_token& stop) {
    // Until it had an effect: the first may come before the statement began.
    while (!stop.stop_requested()) {
      warehouse_->interrupt_all();
      std::this_thread::yield();
    }
  });
  const auto result = connection_->execute("SELECT count(*) FROM range(100000000000) a", true);
  interrupter.request_stop();
  interrupter.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(number("SELECT 7"), 7) << "the connection stays usable";
}

TEST_F(DuckdbTest, ListsWhatIsThere) {
  run("CREATE SCHEMA \"My Schema\"; CREATE TABLE \"My Schema\".\"t 1\" (\"A b\" DECIMAL(10,2), c "
      "VARCHAR[]); "
      "CREATE VIEW \"My Schema\".v AS SELECT 1 AS x; ATTACH ':memory:' AS other; CREATE TABLE "
      "other.main.o AS SELECT 1 AS i; "
      "CREATE TEMP TABLE scratch AS SELECT 2 AS z");
  const auto relations = connection_->list_relations("memory", "my schema");
  ASSERT_TRUE(relations) << render(relations.error());
  ASSERT_EQ(relations->size(), 2U);
  EXPECT_EQ((*relations)[0].identifier, "t 1");
  EXPECT_EQ((*relations)[0].schema, "My Schema");
  EXPECT_EQ((*relations)[0].type, RelationType::kTable);
  EXPECT_EQ((*relations)[1].type, RelationType::kView);
  EXPECT_EQ(connection_->list_relations("other", "main")->size(), 1U);
  EXPECT_TRUE(connection_->list_relations("other", "nothing")->empty());

  const auto columns =
      connection_->list_columns({"memory", "My Schema", "t 1", RelationType::kTable});
  ASSERT_TRUE(columns);
  ASSERT_EQ(columns->size(), 2U);
  EXPECT_EQ((*columns)[0].name, "A b");
  EXPECT_EQ((*columns)[0].type, "DECIMAL(10,2)");
  EXPECT_EQ((*columns)[1].type, "VARCHAR[]");
  EXPECT_EQ(connection_->list_columns({"", "", "scratch", RelationType::kTable})->size(), 1U);
  EXPECT_TRUE(connection_->list_columns({"memory", "main", "gone", RelationType::kTable})->empty());

  const auto schemas = connection_->list_schemas("memory");
  ASSERT_TRUE(schemas);
  EXPECT_NE(std::find(schemas->begin(), schemas->end(), "My Schema"), schemas->end());
  EXPECT_NE(std::find(schemas->begin(), schemas->end(), "main"), schemas->end());

  const auto described =
      connection_->describe_query("SELECT i, error('not run') AS e, 1.5 AS d FROM other.o");
  ASSERT_TRUE(described) << render(described.error());
  ASSERT_EQ(described->size(), 3U);
  EXPECT_EQ((*described)[0].type, "INTEGER");
  EXPECT_EQ((*described)[2].name, "d");
  EXPECT_EQ((*described)[2].type, "DECIMAL(2,1)");
  EXPECT_FALSE(connection_->describe_query("SELECT 1; SELECT 2"));
  EXPECT_FALSE(connection_->describe_query("SELECT missing FROM other.o"));
}

TEST_F(DuckdbTest, ExplainsFilesThatDoNotOpen) {
  const auto open_code = [&](const std::string& path) {
    WarehouseSettings settings;
    settings.path = path;
    const auto opened = open_duckdb(settings);
    EXPECT_FALSE(opened);
    return opened ? ErrorCode::kInternal : opened.error().code();
  };
  EXPECT_EQ(open_code(folder_.path("missing/x.duckdb")), ErrorCode::kIo);
  EXPECT_EQ(open_code(folder_.path("")), ErrorCode::kIo);
  std::ofstream(folder_.path("junk.duckdb")) << std::string(10000, 'x');
  EXPECT_EQ(open_code(folder_.path("junk.duckdb")), ErrorCode::kWarehouseConnect);
}

TEST_F(DuckdbTest, SaysThatTheDiskIsFull) {
  run("CREATE TABLE kept AS SELECT 1 AS i");
  const Error found =
      error("COPY (SELECT repeat('x', 1000) FROM range(100000)) TO '/dev/full' (FORMAT CSV)");
  EXPECT_EQ(found.code(), ErrorCode::kNoSpace) << render(found);
  EXPECT_EQ(found.hint(), "free space on that disk; committed tables are intact");
  EXPECT_EQ(number("SELECT i FROM kept"), 1);
}

TEST_F(DuckdbTest, NamesWhoHoldsTheFile) {
  WarehouseSettings settings;
  settings.path = folder_.path("held.duckdb");
  // The child holds the file until the pipe closes; this process has no engine open when it forks.
  connection_.reset();
  warehouse_.reset();
  int ready[2];
  int hold[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(hold), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(hold[1]);
    const auto opened = open_duckdb(settings);
    char byte = opened ? 'y' : 'n';
    if (write(ready[1], &byte, 1) == 1) static_cast<void>(read(hold[0], &byte, 1));
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  const auto refused = open_duckdb(settings);
  close(hold[1]);
  waitpid(child, nullptr, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kWarehouseLocked);
  EXPECT_NE(refused.error().message().find("(PID " + std::to_string(child) + ")"),
            std::string::npos)
      << refused.error().message();
  EXPECT_TRUE(open_duckdb(settings)) << "the file is free again";
}

// The engine's checksum of a block: what a forged header needs.
uint64_t block_checksum(const std::string& block) {
  uint64_t checksum = 5381;
  for (size_t i = 0; i + 8 <= block.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, block.data() + i, sizeof word);
    checksum ^= word * 0xBF58476D1CE4E5B9ULL;
  }
  return checksum;
}

TEST_F(DuckdbTest, RefusesAFileOfANewerEngine) {
  const std::string path = folder_.path("new.duckdb");
  WarehouseSettings settings;
  settings.path = path;
  open(settings);
  run("CREATE TABLE t AS SELECT 1; CHECKPOINT");
  open({});
  std::string header(4096, '\0');
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.read(header.data(), 4096);
  header[12] = 99;  // checksum (8), magic (4), version number (8)
  const uint64_t checksum = block_checksum(header.substr(8));
  std::memcpy(header.data(), &checksum, sizeof checksum);
  file.seekp(0);
  file.write(header.data(), 4096);
  file.close();
  const auto opened = open_duckdb(settings);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kWarehouseNewerFile) << render(opened.error());
}

TEST_F(DuckdbTest, KeepsReadOnlyFilesUnchanged) {
  WarehouseSettings settings;
  settings.path = folder_.path("fixed.duckdb");
  open(settings);
  run("CREATE TABLE t AS SELECT 5 AS i");
  settings.read_only = true;
  open(settings);
  EXPECT_EQ(number("SELECT i FROM t"), 5);
  error("CREATE TABLE u AS SELECT 1");
}

}  // namespace
}  // namespace sluice::warehouse
