#include "sql/function_properties.h"

#include <algorithm>
#include <array>

#include "sql/expression_text.h"

namespace sluice::sql {
namespace {

template <size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Wrongly said to be consistent by the engine, or not in its list: they read the session, the clock
// or the catalog.
constexpr std::array<std::string_view, 24> kWithinQuery = {"getvariable",
                                                           "current_setting",
                                                           "version",
                                                           "current_database",
                                                           "current_schema",
                                                           "current_schemas",
                                                           "current_user",
                                                           "session_user",
                                                           "user",
                                                           "current_query",
                                                           "current_role",
                                                           "current_catalog",
                                                           "in_search_path",
                                                           "txid_current",
                                                           "now",
                                                           "current_date",
                                                           "current_timestamp",
                                                           "current_time",
                                                           "today",
                                                           "get_current_time",
                                                           "get_current_timestamp",
                                                           "localtime",
                                                           "localtimestamp",
                                                           "transaction_timestamp"};

// Labelled volatile because of what they may do beside their result; the result is a function of
// the arguments. error() stands in the plans of scalar subqueries.
constexpr std::array<std::string_view, 2> kHarmless = {"error", "setseed"};

}  // namespace

Result<FunctionProperties> FunctionProperties::load(warehouse::Connection& connection) {
  FunctionProperties out;
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute("select function_name, stability from duckdb_functions()", true));
  for (const std::vector<warehouse::Cell>& row : found.table.rows) {
    const auto* name = std::get_if<std::string>(&row[0]);
    if (name == nullptr) continue;
    const auto* label = std::get_if<std::string>(&row[1]);
    Stability stability = Stability::kConsistent;
    if (label != nullptr && *label == "VOLATILE") stability = Stability::kVolatile;
    if (label != nullptr && *label == "CONSISTENT_WITHIN_QUERY")
      stability = Stability::kWithinQuery;
    if (contains(kHarmless, *name)) stability = Stability::kConsistent;
    if (contains(kWithinQuery, *name)) stability = std::max(stability, Stability::kWithinQuery);
    const auto [place, is_new] = out.stability_.try_emplace(*name, stability);
    if (!is_new) place->second = std::max(place->second, stability);
  }
  return out;
}

Stability FunctionProperties::stability(std::string_view function, size_t arguments) const {
  if (function == "age") return arguments == 1 ? Stability::kWithinQuery : Stability::kConsistent;
  const auto found = stability_.find(function);
  // What the engine does not list, such as a function of a plugin, promises nothing.
  if (found != stability_.end()) return found->second;
  return contains(kWithinQuery, function) ? Stability::kWithinQuery : Stability::kVolatile;
}

Stability FunctionProperties::stability(const Expr& call) const {
  Stability worst = Stability::kConsistent;
  if (call.kind == ExprKind::kFunction) worst = stability(call.name, call.children.size());
  for (const std::string& name : call.hidden_functions) worst = std::max(worst, stability(name, 2));
  return worst;
}

bool FunctionProperties::is_deterministic(const Expr& expr) const {
  bool is_consistent = true;
  visit_expressions(expr, [&](const Expr& part) {
    if (part.kind == ExprKind::kUnnest || stability(part) != Stability::kConsistent)
      is_consistent = false;
  });
  return is_consistent;
}

bool FunctionProperties::is_known(std::string_view function) const {
  return stability_.find(function) != stability_.end();
}

bool is_order_sensitive(std::string_view aggregate) {
  constexpr std::array<std::string_view, 22> kNames = {"first",
                                                       "last",
                                                       "any_value",
                                                       "arbitrary",
                                                       "list",
                                                       "array_agg",
                                                       "string_agg",
                                                       "group_concat",
                                                       "listagg",
                                                       "mode",
                                                       "arg_min",
                                                       "arg_max",
                                                       "argmin",
                                                       "argmax",
                                                       "min_by",
                                                       "max_by",
                                                       "arg_min_null",
                                                       "arg_max_null",
                                                       "arg_min_nulls_last",
                                                       "arg_max_nulls_last",
                                                       "histogram_exact",
                                                       "bitstring_agg"};
  return contains(kNames, aggregate);
}

bool rounds_floats(std::string_view aggregate) {
  constexpr std::array<std::string_view, 32> kNames = {
      "sum",      "avg",      "mean",         "stddev",     "stddev_samp", "stddev_pop",
      "var_samp", "var_pop",  "variance",     "kahan_sum",  "fsum",        "sumkahan",
      "favg",     "corr",     "covar_pop",    "covar_samp", "regr_slope",  "regr_intercept",
      "regr_r2",  "regr_sxx", "regr_syy",     "regr_sxy",   "regr_avgx",   "regr_avgy",
      "skewness", "kurtosis", "kurtosis_pop", "product",    "geomean",     "geometric_mean",
      "entropy",  "sem"};
  return contains(kNames, aggregate);
}

bool is_approximate(std::string_view aggregate) {
  constexpr std::array<std::string_view, 4> kNames = {"approx_count_distinct", "approx_quantile",
                                                      "approx_top_k", "reservoir_quantile"};
  return contains(kNames, aggregate);
}

}  // namespace sluice::sql
