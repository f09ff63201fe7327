#include "sql/plan_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sql/plan_reader.h"

namespace sluice::sql {
namespace {

using Kind = Json::Kind;

bool is_empty(const Json* value) {
  return value == nullptr || value->kind == Kind::kNull || value->items.empty();
}

std::optional<JoinKind> join_kind(std::string_view name) {
  if (name == "INNER") return JoinKind::kInner;
  if (name == "LEFT") return JoinKind::kLeft;
  if (name == "RIGHT") return JoinKind::kRight;
  if (name == "FULL" || name == "OUTER") return JoinKind::kFull;
  if (name == "SEMI") return JoinKind::kSemi;
  if (name == "ANTI") return JoinKind::kAnti;
  if (name == "MARK") return JoinKind::kMark;
  if (name == "SINGLE") return JoinKind::kSingle;
  return std::nullopt;
}

size_t join_width(const Operator& join) {
  const size_t left = join.inputs[0]->width, right = join.inputs[1]->width;
  if (join.join == JoinKind::kSemi || join.join == JoinKind::kAnti) return left;
  return join.join == JoinKind::kMark ? left + 1 : left + right;
}

}  // namespace

std::string_view join_name(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner:
      return "INNER";
    case JoinKind::kLeft:
      return "LEFT";
    case JoinKind::kRight:
      return "RIGHT";
    case JoinKind::kFull:
      return "FULL";
    case JoinKind::kSemi:
      return "SEMI";
    case JoinKind::kAnti:
      return "ANTI";
    case JoinKind::kMark:
      return "IN";
    case JoinKind::kSingle:
      return "scalar subquery";
  }
  return "";
}

std::string_view set_operation_name(SetOperation operation) {
  switch (operation) {
    case SetOperation::kUnion:
      return "UNION";
    case SetOperation::kExcept:
      return "EXCEPT";
    case SetOperation::kIntersect:
      return "INTERSECT";
  }
  return "";
}

OperatorPtr PlanReader::operation(const Json& json) {
  auto out = std::make_shared<Operator>();
  if (refusal_) return out;
  read_operation(json, text(json, "type"), *out);
  // The place of an operator is where its first expression stands.
  for (const ExprPtr& expr : out->expressions)
    if (out->place == kNoPlace && expr->place != kNoPlace) out->place = expr->place;
  return out;
}

void PlanReader::read_operation(const Json& json, std::string_view type, Operator& out) {
  using Reader = void (PlanReader::*)(const Json&, std::string_view, Operator&);
  static const std::map<std::string_view, Reader> kReaders = {
      {"LOGICAL_GET", &PlanReader::get},
      {"LOGICAL_AGGREGATE_AND_GROUP_BY", &PlanReader::aggregate_operation},
      {"LOGICAL_DISTINCT", &PlanReader::distinct_operation},
      {"LOGICAL_ORDER_BY", &PlanReader::sort_operation},
      {"LOGICAL_MATERIALIZED_CTE", &PlanReader::common_table},
      {"LOGICAL_CTE_REF", &PlanReader::common_table_reference},
      {"LOGICAL_COMPARISON_JOIN", &PlanReader::join_operation},
      {"LOGICAL_DELIM_JOIN", &PlanReader::join_operation},
      {"LOGICAL_ANY_JOIN", &PlanReader::join_operation},
      {"LOGICAL_CROSS_PRODUCT", &PlanReader::join_operation},
      {"LOGICAL_UNION", &PlanReader::set_operation},
      {"LOGICAL_EXCEPT", &PlanReader::set_operation},
      {"LOGICAL_INTERSECT", &PlanReader::set_operation},
      {"LOGICAL_DUMMY_SCAN", &PlanReader::values_operation},
      {"LOGICAL_EXPRESSION_GET", &PlanReader::values_operation},
      {"LOGICAL_DELIM_GET", &PlanReader::parameters_operation},
      {"LOGICAL_PROJECTION", &PlanReader::row_operation},
      {"LOGICAL_FILTER", &PlanReader::row_operation},
      {"LOGICAL_UNNEST", &PlanReader::row_operation},
      {"LOGICAL_WINDOW", &PlanReader::row_operation},
      {"LOGICAL_LIMIT", &PlanReader::limit_operation},
      {"LOGICAL_SAMPLE", &PlanReader::limit_operation}};
  const auto found = kReaders.find(type);
  if (found == kReaders.end()) return refuse(fmt::format("operator {}", type));
  (this->*found->second)(json, type, out);
}

