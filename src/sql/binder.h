// Binds queries without data: an in-memory engine with an empty table for each input and a view for
// each view. What the engine resolves there (names, types, stars, macros, subqueries) is what it
// will resolve on the real tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/function_properties.h"
#include "sql/plan_decoder.h"
#include "warehouse/warehouse.h"

namespace sluice::sql {

struct RelationName {
  std::string catalog, schema, table;
  auto operator<=>(const RelationName&) const = default;
};
// "catalog"."schema"."table"; without a catalog or schema, without that part.
std::string quoted_name(const RelationName& name);

struct BoundQuery {
  std::vector<warehouse::ColumnInfo> columns;
  Decoded plan;
  // Functions called in the text whose result is no function of their arguments. The plan does not
  // show all: arguments of table functions are computed while binding.
  std::set<std::string> unstable_functions;
};

// Functions that the query calls and whose result is no function of their arguments: now(),
// random()…
Result<std::set<std::string>> find_unstable_calls(const std::string& sql,
                                                  const FunctionProperties& functions,
                                                  warehouse::Connection& connection);

// Not thread-safe.
class Binder {
 public:
  static Result<Binder> open();
  // With these settings (extensions, time zone…); the path has to be a database in memory.
  static Result<Binder> open(const warehouse::WarehouseSettings& settings);

  // Replaces a stub of the same name. The type texts are the engine's.
  Status define_table(const RelationName& name, const std::vector<warehouse::ColumnInfo>& columns);
  Status define_view(const RelationName& name, const std::string& sql);
  // Errors: those of the engine's binder, with the place in the text; a query that binds and has no
  // plan that we read is no error.
  Result<BoundQuery> bind(const std::string& sql);

  // Makes an empty schema, and the catalog around it.
  Status make_schema(const std::string& catalog, const std::string& schema) {
    return ensure_schema({catalog, schema, {}});
  }

  const FunctionProperties& functions() const { return functions_; }
  warehouse::Connection& connection() { return *connection_; }

 private:
  Binder() = default;
  enum class Kind : uint8_t { kTable, kView };
  Status make_room(const RelationName& name, Kind kind);
  Status ensure_schema(const RelationName& name);

  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
  FunctionProperties functions_;
  std::set<std::string> catalogs_;
  std::set<std::pair<std::string, std::string>> schemas_;
  std::map<RelationName, Kind> kinds_;
};

}  // namespace sluice::sql
