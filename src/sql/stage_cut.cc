#include "sql/stage_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sql/decorrelation.h"
#include "sql/exact_average.h"
#include "sql/expression_text.h"
#include "sql/locality.h"

namespace sluice::sql {
namespace {

ExprPtr column_expr(size_t column, std::string type) {
  auto out = std::make_shared<Expr>();
  out->kind = ExprKind::kColumn;
  out->column = column;
  out->type = std::move(type);
  return out;
}

ExprPtr cast_expr(ExprPtr child, std::string type) {
  auto out = std::make_shared<Expr>();
  out->kind = ExprKind::kCast;
  out->children = {std::move(child)};
  out->type = std::move(type);
  return out;
}

ExprPtr constant_expr(std::string text, std::string type) {
  auto out = std::make_shared<Expr>();
  out->name = std::move(text);
  out->type = std::move(type);
  return out;
}

ExprPtr call_expr(ExprKind kind, std::string name, std::vector<ExprPtr> children,
                  std::string type) {
  auto out = std::make_shared<Expr>();
  out->kind = kind;
  out->name = std::move(name);
  out->children = std::move(children);
  out->type = std::move(type);
  if (kind == ExprKind::kAggregate) out->call.emplace();
  return out;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether rows of a partitioned input come out as they are (filtered, projected, joined), and
// whether a stage is read.
struct Reach {
  bool is_open = false;
  bool reads_stage = false;
};

// Whether a condition leaves rows out, other than those that have no partner.
bool narrows(const Expr& conjunct) {
  const bool is_tie = conjunct.kind == ExprKind::kComparison && conjunct.name == "=" &&
                      conjunct.children[0]->kind == ExprKind::kColumn &&
                      conjunct.children[1]->kind == ExprKind::kColumn;
  return !is_tie && !(conjunct.kind == ExprKind::kOperator && conjunct.name == "IS NOT NULL");
}

bool is_narrowed(const Operator& op) {
  const bool has_condition =
      op.kind == OperatorKind::kFilter &&
      std::any_of(op.expressions.begin(), op.expressions.end(),
                  [](const ExprPtr& conjunct) { return narrows(*conjunct); });
  return has_condition || std::any_of(op.inputs.begin(), op.inputs.end(),
                                      [](const OperatorPtr& input) { return is_narrowed(*input); });
}

// Where the operators are that a change reaches first and that can be kept.
class CutFinder {
 public:
  explicit CutFinder(const CarriedColumns& partitions) : partitions_(partitions) {}

  // The operators to cut at, in order of the walk; none when an input is reached by another way.
  std::vector<const Operator*> find(const Operator& root) {
    if (visit(root).is_open || is_blocked_) return {};
    return std::move(cuts_);
  }

 private:
  Reach visit(const Operator& op);
  Reach visit_join(const Operator& op);
  Reach visit_others(const Operator& op);
  // An operator whose rows can be kept; what reads a stage cannot: it would read that one whole.
  Reach cut(const Operator& op, Reach below);
  // Open rows that no aggregate above can hold: kept as they are where a filter leaves few of them.
  Reach keep_rows(const Operator& op, Reach below);

  const CarriedColumns& partitions_;
  std::vector<const Operator*> cuts_;
  bool is_blocked_ = false;
};

Reach CutFinder::cut(const Operator& op, Reach below) {
  if (!below.is_open) return below;
  is_blocked_ = is_blocked_ || below.reads_stage;
  if (std::find(cuts_.begin(), cuts_.end(), &op) == cuts_.end()) cuts_.push_back(&op);
  return {false, true};
}

Reach CutFinder::keep_rows(const Operator& op, Reach below) {
  if (below.is_open && !is_narrowed(op)) is_blocked_ = true;
  return cut(op, below);
}

Reach CutFinder::visit(const Operator& op) {
  switch (op.kind) {
    case OperatorKind::kScan:
      return {!partitions_(op).empty(), false};
    case OperatorKind::kProject:
    case OperatorKind::kFilter:
    case OperatorKind::kCommonTable:
      return visit(*op.inputs[0]);
    case OperatorKind::kJoin:
      return visit_join(op);
    case OperatorKind::kAggregate:
    case OperatorKind::kDistinct: {
      const Reach below = visit(*op.inputs[0]);
      return op.is_distinct_on ? keep_rows(*op.inputs[0], below) : cut(op, below);
    }
    default:
      return visit_others(op);
  }
}

Reach CutFinder::visit_others(const Operator& op) {
  std::vector<Reach> sides;
  for (const OperatorPtr& input : op.inputs) sides.push_back(visit(*input));
  // Rows of all sides of a UNION ALL come from partitions.
  const bool is_union = op.kind == OperatorKind::kSetOperation &&
                        op.set_operation == SetOperation::kUnion && op.is_all;
  const bool all_open = std::all_of(sides.begin(), sides.end(), [](const Reach& side) {
    return side.is_open && !side.reads_stage;
  });
  if (is_union && all_open) return {true, false};
  Reach out;
  for (size_t i = 0; i < sides.size(); ++i)
    out.reads_stage = keep_rows(*op.inputs[i], sides[i]).reads_stage || out.reads_stage;
  return out;
}

Reach CutFinder::visit_join(const Operator& op) {
  const bool keeps_left = op.join != JoinKind::kRight && op.join != JoinKind::kFull;
  Reach left = visit(*op.inputs[0]);
  Reach right = visit(*op.inputs[1]);
  // An aggregate above the kept side makes a stage of all of it; the other side is read whole
  // there, and so cannot be a stage.
  if (op.join != JoinKind::kInner || left.reads_stage) right = keep_rows(*op.inputs[1], right);
  if (!keeps_left || op.is_dependent || right.reads_stage) left = keep_rows(*op.inputs[0], left);
  return {left.is_open || right.is_open, left.reads_stage || right.reads_stage};
}

// One aggregate of the query: what the stage keeps for it and how the rest merges that.
struct Partial {
  std::vector<ExprPtr> kept;        // aggregates over the rows
  std::vector<std::string> merges;  // aggregates, one for each kept column
  std::optional<AverageKind> average;
  ExprPtr distinct_key;  // DISTINCT: a further group key of the stage, in place of these
};

bool is_exact_sum(const Expr& call) {
  return call.name == "sum" && (call.type == "HUGEINT" || call.type.starts_with("DECIMAL"));
}

// Another aggregate of the same rows.
ExprPtr renamed(const Expr& call, std::string name, std::string type) {
  auto out = std::make_shared<Expr>(call);
  out->name = std::move(name);
  out->type = std::move(type);
  out->has_hidden_data = false;
  return out;
}

// The argument where the call's filter holds, else NULL, which neither count nor sum sees.
ExprPtr filtered_argument(const Expr& call) {
  const ExprPtr& argument = call.children[0];
  if (call.call->filter == nullptr) return argument;
  return call_expr(ExprKind::kCase, "",
                   {call.call->filter, argument, constant_expr("NULL", argument->type)},
                   argument->type);
}

Partial partial_average(const Expr& call, AverageKind kind) {
  const bool is_decimal = call.children[0]->type.starts_with("DECIMAL");
  const std::string sum = is_decimal ? fmt::format("DECIMAL(38,{})", kind.scale) : "HUGEINT";
  return {
      {renamed(call, "sum", sum), renamed(call, "count", "BIGINT")}, {"sum", "sum"}, kind, nullptr};
}

std::optional<AverageKind> average_of(const Expr& call) {
  const bool is_average = call.name == "avg" && call.children.size() == 1;
  return is_average ? average_kind(call.children[0]->type) : std::nullopt;
}

std::optional<Partial> partial_of(const ExprPtr& call) {
  const AggregateCall& how = *call->call;
  if (!how.order.empty()) return std::nullopt;
  const bool is_single = call->children.size() == 1;
  if (is_one_of(call->name, {"min", "max", "bool_and", "bool_or", "bit_and", "bit_or"}))
    return is_single ? std::optional(Partial{{call}, {call->name}, {}, nullptr}) : std::nullopt;
  const bool is_count = is_one_of(call->name, {"count", "count_star"});
  const std::optional<AverageKind> average = average_of(*call);
  if (how.is_distinct)
    return is_single && (is_count || is_exact_sum(*call) || average)
               ? std::optional(Partial{{}, {}, {}, filtered_argument(*call)})
               : std::nullopt;
  if (is_count) return Partial{{call}, {"sum"}, {}, nullptr};
  if (!is_single) return std::nullopt;
  if (call->name == "bit_xor") return Partial{{call}, {"bit_xor"}, {}, nullptr};
  if (is_exact_sum(*call)) return Partial{{call}, {"sum"}, {}, nullptr};
  return average ? std::optional(partial_average(*call, *average)) : std::nullopt;
}

// The value of the query's aggregate from the merged columns, the first of which is `first`.
ExprPtr finished(const Expr& call, size_t first) {
  if (call.call->is_distinct) return cast_expr(column_expr(first, call.type), call.type);
  if (call.name == "count" || call.name == "count_star")
    return cast_expr(
        call_expr(ExprKind::kOperator, "COALESCE",
                  {column_expr(first, "HUGEINT"), constant_expr("CAST(0 AS HUGEINT)", "HUGEINT")},
                  "HUGEINT"),
        "BIGINT");
  return cast_expr(column_expr(first, call.type), call.type);
}

OperatorPtr stage_scan(const std::string& name, const std::vector<std::string>& types) {
  auto out = std::make_shared<Operator>();
  out->kind = OperatorKind::kScan;
  out->table = name;
  out->types = types;
  for (size_t i = 0; i < types.size(); ++i) out->columns.push_back(fmt::format("c{}", i));
  out->width = types.size();
  return out;
}

bool is_count(const Expr& call) { return call.name == "count" || call.name == "count_star"; }

// Partitioned inputs whose rows each make rows of the plan by themselves, and that rows of inputs
// without partitions are tied to.
std::set<std::string> linear_inputs(const OperatorPtr& plan, const CarriedColumns& partitions,
                                    const FunctionProperties& functions) {
  const Locality found = find_locality(plan, functions);
  const auto is_partitioned = [&](size_t scan) {
    Operator input;
    input.kind = OperatorKind::kScan;
    input.table = found.scans[scan].table;
    return !partitions(input).empty();
  };
  std::set<std::string> out;
  for (const Link& link : found.links) {
    const Scan& fact = found.scans[link.fact];
    const auto num_scans = std::count_if(found.scans.begin(), found.scans.end(),
                                         [&](const Scan& s) { return s.table == fact.table; });
    if (fact.is_linear && num_scans == 1 && is_partitioned(link.fact) &&
        !is_partitioned(link.dimension))
      out.insert(fact.table);
  }
  return out;
}

// The aggregate with what differences need beside its own columns; nullopt: it holds others than
// counts and exact sums.
struct Counted {
  std::shared_ptr<Operator> op;
  AdditiveStage additive;
};

std::optional<Counted> counted(const Operator& op, const CarriedColumns& partitions,
                               const FunctionProperties& functions) {
  if (op.kind != OperatorKind::kAggregate || op.grouping_sets.size() > 1 ||
      !op.grouping_functions.empty())
    return std::nullopt;
  Counted out{std::make_shared<Operator>(op), {}};
  out.additive.num_keys = op.groups.size();
  out.additive.linear = linear_inputs(op.inputs[0], partitions, functions);
  if (out.additive.linear.empty()) return std::nullopt;
  std::vector<ExprPtr>& calls = out.op->expressions;
  const auto next_column = [&] { return op.groups.size() + calls.size(); };
  for (size_t i = 0; i < op.expressions.size(); ++i) {
    const Expr& call = *op.expressions[i];
    if (call.call->is_distinct || !call.call->order.empty()) return std::nullopt;
    AddedColumn added{op.groups.size() + i, std::nullopt};
    if (!is_count(call)) {
      if (!is_exact_sum(call) || call.children.size() != 1) return std::nullopt;
      auto count = std::make_shared<Expr>(call);
      count->name = "count";
      count->type = "BIGINT";
      added.count = next_column();
      calls.push_back(std::move(count));
    }
    out.additive.added.push_back(added);
  }
  // The counts of sums are added to as well.
  for (size_t column = op.groups.size() + op.expressions.size(); column < next_column(); ++column)
    out.additive.added.push_back({column, std::nullopt});
  out.additive.count = next_column();
  out.additive.added.push_back({out.additive.count, std::nullopt});
  calls.push_back(call_expr(ExprKind::kAggregate, "count_star", {}, "BIGINT"));
  out.op->width = next_column();
  return out;
}

struct Cut {
  Stage stage;
  std::string stand_in;  // FROM entry
};

// An aggregate as the two that it becomes, and the columns between them.
struct Split {
  std::shared_ptr<Operator> kept;    // by partition
  std::shared_ptr<Operator> merged;  // over what is kept
  std::shared_ptr<Operator> result;  // the columns of the aggregate
  std::vector<std::string> types;    // of what is kept
  std::vector<Average> averages;     // among the columns of the result; their counts come last
};

// Groups first, then what DISTINCT needs as keys, then the aggregates.
std::optional<Split> split(const Operator& op) {
  Split out{std::make_shared<Operator>(op),
            std::make_shared<Operator>(),
            std::make_shared<Operator>(),
            {},
            {}};
  std::vector<Partial> partials;
  for (const ExprPtr& call : op.expressions) {
    std::optional<Partial> partial = partial_of(call);
    if (!partial) return std::nullopt;
    if (partial->distinct_key != nullptr) out.kept->groups.push_back(partial->distinct_key);
    partials.push_back(std::move(*partial));
  }
  out.kept->expressions.clear();
  for (const ExprPtr& group : out.kept->groups) out.types.push_back(group->type);
  for (size_t i = 0; i < op.groups.size(); ++i) {
    out.merged->groups.push_back(column_expr(i, out.types[i]));
    out.result->expressions.push_back(column_expr(i, out.types[i]));
  }
  size_t next_key = op.groups.size();
  for (size_t i = 0; i < partials.size(); ++i) {
    const Expr& call = *op.expressions[i];
    const Partial& partial = partials[i];
    std::vector<ExprPtr>& merges = out.merged->expressions;
    const size_t first = op.groups.size() + merges.size();
    if (partial.average)
      out.averages.push_back({*partial.average, out.result->expressions.size(), first + 1});
    out.result->expressions.push_back(partial.average ? column_expr(first, partial.kept[0]->type)
                                                      : finished(call, first));
    if (partial.distinct_key != nullptr) {
      auto merge = std::make_shared<Expr>(call);
      merge->children = {column_expr(next_key++, partial.distinct_key->type)};
      merge->call->filter = nullptr;
      merges.push_back(std::move(merge));
    }
    for (size_t k = 0; k < partial.kept.size(); ++k) {
      const std::string& type = partial.kept[k]->type;
      merges.push_back(call_expr(ExprKind::kAggregate, partial.merges[k],
                                 {column_expr(out.types.size(), type)}, type));
      out.types.push_back(type);
      out.kept->expressions.push_back(partial.kept[k]);
    }
  }
  return out;
}

std::optional<Cut> cut_partials(const Operator& op, const std::string& name,
                                const CarriedColumns& partitions,
                                const FunctionProperties& functions) {
  const std::optional<Split> parts = split(op);
  if (!parts) return std::nullopt;
  Operator& kept = *parts->kept;
  kept.grouping_functions.clear();
  kept.grouping_sets.assign(1, {});
  for (size_t i = 0; i < kept.groups.size(); ++i) kept.grouping_sets[0].push_back(i);
  kept.width = parts->types.size();
  Operator& merged = *parts->merged;
  merged.kind = OperatorKind::kAggregate;
  merged.grouping_sets = op.grouping_sets;
  merged.grouping_functions = op.grouping_functions;
  merged.inputs = {stage_scan(name, parts->types)};
  const size_t first_function = merged.groups.size() + merged.expressions.size();
  merged.width = first_function + op.grouping_functions.size();
  Operator& result = *parts->result;
  for (size_t i = 0; i < op.grouping_functions.size(); ++i)
    result.expressions.push_back(column_expr(first_function + i, "BIGINT"));
  std::vector<Average> averages = parts->averages;
  for (Average& average : averages) {
    result.expressions.push_back(column_expr(average.count, "HUGEINT"));
    average.count = result.expressions.size() - 1;
  }
  result.kind = OperatorKind::kProject;
  result.width = result.expressions.size();
  result.inputs = {parts->merged};
  std::optional<Counted> with_counts = counted(kept, partitions, functions);
  std::optional<PlanText> stage = plan_text(with_counts ? *with_counts->op : kept, {}, partitions);
  const std::optional<PlanText> reader = plan_text(result, {}, {});
  if (!stage || !reader || stage->num_carried == 0) return std::nullopt;
  Cut out{
      {std::move(stage->query), stage->num_columns, stage->num_carried, std::nullopt},
      "(" + (averages.empty() ? reader->query : with_averages(reader->query, op.width, averages)) +
          ")"};
  if (with_counts) out.stage.additive = std::move(with_counts->additive);
  return out;
}

// The rows as they are.
std::optional<Cut> cut_rows(const Operator& op, const std::string& name,
                            const CarriedColumns& partitions) {
  std::optional<PlanText> stage = plan_text(op, {}, partitions);
  if (!stage || stage->num_carried == 0) return std::nullopt;
  return Cut{{std::move(stage->query), stage->num_columns, stage->num_carried, std::nullopt},
             quoted_identifier(name)};
}

// The aggregate as it is: one of its columns tells the partitions.
std::optional<Cut> cut_whole(const Operator& op, const std::string& name,
                             const CarriedColumns& partitions,
                             const FunctionProperties& functions) {
  std::optional<Counted> with_counts = counted(op, partitions, functions);
  std::optional<PlanText> stage = plan_text(with_counts ? *with_counts->op : op, {}, {});
  if (!stage) return std::nullopt;
  Cut out{{std::move(stage->query), stage->num_columns, 0, std::nullopt}, quoted_identifier(name)};
  if (with_counts) out.stage.additive = std::move(with_counts->additive);
  return out;
}

std::optional<Cut> cut_distinct(const Operator& op, const std::string& name,
                                const CarriedColumns& partitions) {
  std::optional<PlanText> stage = plan_text(op, {}, partitions);
  if (!stage || stage->num_carried == 0) return std::nullopt;
  std::string columns;
  for (size_t i = 0; i < op.width; ++i) columns += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  return Cut{{std::move(stage->query), stage->num_columns, stage->num_carried, std::nullopt},
             fmt::format("(select distinct {} from {})", columns, quoted_identifier(name))};
}

// Whether a column of the result is a function of the partition columns of every partitioned input.
bool is_local(const OperatorPtr& op, const CarriedColumns& partitions,
              const FunctionProperties& functions) {
  const Locality found = find_locality(op, functions);
  const auto is_partition_dep = [&](size_t scan, size_t column) {
    Operator input;
    input.kind = OperatorKind::kScan;
    input.table = found.scans[scan].table;
    const std::vector<std::string> known = partitions(input);
    if (known.empty()) return true;
    const auto dep = found.deps[scan].find(column);
    return dep != found.deps[scan].end() && dep->second.bands.empty() &&
           std::all_of(dep->second.columns.begin(), dep->second.columns.end(),
                       [&known](const std::string& name) {
                         return std::find(known.begin(), known.end(), name) != known.end();
                       });
  };
  for (size_t column = 0; column < found.width; ++column) {
    bool is_everywhere = true;
    for (size_t scan = 0; scan < found.scans.size(); ++scan)
      is_everywhere = is_everywhere && is_partition_dep(scan, column);
    if (is_everywhere) return true;
  }
  return false;
}

std::optional<Cut> cut_at(const Operator& op, const std::string& name,
                          const CarriedColumns& partitions, const FunctionProperties& functions) {
  if (is_local(std::make_shared<Operator>(op), partitions, functions))
    if (std::optional<Cut> whole = cut_whole(op, name, partitions, functions)) return whole;
  if (op.kind == OperatorKind::kDistinct) return cut_distinct(op, name, partitions);
  if (op.kind == OperatorKind::kAggregate) return cut_partials(op, name, partitions, functions);
  return cut_rows(op, name, partitions);
}

}  // namespace

std::optional<StagedQuery> cut_stages(const OperatorPtr& query, const StageNames& names,
                                      const CarriedColumns& partitions,
                                      const FunctionProperties& functions) {
  const OperatorPtr plan = decorrelated(query);
  const std::vector<const Operator*> cuts = CutFinder(partitions).find(*plan);
  if (cuts.empty()) return std::nullopt;
  StagedQuery out;
  StandIns stand_ins;
  for (const Operator* op : cuts) {
    std::optional<Cut> cut = cut_at(*op, names.stage(out.stages.size()), partitions, functions);
    if (!cut) return std::nullopt;
    stand_ins.emplace(op, std::move(cut->stand_in));
    out.stages.push_back(std::move(cut->stage));
  }
  const std::optional<PlanText> rest = plan_text(*plan, stand_ins, {});
  if (!rest || rest->num_columns != names.columns.size()) return std::nullopt;
  std::string list;
  for (size_t i = 0; i < names.columns.size(); ++i)
    list +=
        fmt::format("{}t.c{} as {}", i == 0 ? "" : ", ", i, quoted_identifier(names.columns[i]));
  out.rest = fmt::format("select {} from ({}) t", list, rest->query);
  return out;
}

}  // namespace sluice::sql