void PlanReader::values_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type, {"type", "children", "table_index", "expr_types", "expressions"});
  out.width = 1;
  if (type == "LOGICAL_DUMMY_SCAN") return;
  for (const Json& row : field(json, "expressions").items)
    for (const Json& cell : row.items) out.expressions.push_back(expression(cell));
  out.width = field(json, "expr_types").items.size();
}

void PlanReader::parameters_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type, {"type", "children", "table_index", "chunk_types"});
  out.kind = OperatorKind::kParameters;
  out.width = field(json, "chunk_types").items.size();
}

// What works on one row at a time, or adds columns to each.
void PlanReader::row_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type,
        {"type", "children", "table_index", "unnest_index", "window_index", "expressions",
         "projection_map"});
  inputs(json, out, 1);
  out.expressions = expressions(json, "expressions");
  out.width = out.inputs[0]->width;
  if (type == "LOGICAL_PROJECTION") {
    out.kind = OperatorKind::kProject;
    out.width = out.expressions.size();
  } else if (type == "LOGICAL_FILTER") {
    out.kind = OperatorKind::kFilter;
    out.kept = positions(field(json, "projection_map"));
    if (!out.kept.empty()) out.width = out.kept.size();
  } else {
    out.kind = type == "LOGICAL_UNNEST" ? OperatorKind::kUnnest : OperatorKind::kWindow;
    out.width += out.expressions.size();
  }
}

void PlanReader::limit_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type, {"type", "children", "limit_val", "offset_val", "sample_options"});
  out.kind = type == "LOGICAL_LIMIT" ? OperatorKind::kLimit : OperatorKind::kSample;
  inputs(json, out, 1);
  out.width = out.inputs[0]->width;
  for (const auto& [key, value] : {std::pair("limit_val", &out.limit), {"offset_val", &out.offset}})
    if (const Json* limit = json.find(key); limit != nullptr) {
      const std::string kind = text(*limit, "type");
      if (kind == "CONSTANT_VALUE")
        *value = field(*limit, "constant_integer").integer;
      else if (kind != "UNSET")
        out.has_computed_limit = true;
    }
}

void PlanReader::inputs(const Json& json, Operator& out, size_t count) {
  const Json& children = field(json, "children");
  for (const Json& child : children.items) out.inputs.push_back(operation(child));
  if (out.inputs.size() == count) return;
  refuse(fmt::format("an operator with {} inputs, not {}", out.inputs.size(), count));
  out.inputs.resize(count, std::make_shared<Operator>());
}

void PlanReader::get(const Json& json, std::string_view, Operator& out) {
  allow(json, "LOGICAL_GET",
        {"type",
         "children",
         "table_index",
         "returned_types",
         "names",
         "projection_ids",
         "table_filters",
         "name",
         "arguments",
         "original_arguments",
         "catalog_name",
         "schema_name",
         "has_serialize",
         "function_data",
         "projected_input",
         "column_indexes",
         "extra_info",
         "ordinality_idx",
         "row_group_order_options",
         "parameters",
         "named_parameters",
         "input_table_types",
         "input_table_names"});
  const Json* filters = json.find("table_filters");
  const Json* extra = json.find("extra_info");
  if (filters != nullptr && !is_empty(filters->find("filters")))
    return refuse("a scan with filters");
  if (extra != nullptr && extra->find("sample_options") != nullptr &&
      extra->find("sample_options")->kind != Kind::kNull)
    return refuse("a scan with a sample");
  if (text(json, "name") == "seq_scan") return stub_scan(json, out);
  generated_rows(json, out);
}

