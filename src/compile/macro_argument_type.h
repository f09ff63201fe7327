// The types that property files may give macros' arguments.
#pragma once

#include <string_view>

namespace sluice::compile {

// "string", "dict[string, list[int]]": a word, or list, dict or optional of such.
bool is_macro_argument_type(std::string_view text);

}  // namespace sluice::compile
