// Binds a query on an engine without data and finds all of its faults, not only the first: names
// that the engine does not know are stood in for, so that it goes on to the next one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

enum class FaultKind : uint8_t { kColumn, kFunction, kTable, kOther };

struct QueryFault {
  FaultKind kind = FaultKind::kOther;
  Error error;             // its place is one of the query's text
  size_t offset = 0;       // the same in bytes
  std::string identifier;  // what is written there, of names
};

struct QueryBinding {
  std::vector<QueryFault> faults;  // in the order in which the engine finds them
  // Of the result; empty: unknown. After a fault the types are guesses.
  std::vector<warehouse::ColumnInfo> columns;
};

// `find_table` is asked for a table that the engine does not know, as it is written in the query;
// true: it is there now. Errors other than those of the query (cancelled) fail.
Result<QueryBinding> bind_query(const std::string& sql, warehouse::Connection& engine,
                                const std::function<bool(const std::string& name)>& find_table);

// The name that is written at a place of a query, with its qualifiers: "o.amount". Empty: none.
std::string identifier_at(const std::string& sql, size_t offset);

}  // namespace sluice::run
