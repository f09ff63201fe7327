// Locality: which rows of an input decide which rows of a query's result. The rules are those of
// "Exact automatic incremental models" (docs/incremental.md): for an operator tree T, a scan s and
// an output column c, a Dep (e, bands, own) says
//   σ[c = v](T(db)) = σ[c = v](T(db with s restricted to rows whose e lies in the band of v))
// for every v, NULL included. e is a deterministic expression over columns of s. It is the
// condition under which σ may be pushed down to s. Where no rule applies, nothing is claimed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sql/function_properties.h"
#include "sql/plan_decoder.h"
#include "sql/relational.h"

namespace sluice::sql {

// One end of a band: `offset` is SQL that is added to the input's value; empty: zero.
struct BandEnd {
  bool is_infinite = false;
  std::string offset;
  bool is_zero() const { return !is_infinite && offset.empty(); }
  bool operator==(const BandEnd&) const = default;
};

// A row with e touches outputs in [e + low, e + high].
struct Band {
  BandEnd low, high;
  bool operator==(const Band&) const = default;
};

struct Dep {
  std::string expr;               // SQL over the scan's columns
  std::set<std::string> columns;  // those it reads
  std::string type;
  std::vector<Band> bands;  // empty: exact
  // The one column along which e never falls (a <= b gives e(a) <= e(b)): where values of the
  // column lie between two others, those of e do. Empty: no such column is known.
  std::string ordered_by;
  // Rows with c = v are there only if the scan has rows with e = v.
  bool is_own = true;
};

enum class LossReason : uint8_t {
  kProjection,    // no expression over the input's keys is kept
  kGroupKey,      // no group key is a function of the input
  kGroupingSets,  // none that is in every grouping set
  kDistinctKey,   // DISTINCT ON other columns
  kWindow,        // neither PARTITION BY nor a frame along the key
  kJoinSide,      // not preserved and not tied by an equality
  kMembership,    // NOT IN, or IN under OR: one NULL anywhere changes everything
  kLimit,
  kSample,
};
std::string_view loss_code(LossReason reason);  // "GROUP_KEY"…

// The first operator that made an input lose its locality.
struct Loss {
  LossReason reason = LossReason::kProjection;
  std::string operation;  // "LEFT join", "GROUP BY"
  size_t place = kNoPlace;
};

// One reading of an input in the query; the same table read twice is two scans.
struct Scan {
  std::string catalog, schema, table;
  std::set<std::string> columns;  // those it reads
  bool is_linear = true;  // each result row comes from one row of it: filters, projections, joins
  std::optional<Loss> loss;
};

// Rows of scan `dimension` matter only to rows of scan `fact` whose key is equal.
struct Link {
  size_t dimension = 0;
  Dep dimension_key;
  size_t fact = 0;
  Dep fact_key;
};

// What makes a result depend on more than its inputs, or on rounding.
struct Flags {
  std::set<std::string> volatile_functions;
  std::set<std::string> runtime_functions;  // now(), current_setting()
  std::set<std::string> order_sensitive;    // first() without ORDER BY…
  std::set<std::string> ties;               // windows and DISTINCT ON that choose among equals
  std::set<std::string> rounded;            // floating-point aggregates
  std::set<std::string> approximate;
  bool has_limit = false;
};

struct Locality {
  std::vector<Scan> scans;
  std::vector<std::map<size_t, Dep>> deps;  // by scan, by output column
  std::vector<Link> links;
  Flags flags;
  size_t width = 0;  // number of output columns
};

Locality find_locality(const OperatorPtr& plan, const FunctionProperties& functions);

}  // namespace sluice::sql
