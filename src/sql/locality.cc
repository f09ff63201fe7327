#include "sql/locality.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/expression_text.h"
#include "sql/locality_walker.h"

namespace sluice::sql {
namespace {

// The expression with its columns moved; null when it reads one that has no new place or holds
// parts that cannot be moved.
ExprPtr moved(const ExprPtr& expr, const std::map<size_t, size_t>& places) {
  if (expr->call || expr->window != nullptr) return nullptr;
  auto out = std::make_shared<Expr>(*expr);
  if (expr->kind == ExprKind::kColumn) {
    const auto found = places.find(expr->column);
    if (found == places.end()) return nullptr;
    out->column = found->second;
  }
  for (ExprPtr& child : out->children) {
    child = moved(child, places);
    if (child == nullptr) return nullptr;
  }
  return out;
}

// Where FULL JOIN pairs and tied expressions are found after columns moved.
void move_claims(const Shape& from, const std::map<size_t, size_t>& places, Shape& to) {
  for (const auto& [pair, deps] : from.pairs) {
    const auto left = places.find(pair.first);
    const auto right = places.find(pair.second);
    if (left != places.end() && right != places.end())
      to.pairs.emplace(std::minmax({left->second, right->second}), deps);
  }
  for (const auto& [text, tied] : from.tied) {
    ExprPtr expr = moved(tied.expr, places);
    if (expr == nullptr) continue;
    const std::optional<std::string> canonical = canonical_text(*expr);
    if (canonical) to.tied.emplace(*canonical, TiedExpr{std::move(expr), tied.deps});
  }
}

// col ± constant over dates or integers: what the other side of an equality must be moved by.
struct Shift {
  size_t column;
  std::string inverse;  // "-" or "+"
  std::string constant;
};

std::optional<Shift> shift_of(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction || expr.children.size() != 2) return std::nullopt;
  if (expr.name != "+" && expr.name != "-") return std::nullopt;
  const Expr& column = *expr.children[0];
  const Expr& constant = *expr.children[1];
  const bool is_exact =
      column.type == "DATE" || column.type == "INTEGER" || column.type == "BIGINT";
  if (column.kind != ExprKind::kColumn || !is_exact || expr.type != column.type)
    return std::nullopt;
  if (!columns_of(constant).empty()) return std::nullopt;
  std::optional<std::string> text = canonical_text(constant);
  if (!text) return std::nullopt;
  return Shift{column.column, expr.name == "+" ? "-" : "+", std::move(*text)};
}

void add_deps(Shape& shape, size_t column, const ScanDeps& deps) {
  for (const auto& [scan, dep] : deps) shape.deps[scan].try_emplace(column, dep);
}

void visit_conjuncts(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  if (expr.kind != ExprKind::kConjunction || expr.name != "AND") return visit(expr);
  for (const ExprPtr& child : expr.children) visit_conjuncts(*child, visit);
}

using Equalities = std::map<std::string, const Expr*>;  // by canonical text

// The equalities that every branch of an OR asks for.
Equalities common_equalities(const Expr& disjunction) {
  Equalities common;
  bool is_first = true;
  for (const ExprPtr& branch : disjunction.children) {
    Equalities own;
    visit_conjuncts(*branch, [&own](const Expr& part) {
      if (part.kind != ExprKind::kComparison || part.name != "=") return;
      if (const std::optional<std::string> text = canonical_text(part)) own.emplace(*text, &part);
    });
    if (is_first)
      common = std::move(own);
    else
      std::erase_if(common, [&own](const auto& entry) { return !own.contains(entry.first); });
    is_first = false;
  }
  return common;
}

bool is_float(std::string_view type) { return type == "DOUBLE" || type == "FLOAT"; }

}  // namespace

