#include "warehouse/warehouse.h"

namespace sluice::warehouse {

std::string_view relation_type_name(RelationType type) {
  switch (type) {
    case RelationType::kTable:
      return "table";
    case RelationType::kView:
      return "view";
    case RelationType::kCte:
      return "cte";
    case RelationType::kMaterializedView:
      return "materialized_view";
    case RelationType::kExternal:
      return "external";
    case RelationType::kFunction:
      return "function";
    case RelationType::kPointerTable:
      return "pointer_table";
  }
  return "table";
}

}  // namespace sluice::warehouse
