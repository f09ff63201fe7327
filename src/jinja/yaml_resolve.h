// What a plain YAML 1.1 scalar means to PyYAML's SafeLoader: its implicit resolvers and
// constructors.
#pragma once

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

enum class YamlTag : uint8_t { kStr, kNull, kBool, kInt, kFloat, kTimestamp, kMerge, kValue };

// The tag that PyYAML resolves a plain scalar to.
YamlTag resolve_yaml_scalar(std::string_view text);
// The value of a scalar under a tag. Errors as PyYAML's constructors.
Result<Value> construct_yaml_scalar(YamlTag tag, std::string_view text);

}  // namespace sluice::jinja