std::string_view loss_code(LossReason reason) {
  switch (reason) {
    case LossReason::kProjection:
      return "PROJECTION_KEEPS_NO_KEY";
    case LossReason::kGroupKey:
      return "AGGREGATE_WITHOUT_KEY";
    case LossReason::kGroupingSets:
      return "GROUPING_SET_WITHOUT_KEY";
    case LossReason::kDistinctKey:
      return "DISTINCT_ON_WITHOUT_KEY";
    case LossReason::kWindow:
      return "WINDOW_WITHOUT_KEY";
    case LossReason::kJoinSide:
      return "JOIN_NOT_TIED_BY_KEY";
    case LossReason::kMembership:
      return "MEMBERSHIP_OF_NULLS";
    case LossReason::kLimit:
      return "LIMIT";
    case LossReason::kSample:
      return "SAMPLE";
  }
  return "";
}

Locality find_locality(const OperatorPtr& plan, const FunctionProperties& functions) {
  return LocalityWalker(functions).walk(*plan);
}

Locality LocalityWalker::walk(const Operator& root) {
  Shape shape = visit(root);
  found_.width = shape.width;
  found_.deps.resize(found_.scans.size());
  for (auto& [scan, columns] : shape.deps) found_.deps[scan] = std::move(columns);
  // The mark of an IN that no filter used as it stands.
  for (const auto& [scan, place] : membership_places_)
    if (found_.deps[scan].empty() && !found_.scans[scan].loss)
      found_.scans[scan].loss = Loss{LossReason::kMembership, "IN", place};
  return std::move(found_);
}

Shape LocalityWalker::visit(const Operator& op) {
  note(op);
  switch (op.kind) {
    case OperatorKind::kScan:
      return visit_scan(op);
    case OperatorKind::kProject:
      return visit_project(op);
    case OperatorKind::kFilter:
      return visit_filter(op);
    case OperatorKind::kAggregate:
      return visit_aggregate(op);
    case OperatorKind::kDistinct:
      return visit_distinct(op);
    case OperatorKind::kLimit:
    case OperatorKind::kSample:
      return visit_limit(op);
    case OperatorKind::kGenerate:
      return visit_generate(op);
    case OperatorKind::kWindow:
      return visit_window(op);
    case OperatorKind::kJoin:
      return visit_join(op);
    case OperatorKind::kSetOperation:
      return visit_set_operation(op);
    default:
      return visit_plain(op);
  }
}

// Operators that neither drop nor mix rows of what they read.
Shape LocalityWalker::visit_plain(const Operator& op) {
  if (op.inputs.empty()) {
    // Constants; or the values that a dependent join hands down: a parameter, not data of its own.
    Shape out;
    out.width = op.width;
    return out;
  }
  Shape out = visit(*op.inputs[0]);  // UNNEST adds columns behind those of its input
  if (op.kind == OperatorKind::kSort && !op.kept.empty()) return kept_columns(out, op.kept, 0);
  out.width = op.width;
  return out;
}

Shape LocalityWalker::visit_scan(const Operator& op) {
  const size_t scan = found_.scans.size();
  Scan entry;
  entry.catalog = op.catalog;
  entry.schema = op.schema;
  entry.table = op.table;
  Shape out;
  out.width = op.width;
  out.scans = {scan};
  auto& deps = out.deps[scan];
  for (size_t i = 0; i < op.columns.size(); ++i) {
    if (op.columns[i].empty()) continue;
    entry.columns.insert(op.columns[i]);
    deps.emplace(i, Dep{quoted_identifier(op.columns[i]),
                        {op.columns[i]},
                        op.types[i],
                        {},
                        op.columns[i],
                        true});
  }
  found_.scans.push_back(std::move(entry));
  return out;
}

