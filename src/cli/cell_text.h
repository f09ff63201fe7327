// Cells of a result as `show` prints them and as JSON. Pure.
#pragma once

#include <string>

#include "cli/text_table.h"
#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::cli {

std::string cell_text(const warehouse::Cell& cell);  // NULL: ""
jinja::Value cell_value(
    const warehouse::Cell& cell);  // for JSON: dates and decimals become texts and numbers
TextTable to_text_table(const warehouse::ResultTable& table);
jinja::Value to_json_rows(const warehouse::ResultTable& table);  // a list of dicts

}  // namespace sluice::cli
