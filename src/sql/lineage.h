// Column lineage of a query, from its bound plan: of which columns of its inputs each column of the
// result is made, and which columns decide what rows there are, and with which values they are put
// together: those of filters, joins, groups, DISTINCT, set operations and orders. What is not
// listed does not matter to the result: a change of such a column's values changes nothing. What is
// listed may matter. No data is read.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sql/relational.h"

namespace sluice::sql {

struct SourceColumn {
  std::string table;  // the stub of the input
  std::string column;
  auto operator<=>(const SourceColumn&) const = default;
};
using SourceColumns = std::set<SourceColumn>;

struct Lineage {
  std::vector<SourceColumns> values;  // by column of the result
  SourceColumns influence;            // on which rows there are
};

Lineage find_lineage(const OperatorPtr& plan);

}  // namespace sluice::sql
