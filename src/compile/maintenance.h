// What the materialization of a maintained model asks of the one who plans and executes it (run/),
// between its hooks and grants. All in the transaction that is open on the connection.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

class MaintenanceSteps {
 public:
  virtual ~MaintenanceSteps() = default;
  // Brings the table up to date; or gives the query that it has to be built from anew.
  virtual Result<std::optional<std::string>> apply() = 0;
  // Writes the ledger; the table is as it will be.
  virtual Status record() = 0;
};

// `maintenance` as the materialization sees it. Both outlive the value.
jinja::Value make_maintenance(MaintenanceSteps& steps, warehouse::Connection& connection);

}  // namespace sluice::compile
