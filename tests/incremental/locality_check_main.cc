// The claims of the analysis itself, on random queries over small tables in memory: for a column c
// of a result and a value v, the rows with c = v must come out the same when every table is
// restricted to the rows that the claims say are enough (sql/locality.h); and where the query is
// cut into stages (sql/stage_cut.h), the rest over them must give the result. No files, no project:
// many claims a second, over ordinary columns too.
//   locality_check --seconds 60 [--seed N] [--queries N] [--focus TEXT] [--stop]
// The last line is "N passed, N failed" over claims; a failure prints its seed, the query, the
// claims and what differs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "focused_query.h"
#include "random_query.h"
#include "sql/binder.h"
#include "sql/expression_text.h"
#include "sql/locality.h"
#include "sql/stage_cut.h"
#include "warehouse/warehouse.h"

#ifdef SLUICE_PLANTED_BUGS
namespace sluice {
int planted_bug = 0;  // the mutated sources ask for it: see planted_bugs.cmake
}
#endif

namespace sluice::incremental_test {
namespace {

struct Settings {
  double seconds = 60;
  uint64_t first_seed = 1;
  uint64_t queries = 1'000'000'000;
  bool stops = false;  // at the first failure
  std::string focus;   // only queries of shapes with this text
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::string rows;  // SQL with {seed} and {count}
};

const std::vector<Table>& tables() {
  static const std::vector<Table> kTables = {
      {"src_orders",
       {{"dt", ColumnType::kDate},
        {"id", ColumnType::kInteger},
        {"customer", ColumnType::kInteger},
        {"amount", ColumnType::kDecimal},
        {"kind", ColumnType::kText},
        {"due", ColumnType::kDate}},
       "select case when hash(i, {0}, 9) % 9 = 0 then null else date '2024-02-26' + (hash(i, {0}, "
       "8) % 4 * (1 + {0} % 3 // 2 * (hash(i, {0}, 10) % 11)))::integer end as dt, (hash(i, {0}, "
       "1) % 30)::integer "
       "as "
       "id, case when hash(i, {0}) % 9 = 0 then null else (hash(i, {0}, 2) % 4)::integer end as "
       "customer, ((hash({0}, i, 4) % 90) / 10.0)::decimal(18,2) as amount, ['a', 'b', 'c', "
       "null][1 + (hash(i + {0}) % 4)::integer] as kind, case when hash(i, {0}, 3) % 8 = 0 then "
       "null else date '2024-02-25' + (hash(i, {0}, 7) % 6)::integer end as due from range({1}) "
       "t(i)"},
      {"src_events",
       {{"dt", ColumnType::kDate},
        {"customer", ColumnType::kInteger},
        {"n", ColumnType::kInteger},
        {"kind", ColumnType::kText},
        {"shard", ColumnType::kInteger}},
       "select case when hash(i, {0}, 9) % 9 = 0 then null else date '2024-02-26' + (hash(i, {0}, "
       "6) % 4 * (1 + {0} % 3 // 2 * (hash(i, {0}, 11) % 10)))::integer end as dt, (hash(i, {0}, "
       "1) % 5)::integer as "
       "customer, (hash(i, {0}, 2) % 12)::integer as n, ['a', 'b', 'd'][1 + (hash(i, {0}, 5) % "
       "3)::integer] as kind, (hash(i, {0}, 4) % 2)::integer as shard from range({1}) t(i)"},
      {"src_customers",
       {{"id", ColumnType::kInteger}, {"segment", ColumnType::kText}},
       "select case when i = 7 then null else i::integer end as id, ['x', 'y', 'z'][1 + (hash(i, "
       "{0}) % 3)::integer] as segment from range({1}) t(i) where hash(i, {0}, 2) % 4 <> 0"}};
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

struct Tally {
  uint64_t queries = 0, not_read = 0, claims = 0, cuts = 0, failures = 0;
};

// One random query and what is claimed of it.
class QueryCheck {
 public:
  QueryCheck(uint64_t seed, const std::string& focus, sql::Binder& binder,
             warehouse::Connection& engine, Tally& tally)
      : seed_(seed),
        focus_(focus),
        binder_(binder),
        engine_(engine),
        tally_(tally),
        random_(seed) {}
  Status run();

 private:
  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  Status execute(const std::string& sql) {
    SLUICE_TRY(engine_.execute(sql, false));
    return {};
  }
  Result<std::vector<std::optional<std::string>>> texts(const std::string& sql);
  Status fill_tables();
  Status check_stages(const sql::OperatorPtr& plan);
  Result<std::string> difference(const std::string& a, const std::string& b);
  Status check_column(size_t column);
  Status check_value(size_t column, const std::optional<std::string>& value);
  // The rows of a table that the claims say are enough for c = value; empty: they say nothing.
  std::string restriction(const std::string& table, size_t column, const std::string& value,
                          bool is_null) const;
  std::string literal(size_t column, const std::optional<std::string>& value) const;
  void fail_with(size_t column, const std::string& value, const std::string& restrictions,
                 const std::string& what);

  uint64_t seed_;
  const std::string& focus_;
  sql::Binder& binder_;
  warehouse::Connection& engine_;
  Tally& tally_;
  std::mt19937_64 random_;
  Query query_;
  std::vector<warehouse::ColumnInfo> columns_;
  sql::Locality locality_;
};

Result<std::vector<std::optional<std::string>>> QueryCheck::texts(const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, engine_.execute(sql, true));
  std::vector<std::optional<std::string>> out;
  for (const auto& row : found.table.rows) {
    const auto* text = std::get_if<std::string>(&row.at(0));
    out.push_back(text == nullptr ? std::nullopt : std::optional(*text));
  }
  return out;
}

Status QueryCheck::fill_tables() {
  for (const Table& table : tables()) {
    const size_t count = table.name == "src_customers" ? 9 : below(15);
    SLUICE_TRY(execute(fmt::format("create or replace table whole_{} as {}", table.name,
                                   fmt::format(fmt::runtime(table.rows), seed_ % 100'000, count))));
    SLUICE_TRY(
        execute(fmt::format("create or replace view {0} as select * from whole_{0}", table.name)));
  }
  return {};
}

std::string end_text(const std::string& expr, const sql::BandEnd& end, const char* padding) {
  if (end.offset.empty()) return fmt::format("CAST({} AS TIMESTAMP)", expr);
  const bool has_months = end.offset.find("to_months(") != std::string::npos &&
                          end.offset.find("to_months(0)") == std::string::npos;
  std::string moved = fmt::format("CAST({} + {} AS TIMESTAMP)", expr, end.offset);
  return has_months ? fmt::format("({} {} INTERVAL 4 DAYS)", moved, padding) : moved;
}

// The rows of a scan whose values of a Dep meet the value of the result.
std::string meets(const sql::Dep& dep, const std::string& value, const std::string& type) {
  if (dep.bands.empty())
    return fmt::format("CAST({} AS {}) IS NOT DISTINCT FROM {}", dep.expr, type, value);
  std::string out = fmt::format("({} IS NULL)", dep.expr);
  for (const sql::Band& band : dep.bands) {
    std::string both = "true";
    if (!band.low.is_infinite)
      both += fmt::format(" AND {} <= {}", end_text(dep.expr, band.low, "-"), value);
    if (!band.high.is_infinite)
      both += fmt::format(" AND {} >= {}", end_text(dep.expr, band.high, "+"), value);
    out += fmt::format(" OR ({})", both);
  }
  return out;
}

std::string QueryCheck::restriction(const std::string& table, size_t column,
                                    const std::string& value, bool is_null) const {
  std::string out;
  for (size_t scan = 0; scan < locality_.scans.size(); ++scan) {
    if (locality_.scans[scan].table != table) continue;
    const auto found = locality_.deps[scan].find(column);
    if (found == locality_.deps[scan].end()) return {};
    const sql::Dep& dep = found->second;
    // A band along other types, or of rows without a value, is not claimed by its offsets alone.
    const bool has_offsets = !dep.bands.empty() && columns_[column].type != "DATE";
    if (has_offsets || (!dep.bands.empty() && is_null)) return {};
    out += (out.empty() ? "" : " OR ") + meets(dep, value, columns_[column].type);
  }
  return out;
}

std::string QueryCheck::literal(size_t column, const std::optional<std::string>& value) const {
  return value ? fmt::format("CAST({} AS {})", sql::quoted_literal(*value), columns_[column].type)
               : fmt::format("CAST(NULL AS {})", columns_[column].type);
}

void QueryCheck::fail_with(size_t column, const std::string& value, const std::string& restrictions,
                           const std::string& what) {
  ++tally_.failures;
  std::cout << fmt::format("FAIL seed {}: rows with {} = {} of\n{}\nneed more than\n{}{}\n", seed_,
                           columns_[column].name, value, query_.sql, restrictions, what);
}

Status QueryCheck::check_value(size_t column, const std::optional<std::string>& value) {
  const std::string constant = literal(column, value);
  // One table at a time, and all of them: claims must hold together.
  const size_t only = below(tables().size() + 1);
  std::string restrictions;
  for (size_t i = 0; i < tables().size(); ++i) {
    const std::string& table = tables()[i].name;
    std::string where = i == only ? "" : restriction(table, column, constant, !value.has_value());
    if (!where.empty()) restrictions += fmt::format("  {}: {}\n", table, where);
    SLUICE_TRY(execute(fmt::format("create or replace view {0} as select * from whole_{0}{1}",
                                   table, where.empty() ? "" : " where " + where)));
  }
  if (restrictions.empty()) return {};
  ++tally_.claims;
  const std::string among =
      fmt::format("where {} IS NOT DISTINCT FROM {}", columns_[column].name, constant);
  const std::string all = fmt::format("select * from result {}", among);
  // The restricted query as a table: the filter must not be pushed into what is looked at.
  SLUICE_TRY(execute(fmt::format("create or replace temp table enough as {}", query_.sql)));
  SLUICE_ASSIGN(const std::string different,
                difference(all, fmt::format("select * from enough {}", among)));
  if (!different.empty()) fail_with(column, constant, restrictions, different);
  return {};
}

// Empty: the queries give the same rows.
Result<std::string> QueryCheck::difference(const std::string& a, const std::string& b) {
  SLUICE_ASSIGN(
      const auto found,
      texts(fmt::format("select (select count(*) from ({0} except all {1}))::varchar || ' rows are "
                        "missing, ' || (select count(*) from ({1} except all {0}))::varchar || ' "
                        "are too many'",
                        a, b)));
  const std::string text = found.at(0).value_or("");
  return text == "0 rows are missing, 0 are too many" ? std::string() : text;
}

// The stages as tables, and the rest over them.
Status QueryCheck::check_stages(const sql::OperatorPtr& plan) {
  sql::StageNames names;
  names.stage = [](size_t stage) { return fmt::format("stage {}", stage); };
  for (const warehouse::ColumnInfo& column : columns_) names.columns.push_back(column.name);
  const sql::CarriedColumns partitions = [](const sql::Operator& scan) {
    if (scan.table == "src_events") return std::vector<std::string>{"dt", "shard"};
    return scan.table == "src_orders" ? std::vector<std::string>{"dt"} : std::vector<std::string>();
  };
  const std::optional<sql::StagedQuery> staged =
      sql::cut_stages(plan, names, partitions, binder_.functions());
  if (!staged) return {};
  ++tally_.claims;
  ++tally_.cuts;
  std::string queries;
  for (size_t i = 0; i < staged->stages.size(); ++i) {
    SLUICE_TRY(
        execute(fmt::format("create or replace temp table {} as {}",
                            sql::quoted_identifier(names.stage(i)), staged->stages[i].query)));
    queries += staged->stages[i].query + "\n";
  }
  SLUICE_TRY(execute(fmt::format("create or replace temp table enough as {}", staged->rest)));
  SLUICE_ASSIGN(const std::string different,
                difference("select * from result", "select * from enough"));
  if (different.empty()) return {};
  ++tally_.failures;
  std::cout << fmt::format("FAIL seed {}: the stages of\n{}\nare\n{}and the rest\n{}\n{}\n", seed_,
                           query_.sql, queries, staged->rest, different);
  return {};
}

Status QueryCheck::check_column(size_t column) {
  // Values of the result, and values that rows of the inputs have.
  std::string pool = fmt::format("select {} as v from result", columns_[column].name);
  for (size_t scan = 0; scan < locality_.scans.size(); ++scan)
    if (const auto found = locality_.deps[scan].find(column); found != locality_.deps[scan].end())
      pool += fmt::format(" union all select CAST({} AS {}) from whole_{}", found->second.expr,
                          columns_[column].type, locality_.scans[scan].table);
  SLUICE_ASSIGN(const auto values,
                texts(fmt::format("select v::varchar from (select distinct v from ({})) order by "
                                  "v is not null, hash(v, {}) limit 4",
                                  pool, seed_)));
  for (const std::optional<std::string>& value : values) SLUICE_TRY(check_value(column, value));
  return {};
}

Status QueryCheck::run() {
  std::vector<Readable> readables;
  for (const Table& table : tables()) readables.push_back({table.name, table.columns});
  readables.push_back(readables[0]);
  query_ = !focus_.empty() || below(2) == 0
               ? focused_query(random_, focus_)
               : QueryGenerator(random_, readables).make(1 + static_cast<int>(below(3)));
  SLUICE_TRY(fill_tables());
  // What the engine refuses or what grows too large is no query to look at.
  const auto rows = texts(
      fmt::format("select count(*)::varchar from (select * from ({}) limit 3001)", query_.sql));
  if (!rows || std::stoul(rows->at(0).value_or("0")) > 3000) return {};
  SLUICE_TRY(execute(fmt::format("create or replace temp table result as {}", query_.sql)));
  SLUICE_ASSIGN(sql::BoundQuery bound, binder_.bind(query_.sql));
  ++tally_.queries;
  if (!bound.plan) {
    ++tally_.not_read;
    return {};
  }
  columns_ = std::move(bound.columns);
  locality_ = sql::find_locality(*bound.plan, binder_.functions());
  if (bound.unstable_functions.empty()) SLUICE_TRY(check_stages(*bound.plan));
  // The last columns are what the outermost step has made.
  for (size_t column = 0; column < columns_.size(); ++column)
    if (column < 3 || column + 3 >= columns_.size()) SLUICE_TRY(check_column(column));
  return {};
}

int check(const Settings& settings) {
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
  for (uint64_t seed = settings.first_seed;
       seed < settings.first_seed + settings.queries && elapsed() < settings.seconds &&
       !(settings.stops && tally.failures > 0);
       ++seed) {
    const Status done = QueryCheck(seed, settings.focus, *binder, **connection, tally).run();
    if (done) continue;
    ++tally.failures;
    std::cout << fmt::format("FAIL seed {}: {}\n", seed, done.error().message());
  }
  std::cout << fmt::format(
      "{} queries, {} of them not read, {} cut into stages, {} claims in {:.0f} s\n", tally.queries,
      tally.not_read, tally.cuts, tally.claims, elapsed());
  std::cout << fmt::format("{} passed, {} failed\n",
                           tally.claims - std::min(tally.failures, tally.claims), tally.failures);
  return tally.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::incremental_test

int main(int argc, char** argv) {
  sluice::incremental_test::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : "0"; };
    if (word == "--seconds")
      settings.seconds = std::stod(value());
    else if (word == "--seed")
      settings.first_seed = std::stoull(value());
    else if (word == "--queries")
      settings.queries = std::stoull(value());
    else if (word == "--stop")
      settings.stops = true;
    else if (word == "--focus")
      settings.focus = value();
#ifdef SLUICE_PLANTED_BUGS
    else if (word == "--bug")
      sluice::planted_bug = std::stoi(value());
#endif
    else {
      std::cerr << "locality_check: unknown word \"" << word
                << "\"; use --seconds, --seed, --queries, --focus, --stop\n";
      return 2;
    }
  }
  return sluice::incremental_test::check(settings);
}