void PlanReader::stub_scan(const Json& json, Operator& out) {
  out.kind = OperatorKind::kScan;
  if (!is_empty(json.find("children"))) return refuse("a scan with an input");
  const Json& data = field(json, "function_data");
  allow(data, "a scan",
        {"catalog", "schema", "table", "is_index_scan", "is_create_index", "result_ids"});
  out.catalog = text(data, "catalog");
  out.schema = text(data, "schema");
  out.table = text(data, "table");
  const Json& names = field(json, "names");
  const Json& types = field(json, "returned_types");
  std::vector<size_t> read;
  for (const Json& column : field(json, "column_indexes").items) {
    if (!is_empty(column.find("child_indexes"))) refuse("a scan of a part of a column");
    const Json& index = field(column, "index");
    read.push_back(index.kind == Kind::kInt ? static_cast<size_t>(index.integer) : kNoPlace);
  }
  const std::vector<size_t> projected = positions(field(json, "projection_ids"));
  std::vector<size_t> shown;
  for (const size_t i : projected) {
    if (i >= read.size()) return refuse("a scan with a column that it does not read");
    shown.push_back(read[i]);
  }
  if (projected.empty()) shown = read;
  for (const size_t column : shown) {
    const bool is_named = column < names.items.size() && column < types.items.size();
    out.columns.push_back(is_named ? names.items[column].text : std::string());
    out.types.push_back(is_named ? type_text(types.items[column]) : std::string());
  }
  out.width = shown.size();
}

// range(), generate_series() and unnest(): of constants, or for each row of the input.
void PlanReader::generated_rows(const Json& json, Operator& out) {
  const std::string name = text(json, "name");
  if (name != "range" && name != "generate_series" && name != "unnest")
    return refuse("table function " + name);
  const Json& names = field(json, "names");
  const Json& columns = field(json, "column_indexes");
  const size_t own = columns.items.empty() ? names.items.size() : columns.items.size();
  if (is_empty(json.find("children"))) {
    out.width = own;
    return;
  }
  // One list a row: the input's columns are those in projected_input, behind the function's own.
  out.kind = OperatorKind::kGenerate;
  inputs(json, out, 1);
  out.kept = positions(field(json, "projected_input"));
  out.width = own + out.kept.size();
}

void PlanReader::aggregate_operation(const Json& json, std::string_view, Operator& out) {
  allow(json, "GROUP BY",
        {"type", "children", "expressions", "group_index", "aggregate_index", "groupings_index",
         "groups", "grouping_sets", "grouping_functions", "distinct_validity"});
  out.kind = OperatorKind::kAggregate;
  inputs(json, out, 1);
  out.expressions = expressions(json, "expressions");
  out.groups = expressions(json, "groups");
  for (const Json& set : field(json, "grouping_sets").items)
    out.grouping_sets.push_back(positions(set));
  for (const std::vector<size_t>& set : out.grouping_sets)
    for (const size_t group : set)
      if (group >= out.groups.size()) return refuse("a grouping set with a key that is none");
  for (const ExprPtr& expr : out.expressions)
    if (expr->kind != ExprKind::kAggregate) refuse("an aggregation of something else");
  for (const Json& call : field(json, "grouping_functions").items)
    out.grouping_functions.push_back(positions(call));
  out.width = out.groups.size() + out.expressions.size() + out.grouping_functions.size();
}

void PlanReader::distinct_operation(const Json& json, std::string_view, Operator& out) {
  allow(json, "DISTINCT", {"type", "children", "distinct_type", "distinct_targets", "order_by"});
  out.kind = OperatorKind::kDistinct;
  inputs(json, out, 1);
  out.expressions = expressions(json, "distinct_targets");
  out.is_distinct_on = text(json, "distinct_type") == "DISTINCT_ON";
  if (const Json* order = json.find("order_by"); order != nullptr && order->kind != Kind::kNull) {
    allow(*order, "ORDER BY", {"orders"});
    out.order = sort_keys(field(*order, "orders"));
  }
  out.width = out.inputs[0]->width;
}

void PlanReader::sort_operation(const Json& json, std::string_view, Operator& out) {
  allow(json, "ORDER BY", {"type", "children", "orders", "projections"});
  out.kind = OperatorKind::kSort;
  inputs(json, out, 1);
  out.order = sort_keys(field(json, "orders"));
  out.kept = positions(field(json, "projections"));
  out.width = out.kept.empty() ? out.inputs[0]->width : out.kept.size();
}

