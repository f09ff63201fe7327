// Proves that the tables of maintained models equal a full refresh of the same sources.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/maintainer.h"

namespace sluice::run {

enum class Verdict : uint8_t {
  kEqual,
  kEqualRounded,  // floating-point results differ in their last digits, as two full refreshes do
  kDifferent,
  kStale,     // the inputs have changed since the table was made: run first
  kNotBuilt,  // there is no table yet
  kNotExact,  // the query's result is not determined by its inputs: now(), random()…
};
std::string_view verdict_name(Verdict verdict);

// What was compared, and what it came to.
struct Certificate {
  std::string unique_id, relation;
  Verdict verdict = Verdict::kEqual;
  int64_t rows = 0;          // of the table
  int64_t rows_missing = 0;  // of the full refresh, not in the table
  int64_t rows_extra = 0;    // of the table, not in the full refresh
  std::string content;       // count and hashes of the table's rows
  std::string code;          // identity of query, engine and settings
  std::string inputs;        // hash over the versions of all that is read
  std::string note;          // what may differ between two full refreshes; may be empty
};

// Compares by a full refresh into a temporary table; changes nothing but, for a table that differs,
// the ledger: the next run then builds it anew.
Result<Certificate> verify_model(Maintainer& maintainer, const compile::Node& node,
                                 warehouse::Connection& connection);

}  // namespace sluice::run
