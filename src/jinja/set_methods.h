// Building sets from values.
#pragma once

#include "jinja/value.h"

namespace sluice::jinja {

// set(iterable). Errors: "'int' object is not iterable", "unhashable type: 'list'".
Result<Value> make_set(const Value& source);

}  // namespace sluice::jinja
