#include "tpc_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <set>

namespace sluice::incremental_test {
namespace {

constexpr const char* kNoMonth = "__HIVE_DEFAULT_PARTITION__";

TpcFact tpcds_fact(const std::string& table, const std::string& prefix, const std::string& key,
                   const std::string& measure) {
  return {table,
          prefix + "_month",
          "date_trunc('month', d.d_date)::date",
          fmt::format("left join date_dim d on t.{} = d.d_date_sk", key),
          measure,
          "INTEGER"};
}

std::vector<TpcSet> make_sets() {
  TpcSet tpch{"tpch",
              "dbgen",
              {{"orders", "o_month", "date_trunc('month', t.o_orderdate)::date", "", "o_totalprice",
                "DECIMAL(15,2)"},
               {"lineitem", "l_month", "date_trunc('month', o.o_orderdate)::date",
                "join orders o on t.l_orderkey = o.o_orderkey", "l_quantity", "DECIMAL(15,2)"}},
              {{"customer",
                "case when c_custkey % 50 = 3 then 'BUILDING' else c_mktsegment end as "
                "c_mktsegment"},
               {"part", "case when p_partkey % 40 = 7 then 15 else p_size end as p_size"},
               {"supplier",
                "case when s_suppkey % 20 = 1 then 3 else s_nationkey end as "
                "s_nationkey"}}};
  TpcSet tpcds{
      "tpcds",
      "dsdgen",
      {tpcds_fact("store_sales", "ss", "ss_sold_date_sk", "ss_quantity"),
       tpcds_fact("catalog_sales", "cs", "cs_sold_date_sk", "cs_quantity"),
       tpcds_fact("web_sales", "ws", "ws_sold_date_sk", "ws_quantity"),
       tpcds_fact("store_returns", "sr", "sr_returned_date_sk", "sr_return_quantity"),
       tpcds_fact("catalog_returns", "cr", "cr_returned_date_sk", "cr_return_quantity"),
       tpcds_fact("web_returns", "wr", "wr_returned_date_sk", "wr_return_quantity"),
       tpcds_fact("inventory", "inv", "inv_date_sk", "inv_quantity_on_hand")},
      {{"item", "case when i_item_sk % 30 = 7 then 'Books' else i_category end as i_category"},
       {"customer",
        "case when c_customer_sk % 50 = 3 then 7 else c_birth_month end as "
        "c_birth_month"},
       {"customer_address",
        "case when ca_address_sk % 40 = 1 then 'TN' else ca_state end as "
        "ca_state"},
       {"store", "coalesce(s_number_employees, 0) + 1 as s_number_employees"}}};
  return {std::move(tpch), std::move(tpcds)};
}

}  // namespace

const TpcSet* find_tpc_set(const std::string& name) {
  static const std::vector<TpcSet> sets = make_sets();
  for (const TpcSet& set : sets)
    if (set.name == name) return &set;
  return nullptr;
}

Status TpcData::execute(const std::string& sql) {
  SLUICE_TRY(engine_.execute(sql, false));
  return {};
}

Result<std::vector<std::string>> TpcData::texts(const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, engine_.execute(sql, true));
  std::vector<std::string> out;
  for (const auto& row : found.table.rows) {
    const auto* text = std::get_if<std::string>(&row.at(0));
    out.push_back(text == nullptr ? std::string() : *text);
  }
  return out;
}

std::string TpcData::month_folder(const TpcFact& fact, const std::string& month) const {
  return fmt::format("{}/{}/{}={}", folder_, fact.table, fact.column,
                     month.empty() ? kNoMonth : month);
}

std::string TpcData::reader(const std::string& table) const {
  const bool is_fact = std::any_of(set_.facts.begin(), set_.facts.end(),
                                   [&table](const TpcFact& fact) { return fact.table == table; });
  if (is_fact)
    return fmt::format("read_parquet('{}/{}/*/*.parquet', hive_partitioning=true)", folder_, table);
  return fmt::format("read_parquet('{}/{}.parquet')", folder_, table);
}