namespace {

bool is_integer(std::string_view type) {
  return type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT" ||
         type == "HUGEINT";
}

bool is_moment(std::string_view type) { return type == "DATE" || type == "TIMESTAMP"; }

bool is_constant(const Expr& expr) { return columns_of(expr).empty(); }

bool is_ordered_cast(const std::string& from, const std::string& to) {
  return (is_moment(from) && is_moment(to)) || (is_integer(from) && is_integer(to));
}

// column ± constant, without a change of type.
bool is_shift(const Expr& expr) {
  const Expr& first = *expr.children[0];
  const Expr& second = *expr.children[1];
  const bool has_order = is_integer(first.type) || first.type == "DATE";
  return (expr.name == "+" || expr.name == "-") && has_order && is_integer(second.type) &&
         is_constant(second) && expr.type == first.type;
}

// A step of an expression that never falls along its one argument that is no constant; null: it
// may.
const Expr* rising_argument(const Expr& expr) {
  if (expr.kind == ExprKind::kCast) {
    const Expr& from = *expr.children[0];
    return !expr.is_try && is_ordered_cast(from.type, expr.type) ? &from : nullptr;
  }
  if (expr.kind != ExprKind::kFunction || expr.children.empty()) return nullptr;
  const Expr& last = *expr.children.back();
  if (expr.name == "year" && expr.children.size() == 1)
    return is_moment(last.type) ? &last : nullptr;
  if (expr.children.size() != 2) return nullptr;
  if (expr.name == "date_trunc" && is_constant(*expr.children[0]) && is_moment(last.type))
    return &last;
  return is_shift(expr) ? expr.children[0].get() : nullptr;
}

// The column of `expr` that it never falls along.
std::optional<size_t> rising_column(const Expr& expr) {
  const Expr* step = &expr;
  while (step != nullptr && step->kind != ExprKind::kColumn) step = rising_argument(*step);
  return step == nullptr ? std::nullopt : std::optional(step->column);
}

// The Dep of an expression whose columns all have an exact one on the same scan.
std::optional<Dep> composed(const Expr& expr, const std::set<size_t>& read,
                            const std::map<size_t, Dep>& columns) {
  Dep dep;
  dep.type = expr.type;
  for (const size_t column : read) {
    const auto found = columns.find(column);
    if (found == columns.end() || !found->second.bands.empty()) return std::nullopt;
    dep.columns.insert(found->second.columns.begin(), found->second.columns.end());
    dep.is_own = dep.is_own && found->second.is_own;
  }
  std::optional<std::string> text =
      expression_text(expr, [&](size_t column) { return std::optional(columns.at(column).expr); });
  if (!text) return std::nullopt;
  dep.expr = std::move(*text);
  if (const std::optional<size_t> rising = rising_column(expr))
    dep.ordered_by = columns.at(*rising).ordered_by;
  return dep;
}

// The two columns of coalesce(a, b), in order.
std::optional<std::pair<size_t, size_t>> coalesced_pair(const Expr& expr) {
  if (expr.kind != ExprKind::kOperator || expr.name != "COALESCE" || expr.children.size() != 2)
    return std::nullopt;
  const Expr& first = *expr.children[0];
  const Expr& second = *expr.children[1];
  if (first.kind != ExprKind::kColumn || second.kind != ExprKind::kColumn) return std::nullopt;
  return std::pair(std::min(first.column, second.column), std::max(first.column, second.column));
}

}  // namespace

ScanDeps LocalityWalker::deps_of(const Shape& shape, const Expr& expr) const {
  ScanDeps out;
  if (!functions_.is_deterministic(expr)) return out;
  if (expr.kind == ExprKind::kColumn) {
    for (const auto& [scan, columns] : shape.deps)
      if (const auto found = columns.find(expr.column); found != columns.end())
        out.emplace(scan, found->second);
    return out;
  }
  const std::optional<std::string> canonical = canonical_text(expr);
  if (!canonical) return out;
  const std::set<size_t> read = columns_of(expr);
  if (read.empty()) return out;
  for (const auto& [scan, columns] : shape.deps)
    if (std::optional<Dep> dep = composed(expr, read, columns)) out.emplace(scan, std::move(*dep));
  if (const auto pair = coalesced_pair(expr))
    if (const auto found = shape.pairs.find(*pair); found != shape.pairs.end())
      out.insert(found->second.begin(), found->second.end());
  if (const auto found = shape.tied.find(*canonical); found != shape.tied.end())
    out.insert(found->second.deps.begin(), found->second.deps.end());
  return out;
}

