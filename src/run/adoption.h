// Takes a table that was built otherwise under the ledger, when it equals a full refresh of its
// sources: the table stays as it is, and from then on it is maintained.
#pragma once

#include <cstdint>
#include <string>

#include "run/maintainer.h"
#include "run/row_difference.h"

namespace sluice::run {

enum class AdoptionVerdict : uint8_t {
  kAdopted,
  kAlready,    // it is in the ledger
  kDifferent,  // from a full refresh
  kNotBuilt,   // there is no table
  kNotExact,   // its query does not depend on its inputs alone: `note`
};
std::string_view adoption_verdict_name(AdoptionVerdict verdict);

struct Adoption {
  std::string unique_id, relation;
  AdoptionVerdict verdict = AdoptionVerdict::kAdopted;
  RowDifference difference;
  std::string note;
};

// REQUIRES: the session's flags ask for a full refresh. In one transaction.
Result<Adoption> adopt_model(Maintainer& maintainer, const compile::Node& node,
                             warehouse::Connection& connection);

}  // namespace sluice::run
