#include "sql/expression_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace sluice::sql {
namespace {

using Text = std::optional<std::string>;

bool is_operator(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

bool is_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

Text function_text(const Expr& expr, const std::vector<std::string>& arguments) {
  // What arithmetic over decimals holds besides its arguments follows from their types.
  const bool is_arithmetic = expr.name == "+" || expr.name == "-" || expr.name == "*";
  if (expr.has_hidden_data && !is_arithmetic) return std::nullopt;
  if (is_operator(expr.name)) {
    if (arguments.size() == 2)
      return fmt::format("({} {} {})", arguments[0], expr.name, arguments[1]);
    if (arguments.size() == 1) return fmt::format("({} {})", expr.name, arguments[0]);
    return std::nullopt;
  }
  if (!is_word(expr.name)) return std::nullopt;
  return fmt::format("{}({})", quoted_identifier(expr.name), joined(arguments, ", "));
}

// The engine would give the sum of two decimals one more digit each time that it is bound.
Text sized(std::string_view type, Text text) {
  if (!text || !type.starts_with("DECIMAL")) return text;
  return fmt::format("CAST({} AS {})", *text, type);
}

Text operator_text(const Expr& expr, const std::vector<std::string>& arguments) {
  if (expr.name == "COALESCE" || expr.name == "TRY")
    return fmt::format("{}({})", expr.name, joined(arguments, ", "));
  if (expr.name == "NOT") return fmt::format("(NOT {})", arguments[0]);
  if (expr.name == "IS NULL" || expr.name == "IS NOT NULL")
    return fmt::format("({} {})", arguments[0], expr.name);
  const std::vector<std::string> list(arguments.begin() + 1, arguments.end());
  return fmt::format("({} {} ({}))", arguments[0], expr.name, joined(list, ", "));
}

std::string case_text(const std::vector<std::string>& parts) {
  std::string out = "(CASE";
  for (size_t i = 0; i + 1 < parts.size(); i += 2)
    out += fmt::format(" WHEN {} THEN {}", parts[i], parts[i + 1]);
  return out + fmt::format(" ELSE {} END)", parts.back());
}

}  // namespace

bool has_months(std::string_view interval) {
  // Names of functions may stand in quotes.
  std::string text;
  std::copy_if(interval.begin(), interval.end(), std::back_inserter(text),
               [](char c) { return c != '"'; });
  constexpr std::string_view kNoMonths = "to_months(0)";  // of a constant: months, days, the rest
  for (size_t at = text.find(kNoMonths); at != std::string::npos; at = text.find(kNoMonths))
    text.erase(at, kNoMonths.size());
  constexpr std::array<std::string_view, 7> kLong = {
      "to_months(",    "to_quarters(",  "to_years(",    "to_decades(",
      "to_centuries(", "to_millennia(", " AS INTERVAL)"};
  return std::any_of(kLong.begin(), kLong.end(), [&text](std::string_view part) {
    return text.find(part) != std::string::npos;
  });
}

std::string_view comparison_operator(std::string_view type) {
  if (type == "COMPARE_EQUAL") return "=";
  if (type == "COMPARE_NOTEQUAL") return "<>";
  if (type == "COMPARE_LESSTHAN") return "<";
  if (type == "COMPARE_GREATERTHAN") return ">";
  if (type == "COMPARE_LESSTHANOREQUALTO") return "<=";
  if (type == "COMPARE_GREATERTHANOREQUALTO") return ">=";
  if (type == "COMPARE_NOT_DISTINCT_FROM") return "IS NOT DISTINCT FROM";
  if (type == "COMPARE_DISTINCT_FROM") return "IS DISTINCT FROM";
  return {};
}

std::string quoted_identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string quoted_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

Text expression_text(const Expr& expr, const ColumnText& column) {
  if (expr.kind == ExprKind::kColumn) return column(expr.column);
  std::vector<std::string> arguments;
  for (const ExprPtr& child : expr.children) {
    Text text = expression_text(*child, column);
    if (!text) return std::nullopt;
    arguments.push_back(std::move(*text));
  }
  switch (expr.kind) {
    case ExprKind::kConstant:
      return expr.name.empty() ? Text() : Text(expr.name);
    case ExprKind::kCast:
      if (expr.type.empty()) return std::nullopt;
      return fmt::format("{}({} AS {})", expr.is_try ? "TRY_CAST" : "CAST", arguments[0],
                         expr.type);
    case ExprKind::kComparison:
      return fmt::format("({} {} {})", arguments[0], expr.name, arguments[1]);
    case ExprKind::kConjunction:
      return "(" + joined(arguments, " " + expr.name + " ") + ")";
    case ExprKind::kFunction:
      return sized(expr.type, function_text(expr, arguments));
    case ExprKind::kOperator:
      return operator_text(expr, arguments);
    case ExprKind::kCase:
      return case_text(arguments);
    default:
      return std::nullopt;
  }
}

Text canonical_text(const Expr& expr) {
  return expression_text(expr, [](size_t column) { return Text(fmt::format("#{}", column)); });
}

void visit_expressions(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  const auto visit_if = [&visit](const ExprPtr& part) {
    if (part != nullptr) visit_expressions(*part, visit);
  };
  for (const ExprPtr& child : expr.children) visit_if(child);
  if (expr.call) {
    visit_if(expr.call->filter);
    for (const SortKey& key : expr.call->order) visit_if(key.expr);
  }
  if (expr.window == nullptr) return;
  for (const ExprPtr& part : expr.window->partitions) visit_if(part);
  for (const SortKey& key : expr.window->order) visit_if(key.expr);
  for (const ExprPtr* part : {&expr.window->start_offset, &expr.window->end_offset,
                              &expr.window->offset, &expr.window->fallback})
    visit_if(*part);
}

void collect_columns(const Expr& expr, std::set<size_t>& out) {
  visit_expressions(expr, [&out](const Expr& part) {
    if (part.kind == ExprKind::kColumn) out.insert(part.column);
  });
}

std::set<size_t> columns_of(const Expr& expr) {
  std::set<size_t> out;
  collect_columns(expr, out);
  return out;
}

std::string typed_literal(const std::optional<std::string>& value, std::string_view type) {
  return value ? fmt::format("CAST({} AS {})", quoted_literal(*value), type)
               : fmt::format("CAST(NULL AS {})", type);
}

}  // namespace sluice::sql