Status TpcData::create(const std::string& extension_file, double scale) {
  SLUICE_TRY(execute(fmt::format("load '{}'", extension_file)));
  SLUICE_TRY(execute(fmt::format("create schema made; use made; call {}(sf={}); use main",
                                 set_.generator, scale)));
  SLUICE_ASSIGN(tables_, texts("select table_name from duckdb_tables() where schema_name = 'made' "
                               "order by 1"));
  std::filesystem::create_directories(folder_);
  SLUICE_TRY(execute("use made"));
  for (const TpcFact& fact : set_.facts) SLUICE_TRY(write_fact(fact));
  SLUICE_TRY(execute("use main"));
  for (const std::string& table : tables_) {
    const bool is_fact = std::any_of(set_.facts.begin(), set_.facts.end(),
                                     [&table](const TpcFact& fact) { return fact.table == table; });
    if (!is_fact) SLUICE_TRY(write_dimension(table, "*"));
    SLUICE_TRY(execute(fmt::format("create view {} as select * from {}", table, reader(table))));
  }
  return {};
}

// The rows with their month stay in the table months_<fact>; the last month is not written yet.
Status TpcData::write_fact(const TpcFact& fact) {
  SLUICE_TRY(execute(fmt::format("create table months_{0} as select t.*, {1} as {2} from {0} t {3}",
                                 fact.table, fact.month, fact.column, fact.join)));
  SLUICE_TRY(execute(
      fmt::format("copy (select * from months_{0} where {1} is null or {1} < (select max({1}) from "
                  "months_{0})) to '{2}/{0}' (format parquet, partition_by ({1}))",
                  fact.table, fact.column, folder_)));
  return {};
}

Status TpcData::write_dimension(const std::string& table, const std::string& select) {
  return execute(fmt::format("copy (select {} from made.{}) to '{}/{}.parquet' (format parquet)",
                             select, table, folder_, table));
}

Status TpcData::write_rows(const TpcFact& fact, const std::string& month, const std::string& where,
                           const std::string& file) {
  std::filesystem::create_directories(month_folder(fact, month));
  return execute(fmt::format(
      "copy (select * exclude ({0}) replace (cast({1} + 3 as {2}) as {1}) from made.months_{3} "
      "where {0} is not distinct from {4} and ({5})) to '{6}/{7}' (format parquet)",
      fact.column, fact.measure, fact.measure_type, fact.table,
      month.empty() ? std::string("NULL") : fmt::format("DATE '{}'", month), where,
      month_folder(fact, month), file));
}

Result<std::string> TpcData::month_of(const TpcFact& fact, size_t step) {
  SLUICE_ASSIGN(const std::vector<std::string> months,
                texts(fmt::format("select {0}::varchar from made.months_{1} where {0} is not null "
                                  "group by {0} order by hash({0}, {2})",
                                  fact.column, fact.table, step)));
  for (const std::string& month : months)
    if (std::filesystem::exists(month_folder(fact, month))) return month;
  return std::string();
}

Result<std::vector<TpcQuery>> TpcData::queries() {
  SLUICE_ASSIGN(const std::vector<std::string> found,
                texts(fmt::format("select query from {}_queries() order by query_nr", set_.name)));
  std::vector<TpcQuery> out;
  for (std::string sql : found) {
    while (!sql.empty() &&
           (std::isspace(static_cast<unsigned char>(sql.back())) != 0 || sql.back() == ';'))
      sql.pop_back();
    out.push_back({static_cast<int>(out.size()) + 1, std::move(sql)});
  }
  return out;
}

