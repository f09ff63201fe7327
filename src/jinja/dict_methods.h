// What dict(…), dict.update and dict.copy share.
#pragma once

#include "jinja/value.h"

namespace sluice::jinja {

// Adds the entries of a mapping, or of an iterable of pairs. Errors as Python's dict.update.
Status update_dict(Dict& dict, const Value& source);
// A shallow copy.
Value copy_dict(const Dict& dict);

}  // namespace sluice::jinja