void PlanReader::join_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type,
        {"type", "children", "join_type", "mark_index", "left_projection_map",
         "right_projection_map", "conditions", "condition", "mark_types",
         "duplicate_eliminated_columns", "delim_flipped", "predicate"});
  out.kind = OperatorKind::kJoin;
  inputs(json, out, 2);
  if (type != "LOGICAL_CROSS_PRODUCT") {
    const std::string name = text(json, "join_type");
    const std::optional<JoinKind> kind = join_kind(name);
    if (!kind) return refuse(name + " join");
    out.join = *kind;
    if (!is_empty(json.find("left_projection_map")) || !is_empty(json.find("right_projection_map")))
      return refuse("a join that drops columns");
  }
  out.is_dependent = type == "LOGICAL_DELIM_JOIN";
  if (out.is_dependent) out.parameters = expressions(json, "duplicate_eliminated_columns");
  if (const Json* flipped = json.find("delim_flipped"); flipped != nullptr && flipped->boolean)
    return refuse("a dependent join with its sides exchanged");
  if (const Json* list = json.find("conditions"))
    for (const Json& condition : list->items) {
      allow(condition, "a join condition", {"left", "right", "comparison"});
      out.conditions.push_back({expression(field(condition, "left")),
                                expression(field(condition, "right")),
                                text(condition, "comparison")});
    }
  for (const std::string_view key : {"condition", "predicate"})
    if (ExprPtr predicate = optional_expression(json, key)) out.predicate = std::move(predicate);
  out.width = join_width(out);
}

void PlanReader::set_operation(const Json& json, std::string_view type, Operator& out) {
  allow(json, type,
        {"type", "children", "table_index", "column_count", "setop_all", "allow_out_of_order"});
  out.kind = OperatorKind::kSetOperation;
  out.set_operation = type == "LOGICAL_UNION"    ? SetOperation::kUnion
                      : type == "LOGICAL_EXCEPT" ? SetOperation::kExcept
                                                 : SetOperation::kIntersect;
  out.is_all = flag(json, "setop_all");
  for (const Json& child : field(json, "children").items) out.inputs.push_back(operation(child));
  if (out.inputs.size() < 2) return refuse("a set operation with one side");
  out.width = out.inputs[0]->width;
  for (const OperatorPtr& input : out.inputs)
    if (input->width != out.width) refuse("a set operation with sides of different widths");
}

void PlanReader::common_table(const Json& json, std::string_view, Operator& out) {
  allow(json, "WITH",
        {"type", "children", "table_index", "column_count", "ctename", "materialize"});
  const Json& children = field(json, "children");
  if (children.items.size() != 2) return refuse("a CTE without its reader");
  CommonTable table{text(json, "ctename"), operation(children.items[0])};
  common_tables_.emplace_back(field(json, "table_index").integer, std::move(table));
  // The CTE itself is no step: what reads it stands in its place.
  const OperatorPtr reader = operation(children.items[1]);
  out = *reader;
}

void PlanReader::common_table_reference(const Json& json, std::string_view, Operator& out) {
  allow(json, "a CTE",
        {"type", "children", "table_index", "cte_index", "chunk_types", "bound_columns",
         "is_recurring"});
  const int64_t index = field(json, "cte_index").integer;
  const auto found = std::find_if(common_tables_.rbegin(), common_tables_.rend(),
                                  [index](const auto& entry) { return entry.first == index; });
  if (found == common_tables_.rend() || flag(json, "is_recurring")) return refuse("recursive CTE");
  out.kind = OperatorKind::kCommonTable;
  out.table = found->second.name;
  out.inputs = {found->second.body};
  out.width = found->second.body->width;
}

Decoded decode_plan(const Json& plan) {
  PlanReader reader;
  OperatorPtr root = reader.operation(plan);
  if (reader.refusal()) return tl::unexpected<Unsupported>(*reader.refusal());
  return root;
}

}  // namespace sluice::sql
