// A bound query as relational operators: what the engine's binder made of the SQL, in our own
// terms. Columns are positions in the output of the operator below (of a join: left columns, then
// right). Immutable once decoded; a CTE's body is shared by all that read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sql {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

enum class ExprKind : uint8_t {
  kColumn,       // position `column` of the input
  kConstant,     // `name` is its SQL text
  kCast,         // children[0] to `type`
  kComparison,   // `name` is the operator: "=", "<", "IS NOT DISTINCT FROM"…
  kConjunction,  // `name` is AND or OR
  kFunction,     // `name`(children), or an operator such as "+"
  kOperator,     // `name`: COALESCE, NOT, IS NULL, IS NOT NULL, IN, NOT IN
  kCase,         // children: when, then, when, then, …, else
  kAggregate,    // `name`(children), with `call`
  kWindow,       // `name`(children), with `call` and `window`
  kUnnest,       // one row for each element of children[0]
};

struct SortKey {
  ExprPtr expr;
  bool is_descending = false;
  bool has_nulls_first = false;
};

// What an aggregate call has besides its arguments.
struct AggregateCall {
  bool is_distinct = false;
  ExprPtr filter;              // null: none
  std::vector<SortKey> order;  // ORDER BY within the call
};

enum class FrameEnd : uint8_t {
  kUnboundedPreceding,
  kUnboundedFollowing,
  kCurrentRow,
  kPreceding,  // by start_offset or end_offset
  kFollowing,
};

struct WindowSpec {
  std::vector<ExprPtr> partitions;
  std::vector<SortKey> order;
  bool is_aggregate = false;  // else a window function proper, such as WINDOW_LAG
  FrameEnd start = FrameEnd::kUnboundedPreceding;
  FrameEnd end = FrameEnd::kCurrentRow;
  bool start_is_range = true;  // RANGE; else ROWS
  bool end_is_range = true;
  ExprPtr start_offset, end_offset;  // of RANGE: the bound itself, order column ± offset
  ExprPtr offset;                    // of LAG and LEAD
  ExprPtr fallback;                  // their third argument
  bool ignores_nulls = false;
  std::string exclusion = "NO_OTHER";
};

constexpr size_t kNoPlace = static_cast<size_t>(-1);

struct Expr {
  ExprKind kind = ExprKind::kConstant;
  std::string name;
  std::string type;  // as it is written in SQL; empty: it has no such text
  std::vector<ExprPtr> children;
  size_t column = 0;
  bool is_null = false;                       // a constant
  bool is_try = false;                        // TRY_CAST
  bool has_hidden_data = false;               // the call holds more than name and arguments say
  std::vector<std::string> hidden_functions;  // called within that data (a lambda's body)
  std::optional<AggregateCall> call;
  std::shared_ptr<const WindowSpec> window;
  size_t place = kNoPlace;  // offset in the SQL text
};

enum class OperatorKind : uint8_t {
  kScan,        // of the stub of an input
  kValues,      // rows without an input: one empty row, VALUES, range(), unnest of constants
  kParameters,  // the values that a dependent join hands to its right side
  kProject,
  kFilter,     // expressions are conjuncts
  kAggregate,  // output: groups, aggregates, grouping functions
  kDistinct,
  kSort,
  kLimit,
  kSample,
  kGenerate,  // rows made of each input row: own columns, then the input's `kept` ones
  kUnnest,    // output: input columns, then expressions
  kWindow,    // output: input columns, then expressions
  kJoin,
  kSetOperation,
  kCommonTable,  // reads the body of a CTE
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti, kMark, kSingle };
std::string_view join_name(JoinKind kind);  // "INNER"…

enum class SetOperation : uint8_t { kUnion, kExcept, kIntersect };
std::string_view set_operation_name(SetOperation operation);

struct JoinCondition {
  ExprPtr left, right;  // over the columns of the left and of the right side
  std::string comparison;
};

struct Operator;
using OperatorPtr = std::shared_ptr<const Operator>;

struct Operator {
  OperatorKind kind = OperatorKind::kValues;
  std::vector<OperatorPtr> inputs;
  size_t width = 0;  // number of output columns
  size_t place = kNoPlace;

  std::string catalog, schema;       // kScan
  std::string table;                 // kScan: name of the stub; kCommonTable: of the CTE
  std::vector<std::string> columns;  // kScan: of each output column; empty: a row number
  std::vector<std::string> types;    // kScan

  std::vector<ExprPtr> expressions;  // kProject, kFilter, kAggregate, kDistinct (its keys),
                                     // kUnnest, kWindow; kValues: what is computed
  std::vector<ExprPtr> groups;       // kAggregate
  std::vector<std::vector<size_t>> grouping_sets;       // kAggregate: positions of groups
  std::vector<std::vector<size_t>> grouping_functions;  // kAggregate: their groups
  bool is_distinct_on = false;                          // kDistinct
  std::vector<SortKey> order;                           // kSort, kDistinct
  std::vector<size_t> kept;  // kSort, kFilter: output columns; empty: all

  JoinKind join = JoinKind::kInner;
  bool is_dependent = false;        // the right side runs for each value of the parameters
  std::vector<ExprPtr> parameters;  // then: of the left side's columns
  std::vector<JoinCondition> conditions;
  ExprPtr predicate;  // over left and right columns together; null: none

  std::optional<int64_t> limit, offset;  // kLimit: constants
  bool has_computed_limit = false;       // kLimit: one of them is none

  SetOperation set_operation = SetOperation::kUnion;
  bool is_all = false;
};

}  // namespace sluice::sql
