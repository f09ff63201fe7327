// Column lineage by perturbation, on random queries over small tables in memory: one column of one
// table gets other values, and what the lineage says does not depend on it must come out the same:
// every column of the result that is not made of it, unless it has influence on the rows.
//   lineage_check --seconds 20 [--seed N] [--queries N]
// The last line is "N passed, N failed" over claims; a failure prints its seed and the query.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "random_query.h"
#include "sql/binder.h"
#include "sql/lineage.h"
#include "warehouse/warehouse.h"

namespace sluice::incremental_test {
namespace {

struct Table {
  std::string name;
  std::vector<Column> columns;
};

const std::vector<Table>& tables() {
  static const std::vector<Table> kTables = {
      {"src_orders",
       {{"dt", ColumnType::kDate},
        {"id", ColumnType::kInteger},
        {"customer", ColumnType::kInteger},
        {"amount", ColumnType::kDecimal},
        {"kind", ColumnType::kText}}},
      {"src_events",
       {{"dt", ColumnType::kDate},
        {"customer", ColumnType::kInteger},
        {"n", ColumnType::kInteger},
        {"kind", ColumnType::kText}}},
      {"src_customers", {{"id", ColumnType::kInteger}, {"segment", ColumnType::kText}}}};
  return kTables;
}

std::string engine_type(ColumnType type) {
  switch (type) {
    case ColumnType::kDate:
      return "DATE";
    case ColumnType::kInteger:
      return "INTEGER";
    case ColumnType::kDecimal:
      return "DECIMAL(18,2)";
    case ColumnType::kText:
      return "VARCHAR";
  }
  return "VARCHAR";
}

// A value of the row `i`, another one for each salt; one of nine is NULL.
std::string value_sql(ColumnType type, uint64_t salt) {
  const std::string hash = fmt::format("hash(i, {})", salt);
  std::string value;
  switch (type) {
    case ColumnType::kDate:
      value = fmt::format("date '2024-02-26' + ({} % 6)::integer", hash);
      break;
    case ColumnType::kInteger:
      value = fmt::format("({} % 8)::integer", hash);
      break;
    case ColumnType::kDecimal:
      value = fmt::format("(({} % 90) / 10.0)::decimal(18,2)", hash);
      break;
    case ColumnType::kText:
      value = fmt::format("['a', 'b', 'c'][1 + ({} % 3)::integer]", hash);
      break;
  }
  return fmt::format("case when hash(i, {}, 1) % 9 = 0 then null else {} end", salt, value);
}

struct Tally {
  uint64_t queries = 0, claims = 0, changed = 0, failures = 0;
};

class QueryCheck {
 public:
  QueryCheck(uint64_t seed, sql::Binder& binder, warehouse::Connection& engine, Tally& tally)
      : seed_(seed), binder_(binder), engine_(engine), tally_(tally), random_(seed) {}
  Status run();

 private:
  Status execute(const std::string& sql) {
    SLUICE_TRY(engine_.execute(sql, false));
    return {};
  }
  // `other` is the column that gets other values; -1: none.
  Status fill(size_t table, int other);
  Status perturb(size_t table, size_t column);
  Result<bool> differs(const std::string& columns);

  uint64_t seed_;
  sql::Binder& binder_;
  warehouse::Connection& engine_;
  Tally& tally_;
  std::mt19937_64 random_;
  Query query_;
  std::vector<warehouse::ColumnInfo> columns_;
  sql::Lineage lineage_;
};

Status QueryCheck::fill(size_t table, int other) {
  const Table& made = tables()[table];
  std::string list;
  for (size_t i = 0; i < made.columns.size(); ++i) {
    const uint64_t salt = seed_ * 1000 + table * 100 + i * 10 + (static_cast<int>(i) == other);
    list += fmt::format("{}{} as {}", i == 0 ? "" : ", ", value_sql(made.columns[i].type, salt),
                        made.columns[i].name);
  }
  return execute(fmt::format("create or replace table {} as select {} from range({}) t(i)",
                             made.name, list, 6 + (seed_ + table) % 12));
}

Result<bool> QueryCheck::differs(const std::string& columns) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                engine_.execute(fmt::format("select (select count(*) from ((select {0} from whole "
                                            "except all select {0} from changed) union all (select "
                                            "{0} from changed except all select {0} from whole)))",
                                            columns),
                                true));
  const auto* count = std::get_if<int64_t>(&found.table.rows.at(0).at(0));
  return count == nullptr || *count != 0;
}

