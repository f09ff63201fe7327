// Jinja's own global functions: range, dict, namespace, lipsum, cycler, joiner.
#pragma once

#include "jinja/value.h"

namespace sluice::jinja {

// Adds them to a dict of names. Their values are immutable and may be shared.
void add_jinja_globals(Dict& names);

}  // namespace sluice::jinja
