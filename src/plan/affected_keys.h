// The tier "keys": a column of the result, not told by partitions, that each row of the changed
// inputs decides a value of (customer, for a median per customer). Only rows of the result with
// the values that changed rows hold or held are computed again, from the rows of the inputs that
// hold them. Which column that can be, and of which inputs; pure, nothing is read.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/maintenance.h"

namespace sluice::plan {

// An input all of whose scans have an exact Dep on the column.
struct TrackedInput {
  std::string input;               // its name
  std::vector<std::string> exprs;  // over its columns, one for each way in which it is scanned
  bool is_partitioned = false;
};

struct TrackedKey {
  size_t column = 0;
  std::vector<TrackedInput> inputs;  // in the order of the inputs; others have to be read whole
  uint64_t bytes = 0;                // of those that are partitioned
  const TrackedInput* find(const std::string& input) const;
};

// Whether values of the type are equal exactly when they are the same: no rounding, no collation.
bool is_exact_key_type(const std::string& type);

// The columns that all of `required` (names of inputs), or else any input, have exact Deps on;
// those that cover most bytes of partitioned inputs first. The specification has a locality.
std::vector<TrackedKey> tracked_keys(const Specification& specification,
                                     const std::vector<InputState>& inputs,
                                     const std::set<std::string>& required);

}  // namespace sluice::plan
