// What the engine's functions promise: the same result for the same arguments, for one statement
// only, or never; and which aggregates depend on the order of rows or on rounding.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/relational.h"
#include "warehouse/warehouse.h"

namespace sluice::sql {

enum class Stability : uint8_t {
  kConsistent,   // same arguments, same result
  kWithinQuery,  // now(), current_setting()…: depends on when or how the statement runs
  kVolatile,     // random(), nextval()…
};

class FunctionProperties {
 public:
  // Reads what the engine says and corrects it where it is known to be wrong (1.5.5 calls
  // getvariable(), current_setting(), version() and age() of one argument consistent).
  static Result<FunctionProperties> load(warehouse::Connection& connection);

  Stability stability(std::string_view function, size_t arguments) const;
  // Of a call and of what it holds; not of its arguments.
  Stability stability(const Expr& call) const;
  // Of the expression with all below it.
  bool is_deterministic(const Expr& expr) const;
  // A name that is neither a function nor a macro of the engine.
  bool is_known(std::string_view function) const;

 private:
  std::map<std::string, Stability, std::less<>> stability_;
};

// The result depends on the order of the rows unless the call says ORDER BY.
bool is_order_sensitive(std::string_view aggregate);
// Sums of floating-point numbers: equal up to rounding only.
bool rounds_floats(std::string_view aggregate);
bool is_approximate(std::string_view aggregate);

}  // namespace sluice::sql
