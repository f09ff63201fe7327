// What Jinja2's SandboxedEnvironment refuses: attributes that begin with an underscore and exist.
#pragma once

#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

// True when Python has such an underscore attribute on this value ('__class__', '__len__' of a
// list…). Others are plain misses.
bool has_hidden_attribute(const Value& value, std::string_view name);

// Undefined that gives kJinjaSecurity when it is used.
Value unsafe_undefined(const Value& owner, std::string_view name, UndefinedFlavor flavor);

}  // namespace sluice::jinja
