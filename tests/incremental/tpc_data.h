// The tables of TPC-H and TPC-DS as files: facts in folders by the month of their date, dimensions
// in one file each; and what happens to them. The extensions of the engine make the rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::incremental_test {

// A table that is kept by month. `month` is SQL over the table as t and what `join` adds.
struct TpcFact {
  std::string table;
  std::string column;  // of the month
  std::string month;
  std::string join;
  std::string measure;  // a column whose values changes move
  std::string measure_type;
};

// A table that changes as a whole: `change` replaces a column in some of its rows.
struct TpcDimension {
  std::string table;
  std::string change;
};

struct TpcSet {
  std::string name;  // "tpch"
  std::string generator;
  std::vector<TpcFact> facts;
  std::vector<TpcDimension> changing;
};
// "tpch" or "tpcds"; nullptr: neither.
const TpcSet* find_tpc_set(const std::string& name);

struct TpcQuery {
  int number = 0;
  std::string sql;
};

class TpcData {
 public:
  TpcData(const TpcSet& set, std::string folder, warehouse::Connection& engine)
      : set_(set), folder_(std::move(folder)), engine_(engine) {}

  // Loads the extension's file, makes the rows and writes all months but the last.
  Status create(const std::string& extension_file, double scale);
  Result<std::vector<TpcQuery>> queries();
  const std::vector<std::string>& tables() const { return tables_; }
  // What stands in FROM for a table.
  std::string reader(const std::string& table) const;

  // The changes, one after another; each touches all facts. Gives it in words; empty: no more.
  Result<std::string> change(size_t step);

 private:
  Status write_fact(const TpcFact& fact);
  Status write_dimension(const std::string& table, const std::string& select);
  Result<std::vector<std::string>> texts(const std::string& sql);
  Status execute(const std::string& sql);
  std::string month_folder(const TpcFact& fact, const std::string& month) const;
  // Rows of one month that `where` chooses, with other measures, as a file of that month.
  Status write_rows(const TpcFact& fact, const std::string& month, const std::string& where,
                    const std::string& file);
  // The month that a change of this step meets: another in each step, one with rows.
  Result<std::string> month_of(const TpcFact& fact, size_t step);

  const TpcSet& set_;
  std::string folder_;
  warehouse::Connection& engine_;
  std::vector<std::string> tables_;
};

// The query with before + table + after where it reads a table; names stay what they were.
std::string with_readers(const std::string& sql, const std::vector<std::string>& tables,
                         const std::string& before, const std::string& after);

}  // namespace sluice::incremental_test
