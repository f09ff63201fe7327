#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sql/expression_text.h"
#include "sql/plan_reader.h"

namespace sluice::sql {
namespace {

using Kind = Json::Kind;

// -1234 with two decimals is -12.34.
std::string decimal_digits(int64_t unscaled, int64_t scale) {
  const bool is_negative = unscaled < 0;
  std::string digits = std::to_string(is_negative ? 0 - static_cast<uint64_t>(unscaled)
                                                  : static_cast<uint64_t>(unscaled));
  if (digits.size() <= static_cast<size_t>(scale))
    digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  return (is_negative ? "-" : "") + digits;
}

std::string interval_text(const Json& value) {
  const Json* months = value.find("months");
  const Json* days = value.find("days");
  const Json* micros = value.find("micros");
  if (months == nullptr || days == nullptr || micros == nullptr) return {};
  return fmt::format("(to_months({}) + to_days({}) + to_microseconds({}))", months->integer,
                     days->integer, micros->integer);
}

std::string decimal_text(const Json& value, const std::string& type, const Json& type_json) {
  const Json* info = type_json.find("type_info");
  const Json* scale = info == nullptr ? nullptr : info->find("scale");
  if (scale == nullptr) return {};
  return fmt::format("CAST('{}' AS {})", decimal_digits(value.integer, scale->integer), type);
}

bool is_integer_type(std::string_view id) {
  constexpr std::array<std::string_view, 8> kTypes = {
      "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"};
  return std::find(kTypes.begin(), kTypes.end(), id) != kTypes.end();
}

// Constants whose value JSON gives as a whole number.
std::string whole_number_text(const Json& value, std::string_view id, const std::string& type,
                              const Json& type_json) {
  if (id == "DATE") return fmt::format("(DATE '1970-01-01' + {})", value.integer);
  if (id == "TIMESTAMP") return fmt::format("make_timestamp({})", value.integer);
  if (id == "DECIMAL") return decimal_text(value, type, type_json);
  return is_integer_type(id) ? fmt::format("CAST({} AS {})", value.integer, type) : std::string();
}

// The SQL text of a constant of a type that has one; empty: none is known.
std::string constant_text(const Json& value, std::string_view id, const std::string& type,
                          const Json& type_json) {
  switch (value.kind) {
    case Kind::kBool:
      return value.boolean ? "TRUE" : "FALSE";
    case Kind::kInt:
      return whole_number_text(value, id, type, type_json);
    case Kind::kObject:
      return id == "INTERVAL" ? interval_text(value) : std::string();
    case Kind::kString:
      if (id != "VARCHAR") return {};
      if (type == "VARCHAR") return quoted_literal(value.text);
      return fmt::format("CAST({} AS {})", quoted_literal(value.text), type);
    case Kind::kFloat:
      if ((id != "DOUBLE" && id != "FLOAT") || !std::isfinite(value.floating)) return {};
      return fmt::format("CAST('{}' AS {})", value.floating, type);
    default:
      return {};
  }
}

// Names of the functions that are called anywhere within the data of a call.
void collect_functions(const Json& json, std::vector<std::string>& out) {
  const Json* kind = json.find("expression_class");
  const Json* name = json.find("name");
  if (kind != nullptr && name != nullptr) out.push_back(name->text);
  for (const Json& item : json.items) collect_functions(item, out);
  for (const auto& [key, value] : json.fields) collect_functions(value, out);
}

bool is_present(const Json* value) { return value != nullptr && value->kind != Kind::kNull; }

}  // namespace

void PlanReader::refuse(std::string what, size_t place) {
  if (!refusal_) refusal_ = Unsupported{std::move(what), place};
}

void PlanReader::allow(const Json& object, std::string_view what,
                       std::initializer_list<std::string_view> keys) {
  if (object.kind != Kind::kObject) return refuse(fmt::format("{} without members", what));
  for (const auto& [key, value] : object.fields)
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return refuse(fmt::format("{} with \"{}\"", what, key));
}

const Json& PlanReader::field(const Json& object, std::string_view key) {
  static const Json kNothing;
  const Json* value = object.find(key);
  if (value == nullptr) refuse(fmt::format("a plan without \"{}\"", key));
  return value == nullptr ? kNothing : *value;
}

std::string PlanReader::text(const Json& object, std::string_view key) {
  const Json& value = field(object, key);
  if (value.kind != Kind::kString) refuse(fmt::format("a plan whose \"{}\" is no text", key));
  return value.text;
}

bool PlanReader::flag(const Json& object, std::string_view key) {
  const Json& value = field(object, key);
  if (value.kind != Kind::kBool) refuse(fmt::format("a plan whose \"{}\" is no flag", key));
  return value.boolean;
}

std::vector<ExprPtr> PlanReader::expressions(const Json& object, std::string_view key) {
  std::vector<ExprPtr> out;
  for (const Json& item : field(object, key).items) out.push_back(expression(item));
  return out;
}

ExprPtr PlanReader::optional_expression(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return is_present(value) ? expression(*value) : nullptr;
}

std::vector<SortKey> PlanReader::sort_keys(const Json& list) {
  std::vector<SortKey> out;
  for (const Json& item : list.items) {
    allow(item, "ORDER BY", {"type", "null_order", "expression"});
    out.push_back({expression(field(item, "expression")), text(item, "type") == "DESCENDING",
                   text(item, "null_order") == "NULLS FIRST"});
  }
  return out;
}

std::vector<size_t> PlanReader::positions(const Json& list) {
  std::vector<size_t> out;
  for (const Json& item : list.items) {
    if (item.kind != Kind::kInt || item.integer < 0) refuse("a plan with a position that is none");
    out.push_back(static_cast<size_t>(item.integer));
  }
  return out;
}

ExprPtr PlanReader::expression(const Json& json) {
  auto expr = std::make_shared<Expr>();
  const std::string kind = text(json, "expression_class");
  const Json* place = json.find("query_location");
  if (place != nullptr && place->kind == Kind::kInt && place->integer >= 0)
    expr->place = static_cast<size_t>(place->integer);
  using Reader = void (PlanReader::*)(const Json&, Expr&);
  static const std::map<std::string_view, Reader> kReaders = {
      {"BOUND_REF", &PlanReader::column},
      {"BOUND_CONSTANT", &PlanReader::constant},
      {"BOUND_CAST", &PlanReader::cast},
      {"BOUND_COMPARISON", &PlanReader::comparison},
      {"BOUND_CONJUNCTION", &PlanReader::conjunction},
      {"BOUND_FUNCTION", &PlanReader::function},
      {"BOUND_OPERATOR", &PlanReader::operator_call},
      {"BOUND_CASE", &PlanReader::case_expression},
      {"BOUND_AGGREGATE", &PlanReader::aggregate},
      {"BOUND_WINDOW", &PlanReader::window},
      {"BOUND_UNNEST", &PlanReader::unnest},
      {"BOUND_COLUMN_REF", &PlanReader::unresolved}};
  const auto found = kReaders.find(kind);
  if (found == kReaders.end())
    refuse("expression " + kind, expr->place);
  else
    (this->*found->second)(json, *expr);
  return expr;
}

void PlanReader::column(const Json& json, Expr& expr) {
  allow(json, "a column",
        {"expression_class", "type", "alias", "query_location", "return_type", "index"});
  expr.kind = ExprKind::kColumn;
  expr.type = type_text(field(json, "return_type"));
  const Json& index = field(json, "index");
  if (index.kind != Kind::kInt || index.integer < 0) refuse("a column without a position");
  expr.column = static_cast<size_t>(index.integer);
}

// Left so below table functions of a row: something of that row, we do not know what.
void PlanReader::unresolved(const Json&, Expr& expr) { expr.has_hidden_data = true; }

void PlanReader::conjunction(const Json& json, Expr& expr) {
  allow(json, "a conjunction",
        {"expression_class", "type", "alias", "query_location", "return_type", "children"});
  expr.kind = ExprKind::kConjunction;
  expr.type = "BOOLEAN";
  expr.name = text(json, "type") == "CONJUNCTION_AND" ? "AND" : "OR";
  expr.children = expressions(json, "children");
}

void PlanReader::unnest(const Json& json, Expr& expr) {
  allow(json, "unnest",
        {"expression_class", "type", "alias", "query_location", "return_type", "child"});
  expr.kind = ExprKind::kUnnest;
  expr.type = type_text(field(json, "return_type"));
  expr.children.push_back(expression(field(json, "child")));
}

void PlanReader::constant(const Json& json, Expr& expr) {
  allow(json, "a constant", {"expression_class", "type", "alias", "query_location", "value"});
  expr.kind = ExprKind::kConstant;
  const Json& value = field(json, "value");
  const Json& type = field(value, "type");
  expr.type = type_text(type);
  expr.is_null = flag(value, "is_null");
  if (expr.is_null) {
    expr.name = expr.type.empty() ? "NULL" : fmt::format("CAST(NULL AS {})", expr.type);
    return;
  }
  expr.name = constant_text(field(value, "value"), text(type, "id"), expr.type, type);
  expr.has_hidden_data = expr.name.empty();
}

void PlanReader::cast(const Json& json, Expr& expr) {
  allow(
      json, "a cast",
      {"expression_class", "type", "alias", "query_location", "child", "return_type", "try_cast"});
  expr.kind = ExprKind::kCast;
  expr.type = type_text(field(json, "return_type"));
  expr.is_try = flag(json, "try_cast");
  expr.children.push_back(expression(field(json, "child")));
}

void PlanReader::comparison(const Json& json, Expr& expr) {
  allow(json, "a comparison",
        {"expression_class", "type", "alias", "query_location", "left", "right"});
  expr.kind = ExprKind::kComparison;
  expr.type = "BOOLEAN";
  const std::string type = text(json, "type");
  expr.name = comparison_operator(type);
  if (expr.name.empty()) refuse("comparison " + type, expr.place);
  expr.children = {expression(field(json, "left")), expression(field(json, "right"))};
}

void PlanReader::function(const Json& json, Expr& expr) {
  allow(json, "a function call",
        {"expression_class", "type", "alias", "query_location", "return_type", "children", "name",
         "arguments", "original_arguments", "catalog_name", "schema_name", "has_serialize",
         "is_operator", "function_data"});
  expr.kind = ExprKind::kFunction;
  expr.type = type_text(field(json, "return_type"));
  expr.name = text(json, "name");
  expr.children = expressions(json, "children");
  const Json* data = json.find("function_data");
  expr.has_hidden_data = is_present(data);
  if (expr.has_hidden_data) collect_functions(*data, expr.hidden_functions);
}

void PlanReader::operator_call(const Json& json, Expr& expr) {
  allow(json, "an operator",
        {"expression_class", "type", "alias", "query_location", "return_type", "children"});
  expr.kind = ExprKind::kOperator;
  expr.type = type_text(field(json, "return_type"));
  expr.children = expressions(json, "children");
  const std::string type = text(json, "type");
  if (type == "OPERATOR_COALESCE") expr.name = "COALESCE";
  if (type == "OPERATOR_NOT") expr.name = "NOT";
  if (type == "OPERATOR_IS_NULL") expr.name = "IS NULL";
  if (type == "OPERATOR_IS_NOT_NULL") expr.name = "IS NOT NULL";
  if (type == "COMPARE_IN") expr.name = "IN";
  if (type == "COMPARE_NOT_IN") expr.name = "NOT IN";
  if (type == "OPERATOR_TRY") expr.name = "TRY";
  const size_t least =
      expr.name == "COALESCE" || expr.name == "IN" || expr.name == "NOT IN" ? 2 : 1;
  if (expr.name.empty() || expr.children.size() < std::min<size_t>(least, 1))
    refuse("operator " + type, expr.place);
}

void PlanReader::case_expression(const Json& json, Expr& expr) {
  allow(json, "CASE",
        {"expression_class", "type", "alias", "query_location", "return_type", "case_checks",
         "else_expr"});
  expr.kind = ExprKind::kCase;
  expr.type = type_text(field(json, "return_type"));
  for (const Json& check : field(json, "case_checks").items) {
    allow(check, "WHEN", {"when_expr", "then_expr"});
    expr.children.push_back(expression(field(check, "when_expr")));
    expr.children.push_back(expression(field(check, "then_expr")));
  }
  expr.children.push_back(expression(field(json, "else_expr")));
}

void PlanReader::aggregate(const Json& json, Expr& expr) {
  allow(json, "an aggregate",
        {"expression_class", "type", "alias", "query_location", "return_type", "children", "name",
         "arguments", "original_arguments", "catalog_name", "schema_name", "has_serialize",
         "aggregate_type", "filter", "order_bys", "function_data"});
  expr.kind = ExprKind::kAggregate;
  expr.type = type_text(field(json, "return_type"));
  expr.name = text(json, "name");
  expr.children = expressions(json, "children");
  expr.has_hidden_data = is_present(json.find("function_data"));
  AggregateCall call;
  call.is_distinct = text(json, "aggregate_type") == "DISTINCT";
  call.filter = optional_expression(json, "filter");
  if (const Json* order = json.find("order_bys"); is_present(order)) {
    allow(*order, "ORDER BY", {"orders"});
    call.order = sort_keys(field(*order, "orders"));
  }
  expr.call = std::move(call);
}

namespace {

struct FrameBound {
  FrameEnd end;
  bool is_range;
};

std::optional<FrameBound> frame_bound(std::string_view text) {
  if (text == "UNBOUNDED_PRECEDING") return FrameBound{FrameEnd::kUnboundedPreceding, true};
  if (text == "UNBOUNDED_FOLLOWING") return FrameBound{FrameEnd::kUnboundedFollowing, true};
  if (text == "CURRENT_ROW_RANGE") return FrameBound{FrameEnd::kCurrentRow, true};
  if (text == "CURRENT_ROW_ROWS") return FrameBound{FrameEnd::kCurrentRow, false};
  if (text == "EXPR_PRECEDING_RANGE") return FrameBound{FrameEnd::kPreceding, true};
  if (text == "EXPR_PRECEDING_ROWS") return FrameBound{FrameEnd::kPreceding, false};
  if (text == "EXPR_FOLLOWING_RANGE") return FrameBound{FrameEnd::kFollowing, true};
  if (text == "EXPR_FOLLOWING_ROWS") return FrameBound{FrameEnd::kFollowing, false};
  return std::nullopt;  // GROUPS among them
}

}  // namespace

void PlanReader::window(const Json& json, Expr& expr) {
  allow(json, "a window function",
        {"expression_class",
         "type",
         "alias",
         "query_location",
         "return_type",
         "children",
         "name",
         "arguments",
         "original_arguments",
         "catalog_name",
         "schema_name",
         "has_serialize",
         "partitions",
         "orders",
         "filters",
         "ignore_nulls",
         "start",
         "end",
         "start_expr",
         "end_expr",
         "offset_expr",
         "default_expr",
         "exclude_clause",
         "distinct",
         "arg_orders",
         "function_data"});
  expr.kind = ExprKind::kWindow;
  expr.type = type_text(field(json, "return_type"));
  const std::string type = text(json, "type");
  // WINDOW_AGGREGATE names its function; the others are their type.
  expr.name = type == "WINDOW_AGGREGATE" ? text(json, "name") : type;
  expr.children = expressions(json, "children");
  expr.has_hidden_data = is_present(json.find("function_data"));
  AggregateCall call;
  call.is_distinct = flag(json, "distinct");
  call.filter = optional_expression(json, "filters");
  call.order = sort_keys(field(json, "arg_orders"));
  expr.call = std::move(call);
  auto spec = std::make_shared<WindowSpec>();
  spec->is_aggregate = type == "WINDOW_AGGREGATE";
  spec->partitions = expressions(json, "partitions");
  spec->order = sort_keys(field(json, "orders"));
  const std::optional<FrameBound> start = frame_bound(text(json, "start"));
  const std::optional<FrameBound> end = frame_bound(text(json, "end"));
  if (!start || !end) return refuse("a window frame of GROUPS", expr.place);
  spec->start = start->end;
  spec->start_is_range = start->is_range;
  spec->end = end->end;
  spec->end_is_range = end->is_range;
  spec->start_offset = optional_expression(json, "start_expr");
  spec->end_offset = optional_expression(json, "end_expr");
  spec->offset = optional_expression(json, "offset_expr");
  spec->fallback = optional_expression(json, "default_expr");
  spec->ignores_nulls = flag(json, "ignore_nulls");
  spec->exclusion = text(json, "exclude_clause");
  expr.window = std::move(spec);
}

}  // namespace sluice::sql
