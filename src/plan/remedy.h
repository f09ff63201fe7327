// What whoever wrote a query can do about an operator that changes cannot be followed through.
// Pure.
#pragma once

#include <string>

#include "sql/locality.h"

namespace sluice::plan {

// One sentence without a full stop; empty: nothing helps.
std::string remedy_for(sql::LossReason reason);

}  // namespace sluice::plan
