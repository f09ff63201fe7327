// Reads the engine's bound, unoptimised plan (json_serialize_plan of DuckDB 1.5) into relational.h
// by a strict whitelist: an operator, key or value that is not known here is an error, and its
// model is then rebuilt in full. Another engine version needs another decoder; golden tests say so.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "base/json.h"
#include "sql/relational.h"

namespace sluice::sql {

// What is not known here, in words: "operator LOGICAL_ASOF_JOIN".
struct Unsupported {
  std::string what;
  size_t place = kNoPlace;
};
using Decoded = tl::expected<OperatorPtr, Unsupported>;

// `plan` is one entry of "plans".
Decoded decode_plan(const Json& plan);

}  // namespace sluice::sql
