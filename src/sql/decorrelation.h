// Subqueries as joins. The engine's binder hands the values of a correlated subquery's outer
// columns down as parameters: a set that is made of all rows of the outer side. Where the subquery
// itself ties every parameter to a column of its own, the set is not needed: the subquery is
// computed for all values there are, and the join above takes those that are wanted. Conditions on
// the outer side are applied to it before the join, and of what is only asked for membership (IN,
// EXISTS) the distinct values of what is compared are kept.
#pragma once

#include "sql/relational.h"

namespace sluice::sql {

// An equal plan. Joins that stay dependent need their parameters.
OperatorPtr decorrelated(const OperatorPtr& plan);

}  // namespace sluice::sql
