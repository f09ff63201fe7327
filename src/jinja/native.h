// Native rendering: what values of YAML files become, and dbt's text filters that decide it.
#pragma once

#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

enum class NativeMark : uint8_t { kText, kNative, kBool, kNumber };

// A value that a text filter marked; prints like the text.
Value mark_native(NativeMark mark, std::string text);
// The value of a template from the values that its parts printed.
Result<Value> join_native(const std::vector<Value>& parts);
// Reads a Python literal (ast.literal_eval); nullopt when the text is none.
std::optional<Value> parse_literal(std::string_view text);

}  // namespace sluice::jinja
