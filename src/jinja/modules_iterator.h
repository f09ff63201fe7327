// Python iterators that templates can hold: iterating uses them up.
#pragma once

#include <string>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

// `name` is Python's type name and must be static.
Value make_iterator(std::string_view name, std::vector<Value> items);

// The first `limit` items of any iterable, also of an endless one; those are taken off an iterator.
Result<std::vector<Value>> take_items(const Value& iterable, size_t limit);

}  // namespace sluice::jinja