Shape LocalityWalker::visit_project(const Operator& op) {
  const Shape below = visit(*op.inputs[0]);
  Shape out;
  out.width = op.width;
  out.scans = below.scans;
  std::map<size_t, size_t> places;
  for (size_t i = 0; i < op.expressions.size(); ++i) {
    const ExprPtr& expr = op.expressions[i];
    if (expr->kind == ExprKind::kColumn) places.emplace(expr->column, i);
    add_deps(out, i, deps_of(below, *expr));
    if (expr->kind != ExprKind::kColumn) continue;
    if (const auto mark = below.marks.find(expr->column); mark != below.marks.end()) {
      // The claims speak of columns of `below`; they hold where all of them are kept.
      MarkClaims claims;
      claims.links = mark->second.links;
      for (const auto& [column, deps] : mark->second.deps)
        if (const auto place = places.find(column); place != places.end())
          claims.deps.emplace_back(place->second, deps);
      out.marks.emplace(i, std::move(claims));
    }
  }
  move_claims(below, places, out);
  lose(below, out, below.scans, LossReason::kProjection, "SELECT list", op.place);
  return out;
}

void LocalityWalker::tie(Shape& shape, const Expr& side, const ScanDeps& deps, size_t shift) const {
  if (deps.empty()) return;
  if (side.kind == ExprKind::kColumn) return add_deps(shape, side.column + shift, deps);
  if (!functions_.is_deterministic(side)) return;
  if (const std::optional<Shift> moved_by = shift_of(side))
    for (const auto& [scan, dep] : deps) {
      if (!dep.bands.empty()) continue;
      Dep inverse = dep;
      inverse.expr = fmt::format("(({}) {} {})", dep.expr, moved_by->inverse, moved_by->constant);
      inverse.is_own = false;
      shape.deps[scan].try_emplace(moved_by->column + shift, std::move(inverse));
    }
  std::map<size_t, size_t> places;
  for (const size_t column : columns_of(side)) places.emplace(column, column + shift);
  ExprPtr expr = moved(std::make_shared<Expr>(side), places);
  const std::optional<std::string> text = expr == nullptr ? std::nullopt : canonical_text(*expr);
  if (!text) return;
  TiedExpr& tied = shape.tied[*text];
  tied.expr = std::move(expr);
  tied.deps.insert(deps.begin(), deps.end());
}

void LocalityWalker::apply_equality(Shape& shape, const Expr& left, const Expr& right) const {
  const ScanDeps of_left = deps_of(shape, left);
  const ScanDeps of_right = deps_of(shape, right);
  tie(shape, left, of_right, 0);
  tie(shape, right, of_left, 0);
}

void LocalityWalker::apply_conjunct(Shape& shape, const Expr& conjunct) {
  if (conjunct.kind == ExprKind::kColumn) {
    const auto mark = shape.marks.find(conjunct.column);
    if (mark == shape.marks.end()) return;
    found_.links.insert(found_.links.end(), mark->second.links.begin(), mark->second.links.end());
    for (const auto& [column, deps] : mark->second.deps) add_deps(shape, column, deps);
  }
  if (conjunct.kind == ExprKind::kComparison &&
      (conjunct.name == "=" || conjunct.name == "IS NOT DISTINCT FROM"))
    apply_equality(shape, *conjunct.children[0], *conjunct.children[1]);
  // (a = b AND x) OR (a = b AND y) holds only where a = b does: the same as the conjunct a = b.
  if (conjunct.kind == ExprKind::kConjunction && conjunct.name == "OR")
    for (const auto& [text, equality] : common_equalities(conjunct))
      apply_equality(shape, *equality->children[0], *equality->children[1]);
}

