// Values put into a statement's `?` places as literals: what adapter.add_query(sql, bindings=[…])
// means here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

// A literal of the dialect: null, true, numbers as they print, everything else as a quoted string.
Result<std::string> sql_literal(const warehouse::Dialect& dialect, const jinja::Value& value);

// Replaces each `?` outside quotes and comments. kSqlError when the counts differ.
Result<std::string> bind_literals(const warehouse::Dialect& dialect, std::string_view sql,
                                  const std::vector<jinja::Value>& values);

}  // namespace sluice::compile
