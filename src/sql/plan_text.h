// The SQL of a bound plan: nested SELECTs whose columns are named by position. It is how a part of
// a query becomes a query of its own.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sql/relational.h"

namespace sluice::sql {

// Columns that a scan shall hand on to the top besides those that the query reads; none: {}.
using CarriedColumns = std::function<std::vector<std::string>(const Operator& scan)>;

struct PlanText {
  std::string query;  // SELECT of c0, c1, …, then of the carried columns p0, p1, …
  size_t num_columns = 0;
  size_t num_carried = 0;
};

// What stands in FROM in place of an operator: a relation with the columns c0, c1, …
using StandIns = std::map<const Operator*, std::string>;

// nullopt: the plan holds what has no text here (unnest, samples, parts that the plan hides…).
// Columns are carried through projections, filters, the sides that a join keeps, and as further
// keys through DISTINCT and GROUP BY; scans below anything else carry none.
std::optional<PlanText> plan_text(const Operator& op, const StandIns& stand_ins,
                                  const CarriedColumns& carried);

}  // namespace sluice::sql