// FILTER, "each conjunct a = b transfers Deps between a and b". One transfer may be what another
// needs (a = b AND b = c), in whatever order they are written: each is exact by itself, so they are
// repeated until none adds anything. Deps are only added, and there are finitely many places.
void LocalityWalker::apply_conjuncts(Shape& shape, const std::vector<ExprPtr>& conjuncts) {
  const auto known = [&shape] {
    size_t count = 0;
    for (const auto& [scan, columns] : shape.deps) count += columns.size();
    for (const auto& [text, tied] : shape.tied) count += tied.deps.size();
    return count;
  };
  for (size_t before = known() + 1; known() != before;) {
    before = known();
    for (const ExprPtr& expr : conjuncts)
      visit_conjuncts(*expr, [&](const Expr& conjunct) { apply_conjunct(shape, conjunct); });
  }
}

Shape LocalityWalker::visit_filter(const Operator& op) {
  Shape shape = visit(*op.inputs[0]);
  apply_conjuncts(shape, op.expressions);
  return op.kept.empty() ? shape : kept_columns(shape, op.kept, 0);
}

// The columns `kept` of the shape, from the place `first` on; before them stand others.
Shape LocalityWalker::kept_columns(const Shape& shape, const std::vector<size_t>& kept,
                                   size_t first) const {
  Shape out;
  out.width = first + kept.size();
  out.scans = shape.scans;
  std::map<size_t, size_t> places;
  for (size_t i = 0; i < kept.size(); ++i) places.emplace(kept[i], first + i);
  for (const auto& [scan, columns] : shape.deps)
    for (size_t i = 0; i < kept.size(); ++i)
      if (const auto found = columns.find(kept[i]); found != columns.end())
        out.deps[scan].emplace(first + i, found->second);
  move_claims(shape, places, out);
  return out;
}

Shape LocalityWalker::visit_aggregate(const Operator& op) {
  const Shape below = visit(*op.inputs[0]);
  Shape out;
  out.width = op.width;
  out.scans = below.scans;
  for (size_t i = 0; i < op.groups.size(); ++i) {
    const bool is_everywhere = std::all_of(
        op.grouping_sets.begin(), op.grouping_sets.end(), [i](const std::vector<size_t>& set) {
          return std::find(set.begin(), set.end(), i) != set.end();
        });
    if (is_everywhere) add_deps(out, i, deps_of(below, *op.groups[i]));
  }
  make_nonlinear(below.scans);
  const bool has_sets = op.grouping_sets.size() > 1;
  lose(below, out, below.scans, has_sets ? LossReason::kGroupingSets : LossReason::kGroupKey,
       has_sets            ? "GROUPING SETS"
       : op.groups.empty() ? "aggregate"
                           : "GROUP BY",
       op.place);
  return out;
}

Shape LocalityWalker::visit_distinct(const Operator& op) {
  const Shape below = visit(*op.inputs[0]);
  Shape out;
  out.width = op.width;
  out.scans = below.scans;
  for (const ExprPtr& key : op.expressions)
    if (key->kind == ExprKind::kColumn) add_deps(out, key->column, deps_of(below, *key));
  if (op.is_distinct_on) found_.flags.ties.insert("DISTINCT ON");
  make_nonlinear(below.scans);
  lose(below, out, below.scans, LossReason::kDistinctKey, "DISTINCT ON", op.place);
  return out;
}

// Each row made of an input row holds that row's kept columns, behind the function's own.
Shape LocalityWalker::visit_generate(const Operator& op) {
  return kept_columns(visit(*op.inputs[0]), op.kept, op.width - op.kept.size());
}

Shape LocalityWalker::visit_limit(const Operator& op) {
  const Shape below = visit(*op.inputs[0]);
  Shape out;
  out.width = op.width;
  out.scans = below.scans;
  make_nonlinear(below.scans);
  const bool is_sample = op.kind == OperatorKind::kSample;
  if (is_sample)
    found_.flags.volatile_functions.insert("SAMPLE");
  else
    found_.flags.has_limit = true;
  lose(below, out, below.scans, is_sample ? LossReason::kSample : LossReason::kLimit,
       is_sample ? "SAMPLE" : "LIMIT", op.place);
  return out;
}

