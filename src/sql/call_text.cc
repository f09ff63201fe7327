#include "sql/call_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace sluice::sql {
namespace {

using Text = std::optional<std::string>;

// Aggregates whose hidden data follows from the types of their arguments.
bool is_told_by_arguments(std::string_view name) {
  constexpr std::array kNames = {"sum", "avg", "min", "max", "count", "median", "mode", "first"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::optional<std::vector<std::string>> texts_of(const std::vector<ExprPtr>& exprs,
                                                 const ColumnText& column) {
  std::vector<std::string> out;
  for (const ExprPtr& expr : exprs) {
    Text text = expression_text(*expr, column);
    if (!text) return std::nullopt;
    out.push_back(std::move(*text));
  }
  return out;
}

// name(DISTINCT a, b ORDER BY c) FILTER (WHERE d)
Text call_text(const std::string& name, const Expr& call, const ColumnText& column,
               std::string_view behind_arguments) {
  std::optional<std::vector<std::string>> arguments = texts_of(call.children, column);
  if (!arguments) return std::nullopt;
  std::string inside = call.call->is_distinct ? "DISTINCT " : "";
  inside += fmt::format("{}", fmt::join(*arguments, ", "));
  if (name == "count_star") inside = "*";
  if (!call.call->order.empty()) {
    const Text order = sort_text(call.call->order, column);
    if (!order) return std::nullopt;
    inside += " ORDER BY " + *order;
  }
  std::string out =
      fmt::format("{}({}{})", name == "count_star" ? "count" : name, inside, behind_arguments);
  if (call.call->filter != nullptr) {
    const Text filter = expression_text(*call.call->filter, column);
    if (!filter) return std::nullopt;
    out += fmt::format(" FILTER (WHERE {})", *filter);
  }
  return out;
}

// RANGE frames hold the bound itself, key ± offset; the offset is its second argument.
Text offset_text(const ExprPtr& bound, bool is_range, const ColumnText& column) {
  if (bound == nullptr) return std::nullopt;
  if (!is_range) return expression_text(*bound, column);
  const bool is_moved_key = bound->kind == ExprKind::kFunction && bound->children.size() == 2 &&
                            (bound->name == "+" || bound->name == "-") &&
                            columns_of(*bound->children[1]).empty();
  return is_moved_key ? expression_text(*bound->children[1], column) : std::nullopt;
}

Text frame_end_text(FrameEnd end, const ExprPtr& bound, bool is_range, const ColumnText& column) {
  switch (end) {
    case FrameEnd::kUnboundedPreceding:
      return "UNBOUNDED PRECEDING";
    case FrameEnd::kUnboundedFollowing:
      return "UNBOUNDED FOLLOWING";
    case FrameEnd::kCurrentRow:
      return "CURRENT ROW";
    case FrameEnd::kPreceding:
    case FrameEnd::kFollowing: {
      const Text offset = offset_text(bound, is_range, column);
      if (!offset) return std::nullopt;
      return fmt::format("{} {}", *offset, end == FrameEnd::kPreceding ? "PRECEDING" : "FOLLOWING");
    }
  }
  return std::nullopt;
}

bool is_fixed(FrameEnd end) {
  return end == FrameEnd::kUnboundedPreceding || end == FrameEnd::kUnboundedFollowing;
}

Text frame_text(const WindowSpec& window, const ColumnText& column) {
  // UNBOUNDED says nothing of rows or range; the other end does.
  const bool start_says = !is_fixed(window.start), end_says = !is_fixed(window.end);
  if (start_says && end_says && window.start_is_range != window.end_is_range) return std::nullopt;
  const bool is_range = start_says ? window.start_is_range : !end_says || window.end_is_range;
  const Text start =
      frame_end_text(window.start, window.start_offset, window.start_is_range, column);
  const Text end = frame_end_text(window.end, window.end_offset, window.end_is_range, column);
  if (!start || !end) return std::nullopt;
  static const std::map<std::string_view, std::string_view> kExclusions = {
      {"NO_OTHER", ""},
      {"CURRENT_ROW", " EXCLUDE CURRENT ROW"},
      {"GROUP", " EXCLUDE GROUP"},
      {"TIES", " EXCLUDE TIES"}};
  const auto exclusion = kExclusions.find(window.exclusion);
  if (exclusion == kExclusions.end()) return std::nullopt;
  return fmt::format("{} BETWEEN {} AND {}{}", is_range ? "RANGE" : "ROWS", *start, *end,
                     exclusion->second);
}

// WINDOW_ROW_NUMBER is row_number.
Text window_function(const Expr& call) {
  if (call.window->is_aggregate) return call.name;
  constexpr std::string_view kPrefix = "WINDOW_";
  if (!call.name.starts_with(kPrefix)) return std::nullopt;
  std::string name = call.name.substr(kPrefix.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::map<std::string_view, std::string_view> kOtherNames = {
      {"rank_dense", "dense_rank"}};
  const auto other = kOtherNames.find(name);
  return other == kOtherNames.end() ? name : std::string(other->second);
}

}  // namespace

Text sort_text(const std::vector<SortKey>& keys, const ColumnText& column) {
  std::vector<std::string> parts;
  for (const SortKey& key : keys) {
    const Text text = expression_text(*key.expr, column);
    if (!text) return std::nullopt;
    // A constant would be read as a position.
    if (columns_of(*key.expr).empty()) continue;
    parts.push_back(fmt::format("{} {} NULLS {}", *text, key.is_descending ? "DESC" : "ASC",
                                key.has_nulls_first ? "FIRST" : "LAST"));
  }
  if (parts.empty()) return "(1)";
  return fmt::format("{}", fmt::join(parts, ", "));
}

Text aggregate_text(const Expr& call, const ColumnText& column) {
  if (call.has_hidden_data && !is_told_by_arguments(call.name)) return std::nullopt;
  return call_text(call.name, call, column, "");
}

namespace {

// What stands behind the arguments: ", 2, -1 IGNORE NULLS" of lag(x, 2, -1 IGNORE NULLS).
Text further_arguments(const WindowSpec& window, const ColumnText& column) {
  if (window.fallback != nullptr && window.offset == nullptr) return std::nullopt;
  std::string out;
  for (const ExprPtr* argument : {&window.offset, &window.fallback}) {
    if (*argument == nullptr) continue;
    const Text text = expression_text(**argument, column);
    if (!text) return std::nullopt;
    out += ", " + *text;
  }
  return out + (window.ignores_nulls ? " IGNORE NULLS" : "");
}

}  // namespace

Text window_text(const Expr& call, const ColumnText& column) {
  const WindowSpec& window = *call.window;
  if (call.has_hidden_data && !(window.is_aggregate && is_told_by_arguments(call.name)))
    return std::nullopt;
  const Text name = window_function(call);
  const Text further = further_arguments(window, column);
  if (!name || !further) return std::nullopt;
  const Text head = call_text(*name, call, column, *further);
  const std::optional<std::vector<std::string>> partitions = texts_of(window.partitions, column);
  const Text frame = frame_text(window, column);
  const Text order = window.order.empty() ? Text("") : sort_text(window.order, column);
  if (!head || !partitions || !frame || !order) return std::nullopt;
  std::vector<std::string> parts;
  if (!partitions->empty())
    parts.push_back(fmt::format("PARTITION BY {}", fmt::join(*partitions, ", ")));
  if (!order->empty()) parts.push_back("ORDER BY " + *order);
  parts.push_back(*frame);
  return fmt::format("{} OVER ({})", *head, fmt::join(parts, " "));
}

}  // namespace sluice::sql
