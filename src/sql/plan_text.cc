#include "sql/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sql/binder.h"
#include "sql/call_text.h"
#include "sql/expression_text.h"

namespace sluice::sql {
namespace {

using Text = std::optional<std::string>;

// What an operator became.
struct Printed {
  std::string query;
  size_t width = 0;
  size_t carried = 0;
  std::set<size_t> blank;  // columns without a text: row numbers
};
using MaybePrinted = std::optional<Printed>;

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

// "t.c3" for columns of `input`.
ColumnText columns_of_input(const Printed& input, std::string_view alias) {
  return [&input, alias](size_t column) -> Text {
    if (column >= input.width || input.blank.contains(column)) return std::nullopt;
    return fmt::format("{}.c{}", alias, column);
  };
}

// The columns of both sides of a join, left before right.
ColumnText columns_of_sides(const Printed& left, const Printed& right) {
  return [&left, &right](size_t column) -> Text {
    if (column < left.width) return columns_of_input(left, "l")(column);
    return columns_of_input(right, "r")(column - left.width);
  };
}

class PlanPrinter {
 public:
  PlanPrinter(const StandIns& stand_ins, const CarriedColumns& carried)
      : stand_ins_(stand_ins), carried_(carried) {}

  // `carries`: whether the columns of scans below are handed on.
  MaybePrinted print(const Operator& op, bool carries);

 private:
  MaybePrinted scan(const Operator& op, bool carries) const;
  MaybePrinted parameters(const Operator& op) const;
  MaybePrinted project(const Operator& op, bool carries);
  MaybePrinted filter(const Operator& op, bool carries);
  MaybePrinted aggregate(const Operator& op, bool carries);
  MaybePrinted distinct(const Operator& op, bool carries);
  MaybePrinted sort(const Operator& op);
  MaybePrinted limit(const Operator& op);
  MaybePrinted window(const Operator& op);
  MaybePrinted join(const Operator& op, bool carries);
  MaybePrinted mark_join(const Operator& op, const Printed& left, const Printed& right) const;
  MaybePrinted set_operation(const Operator& op, bool carries);

  MaybePrinted join_sides(const Operator& op, const Printed& left, bool carries);