Shape LocalityWalker::visit_set_operation(const Operator& op) {
  Shape out;
  out.width = op.width;
  for (const OperatorPtr& input : op.inputs) {
    const Shape side = visit(*input);
    out.scans.insert(side.scans.begin(), side.scans.end());
    for (const auto& [scan, columns] : side.deps)
      for (const auto& [column, dep] : columns) {
        Dep shared = dep;
        shared.is_own = false;
        out.deps[scan].emplace(column, std::move(shared));
      }
  }
  make_nonlinear(out.scans);
  return out;
}

void LocalityWalker::make_nonlinear(const std::set<size_t>& scans) {
  for (const size_t scan : scans) found_.scans[scan].is_linear = false;
}

void LocalityWalker::lose(const Shape& before, const Shape& after, const std::set<size_t>& scans,
                          LossReason reason, std::string operation, size_t place) {
  const auto has_any = [](const Shape& shape, size_t scan) {
    const auto found = shape.deps.find(scan);
    if (found != shape.deps.end() && !found->second.empty()) return true;
    const auto holds = [scan](const ScanDeps& deps) { return deps.contains(scan); };
    return std::any_of(shape.pairs.begin(), shape.pairs.end(),
                       [&](const auto& entry) { return holds(entry.second); }) ||
           std::any_of(shape.tied.begin(), shape.tied.end(),
                       [&](const auto& entry) { return holds(entry.second.deps); });
  };
  for (const size_t scan : scans)
    if (has_any(before, scan) && !has_any(after, scan) && !found_.scans[scan].loss)
      found_.scans[scan].loss = Loss{reason, operation, place};
}

void LocalityWalker::note(const Operator& op) {
  const auto note_all = [this](const ExprPtr& expr) {
    if (expr != nullptr)
      visit_expressions(*expr, [this](const Expr& part) { note_expression(part); });
  };
  for (const ExprPtr& expr : op.expressions) note_all(expr);
  for (const ExprPtr& expr : op.groups) note_all(expr);
  for (const SortKey& key : op.order) note_all(key.expr);
  for (const JoinCondition& condition : op.conditions) {
    note_all(condition.left);
    note_all(condition.right);
  }
  note_all(op.predicate);
}

void LocalityWalker::note_expression(const Expr& expr) {
  const Stability stability = functions_.stability(expr);
  const std::string name = expr.name.empty() ? "lambda" : expr.name;
  if (stability == Stability::kVolatile) found_.flags.volatile_functions.insert(name);
  if (stability == Stability::kWithinQuery) found_.flags.runtime_functions.insert(name);
  if (expr.kind == ExprKind::kAggregate || expr.kind == ExprKind::kWindow) note_aggregate(expr);
}

void LocalityWalker::note_aggregate(const Expr& expr) {
  if (is_order_sensitive(expr.name) && expr.call->order.empty() &&
      (expr.window == nullptr || expr.window->order.empty()))
    found_.flags.order_sensitive.insert(expr.name);
  if (is_approximate(expr.name)) found_.flags.approximate.insert(expr.name);
  const bool reads_floats = std::any_of(expr.children.begin(), expr.children.end(),
                                        [](const ExprPtr& child) { return is_float(child->type); });
  if (rounds_floats(expr.name) && reads_floats) found_.flags.rounded.insert(expr.name);
  if (expr.window == nullptr) return;
  constexpr std::array kChoosing = {"WINDOW_ROW_NUMBER", "WINDOW_FIRST_VALUE", "WINDOW_LAST_VALUE",
                                    "WINDOW_NTH_VALUE",  "WINDOW_LEAD",        "WINDOW_LAG",
                                    "WINDOW_NTILE"};
  const WindowSpec& window = *expr.window;
  const bool counts_rows = !window.start_is_range || !window.end_is_range;
  if (counts_rows || std::find(kChoosing.begin(), kChoosing.end(), expr.name) != kChoosing.end())
    found_.flags.ties.insert(expr.name);
}

}  // namespace sluice::sql