Result<std::string> TpcData::change(size_t step) {
  static constexpr const char* kNames[] = {"late rows",          "a new month",
                                           "a month rewritten",  "a month is gone",
                                           "dimensions changed", "rows without a month"};
  if (step == 0 || step > std::size(kNames)) return std::string();
  if (step == 5) {
    for (const TpcDimension& dimension : set_.changing)
      SLUICE_TRY(write_dimension(dimension.table, fmt::format("* replace ({})", dimension.change)));
    return std::string(kNames[step - 1]);
  }
  for (const TpcFact& fact : set_.facts) {
    SLUICE_ASSIGN(const std::string month, month_of(fact, step));
    if (step == 1) SLUICE_TRY(write_rows(fact, month, "hash(rowid) % 5 = 0", "late.parquet"));
    if (step == 2) {
      SLUICE_ASSIGN(const std::vector<std::string> last,
                    texts(fmt::format("select max({})::varchar from made.months_{}", fact.column,
                                      fact.table)));
      SLUICE_TRY(write_rows(fact, last.at(0), "true", "data_0.parquet"));
    }
    if (step == 3) SLUICE_TRY(write_rows(fact, month, "hash(rowid) % 4 <> 0", "data_0.parquet"));
    if (step == 4) std::filesystem::remove_all(month_folder(fact, month));
    if (step == 6) {
      std::filesystem::create_directories(month_folder(fact, ""));
      SLUICE_TRY(execute(fmt::format(
          "copy (select * exclude ({0}) from made.months_{1} where {0} = DATE '{2}' and "
          "hash(rowid) % 3 = 0) to '{3}/late.parquet' (format parquet)",
          fact.column, fact.table, month, month_folder(fact, ""))));
    }
  }
  return std::string(kNames[step - 1]);
}

namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// A word, a text in quotes, a comment or one other character.
size_t token_end(const std::string& sql, size_t at) {
  const char first = sql[at];
  if (first == '\'' || first == '"') {
    const size_t end = sql.find(first, at + 1);
    return end == std::string::npos ? sql.size() : end + 1;
  }
  if (sql.compare(at, 2, "--") == 0) return std::min(sql.find('\n', at), sql.size());
  size_t end = at + 1;
  if (is_word_character(first))
    while (end < sql.size() && is_word_character(sql[end])) ++end;
  return end;
}

bool is_blank(const std::string& token) {
  return token.starts_with("--") || std::isspace(static_cast<unsigned char>(token[0])) != 0;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

namespace {

// Whether a word stands in a FROM list, told by the words before it.
class ClauseTracker {
 public:
  void see(const std::string& word) {
    static const std::set<std::string> kOtherClauses = {"select", "where",  "group",
                                                        "order",  "having", "limit"};
    if (word == "(") depths_.push_back(false);
    if (word == ")" && depths_.size() > 1) depths_.pop_back();
    if (word == "from" || word == "join") depths_.back() = true;
    if (kOtherClauses.contains(word)) depths_.back() = false;
  }
  bool lists_tables() const { return depths_.back(); }

 private:
  std::vector<bool> depths_ = {false};  // by depth of parentheses
};

// The nearest word before or behind a token.
std::string neighbour(const std::vector<std::string>& tokens, size_t from, int step) {
  for (size_t i = from + static_cast<size_t>(step); i < tokens.size();
       i += static_cast<size_t>(step))
    if (!is_blank(tokens[i])) return lower(tokens[i]);
  return {};
}

}  // namespace

std::string with_readers(const std::string& sql, const std::vector<std::string>& tables,
                         const std::string& before, const std::string& after) {
  std::vector<std::string> tokens;
  for (size_t at = 0; at < sql.size(); at += tokens.back().size())
    tokens.push_back(sql.substr(at, token_end(sql, at) - at));
  // What may follow a table that has no other name.
  static const std::set<std::string> kNoName = {
      "",     ",",     ")",     "where", "group", "order", "join",   "left",   "inner",
      "full", "cross", "right", "on",    "union", "limit", "having", "except", "intersect"};
  static const std::set<std::string> kBeforeTable = {"from", "join", ","};
  const std::set<std::string> known(tables.begin(), tables.end());
  ClauseTracker clauses;
  std::string out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::string word = lower(tokens[i]);
    clauses.see(word);
    const bool reads = clauses.lists_tables() && known.contains(word) &&
                       kBeforeTable.contains(neighbour(tokens, i, -1));
    out += reads ? before + word + after : tokens[i];
    if (reads && kNoName.contains(neighbour(tokens, i, 1))) out += " as " + word;
  }
  return out;
}

}  // namespace sluice::incremental_test
