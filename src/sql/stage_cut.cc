#include "sql/stage_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

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

// Where the aggregates are that a change reaches first.
class CutFinder {
 public:
  explicit CutFinder(const CarriedColumns& partitions) : partitions_(partitions) {}

  // The operators to cut at, in order of the walk; none when an input is reached by another way.
  std::vector<const Operator*> find(const Operator& root) {
    if (visit(root) || is_blocked_) return {};
    return std::move(cuts_);
  }

 private:
  // Whether rows of a partitioned input come out as they are: filtered, projected, joined.
  bool visit(const Operator& op);
  bool visit_join(const Operator& op);
  bool visit_others(const Operator& op);
  // Rows of a partitioned input that no stage holds end here.
  bool block(bool is_open) {
    is_blocked_ = is_blocked_ || is_open;
    return false;
  }

  const CarriedColumns& partitions_;
  std::vector<const Operator*> cuts_;
  bool is_blocked_ = false;
};

bool CutFinder::visit(const Operator& op) {
  switch (op.kind) {
    case OperatorKind::kScan:
      return !partitions_(op).empty();
    case OperatorKind::kProject:
    case OperatorKind::kFilter:
    case OperatorKind::kCommonTable:
      return visit(*op.inputs[0]);
    case OperatorKind::kJoin:
      return visit_join(op);
    case OperatorKind::kAggregate:
    case OperatorKind::kDistinct: {
      // What reads a stage below cannot be one: it would read that one whole.
      const size_t stages_before = cuts_.size();
      const bool is_open = visit(*op.inputs[0]);
      if (!is_open) return false;
      if (cuts_.size() != stages_before || op.is_distinct_on) return block(true);
      if (std::find(cuts_.begin(), cuts_.end(), &op) == cuts_.end()) cuts_.push_back(&op);
      return false;
    }
    default:
      return visit_others(op);
  }
}

bool CutFinder::visit_others(const Operator& op) {
  size_t num_open = 0;
  for (const OperatorPtr& input : op.inputs)
    if (visit(*input)) ++num_open;
  // Rows of all sides of a UNION ALL come from partitions.
  const bool is_union = op.kind == OperatorKind::kSetOperation &&
                        op.set_operation == SetOperation::kUnion && op.is_all;
  if (is_union && num_open == op.inputs.size()) return true;
  return block(num_open > 0);
}

bool CutFinder::visit_join(const Operator& op) {
  const bool keeps_left = op.join != JoinKind::kRight && op.join != JoinKind::kFull;
  const bool left = visit(*op.inputs[0]);
  const bool right = visit(*op.inputs[1]);
  // An aggregate above the kept side makes a stage of all of it; the other side is read whole
  // there.
  if (op.join == JoinKind::kInner) return left || right;
  if (keeps_left && left) return true;
  return block(left || right);
}

// One aggregate of the query: what the stage keeps for it and how the rest merges that.
struct Partial {
  std::vector<ExprPtr> kept;        // aggregates over the rows
  std::vector<std::string> merges;  // aggregates, one for each kept column
  ExprPtr distinct_key;             // DISTINCT: a further group key of the stage, in place of these
};

bool is_exact_sum(const Expr& call) {
  return call.name == "sum" && (call.type == "HUGEINT" || call.type.starts_with("DECIMAL"));
}

// The argument where the call's filter holds, else NULL, which neither count nor sum sees.
ExprPtr filtered_argument(const Expr& call) {
  const ExprPtr& argument = call.children[0];
  if (call.call->filter == nullptr) return argument;
  return call_expr(ExprKind::kCase, "",
                   {call.call->filter, argument, constant_expr("NULL", argument->type)},
                   argument->type);
}

std::optional<Partial> partial_of(const ExprPtr& call) {
  const AggregateCall& how = *call->call;
  if (!how.order.empty()) return std::nullopt;
  const bool is_single = call->children.size() == 1;
  if (is_one_of(call->name, {"min", "max", "bool_and", "bool_or", "bit_and", "bit_or"}))
    return is_single ? std::optional(Partial{{call}, {call->name}, nullptr}) : std::nullopt;
  const bool is_count = is_one_of(call->name, {"count", "count_star"});
  if (how.is_distinct)
    return is_single && (is_count || is_exact_sum(*call))
               ? std::optional(Partial{{}, {}, filtered_argument(*call)})
               : std::nullopt;
  if (is_count) return Partial{{call}, {"sum"}, nullptr};
  if (!is_single) return std::nullopt;
  if (call->name == "bit_xor") return Partial{{call}, {"bit_xor"}, nullptr};
  if (is_exact_sum(*call)) return Partial{{call}, {"sum"}, nullptr};
  // Not avg: the engine divides sum and count as 80-bit numbers and rounds twice. From 1,024 rows
  // on a division in SQL gives another last bit for some groups (4867323553696 / 9973).
  return std::nullopt;
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
};

// Groups first, then what DISTINCT needs as keys, then the aggregates.
std::optional<Split> split(const Operator& op) {
  Split out{std::make_shared<Operator>(op),
            std::make_shared<Operator>(),
            std::make_shared<Operator>(),
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
    out.result->expressions.push_back(finished(call, op.groups.size() + merges.size()));
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
                                const CarriedColumns& partitions) {
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
  result.kind = OperatorKind::kProject;
  result.width = result.expressions.size();
  result.inputs = {parts->merged};
  std::optional<PlanText> stage = plan_text(kept, {}, partitions);
  const std::optional<PlanText> reader = plan_text(result, {}, {});
  if (!stage || !reader || stage->num_carried == 0) return std::nullopt;
  return Cut{{std::move(stage->query), stage->num_columns, stage->num_carried},
             "(" + reader->query + ")"};
}

std::optional<Cut> cut_distinct(const Operator& op, const std::string& name,
                                const CarriedColumns& partitions) {
  std::optional<PlanText> stage = plan_text(op, {}, partitions);
  if (!stage || stage->num_carried == 0) return std::nullopt;
  std::string columns;
  for (size_t i = 0; i < op.width; ++i) columns += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  return Cut{{std::move(stage->query), stage->num_columns, stage->num_carried},
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
    if (std::optional<PlanText> stage = plan_text(op, {}, {}))
      return Cut{{std::move(stage->query), stage->num_columns, 0}, quoted_identifier(name)};
  return op.kind == OperatorKind::kDistinct ? cut_distinct(op, name, partitions)
                                            : cut_partials(op, name, partitions);
}

}  // namespace

std::optional<StagedQuery> cut_stages(const OperatorPtr& plan, const StageNames& names,
                                      const CarriedColumns& partitions,
                                      const FunctionProperties& functions) {
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