  const StandIns& stand_ins_;
  const CarriedColumns& carried_;
  std::vector<std::string> parameters_;  // what a dependent join hands to the right side at hand
};

// "t.p0 as p3, t.p1 as p4"
void add_carried(const Printed& input, std::string_view alias, size_t first,
                 std::vector<std::string>& list) {
  for (size_t i = 0; i < input.carried; ++i)
    list.push_back(fmt::format("{}.p{} as p{}", alias, i, first + i));
}

// A column handed on as it is; blank ones stay so.
std::string passed(const Printed& input, std::string_view alias, size_t column, size_t to,
                   Printed& out) {
  if (!input.blank.contains(column)) return fmt::format("{}.c{} as c{}", alias, column, to);
  out.blank.insert(to);
  return fmt::format("NULL as c{}", to);
}

MaybePrinted PlanPrinter::print(const Operator& op, bool carries) {
  if (const auto found = stand_ins_.find(&op); found != stand_ins_.end()) {
    std::vector<std::string> list;
    for (size_t i = 0; i < op.width; ++i) list.push_back(fmt::format("t.c{0} as c{0}", i));
    return Printed{
        fmt::format("select {} from {} t", joined(list, ", "), found->second), op.width, 0, {}};
  }
  switch (op.kind) {
    case OperatorKind::kScan:
      return scan(op, carries);
    case OperatorKind::kProject:
      return project(op, carries);
    case OperatorKind::kFilter:
      return filter(op, carries);
    case OperatorKind::kAggregate:
      return aggregate(op, carries);
    case OperatorKind::kDistinct:
      return distinct(op, carries);
    case OperatorKind::kSort:
      return sort(op);
    case OperatorKind::kLimit:
      return limit(op);
    case OperatorKind::kWindow:
      return window(op);
    case OperatorKind::kJoin:
      return join(op, carries);
    case OperatorKind::kSetOperation:
      return set_operation(op, carries);
    case OperatorKind::kCommonTable:
      return print(*op.inputs[0], carries);
    case OperatorKind::kParameters:
      return parameters(op);
    default:
      return std::nullopt;
  }
}

MaybePrinted PlanPrinter::scan(const Operator& op, bool carries) const {
  Printed out;
  out.width = op.columns.size();
  std::vector<std::string> list;
  for (size_t i = 0; i < op.columns.size(); ++i) {
    if (op.columns[i].empty()) out.blank.insert(i);
    list.push_back(fmt::format(
        "{} as c{}",
        op.columns[i].empty() ? std::string("NULL") : "t." + quoted_identifier(op.columns[i]), i));
  }
  if (carries)
    for (const std::string& column : carried_(op))
      list.push_back(fmt::format("t.{} as p{}", quoted_identifier(column), out.carried++));
  // Temporary relations by their full name: a CTE or table of the same name is another.
  const std::string relation = op.catalog == "temp" ? quoted_name({op.catalog, op.schema, op.table})
                                                    : quoted_identifier(op.table);
  out.query = fmt::format("select {} from {} t", joined(list, ", "), relation);
  return out;
}

MaybePrinted PlanPrinter::parameters(const Operator& op) const {
  if (parameters_.empty()) return std::nullopt;
  return Printed{parameters_.back(), op.width, 0, {}};
}

MaybePrinted PlanPrinter::project(const Operator& op, bool carries) {
  const MaybePrinted below = print(*op.inputs[0], carries);
  if (!below) return std::nullopt;
  Printed out;
  out.width = op.expressions.size();
  out.carried = below->carried;
  std::vector<std::string> list;
  for (size_t i = 0; i < op.expressions.size(); ++i) {
    const Expr& expr = *op.expressions[i];
    if (expr.kind == ExprKind::kColumn) {
      list.push_back(passed(*below, "t", expr.column, i, out));
      continue;
    }
    const Text text = expression_text(expr, columns_of_input(*below, "t"));
    if (!text) return std::nullopt;
    list.push_back(fmt::format("{} as c{}", *text, i));
  }
  add_carried(*below, "t", 0, list);
  out.query = fmt::format("select {} from ({}) t", joined(list, ", "), below->query);
  return out;
}

MaybePrinted PlanPrinter::filter(const Operator& op, bool carries) {
  const MaybePrinted below = print(*op.inputs[0], carries);
  if (!below) return std::nullopt;
  Printed out;
  out.width = op.width;
  out.carried = below->carried;
  std::vector<std::string> list, conjuncts;
  for (size_t i = 0; i < op.width; ++i)
    list.push_back(passed(*below, "t", op.kept.empty() ? i : op.kept[i], i, out));
  add_carried(*below, "t", 0, list);
  for (const ExprPtr& expr : op.expressions) {
    const Text text = expression_text(*expr, columns_of_input(*below, "t"));
    if (!text) return std::nullopt;
    conjuncts.push_back(*text);
  }
  if (conjuncts.empty()) conjuncts.emplace_back("true");
  out.query = fmt::format("select {} from ({}) t where {}", joined(list, ", "), below->query,
                          joined(conjuncts, " and "));
  return out;
}

// The keys are columns g0, g1, … of an inner SELECT: a constant among them is no position then.
MaybePrinted PlanPrinter::aggregate(const Operator& op, bool carries) {
  const MaybePrinted below = print(*op.inputs[0], carries);
  if (!below || (op.grouping_sets.size() > 1 && below->carried > 0)) return std::nullopt;
  std::vector<std::string> inner = {"t.*"}, list, keys;
  for (size_t i = 0; i < op.groups.size(); ++i) {
    const Text text = expression_text(*op.groups[i], columns_of_input(*below, "t"));
    if (!text) return std::nullopt;
    inner.push_back(fmt::format("{} as g{}", *text, i));
    list.push_back(fmt::format("t.g{} as c{}", i, i));
    keys.push_back(fmt::format("t.g{}", i));
  }
  for (const ExprPtr& call : op.expressions) {
    const Text text = aggregate_text(*call, columns_of_input(*below, "t"));
    if (!text) return std::nullopt;
    list.push_back(fmt::format("{} as c{}", *text, list.size()));
  }
  const auto keys_of = [&keys](const std::vector<size_t>& groups) {
    std::vector<std::string> names;
    for (const size_t group : groups) names.push_back(keys[group]);
    return joined(names, ", ");
  };
  for (const std::vector<size_t>& call : op.grouping_functions)
    list.push_back(fmt::format("grouping({}) as c{}", keys_of(call), list.size()));
  add_carried(*below, "t", 0, list);
  std::string group;
  if (op.grouping_sets.size() > 1) {
    std::vector<std::string> sets;
    for (const std::vector<size_t>& set : op.grouping_sets)
      sets.push_back(fmt::format("({})", keys_of(set)));
    group = fmt::format(" group by grouping sets ({})", joined(sets, ", "));
  } else {
    for (size_t i = 0; i < below->carried; ++i) keys.push_back(fmt::format("t.p{}", i));
    if (!keys.empty()) group = " group by " + joined(keys, ", ");
  }
  return Printed{fmt::format("select {} from (select {} from ({}) t) t{}", joined(list, ", "),
                             joined(inner, ", "), below->query, group),
                 op.width,
                 below->carried,
                 {}};
}

MaybePrinted PlanPrinter::distinct(const Operator& op, bool carries) {
  if (op.is_distinct_on || op.expressions.size() != op.width) return std::nullopt;
  const MaybePrinted below = print(*op.inputs[0], carries);
  if (!below || !below->blank.empty()) return std::nullopt;
  return Printed{
      fmt::format("select distinct t.* from ({}) t", below->query), op.width, below->carried, {}};
}

// Alone it orders nothing that is kept; below a LIMIT it says which rows are.
MaybePrinted PlanPrinter::sort(const Operator& op) {
  const MaybePrinted below = print(*op.inputs[0], false);
  if (!below) return std::nullopt;
  Printed out;
  out.width = op.width;
  std::vector<std::string> list;
  for (size_t i = 0; i < op.width; ++i)
    list.push_back(passed(*below, "t", op.kept.empty() ? i : op.kept[i], i, out));
  const Text order = sort_text(op.order, columns_of_input(*below, "t"));
  if (!order) return std::nullopt;
  out.query =
      fmt::format("select {} from ({}) t order by {}", joined(list, ", "), below->query, *order);
  return out;
}

MaybePrinted PlanPrinter::limit(const Operator& op) {
  MaybePrinted below = print(*op.inputs[0], false);
  if (!below || op.has_computed_limit) return std::nullopt;
  // What a sort wrote ends with its ORDER BY; the limit goes behind that.
  if (op.inputs[0]->kind != OperatorKind::kSort)
    below->query = fmt::format("select * from ({}) t", below->query);
  if (op.limit) below->query += fmt::format(" limit {}", *op.limit);
  if (op.offset) below->query += fmt::format(" offset {}", *op.offset);
  return below;
}

MaybePrinted PlanPrinter::window(const Operator& op) {
  const MaybePrinted below = print(*op.inputs[0], false);
  if (!below) return std::nullopt;
  Printed out;
  out.width = op.width;
  std::vector<std::string> list;
  for (size_t i = 0; i < below->width; ++i) list.push_back(passed(*below, "t", i, i, out));
  for (const ExprPtr& call : op.expressions) {
    const Text text = window_text(*call, columns_of_input(*below, "t"));
    if (!text) return std::nullopt;
    list.push_back(fmt::format("{} as c{}", *text, list.size()));
  }
  out.query = fmt::format("select {} from ({}) t", joined(list, ", "), below->query);
  return out;
}

Text join_keyword(const Operator& op) {
  switch (op.join) {
    case JoinKind::kInner:
      return "join";
    case JoinKind::kLeft:
    case JoinKind::kSingle:  // the plan sees to it that there is one row at most
      return "left join";
    case JoinKind::kRight:
      return "right join";
    case JoinKind::kFull:
      return "full join";
    case JoinKind::kSemi:
      return "semi join";
    case JoinKind::kAnti:
      return "anti join";
    case JoinKind::kMark:
      return std::nullopt;
  }
  return std::nullopt;
}

// "l.c0 = r.c1 and …"; "true" without conditions.
Text join_condition(const Operator& op, const Printed& left, const Printed& right) {
  std::vector<std::string> parts;
  for (const JoinCondition& condition : op.conditions) {
    const Text of_left = expression_text(*condition.left, columns_of_input(left, "l"));
    const Text of_right = expression_text(*condition.right, columns_of_input(right, "r"));
    const std::string_view comparison = comparison_operator(condition.comparison);
    if (!of_left || !of_right || comparison.empty()) return std::nullopt;
    parts.push_back(fmt::format("({} {} {})", *of_left, comparison, *of_right));
  }
  if (op.predicate != nullptr) {
    const Text text = expression_text(*op.predicate, columns_of_sides(left, right));
    if (!text) return std::nullopt;
    parts.push_back(*text);
  }
  return parts.empty() ? "true" : joined(parts, " and ");
}

// The values of the parameters: "select distinct t.c1 as c0 from (left) t".
Text parameter_query(const Operator& op, const Printed& left) {
  std::vector<std::string> list;
  for (const ExprPtr& parameter : op.parameters) {
    const Text text = expression_text(*parameter, columns_of_input(left, "t"));
    if (!text) return std::nullopt;
    list.push_back(fmt::format("{} as c{}", *text, list.size()));
  }
  if (list.empty()) return std::nullopt;
  return fmt::format("select distinct {} from ({}) t", joined(list, ", "), left.query);
}

MaybePrinted PlanPrinter::join(const Operator& op, bool carries) {
  const bool keeps_left = op.join != JoinKind::kRight && op.join != JoinKind::kFull;
  const MaybePrinted left = print(*op.inputs[0], carries && keeps_left);
  if (!left) return std::nullopt;
  if (!op.is_dependent) return join_sides(op, *left, carries);
  const Text parameters = parameter_query(op, *left);
  // The engine sees to it that there is one row at most: a text would not.
  if (!parameters || op.join == JoinKind::kSingle) return std::nullopt;
  parameters_.push_back(*parameters);
  MaybePrinted out = join_sides(op, *left, carries);
  parameters_.pop_back();
  return out;
}

MaybePrinted PlanPrinter::join_sides(const Operator& op, const Printed& left_side, bool carries) {
  const Printed* left = &left_side;
  const MaybePrinted right = print(*op.inputs[1], carries && op.join == JoinKind::kInner);
  if (!right) return std::nullopt;
  if (op.join == JoinKind::kMark) return mark_join(op, *left, *right);
  const Text keyword = join_keyword(op);
  const Text condition = join_condition(op, *left, *right);
  if (!keyword || !condition) return std::nullopt;
  Printed out;
  out.carried = left->carried + right->carried;
  std::vector<std::string> list;
  for (size_t i = 0; i < left->width; ++i) list.push_back(passed(*left, "l", i, i, out));
  const bool shows_right = op.join != JoinKind::kSemi && op.join != JoinKind::kAnti;
  for (size_t i = 0; shows_right && i < right->width; ++i)
    list.push_back(passed(*right, "r", i, left->width + i, out));
  out.width = list.size();
  add_carried(*left, "l", 0, list);
  if (shows_right) add_carried(*right, "r", left->carried, list);
  out.query = fmt::format("select {} from ({}) l {} ({}) r on {}", joined(list, ", "), left->query,
                          *keyword, right->query, *condition);
  return out;
}

// x IN (SELECT … WHERE y IS NOT DISTINCT FROM …): a column that is true, false or NULL; EXISTS
// where all is compared null-safe.
MaybePrinted PlanPrinter::mark_join(const Operator& op, const Printed& left,
                                    const Printed& right) const {
  Text wanted, found;
  Operator safe = op;
  safe.conditions.clear();
  for (const JoinCondition& condition : op.conditions) {
    if (condition.comparison == "COMPARE_NOT_DISTINCT_FROM") {
      safe.conditions.push_back(condition);
      continue;
    }
    if (condition.comparison != "COMPARE_EQUAL" || wanted) return std::nullopt;
    wanted = expression_text(*condition.left, columns_of_input(left, "l"));
    found = expression_text(*condition.right, columns_of_input(right, "r"));
    if (!wanted || !found) return std::nullopt;
  }
  const Text where = join_condition(safe, left, right);
  if (!where) return std::nullopt;
  Printed out;
  out.width = left.width + 1;
  out.carried = left.carried;
  std::vector<std::string> list;
  for (size_t i = 0; i < left.width; ++i) list.push_back(passed(left, "l", i, i, out));
  const std::string rows = fmt::format("from ({}) r where {}", right.query, *where);
  list.push_back(
      wanted ? fmt::format("({} in (select {} {})) as c{}", *wanted, *found, rows, left.width)
             : fmt::format("(exists (select 1 {})) as c{}", rows, left.width));
  add_carried(left, "l", 0, list);
  out.query = fmt::format("select {} from ({}) l", joined(list, ", "), left.query);
  return out;
}

// A UNION ALL hands carried columns on by position.
MaybePrinted PlanPrinter::set_operation(const Operator& op, bool carries) {
  const bool is_union = op.set_operation == SetOperation::kUnion && op.is_all;
  Printed out;
  out.width = op.width;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const MaybePrinted side = print(*op.inputs[i], carries && is_union);
    if (!side || !side->blank.empty() || (i > 0 && side->carried != out.carried))
      return std::nullopt;
    out.carried = side->carried;
    if (i > 0)
      out.query +=
          fmt::format(" {}{} ", set_operation_name(op.set_operation), op.is_all ? " ALL" : "");
    out.query += fmt::format("(select * from ({}) t)", side->query);
  }
  return out;
}

}  // namespace

std::optional<PlanText> plan_text(const Operator& op, const StandIns& stand_ins,
                                  const CarriedColumns& carried) {
  const bool carries = static_cast<bool>(carried);
  MaybePrinted printed = PlanPrinter(stand_ins, carried).print(op, carries);
  if (!printed || !printed->blank.empty()) return std::nullopt;
  return PlanText{std::move(printed->query), printed->width, printed->carried};
}

}  // namespace sluice::sql
