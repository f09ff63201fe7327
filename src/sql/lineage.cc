#include "sql/lineage.h"

#include <algorithm>
#include <map>

#include "sql/expression_text.h"

namespace sluice::sql {
namespace {

// What a value is made of. The values that a dependent join hands to its right side are known only
// once its left side and conditions are: until then they stand as positions.
struct Origin {
  SourceColumns columns;
  std::set<size_t> parameters;

  void add(const Origin& other) {
    columns.insert(other.columns.begin(), other.columns.end());
    parameters.insert(other.parameters.begin(), other.parameters.end());
  }
};

struct Traced {
  std::vector<Origin> values;  // by output column
  Origin influence;
};

Origin origin_of(const Expr& expr, const std::vector<Origin>& values) {
  Origin out;
  for (const size_t column : columns_of(expr))
    if (column < values.size()) out.add(values[column]);
  return out;
}

Origin origin_of_all(const std::vector<Origin>& values) {
  Origin out;
  for (const Origin& value : values) out.add(value);
  return out;
}

class Tracer {
 public:
  Traced trace(const Operator& op);

 private:
  Traced trace_scan(const Operator& op) const;
  Traced trace_aggregate(const Operator& op);
  Traced trace_generate(const Operator& op);
  Traced trace_join(const Operator& op);
  Traced trace_set_operation(const Operator& op);
  // Operators that hand on what they read, some columns of it or with more behind.
  Traced trace_plain(const Operator& op);
  void resolve_parameters(const Operator& op, const Traced& left, Traced& right) const;

