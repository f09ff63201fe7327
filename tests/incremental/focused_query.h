// Queries of shapes that rules of the planner are about, with details at random: what the grammar
// of random_query.h reaches too seldom (bands under expressions, frames that look both ways, NULLs
// first, subqueries, merged aggregates, keys of ordinary columns).
#pragma once

#include <random>
#include <string>

#include "random_query.h"

namespace sluice::incremental_test {

// Over src_orders, src_events and src_customers. `focus`: of a shape whose text has this in it.
Query focused_query(std::mt19937_64& random, const std::string& focus);

}  // namespace sluice::incremental_test
