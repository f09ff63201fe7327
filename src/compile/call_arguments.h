// Binding of call arguments to a host function's parameters, with Python's rules and wording.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace sluice::compile {

struct Parameter {
  std::string_view name;
  std::optional<jinja::Value> fallback = std::nullopt;  // absent: the argument is required
};

// Values in the parameters' order. Errors: missing, unexpected or doubled argument (kJinjaRuntime).
Result<std::vector<jinja::Value>> bind_arguments(std::string_view function,
                                                 const jinja::CallArgs& args,
                                                 std::initializer_list<Parameter> parameters);

// str(value) of a bound argument.
Result<std::string> text_argument(const jinja::Value& value);

// Python's Mapping.get(key, default=None) of an object with items.
Result<jinja::Value> item_or_default(const jinja::Object& object, const jinja::CallArgs& args);

}  // namespace sluice::compile
