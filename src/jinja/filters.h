// The filters and tests of Jinja (and dbt's text filters), found by name when a template is
// compiled.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "jinja/value.h"

namespace sluice::jinja {

using FilterFunction = Result<Value> (*)(Interpreter&, const Value&, const CallArgs&);
using TestFunction = Result<bool> (*)(Interpreter&, const Value&, const CallArgs&);

struct Filter {
  std::string_view name;
  FilterFunction function;
  bool foldable = true;  // with constant input Jinja computes it while compiling
};

struct Test {
  std::string_view name;
  TestFunction function;
};

std::optional<uint32_t> find_filter(std::string_view name);
const Filter& filter_at(uint32_t index);
std::optional<uint32_t> find_test(std::string_view name);
const Test& test_at(uint32_t index);

}  // namespace sluice::jinja
