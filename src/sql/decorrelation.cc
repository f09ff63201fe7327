#include "sql/decorrelation.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sql/expression_text.h"

namespace sluice::sql {
namespace {

ExprPtr column_expr(size_t column, std::string type) {
  auto out = std::make_shared<Expr>();
  out->kind = ExprKind::kColumn;
  out->column = column;
  out->type = std::move(type);
  return out;
}

// With each column moved; the frames of windows and filters of aggregates do not occur in joins.
ExprPtr moved(const ExprPtr& expr, const std::map<size_t, size_t>& to) {
  auto out = std::make_shared<Expr>(*expr);
  if (out->kind == ExprKind::kColumn) out->column = to.at(out->column);
  for (ExprPtr& child : out->children) child = moved(child, to);
  return out;
}

bool reads_only(const Expr& expr, const std::map<size_t, size_t>& columns) {
  const std::set<size_t> read = columns_of(expr);
  return std::all_of(read.begin(), read.end(),
                     [&columns](size_t column) { return columns.contains(column); });
}

// Whether parameters of an outer join are read: those of a dependent join on the way are its own.
bool has_parameters(const Operator& op) {
  if (op.kind == OperatorKind::kParameters) return true;
  if (op.kind == OperatorKind::kJoin && op.is_dependent) return has_parameters(*op.inputs[0]);
  return std::any_of(op.inputs.begin(), op.inputs.end(),
                     [](const OperatorPtr& input) { return has_parameters(*input); });
}

// Types of which equal values are the same value.
bool is_told_by_equality(std::string_view type) {
  constexpr std::array kTypes = {"TINYINT", "SMALLINT",  "INTEGER", "BIGINT",
                                 "HUGEINT", "UTINYINT",  "BOOLEAN", "VARCHAR",
                                 "DATE",    "TIMESTAMP", "UUID",    "UINTEGER"};
  return type.starts_with("DECIMAL") ||
         std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_column(const Expr& expr, size_t column) {
  return expr.kind == ExprKind::kColumn && expr.column == column;
}

using Columns = std::vector<size_t>;

// A part of a subquery for all values of the parameters, and its columns that hold those; none: it
// does not depend on them. Every operator in it works for each value by itself.
struct Untied {
  OperatorPtr op;
  std::optional<Columns> parameters;
};
using MaybeUntied = std::optional<Untied>;

// Takes the set of parameters out of a subquery.
class Untier {
 public:
  explicit Untier(size_t num_parameters) : num_parameters_(num_parameters) {}
  // nullopt: it is not known to work for each value by itself.
  MaybeUntied untie(const OperatorPtr& op);

 private:
  MaybeUntied filter(const OperatorPtr& op);
  MaybeUntied project(const OperatorPtr& op);
  MaybeUntied aggregate(const OperatorPtr& op);
  MaybeUntied join(const OperatorPtr& op);
  MaybeUntied join_of_both(std::shared_ptr<Operator> join, const Untied& left,
                           const Untied& right) const;
  OperatorPtr tied_filter(const Operator& filter) const;

  size_t num_parameters_;
};

MaybeUntied Untier::untie(const OperatorPtr& op) {
  if (!has_parameters(*op)) return Untied{op, std::nullopt};
  switch (op->kind) {
    case OperatorKind::kParameters: {
      if (op->width != num_parameters_) return std::nullopt;
      Columns columns;
      for (size_t i = 0; i < op->width; ++i) columns.push_back(i);
      return Untied{op, columns};
    }
    case OperatorKind::kFilter:
      return filter(op);
    case OperatorKind::kProject:
      return project(op);
    case OperatorKind::kAggregate:
      return aggregate(op);
    case OperatorKind::kJoin:
      return join(op);
    default:
      return std::nullopt;
  }
}

// The other side of a conjunct "column = other side" whose values say those of the column.
ExprPtr tied_to(const Expr& conjunct, size_t column) {
  if (conjunct.kind != ExprKind::kComparison || conjunct.name != "=") return nullptr;
  for (size_t side = 0; side < 2; ++side) {
    const ExprPtr& other = conjunct.children[1 - side];
    if (is_column(*conjunct.children[side], column) &&
        conjunct.children[side]->type == other->type && is_told_by_equality(other->type))
      return other;
  }
  return nullptr;
}

// rows × parameters, or the other way round.
struct Product {
  OperatorPtr rows;
  size_t first_row = 0, first_parameter = 0;
};

std::optional<Product> product_of(const Operator& op, size_t num_parameters) {
  const bool is_product = op.kind == OperatorKind::kJoin && !op.is_dependent &&
                          op.join == JoinKind::kInner && op.conditions.empty() &&
                          op.predicate == nullptr;
  if (!is_product) return std::nullopt;
  const size_t side = op.inputs[1]->kind == OperatorKind::kParameters ? 1 : 0;
  const Operator& parameters = *op.inputs[side];
  Product out{op.inputs[1 - side], side == 0 ? num_parameters : 0, 0};
  if (side == 1) out.first_parameter = out.rows->width;
  const bool is_known = parameters.kind == OperatorKind::kParameters &&
                        parameters.width == num_parameters && !has_parameters(*out.rows);
  return is_known ? std::optional(std::move(out)) : std::nullopt;
}

ExprPtr is_not_null(const ExprPtr& expr) {
  auto out = std::make_shared<Expr>();
  out->kind = ExprKind::kOperator;
  out->name = "IS NOT NULL";
  out->type = "BOOLEAN";
  out->children = {expr};
  return out;
}

// σ[x.a = p.v](x × parameters) is σ[a IS NOT NULL](x) with a in the place of v.
OperatorPtr Untier::tied_filter(const Operator& filter) const {
  const Operator& below = *filter.inputs[0];
  const std::optional<Product> product = product_of(below, num_parameters_);
  if (!product) return nullptr;
  auto columns = std::make_shared<Operator>();
  columns->kind = OperatorKind::kProject;
  columns->width = below.width;
  columns->inputs = {product->rows};
  columns->expressions.resize(below.width);
  std::map<size_t, size_t> to;
  for (size_t i = 0; i < product->rows->width; ++i) {
    to.emplace(product->first_row + i, i);
    columns->expressions[product->first_row + i] = column_expr(i, "");
  }
  auto out = std::make_shared<Operator>(filter);
  for (ExprPtr& conjunct : out->expressions)
    for (size_t i = 0; i < num_parameters_; ++i) {
      ExprPtr& value = columns->expressions[product->first_parameter + i];
      const ExprPtr other = tied_to(*conjunct, product->first_parameter + i);
      if (value != nullptr || other == nullptr || !reads_only(*other, to)) continue;
      value = moved(other, to);
      conjunct = is_not_null(other);
      break;
    }
  const auto& values = columns->expressions;
  if (std::find(values.begin(), values.end(), nullptr) != values.end()) return nullptr;
  out->inputs = {columns};
  return out;
}

MaybeUntied Untier::filter(const OperatorPtr& op) {
  Columns parameters;
  OperatorPtr out = tied_filter(*op);
  if (out != nullptr) {
    const Operator& product = *op->inputs[0];
    const bool is_left = product.inputs[0]->kind == OperatorKind::kParameters;
    for (size_t i = 0; i < num_parameters_; ++i)
      parameters.push_back((is_left ? 0 : product.inputs[0]->width) + i);
  } else {
    const MaybeUntied below = untie(op->inputs[0]);
    if (!below || !below->parameters) return std::nullopt;
    auto copy = std::make_shared<Operator>(*op);
    copy->inputs = {below->op};
    out = copy;
    parameters = *below->parameters;
  }
  if (!op->kept.empty())
    for (size_t& column : parameters) {
      const auto found = std::find(op->kept.begin(), op->kept.end(), column);
      if (found == op->kept.end()) return std::nullopt;
      column = static_cast<size_t>(found - op->kept.begin());
    }
  return Untied{out, parameters};
}

// Where the parameters stand among expressions over the columns below.
std::optional<Columns> found_among(const std::vector<ExprPtr>& exprs, const Columns& parameters) {
  Columns out;
  for (const size_t column : parameters) {
    const auto found = std::find_if(exprs.begin(), exprs.end(), [column](const ExprPtr& expr) {
      return is_column(*expr, column);
    });
    if (found == exprs.end()) return std::nullopt;
    out.push_back(static_cast<size_t>(found - exprs.begin()));
  }
  return out;
}

MaybeUntied Untier::project(const OperatorPtr& op) {
  const MaybeUntied below = untie(op->inputs[0]);
  if (!below || !below->parameters) return std::nullopt;
  const std::optional<Columns> columns = found_among(op->expressions, *below->parameters);
  if (!columns) return std::nullopt;
  auto out = std::make_shared<Operator>(*op);
  out->inputs = {below->op};
  return Untied{out, columns};
}

MaybeUntied Untier::aggregate(const OperatorPtr& op) {
  const MaybeUntied below = untie(op->inputs[0]);
  if (!below || !below->parameters || op->grouping_sets.size() > 1) return std::nullopt;
  const std::optional<Columns> columns = found_among(op->groups, *below->parameters);
  if (!columns) return std::nullopt;
  auto out = std::make_shared<Operator>(*op);
  out->inputs = {below->op};
  return Untied{out, columns};
}

// Whether conditions ask that these columns of both sides are the same, NULL or not.
bool ties_all(const Operator& join, const Columns& left, const Columns& right) {
  for (size_t i = 0; i < left.size(); ++i) {
    const bool is_tied = std::any_of(
        join.conditions.begin(), join.conditions.end(), [&](const JoinCondition& condition) {
          return condition.comparison == "COMPARE_NOT_DISTINCT_FROM" &&
                 is_column(*condition.left, left[i]) && is_column(*condition.right, right[i]);
        });
    if (!is_tied) return false;
  }
  return true;
}

MaybeUntied Untier::join(const OperatorPtr& op) {
  if (op->join == JoinKind::kFull || op->join == JoinKind::kRight) return std::nullopt;
  const MaybeUntied left = untie(op->inputs[0]);
  // The right side of a dependent join has parameters of its own.
  const MaybeUntied right =
      op->is_dependent ? MaybeUntied(Untied{op->inputs[1], std::nullopt}) : untie(op->inputs[1]);
  if (!left || !right) return std::nullopt;
  auto out = std::make_shared<Operator>(*op);
  out->inputs = {left->op, right->op};
  if (left->parameters && right->parameters) return join_of_both(out, *left, *right);
  if (left->parameters) return Untied{out, left->parameters};
  if (op->join != JoinKind::kInner) return std::nullopt;
  Columns columns = *right->parameters;
  for (size_t& column : columns) column += left->op->width;
  return Untied{out, columns};
}

// parameters ⋈ x is x where the join is on all of them: for each value there is in x.
MaybeUntied Untier::join_of_both(std::shared_ptr<Operator> join, const Untied& left,
                                 const Untied& right) const {
  if (!ties_all(*join, *left.parameters, *right.parameters)) return std::nullopt;
  const bool is_set = left.op->kind == OperatorKind::kParameters &&
                      join->join == JoinKind::kInner && join->predicate == nullptr &&
                      join->conditions.size() == num_parameters_ && !has_parameters(*right.op);
  if (!is_set) return Untied{join, left.parameters};
  auto out = std::make_shared<Operator>();
  out->kind = OperatorKind::kProject;
  out->width = join->width;
  out->inputs = {right.op};
  for (const size_t column : *right.parameters) out->expressions.push_back(column_expr(column, ""));
  for (size_t i = 0; i < right.op->width; ++i) out->expressions.push_back(column_expr(i, ""));
  return Untied{out, left.parameters};
}

// The right side's columns that a join compares null-safe.
std::set<size_t> compared_columns(const Operator& join) {
  std::set<size_t> out;
  for (const JoinCondition& condition : join.conditions)
    if (condition.comparison == "COMPARE_NOT_DISTINCT_FROM" &&
        condition.right->kind == ExprKind::kColumn)
      out.insert(condition.right->column);
  return out;
}

bool has_first(const std::set<size_t>& columns, size_t count) {
  return std::distance(columns.begin(), columns.lower_bound(count)) ==
         static_cast<std::ptrdiff_t>(count);
}

// The columns of the input that these of a projection or filter are.
std::set<size_t> columns_below(const Operator& op, const std::set<size_t>& columns) {
  std::set<size_t> out;
  for (const size_t column : columns)
    if (op.kind == OperatorKind::kFilter)
      out.insert(op.kept.empty() ? column : op.kept[column]);
    else if (op.expressions[column]->kind == ExprKind::kColumn)
      out.insert(op.expressions[column]->column);
  return out;
}

// Whether there is one row at most for each combination of values of these columns.
bool is_unique(const Operator& op, const std::set<size_t>& columns) {
  switch (op.kind) {
    case OperatorKind::kParameters:
      return has_first(columns, op.width);
    case OperatorKind::kAggregate:
      return op.grouping_sets.size() <= 1 && has_first(columns, op.groups.size());
    case OperatorKind::kProject:
    case OperatorKind::kFilter:
      return is_unique(*op.inputs[0], columns_below(op, columns));
    case OperatorKind::kJoin:
      return (op.join == JoinKind::kInner || op.join == JoinKind::kLeft) &&
             is_unique(*op.inputs[0], columns) && is_unique(*op.inputs[1], compared_columns(op));
    default:
      return false;
  }
}

class Decorrelator {
 public:
  OperatorPtr rewrite(const OperatorPtr& op);

 private:
  static OperatorPtr push(const OperatorPtr& filter);
  static void untie(Operator& join);
  static void keep_compared(Operator& join);

  std::map<const Operator*, OperatorPtr> done_;  // bodies of CTEs stay shared
};

OperatorPtr Decorrelator::rewrite(const OperatorPtr& op) {
  if (const auto found = done_.find(op.get()); found != done_.end()) return found->second;
  auto copy = std::make_shared<Operator>(*op);
  for (OperatorPtr& input : copy->inputs) input = rewrite(input);
  if (copy->kind == OperatorKind::kJoin) {
    if (copy->is_dependent) untie(*copy);
    if (copy->join == JoinKind::kMark || copy->join == JoinKind::kSemi ||
        copy->join == JoinKind::kAnti)
      keep_compared(*copy);
  }
  OperatorPtr out = copy;
  if (copy->kind == OperatorKind::kFilter) out = push(copy);
  done_.emplace(op.get(), out);
  return out;
}

// Conditions on the left side of a join that keeps its rows as they are.
OperatorPtr Decorrelator::push(const OperatorPtr& filter) {
  const Operator& join = *filter->inputs[0];
  const bool keeps_left = join.kind == OperatorKind::kJoin && join.join != JoinKind::kInner &&
                          join.join != JoinKind::kRight && join.join != JoinKind::kFull;
  if (!keeps_left) return filter;
  const size_t width = join.inputs[0]->width;
  auto rest = std::make_shared<Operator>(*filter);
  rest->expressions.clear();
  auto below = std::make_shared<Operator>();
  below->kind = OperatorKind::kFilter;
  below->width = width;
  below->inputs = {join.inputs[0]};
  for (const ExprPtr& conjunct : filter->expressions) {
    const std::set<size_t> read = columns_of(*conjunct);
    const bool is_left = !read.empty() && *read.rbegin() < width;
    (is_left ? below : rest)->expressions.push_back(conjunct);
  }
  if (below->expressions.empty()) return filter;
  auto narrowed = std::make_shared<Operator>(join);
  narrowed->inputs[0] = push(below);
  rest->inputs = {narrowed};
  return rest;
}

void Decorrelator::untie(Operator& join) {
  const MaybeUntied right = Untier(join.parameters.size()).untie(join.inputs[1]);
  if (right && right->parameters) {
    Columns outer;
    for (const ExprPtr& parameter : join.parameters)
      if (parameter->kind == ExprKind::kColumn) outer.push_back(parameter->column);
    const bool takes_wanted =
        outer.size() == right->parameters->size() && ties_all(join, outer, *right->parameters);
    if (takes_wanted) {
      join.inputs[1] = right->op;
      join.is_dependent = has_parameters(*right->op);
    }
  }
  if (join.join != JoinKind::kSingle) return;
  // Else the engine counts the rows, and ends with an error when there is a second one.
  if (is_unique(*join.inputs[1], compared_columns(join)))
    join.join = JoinKind::kLeft;
  else
    join.is_dependent = true;
}

// Of the right side only what is compared, and each combination once.
void Decorrelator::keep_compared(Operator& join) {
  const size_t width = join.inputs[0]->width;
  auto values = std::make_shared<Operator>();
  values->kind = OperatorKind::kProject;
  values->inputs = {join.inputs[1]};
  std::map<size_t, size_t> to;
  for (size_t i = 0; i < width; ++i) to.emplace(i, i);
  for (JoinCondition& condition : join.conditions) {
    values->expressions.push_back(condition.right);
    condition.right = column_expr(values->expressions.size() - 1, condition.right->type);
  }
  if (join.predicate != nullptr) {
    for (const size_t column : columns_of(*join.predicate))
      if (column >= width) {
        to.emplace(column, width + values->expressions.size());
        values->expressions.push_back(column_expr(column - width, ""));
      }
    join.predicate = moved(join.predicate, to);
  }
  values->width = values->expressions.size();
  auto distinct = std::make_shared<Operator>();
  distinct->kind = OperatorKind::kDistinct;
  distinct->width = values->width;
  distinct->inputs = {values};
  for (size_t i = 0; i < values->width; ++i)
    distinct->expressions.push_back(column_expr(i, values->expressions[i]->type));
  if (values->width > 0) join.inputs[1] = distinct;
}

}  // namespace

OperatorPtr decorrelated(const OperatorPtr& plan) { return Decorrelator().rewrite(plan); }

}  // namespace sluice::sql
