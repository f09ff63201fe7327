// The walk behind find_locality: what each operator does to the Deps of its inputs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sql/locality.h"

namespace sluice::sql {

using ScanDeps = std::map<size_t, Dep>;  // by scan

// An expression that is no column and yet has Deps: the group key of a filter a + 1 = b.
struct TiedExpr {
  ExprPtr expr;
  ScanDeps deps;
};

// The mark of `x IN (…)`: what holds where it is a bare conjunct of a filter.
struct MarkClaims {
  std::vector<std::pair<size_t, ScanDeps>> deps;  // column, what it gets
  std::vector<Link> links;
};

// What is known of the output of one operator.
struct Shape {
  size_t width = 0;
  std::set<size_t> scans;                               // below this operator
  std::map<size_t, std::map<size_t, Dep>> deps;         // by scan, by column
  std::map<std::pair<size_t, size_t>, ScanDeps> pairs;  // key columns of a FULL JOIN
  std::map<std::string, TiedExpr> tied;                 // by canonical text
  std::map<size_t, MarkClaims> marks;                   // by column
};

class LocalityWalker {
 public:
  explicit LocalityWalker(const FunctionProperties& functions) : functions_(functions) {}
  Locality walk(const Operator& root);

 private:
  Shape visit(const Operator& op);
  Shape visit_plain(const Operator& op);
  Shape visit_scan(const Operator& op);
  Shape visit_project(const Operator& op);
  Shape visit_filter(const Operator& op);
  Shape visit_aggregate(const Operator& op);
  Shape visit_distinct(const Operator& op);
  Shape visit_generate(const Operator& op);
  Shape visit_limit(const Operator& op);
  Shape visit_window(const Operator& op);
  Shape visit_join(const Operator& op);
  Shape visit_set_operation(const Operator& op);

  // Deps of an expression over the columns of `shape`; none when it is not deterministic.
  ScanDeps deps_of(const Shape& shape, const Expr& expr) const;
  // The column or expression `side` is equal to what has `deps`.
  void tie(Shape& shape, const Expr& side, const ScanDeps& deps, size_t shift) const;
  void apply_equality(Shape& shape, const Expr& left, const Expr& right) const;
  void apply_conjunct(Shape& shape, const Expr& conjunct);
  void apply_conjuncts(Shape& shape, const std::vector<ExprPtr>& conjuncts);
  Shape kept_columns(const Shape& shape, const std::vector<size_t>& kept, size_t first) const;

  struct JoinSides;
  void lose_in_join(const Operator& op, const JoinSides& sides, const Shape& out);
  void tie_join_keys(const Operator& op, const JoinSides& sides, Shape& out);
  void claim_membership(const Operator& op, const JoinSides& sides, Shape& out);
  void pair_full_join_keys(const Operator& op, const JoinSides& sides, Shape& out) const;
  std::vector<Link> links_between(const ScanDeps& dimension, const ScanDeps& fact) const;

  void make_nonlinear(const std::set<size_t>& scans);
  void lose(const Shape& before, const Shape& after, const std::set<size_t>& scans,
            LossReason reason, std::string operation, size_t place);
  void note(const Operator& op);
  void note_expression(const Expr& expr);
  void note_aggregate(const Expr& expr);

  const FunctionProperties& functions_;
  Locality found_;
  std::map<size_t, size_t> membership_places_;  // by scan: right sides of IN
};

// The band of a window function along its first ORDER BY key; nullopt: the whole partition.
std::optional<Band> window_band(const Expr& window);
// The key without casts that keep order and value (DATE to TIMESTAMP, INTEGER to BIGINT).
const Expr& order_column(const Expr& key);
// Adds `band` to what is known, and its sums with it.
std::vector<Band> with_band(const std::vector<Band>& bands, const Band& band);

}  // namespace sluice::sql