  size_t num_dependent_ = 0;  // dependent joins on whose right sides we stand
};

Traced Tracer::trace(const Operator& op) {
  switch (op.kind) {
    case OperatorKind::kScan:
      return trace_scan(op);
    case OperatorKind::kAggregate:
      return trace_aggregate(op);
    case OperatorKind::kGenerate:
      return trace_generate(op);
    case OperatorKind::kJoin:
      return trace_join(op);
    case OperatorKind::kSetOperation:
      return trace_set_operation(op);
    default:
      break;
  }
  if (!op.inputs.empty()) return trace_plain(op);
  Traced out;
  out.values.resize(op.width);
  if (op.kind == OperatorKind::kParameters)
    for (size_t i = 0; i < op.width; ++i) {
      out.values[i].parameters = {i};
      // Each value is there once.
      out.influence.parameters.insert(i);
    }
  return out;
}

Traced Tracer::trace_scan(const Operator& op) const {
  Traced out;
  out.values.resize(op.width);
  for (size_t i = 0; i < op.columns.size(); ++i)
    if (!op.columns[i].empty()) out.values[i].columns = {{op.table, op.columns[i]}};
  return out;
}

Traced Tracer::trace_plain(const Operator& op) {
  Traced below = trace(*op.inputs[0]);
  const std::vector<Origin> input = below.values;
  const bool decides_rows = op.kind == OperatorKind::kFilter ||
                            op.kind == OperatorKind::kDistinct || op.kind == OperatorKind::kUnnest;
  std::vector<Origin> made;
  for (const ExprPtr& expr : op.expressions) {
    made.push_back(origin_of(*expr, input));
    if (decides_rows) below.influence.add(made.back());
  }
  for (const SortKey& key : op.order) below.influence.add(origin_of(*key.expr, input));
  if (op.kind == OperatorKind::kProject) below.values = std::move(made);
  if (op.kind == OperatorKind::kUnnest || op.kind == OperatorKind::kWindow)
    below.values.insert(below.values.end(), made.begin(), made.end());
  if (!op.kept.empty()) {
    std::vector<Origin> kept;
    for (const size_t column : op.kept) kept.push_back(below.values[column]);
    below.values = std::move(kept);
  }
  below.values.resize(op.width);
  return below;
}

Traced Tracer::trace_aggregate(const Operator& op) {
  const Traced below = trace(*op.inputs[0]);
  Traced out;
  out.influence = below.influence;
  for (const ExprPtr& group : op.groups) {
    out.values.push_back(origin_of(*group, below.values));
    out.influence.add(out.values.back());
  }
  for (const ExprPtr& call : op.expressions) out.values.push_back(origin_of(*call, below.values));
  out.values.resize(op.width);
  return out;
}

// One list or range a row: its elements, and how many there are, come from any column.
Traced Tracer::trace_generate(const Operator& op) {
  const Traced below = trace(*op.inputs[0]);
  const Origin any = origin_of_all(below.values);
  Traced out;
  out.influence = below.influence;
  out.influence.add(any);
  out.values.assign(op.width - op.kept.size(), any);
  for (const size_t column : op.kept) out.values.push_back(below.values[column]);
  return out;
}

// A parameter is the left side of the condition that compares it with the right side's copy of it;
// where no condition does, any column of the left side.
void Tracer::resolve_parameters(const Operator& op, const Traced& left, Traced& right) const {
  std::map<size_t, Origin> known;
  for (const JoinCondition& condition : op.conditions) {
    const Origin copy = origin_of(*condition.right, right.values);
    if (copy.columns.empty() && copy.parameters.size() == 1)
      known[*copy.parameters.begin()].add(origin_of(*condition.left, left.values));
  }
  const Origin any = origin_of_all(left.values);
  const auto resolve = [&](Origin& origin) {
    Origin out{origin.columns, {}};
    for (const size_t parameter : origin.parameters) {
      const auto found = known.find(parameter);
      out.add(found == known.end() ? any : found->second);
    }
    // It may be one of a join around this one.
    if (num_dependent_ > 0)
      out.parameters.insert(origin.parameters.begin(), origin.parameters.end());
    origin = std::move(out);
  };
  for (Origin& value : right.values) resolve(value);
  resolve(right.influence);
}

Traced Tracer::trace_join(const Operator& op) {
  Traced left = trace(*op.inputs[0]);
  if (op.is_dependent) ++num_dependent_;
  Traced right = trace(*op.inputs[1]);
  if (op.is_dependent) {
    --num_dependent_;
    resolve_parameters(op, left, right);
  }
  std::vector<Origin> both = left.values;
  both.insert(both.end(), right.values.begin(), right.values.end());
  Origin matched;
  for (const JoinCondition& condition : op.conditions) {
    matched.add(origin_of(*condition.left, left.values));
    matched.add(origin_of(*condition.right, right.values));
  }
  if (op.predicate != nullptr) matched.add(origin_of(*op.predicate, both));
  Traced out;
  out.influence = std::move(left.influence);
  if (op.join == JoinKind::kMark) {
    // No row comes or goes, but the mark says whether there was a match.
    matched.add(right.influence);
    out.values = std::move(left.values);
    out.values.push_back(std::move(matched));
  } else {
    out.influence.add(right.influence);
    out.influence.add(matched);
    const bool is_left_only = op.join == JoinKind::kSemi || op.join == JoinKind::kAnti;
    out.values = is_left_only ? std::move(left.values) : std::move(both);
  }
  out.values.resize(op.width);
  return out;
}

Traced Tracer::trace_set_operation(const Operator& op) {
  Traced out;
  out.values.resize(op.width);
  const bool compares = !op.is_all || op.set_operation != SetOperation::kUnion;
  for (const OperatorPtr& input : op.inputs) {
    const Traced side = trace(*input);
    out.influence.add(side.influence);
    for (size_t i = 0; i < side.values.size() && i < out.values.size(); ++i) {
      out.values[i].add(side.values[i]);
      if (compares) out.influence.add(side.values[i]);
    }
  }
  return out;
}

}  // namespace

Lineage find_lineage(const OperatorPtr& plan) {
  Traced traced = Tracer().trace(*plan);
  Lineage out;
  for (Origin& value : traced.values) out.values.push_back(std::move(value.columns));
  out.influence = std::move(traced.influence.columns);
  return out;
}

}  // namespace sluice::sql
