// Sorting of values by Python's rules, shared by list.sort and the filters.
#pragma once

#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

// Stable. `keys` is empty (items are their own keys) or one key for each item. Error: the first
// pair that is not ordered ("'<' not supported between instances of 'str' and 'int'"); items are
// then unchanged.
Status sort_values(std::vector<Value>& items, const std::vector<Value>& keys, bool reverse);

}  // namespace sluice::jinja
