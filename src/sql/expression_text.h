// The SQL text of a bound expression, where it has one that means the same.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sql/relational.h"

namespace sluice::sql {

// The text of an input column; nullopt: it has none.
using ColumnText = std::function<std::optional<std::string>(size_t column)>;

// Whether the text of an interval, as expressions are written here, may hold months or years: how
// long those are depends on what they are added to.
bool has_months(std::string_view interval);
// "=" for "COMPARE_EQUAL", as plans name comparisons; empty: it is none.
std::string_view comparison_operator(std::string_view name);

// nullopt for what cannot be written: aggregates, windows, lambdas, types without a text.
std::optional<std::string> expression_text(const Expr& expr, const ColumnText& column);
// The same with "#<position>" for columns: equal texts are equal expressions over one input.
std::optional<std::string> canonical_text(const Expr& expr);
// Adds the columns that the expression reads, those of filters, orders and frames too.
void collect_columns(const Expr& expr, std::set<size_t>& out);
std::set<size_t> columns_of(const Expr& expr);
// Calls `visit` for the expression and all below it.
void visit_expressions(const Expr& expr, const std::function<void(const Expr&)>& visit);
std::string quoted_identifier(std::string_view name);  // "a ""b"""
std::string quoted_literal(std::string_view text);     // 'it''s'
// CAST('2026-01-01' AS DATE); nullopt is NULL of that type.
std::string typed_literal(const std::optional<std::string>& value, std::string_view type);

}  // namespace sluice::sql
