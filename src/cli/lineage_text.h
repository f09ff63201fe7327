// Column lineage of a maintained model as `explain` shows it.
#pragma once

#include <string>

#include "base/json.h"
#include "run/maintainer.h"

namespace sluice::cli {

// Lines "    revenue: source.shop.raw.orders.amount", and what decides the rows; nothing for a
// query that is not analysed.
std::string lineage_text(const run::MaintenanceJob& job);
// Field "lineage": {"columns": {"revenue": [{"input", "column"}]}, "rows": […]}.
void write_lineage(JsonWriter& writer, const run::MaintenanceJob& job);

}  // namespace sluice::cli