Status QueryCheck::perturb(size_t table, size_t column) {
  const sql::SourceColumn source{tables()[table].name, tables()[table].columns[column].name};
  if (lineage_.influence.contains(source)) return {};
  std::string untouched;
  for (size_t i = 0; i < columns_.size(); ++i)
    if (!lineage_.values[i].contains(source))
      untouched += (untouched.empty() ? "" : ", ") + columns_[i].name;
  SLUICE_TRY(fill(table, static_cast<int>(column)));
  const Status ran = execute("create or replace temp table changed as " + query_.sql);
  SLUICE_TRY(fill(table, -1));
  // A scalar subquery may find several rows now: an error is no result to compare.
  if (!ran) return {};
  ++tally_.claims;
  SLUICE_ASSIGN(const bool is_missed, differs(untouched.empty() ? "1" : untouched));
  SLUICE_ASSIGN(const bool is_changed, differs("*"));
  if (is_changed) ++tally_.changed;
  if (!is_missed) return {};
  ++tally_.failures;
  std::cout << fmt::format("FAIL seed {}: {}.{} changes {} of\n{}\n", seed_, source.table,
                           source.column, untouched.empty() ? "the rows" : untouched, query_.sql);
  return {};
}

Status QueryCheck::run() {
  std::vector<Readable> readables;
  for (const Table& table : tables()) readables.push_back({table.name, table.columns});
  query_ = QueryGenerator(random_, readables).make(1 + static_cast<int>(random_() % 3));
  SLUICE_ASSIGN(sql::BoundQuery bound, binder_.bind(query_.sql));
  if (!bound.plan) return {};
  columns_ = std::move(bound.columns);
  lineage_ = sql::find_lineage(*bound.plan);
  for (size_t i = 0; i < tables().size(); ++i) SLUICE_TRY(fill(i, -1));
  // What the engine refuses or what grows too large is no query to look at.
  if (!execute(fmt::format("create or replace temp table whole as select * from ({}) limit 3001",
                           query_.sql)))
    return {};
  SLUICE_ASSIGN(const warehouse::StatementResult count,
                engine_.execute("select count(*) from whole", true));
  const auto* rows = std::get_if<int64_t>(&count.table.rows.at(0).at(0));
  if (rows == nullptr || *rows > 3000) return {};
  SLUICE_TRY(execute("create or replace temp table whole as " + query_.sql));
  ++tally_.queries;
  for (size_t table = 0; table < tables().size(); ++table)
    for (size_t column = 0; column < tables()[table].columns.size(); ++column)
      SLUICE_TRY(perturb(table, column));
  return {};
}

int check(double seconds, uint64_t first_seed, uint64_t queries) {
  warehouse::WarehouseSettings memory;
  memory.path = ":memory:";
  memory.database = "memory";
  memory.schema = "main";
  memory.threads = 1;
  const Result<std::unique_ptr<warehouse::Warehouse>> engine = warehouse::open_duckdb(memory);
  if (!engine) return 2;
  const Result<std::unique_ptr<warehouse::Connection>> connection = (*engine)->connect();
  Result<sql::Binder> binder = sql::Binder::open();
  if (!connection || !binder) return 2;
  for (const Table& table : tables()) {
    std::vector<warehouse::ColumnInfo> columns;
    for (const Column& column : table.columns)
      columns.push_back({column.name, engine_type(column.type)});
    if (!binder->define_table({"", "main", table.name}, columns)) return 2;
  }
  Tally tally;
  const auto started = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  for (uint64_t seed = first_seed; seed < first_seed + queries && elapsed() < seconds; ++seed) {
    const Status done = QueryCheck(seed, *binder, **connection, tally).run();
    if (done) continue;
    ++tally.failures;
    std::cout << fmt::format("FAIL seed {}: {}\n", seed, done.error().message());
  }
  std::cout << fmt::format("{} queries, {} claims, {} of them of a change that shows elsewhere\n",
                           tally.queries, tally.claims, tally.changed);
  std::cout << fmt::format("{} passed, {} failed\n",
                           tally.claims - std::min(tally.failures, tally.claims), tally.failures);
  return tally.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::incremental_test

int main(int argc, char** argv) {
  double seconds = 20;
  uint64_t first_seed = 1, queries = 1'000'000'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    if (word == "--seconds")
      seconds = std::stod(argv[i + 1]);
    else if (word == "--seed")
      first_seed = std::stoull(argv[i + 1]);
    else if (word == "--queries")
      queries = std::stoull(argv[i + 1]);
    else {
      std::cerr << "lineage_check: unknown word \"" << word
                << "\"; use --seconds, --seed, --queries\n";
      return 2;
    }
  }
  return sluice::incremental_test::check(seconds, first_seed, queries);
}
