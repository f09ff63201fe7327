// Proves that the tables of maintained models equal a full refresh of the same sources: all of
// them, or some partitions chosen at random, for which only what they are computed from is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/maintainer.h"

namespace sluice::run {

enum class Verdict : uint8_t {
  kEqual,
  kEqualRounded,  // floating-point results differ in their last digits, as two full refreshes do
  kDifferent,
  kStale,       // the inputs have changed since the table was made: run first
  kNotBuilt,    // there is no table yet
  kNotExact,    // the query's result is not determined by its inputs: now(), random()…
  kNotAudited,  // it has no partitions that can be computed by themselves
};
std::string_view verdict_name(Verdict verdict);
// Whether nothing speaks against the table.
bool is_good(Verdict verdict);

struct VerifyScope {
  std::optional<size_t> audit;  // at most so many partitions; nullopt: all rows
  uint64_t seed = 1;            // of the choice of partitions
  bool with_partitions = false;
};

// A partition of the table as it is.
struct CertifiedPartition {
  std::string name;  // "dt=2026-01-31, shop=4"
  int64_t rows = 0;
  std::string content;  // count and hashes of its rows
};

// What was compared, and what it came to.
struct Certificate {
  std::string unique_id, relation;
  Verdict verdict = Verdict::kEqual;
  bool is_audit = false;
  int64_t rows = 0;                    // compared
  int64_t rows_missing = 0;            // of the full refresh, not in the table
  int64_t rows_extra = 0;              // of the table, not in the full refresh
  std::string content;                 // count and hashes of all rows of the table
  std::string code;                    // identity of query, engine and settings (code_identity.h)
  std::string inputs;                  // hash over the versions of all that is read
  std::string note;                    // what may differ between two full refreshes; may be empty
  size_t num_partitions = 0;           // an audit: those it chose among
  std::vector<std::string> audited;    // those it compared
  std::vector<std::string> different;  // those of them that differ
  std::vector<CertifiedPartition> partitions;  // of the whole table, when they were asked for
};

// Compares by computing into a temporary table; changes nothing but, for a table that differs, the
// ledger: the next run then builds it anew. An audit prefers partitions that the last change of the
// table left alone.
Result<Certificate> verify_model(Maintainer& maintainer, const compile::Node& node,
                                 warehouse::Connection& connection, const VerifyScope& scope);

}  // namespace sluice::run
