// The readable difference between the rows a unit test gave and the rows it expected: a small table
// in which "+++" marks rows that came too many, "---" rows that are missing, "→" rows with other
// cells, each as "expected→actual". The order of rows does not count. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "jinja/value.h"

namespace sluice::compile {

// `table` holds the rows of both sides, told apart by the column actual_or_expected. Empty when the
// sides have the same rows.
Result<std::string> unit_test_difference(const jinja::Value& table);

}  // namespace sluice::compile
