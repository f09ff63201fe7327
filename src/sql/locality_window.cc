// Bands of window functions: how far from a changed row results may change along the ORDER BY key.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "sql/expression_text.h"
#include "sql/locality_walker.h"

namespace sluice::sql {
namespace {

const BandEnd kZero;
const BandEnd kInfinite{true, {}};

std::optional<std::string> constant_text(const Expr& expr) {
  return expression_text(expr, [](size_t) { return std::optional<std::string>(); });
}

BandEnd negated(const BandEnd& end) {
  return end.offset.empty() ? end : BandEnd{false, fmt::format("(- {})", end.offset)};
}

// RANGE bounds are bound as order column ± offset: the constant part of it.
std::optional<BandEnd> range_offset(const ExprPtr& bound) {
  if (bound == nullptr) return std::nullopt;
  const Expr* expr = bound.get();
  while (expr->kind == ExprKind::kCast) expr = expr->children[0].get();
  if (expr->kind == ExprKind::kFunction && (expr->name == "+" || expr->name == "-") &&
      expr->children.size() == 2) {
    const Expr* constant = nullptr;
    for (const ExprPtr& child : expr->children)
      if (columns_of(*child).empty()) constant = constant == nullptr ? child.get() : nullptr;
    if (constant == nullptr) return std::nullopt;
    expr = constant;
  }
  std::optional<std::string> text = constant_text(*expr);
  if (!text) return std::nullopt;
  return BandEnd{false, std::move(*text)};
}

// How far above its own key a row reaches, by where frames begin.
std::optional<BandEnd> reach_above(const WindowSpec& spec) {
  switch (spec.start) {
    case FrameEnd::kUnboundedPreceding:
      return kInfinite;
    case FrameEnd::kUnboundedFollowing:
      return std::nullopt;
    case FrameEnd::kCurrentRow:
      return kZero;
    case FrameEnd::kPreceding:
      return spec.start_is_range ? range_offset(spec.start_offset) : kInfinite;
    case FrameEnd::kFollowing:
      return spec.start_is_range ? kZero : kInfinite;
  }
  return std::nullopt;
}

// How far below, by where frames end.
std::optional<BandEnd> reach_below(const WindowSpec& spec) {
  switch (spec.end) {
    case FrameEnd::kUnboundedFollowing:
      return kInfinite;
    case FrameEnd::kUnboundedPreceding:
      return std::nullopt;
    case FrameEnd::kCurrentRow:
      return kZero;
    case FrameEnd::kFollowing: {
      if (!spec.end_is_range) return kInfinite;
      const std::optional<BandEnd> offset = range_offset(spec.end_offset);
      if (!offset) return std::nullopt;
      return negated(*offset);
    }
    case FrameEnd::kPreceding:
      return spec.end_is_range ? kZero : kInfinite;
  }
  return std::nullopt;
}

// LAG and LEAD with a constant, non-negative offset look one way only.
bool looks_one_way(const WindowSpec& spec) {
  if (spec.offset == nullptr) return true;
  const Expr* expr = spec.offset.get();
  while (expr->kind == ExprKind::kCast) expr = expr->children[0].get();
  if (expr->kind != ExprKind::kConstant || expr->is_null) return false;
  return expr->name.find('-') == std::string::npos;
}

std::optional<Band> ascending_band(const Expr& window) {
  const WindowSpec& spec = *window.window;
  constexpr std::array kRanks = {"WINDOW_ROW_NUMBER", "WINDOW_RANK", "WINDOW_RANK_DENSE"};
  if (std::find(kRanks.begin(), kRanks.end(), window.name) != kRanks.end())
    return Band{kZero, kInfinite};
  if (window.name == "WINDOW_LAG" || window.name == "WINDOW_LEAD") {
    if (!looks_one_way(spec)) return std::nullopt;
    return window.name == "WINDOW_LAG" ? Band{kZero, kInfinite} : Band{kInfinite, kZero};
  }
  const bool is_framed = spec.is_aggregate || window.name == "WINDOW_FIRST_VALUE" ||
                         window.name == "WINDOW_LAST_VALUE" || window.name == "WINDOW_NTH_VALUE";
  if (!is_framed) return std::nullopt;
  std::optional<BandEnd> above = reach_above(spec);
  std::optional<BandEnd> below = reach_below(spec);
  if (!above || !below || (above->is_infinite && below->is_infinite)) return std::nullopt;
  return Band{std::move(*below), std::move(*above)};
}

BandEnd sum(const BandEnd& a, const BandEnd& b) {
  if (a.is_infinite || b.is_infinite) return kInfinite;
  if (a.offset.empty()) return b;
  if (b.offset.empty()) return a;
  return {false, fmt::format("({} + {})", a.offset, b.offset)};
}

void add_new(std::vector<Band>& bands, Band band) {
  if (std::find(bands.begin(), bands.end(), band) == bands.end()) bands.push_back(std::move(band));
}

bool is_suffix_or_prefix(const Band& band) {
  return (band.low.is_zero() && band.high.is_infinite) ||
         (band.low.is_infinite && band.high.is_zero());
}

}  // namespace

std::optional<Band> window_band(const Expr& window) {
  const WindowSpec& spec = *window.window;
  if (spec.order.empty() || !window.call->order.empty()) return std::nullopt;
  std::optional<Band> band = ascending_band(window);
  if (!band) return std::nullopt;
  if (spec.order.front().is_descending) band = Band{negated(band->high), negated(band->low)};
  if (spec.order.size() > 1 && !is_suffix_or_prefix(*band)) return std::nullopt;
  return band;
}

const Expr& order_column(const Expr& key) {
  const Expr* expr = &key;
  while (expr->kind == ExprKind::kCast && !expr->is_try) {
    const Expr& child = *expr->children[0];
    const bool keeps_order = (child.type == "DATE" && expr->type == "TIMESTAMP") ||
                             (child.type == "INTEGER" && expr->type == "BIGINT");
    if (!keeps_order) break;
    expr = &child;
  }
  return *expr;
}

std::vector<Band> with_band(const std::vector<Band>& bands, const Band& band) {
  // Windows of one operator read the same rows; windows above each other add up. Both are covered.
  std::vector<Band> out = bands;
  for (const Band& known : bands)
    add_new(out, {sum(known.low, band.low), sum(known.high, band.high)});
  add_new(out, band);
  return out;
}

namespace {

// Columns that the window partitions by stay, the one that it goes along gets its band, others go.
void narrow_by_window(const Expr& window, const std::set<size_t>& partitions, Shape& shape) {
  const WindowSpec& spec = *window.window;
  const std::optional<Band> band = window_band(window);
  const Expr* along = spec.order.empty() ? nullptr : &order_column(*spec.order.front().expr);
  const bool goes_along = band && along != nullptr && along->kind == ExprKind::kColumn;
  for (auto& [scan, columns] : shape.deps)
    for (auto dep = columns.begin(); dep != columns.end();) {
      const bool is_kept = partitions.contains(dep->first);
      const bool is_along = goes_along && along->column == dep->first;
      if (!is_kept && is_along) dep->second.bands = with_band(dep->second.bands, *band);
      dep = is_kept || is_along ? std::next(dep) : columns.erase(dep);
    }
}

}  // namespace

Shape LocalityWalker::visit_window(const Operator& op) {
  const Shape below = visit(*op.inputs[0]);
  Shape out = below;
  out.width = op.width;
  out.marks.clear();
  make_nonlinear(below.scans);
  // What every window partitions by; canonical text of keys that are expressions.
  std::map<std::string, ExprPtr> partition_exprs;
  bool is_first = true;
  for (const ExprPtr& window : op.expressions) {
    const WindowSpec& spec = *window->window;
    std::set<size_t> partitions;
    std::map<std::string, ExprPtr> exprs;
    for (const ExprPtr& key : spec.partitions) {
      if (key->kind == ExprKind::kColumn) partitions.insert(key->column);
      if (const std::optional<std::string> text = canonical_text(*key)) exprs.emplace(*text, key);
    }
    if (is_first)
      partition_exprs = exprs;
    else
      std::erase_if(partition_exprs,
                    [&](const auto& entry) { return !exprs.contains(entry.first); });
    is_first = false;
    narrow_by_window(*window, partitions, out);
  }
  out.pairs.clear();
  out.tied.clear();
  for (const auto& [text, key] : partition_exprs) {
    if (key->kind == ExprKind::kColumn) continue;
    ScanDeps deps = deps_of(below, *key);
    if (!deps.empty()) out.tied.emplace(text, TiedExpr{key, std::move(deps)});
  }
  lose(below, out, below.scans, LossReason::kWindow, "window", op.place);
  return out;
}

}  // namespace sluice::sql
