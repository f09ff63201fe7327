// What joins do to Deps.
#include <algorithm>

#include "sql/expression_text.h"
#include "sql/locality_walker.h"

namespace sluice::sql {

struct LocalityWalker::JoinSides {
  Shape left, right;
  bool keeps_left = false;  // each left row is in the result, or not, by itself and its matches
  bool keeps_right = false;
};

namespace {

bool is_equality(const JoinCondition& condition) {
  return condition.comparison == "COMPARE_EQUAL" ||
         condition.comparison == "COMPARE_NOT_DISTINCT_FROM";
}

// EXISTS compares null-safe; IN does not, and one NULL on its right changes every answer.
bool is_null_safe_mark(const Operator& op) {
  return op.join != JoinKind::kMark ||
         (!op.conditions.empty() &&
          std::all_of(op.conditions.begin(), op.conditions.end(), [](const JoinCondition& c) {
            return c.comparison == "COMPARE_NOT_DISTINCT_FROM";
          }));
}

void add_shifted(const Shape& from, size_t shift, Shape& to) {
  for (const auto& [scan, columns] : from.deps)
    for (const auto& [column, dep] : columns) to.deps[scan].emplace(column + shift, dep);
}

ScanDeps with_own(ScanDeps deps, bool may_own) {
  if (!may_own)
    for (auto& [scan, dep] : deps) dep.is_own = false;
  return deps;
}

}  // namespace

Shape LocalityWalker::visit_join(const Operator& op) {
  JoinSides sides{visit(*op.inputs[0]), visit(*op.inputs[1]), false, false};
  const JoinKind kind = op.join;
  sides.keeps_left = kind != JoinKind::kRight && kind != JoinKind::kFull;
  sides.keeps_right = kind == JoinKind::kInner || kind == JoinKind::kRight;
  if (!sides.keeps_left || kind == JoinKind::kRight) make_nonlinear(sides.left.scans);
  if (kind != JoinKind::kInner && kind != JoinKind::kRight) make_nonlinear(sides.right.scans);
  Shape out;
  out.width = op.width;
  out.scans = sides.left.scans;
  out.scans.insert(sides.right.scans.begin(), sides.right.scans.end());
  if (sides.keeps_left) {
    add_shifted(sides.left, 0, out);
    out.pairs = sides.left.pairs;
    out.tied = sides.left.tied;
    out.marks = sides.left.marks;
  }
  if (sides.keeps_right) add_shifted(sides.right, sides.left.width, out);
  if (kind == JoinKind::kFull) pair_full_join_keys(op, sides, out);
  if (is_null_safe_mark(op))
    tie_join_keys(op, sides, out);
  else
    claim_membership(op, sides, out);
  // INNER JOIN ON p is the product of both sides, filtered by p.
  if (kind == JoinKind::kInner && op.predicate != nullptr) apply_conjuncts(out, {op.predicate});
  lose_in_join(op, sides, out);
  return out;
}

void LocalityWalker::lose_in_join(const Operator& op, const JoinSides& sides, const Shape& out) {
  const JoinKind kind = op.join;
  const LossReason reason = is_null_safe_mark(op) ? LossReason::kJoinSide : LossReason::kMembership;
  std::string name(join_name(kind));
  if (kind != JoinKind::kMark && kind != JoinKind::kSingle) name += " join";
  lose(sides.left, out, sides.left.scans, reason, name, op.place);
  // A mark may still be used as a bare conjunct: walk() knows in the end whether it was.
  if (kind == JoinKind::kMark && out.marks.contains(sides.left.width))
    for (const size_t scan : sides.right.scans) membership_places_.emplace(scan, op.place);
  else
    lose(sides.right, out, sides.right.scans, reason, name, op.place);
}

std::vector<Link> LocalityWalker::links_between(const ScanDeps& dimension,
                                                const ScanDeps& fact) const {
  std::vector<Link> links;
  for (const auto& [dimension_scan, dimension_key] : dimension)
    for (const auto& [fact_scan, fact_key] : fact)
      if (fact_key.is_own && fact_key.bands.empty() && dimension_key.bands.empty())
        links.push_back({dimension_scan, dimension_key, fact_scan, fact_key});
  return links;
}

void LocalityWalker::tie_join_keys(const Operator& op, const JoinSides& sides, Shape& out) {
  if (op.join == JoinKind::kFull) return;
  // Only an inner join says that the other side has the row too.
  const bool is_inner = op.join == JoinKind::kInner || op.join == JoinKind::kSemi;
  for (const JoinCondition& condition : op.conditions) {
    if (!is_equality(condition)) continue;
    const ScanDeps of_left = deps_of(sides.left, *condition.left);
    const ScanDeps of_right = deps_of(sides.right, *condition.right);
    if (sides.keeps_left) {
      const std::vector<Link> links = links_between(of_right, of_left);
      found_.links.insert(found_.links.end(), links.begin(), links.end());
      tie(out, *condition.left, with_own(of_right, is_inner), 0);
    }
    if (sides.keeps_right) {
      const std::vector<Link> links = links_between(of_left, of_right);
      found_.links.insert(found_.links.end(), links.begin(), links.end());
      tie(out, *condition.right, with_own(of_left, op.join == JoinKind::kInner), sides.left.width);
    }
  }
}

// x IN (…): usable only where the mark is a bare conjunct of a filter.
void LocalityWalker::claim_membership(const Operator& op, const JoinSides& sides, Shape& out) {
  if (op.conditions.size() != 1 || !is_equality(op.conditions[0]) || op.predicate != nullptr)
    return;
  const Expr& left = *op.conditions[0].left;
  const ScanDeps of_left = deps_of(sides.left, left);
  const ScanDeps of_right = deps_of(sides.right, *op.conditions[0].right);
  MarkClaims claims;
  claims.links = links_between(of_right, of_left);
  if (left.kind == ExprKind::kColumn)
    claims.deps.emplace_back(left.column, with_own(of_right, false));
  out.marks.emplace(sides.left.width, std::move(claims));
}

// coalesce(left key, right key) of a FULL JOIN is local in both sides.
void LocalityWalker::pair_full_join_keys(const Operator& op, const JoinSides& sides,
                                         Shape& out) const {
  for (const JoinCondition& condition : op.conditions) {
    if (!is_equality(condition) || condition.left->kind != ExprKind::kColumn ||
        condition.right->kind != ExprKind::kColumn)
      continue;
    ScanDeps deps = with_own(deps_of(sides.left, *condition.left), false);
    for (auto& [scan, dep] : with_own(deps_of(sides.right, *condition.right), false))
      deps.emplace(scan, dep);
    const std::pair columns(condition.left->column, condition.right->column + sides.left.width);
    out.pairs.emplace(columns, std::move(deps));
  }
}

}  // namespace sluice::sql
