// Which rows of followed inputs belong to changed rows of inputs that are not followed: the links
// of the locality (sql/locality.h) say that rows of a dimension matter only to rows of a fact whose
// key is equal. A dimension may be tied to another one that is tied to the fact (country of a
// customer of an order): the rows of the one in between count as changed then.
//
// Why that is exact: let R be the rows of the dimension in between whose key is in K. Without R no
// row that reads the changed rows exists (the link's key is its own), so the change is one of R
// away and R back, and links confine both.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/input_snapshot.h"
#include "sql/locality.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// Rows of a fact whose `fact_expr` is a key of the temporary table.
struct KeyMatch {
  std::string keys;       // its one column: kKeyColumn
  std::string fact_expr;  // SQL over the fact's columns
};

// What follows FROM: the rows of `from`, as t, with one of these keys, NULLs equal; each once.
std::string matching_rows(const std::string& from, const std::vector<KeyMatch>& matches);

class DimensionProbe {
 public:
  // `followed` are the stubs that the fact has to be one of; `name` tells temporary tables apart.
  // All outlive the probe.
  DimensionProbe(const sql::Locality& locality, const std::vector<ModelInput>& leaves,
                 std::set<std::string> followed, std::string name,
                 warehouse::Connection& connection);

  // Adds what the rows matter to. False: a scan of the input is tied to no fact.
  Result<bool> add(const ModelInput& leaf, const ChangedRows& rows);
  // By scan of a fact.
  const std::map<size_t, std::vector<KeyMatch>>& matches() const { return matches_; }
  // The partitions of the leaf that hold a row with one of the keys: positions in its manifest.
  Result<std::set<size_t>> touched_partitions(const ModelInput& leaf) const;

 private:
  Result<bool> follow(size_t scan, const std::string& rows, std::set<size_t> passed);
  Result<std::string> make_keys(const std::string& expr, const std::string& rows);
  const ModelInput* leaf_of(size_t scan) const;

  const sql::Locality& locality_;
  const std::vector<ModelInput>& leaves_;
  std::set<std::string> followed_;
  std::string name_;
  warehouse::Connection& connection_;
  std::map<size_t, std::vector<KeyMatch>> matches_;
  size_t num_tables_ = 0;
};

}  // namespace sluice::run
