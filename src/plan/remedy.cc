#include "plan/remedy.h"

namespace sluice::plan {

std::string remedy_for(sql::LossReason reason) {
  switch (reason) {
    case sql::LossReason::kProjection:
      return "keep the partition column, or an expression of it, in the SELECT list";
    case sql::LossReason::kGroupKey:
      return "group by the partition column or an expression of it";
    case sql::LossReason::kGroupingSets:
      return "put the partition column into every grouping set";
    case sql::LossReason::kDistinctKey:
      return "add the partition column to DISTINCT ON";
    case sql::LossReason::kWindow:
      return "partition the window by the partition column, or order by it with a RANGE frame";
    case sql::LossReason::kJoinSide:
      return "join on the partition column too; after a FULL JOIN select coalesce(left key, right "
             "key)";
    case sql::LossReason::kMembership:
      return "write NOT EXISTS instead of NOT IN";
    case sql::LossReason::kLimit:
      return "move the LIMIT to a model of its own that reads this one";
    case sql::LossReason::kSample:
      return "sample in a model of its own";
  }
  return {};
}

}  // namespace sluice::plan
