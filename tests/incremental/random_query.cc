#include "random_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sluice::incremental_test {
namespace {

using Items = std::vector<std::pair<std::string, ColumnType>>;

std::string literal(ColumnType type, size_t value) {
  switch (type) {
    case ColumnType::kDate:
      return fmt::format("DATE '2024-02-{:02}'", 20 + value % 10);
    case ColumnType::kInteger:
      return std::to_string(value % 7);
    case ColumnType::kDecimal:
      return fmt::format("{}.50", value % 60);
    case ColumnType::kText:
      return fmt::format("'{}'", "abcd"[value % 4]);
  }
  return "NULL";
}

}  // namespace

std::vector<Column> QueryGenerator::of_type(const std::vector<Column>& columns,
                                            ColumnType type) const {
  std::vector<Column> out;
  for (const Column& column : columns)
    if (column.type == type) out.push_back(column);
  return out;
}

Query QueryGenerator::select(const Items& items, const std::string& rest) {
  Query out;
  std::string list;
  for (const auto& [expr, type] : items) {
    const std::string name = fmt::format("c{}", out.columns.size());
    list += fmt::format("{}{} as {}", list.empty() ? "" : ", ", expr, name);
    out.columns.push_back({name, type});
  }
  out.sql = fmt::format("select {} {}", list, rest);
  return out;
}

std::string QueryGenerator::all_columns(const std::string& alias,
                                        const std::vector<Column>& columns) const {
  std::string out;
  for (const Column& column : columns)
    out += fmt::format("{}{}.{}", out.empty() ? "" : ", ", alias, column.name);
  return out;
}

Query QueryGenerator::make(int depth) {
  using Maker = Query (QueryGenerator::*)(int);
  // As often as it stands here.
  static constexpr Maker kMakers[] = {&QueryGenerator::filter,
                                      &QueryGenerator::filter,
                                      &QueryGenerator::project,
                                      &QueryGenerator::project,
                                      &QueryGenerator::group,
                                      &QueryGenerator::group,
                                      &QueryGenerator::group,
                                      &QueryGenerator::group,
                                      &QueryGenerator::join,
                                      &QueryGenerator::join,
                                      &QueryGenerator::window,
                                      &QueryGenerator::window,
                                      &QueryGenerator::set_operation,
                                      &QueryGenerator::distinct,
                                      &QueryGenerator::membership,
                                      &QueryGenerator::membership,
                                      &QueryGenerator::scalar_subquery,
                                      &QueryGenerator::shared_subquery,
                                      &QueryGenerator::limit,
                                      &QueryGenerator::unnest};
  if (depth <= 0) return base();
  return (this->*kMakers[below(std::size(kMakers))])(depth);
}

Query QueryGenerator::make_plain() {
  switch (below(4)) {
    case 0:
      return join(1);
    case 1:
      return shared_subquery(1);
    default:
      return window(1);
  }
}

Query QueryGenerator::base() {
  const Readable& readable = readables_[below(readables_.size())];
  Items items;
  for (const Column& column : readable.columns) items.emplace_back("t." + column.name, column.type);
  return select(items, "from " + readable.reference + " t");
}

std::string QueryGenerator::date_expr(const std::string& column) {
  switch (below(8)) {
    case 0:
      return fmt::format("date_trunc('month', {})::date", column);
    case 1:
      return fmt::format("({} + {})", column, below(3));
    case 2:
      return fmt::format("date_trunc('week', {})::date", column);
    default:
      return column;
  }
}

std::string QueryGenerator::scalar(const Column& column) {
  switch (column.type) {
    case ColumnType::kDate:
      return date_expr(column.name);
    case ColumnType::kInteger:
      return chance(50) ? column.name : fmt::format("({} % {})", column.name, 2 + below(3));
    case ColumnType::kDecimal:
      return chance(60) ? column.name
                        : fmt::format("CAST({} + {} AS DECIMAL(18,2))", column.name, below(5));
    case ColumnType::kText:
      return chance(60) ? column.name : fmt::format("coalesce({}, 'none')", column.name);
  }
  return column.name;
}

// Two columns of one type; empty when there are none.
std::string QueryGenerator::compared_columns(const std::string& alias,
                                             const std::vector<Column>& columns) {
  const Column& left = any(columns);
  const std::vector<Column> same = of_type(columns, left.type);
  const Column& right = any(same);
  if (left.name == right.name) return {};
  static constexpr const char* kOperators[] = {"=", "=", "is not distinct from", "<", "<>"};
  const std::string shift =
      left.type == ColumnType::kDate && chance(30) ? fmt::format(" + {}", 1 + below(2)) : "";
  return fmt::format("{0}.{1}{2} {3} {0}.{4}", alias, left.name, shift, kOperators[below(5)],
                     right.name);
}

std::string QueryGenerator::predicate(const std::string& alias,
                                      const std::vector<Column>& columns) {
  if (chance(25))
    if (std::string compared = compared_columns(alias, columns); !compared.empty()) return compared;
  const Column& column = any(columns);
  const std::string name = alias + "." + column.name;
  static constexpr const char* kOperators[] = {"=", "<>", "<", ">=", "is not distinct from"};
  switch (below(5)) {
    case 0:
      return name + " is not null";
    case 1:
      return fmt::format("({} {} {} or {} is null)", name, kOperators[below(5)],
                         literal(column.type, below(50)), name);
    case 2:
      return fmt::format("{} in ({}, {})", name, literal(column.type, below(50)),
                         literal(column.type, below(50)));
    default:
      return fmt::format("{} {} {}", name, kOperators[below(5)], literal(column.type, below(50)));
  }
}

Query QueryGenerator::filter(int depth) {
  Query in = make(depth - 1);
  std::string where = predicate("q", in.columns);
  if (chance(40)) where += (chance(70) ? " and " : " or ") + predicate("q", in.columns);
  if (chance(12)) {
    const std::string common = predicate("q", in.columns);
    where =
        fmt::format("({0} and {1}) or ({2} and {0})", common, where, predicate("q", in.columns));
  }
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  return select(items, fmt::format("from ({}) q where {}", in.sql, where));
}

Query QueryGenerator::project(int depth) {
  Query in = make(depth - 1);
  Items items;
  for (const Column& column : in.columns)
    if (chance(&column == &in.columns.front() ? 95 : 75))
      items.emplace_back(scalar(column), column.type);
  const Column& extra = any(in.columns);
  items.emplace_back(
      fmt::format("CASE WHEN {} THEN {} END", predicate("q", in.columns), extra.name), extra.type);
  return select(items, fmt::format("from ({}) q", in.sql));
}

std::string QueryGenerator::aggregate(const std::string& alias, const std::vector<Column>& columns,
                                      ColumnType& type) {
  const Column& column = any(columns);
  const std::string name = alias + "." + column.name;
  const std::string condition =
      chance(20) ? fmt::format(" filter (where {})", predicate(alias, columns)) : "";
  // Not over what may be a column of the path: the engine (1.5) hands it to the aggregate as one
  // value, and where the filter leaves none of its rows sum is 0 at times, and NULL at others.
  const bool may_be_path = column.type == ColumnType::kDate || column.type == ColumnType::kInteger;
  const std::string safe_condition = may_be_path ? std::string() : condition;
  type = column.type;
  const std::vector<Column> numbers = of_type(columns, ColumnType::kInteger);
  switch (below(6)) {
    case 0:
      type = ColumnType::kInteger;
      return "count(*)" + condition;
    case 1:
      type = ColumnType::kInteger;
      return fmt::format("count(distinct {}){}", name, condition);
    case 2:
      return fmt::format("max({}){}", name, safe_condition);
    case 3:
      return fmt::format("min({}){}", name, safe_condition);
    case 4:
      type = ColumnType::kInteger;
      return numbers.empty() ? "count(*)" + condition
                             : fmt::format("CAST(sum({}.{}) AS BIGINT)", alias, any(numbers).name);
    default:
      if (column.type != ColumnType::kDecimal) {
        type = ColumnType::kInteger;
        return fmt::format("count({}){}", name, condition);
      }
      return fmt::format("CAST(sum({}){} AS DECIMAL(18,2))", name, condition);
  }
}

Query QueryGenerator::group(int depth) {
  Query in = make(depth - 1);
  Items items;
  std::string keys;
  size_t num_keys = 0;
  for (const Column& column : in.columns) {
    // Most queries keep what the facts are partitioned by: it comes first.
    const bool is_first = &column == &in.columns.front();
    const bool is_wanted = chance(is_first ? 88 : column.type == ColumnType::kDate ? 30 : 20);
    if (!is_wanted || num_keys == 3) continue;
    items.emplace_back(
        column.type == ColumnType::kDate ? date_expr("q." + column.name) : "q." + column.name,
        column.type);
    keys += fmt::format("{}{}", keys.empty() ? "" : ", ", ++num_keys);
  }
  const size_t aggregates = 1 + below(3);
  for (size_t i = 0; i < aggregates; ++i) {
    ColumnType type = ColumnType::kInteger;
    std::string expr = aggregate("q", in.columns, type);
    items.emplace_back(std::move(expr), type);
  }
  std::string rest = fmt::format("from ({}) q", in.sql);
  if (num_keys > 1 && chance(15))
    rest += fmt::format(" group by rollup ({})", keys);
  else if (num_keys > 1 && chance(10))
    rest += fmt::format(" group by grouping sets (({}), (1))", keys);
  else if (num_keys > 0)
    rest += " group by " + keys;
  if (chance(20)) rest += fmt::format(" having count(*) > {}", below(4));
  return select(items, rest);
}

// With more conditions, or in the form of an OR that asks for it in each branch.
std::string QueryGenerator::widened(const std::string& on, const Query& left, const Query& right) {
  std::string out = on;
  if (chance(15)) out += " and " + predicate("b", right.columns);
  if (chance(8))
    out = fmt::format("({0} and {1}) or ({2} and {0})", out, predicate("a", left.columns),
                      predicate("b", right.columns));
  return out;
}

// Equalities of columns of one type; empty when there are none.
std::string QueryGenerator::join_condition(const Query& left, const Query& right) {
  std::string on;
  for (const Column& a : left.columns) {
    const std::vector<Column> same = of_type(right.columns, a.type);
    const bool is_wanted = on.empty() || chance(30);
    if (!is_wanted || same.empty() || a.type == ColumnType::kDecimal) continue;
    const Column& b = chance(70) ? same.front() : any(same);
    const bool is_shifted = a.type == ColumnType::kDate && chance(25);
    if (chance(12)) {
      on += fmt::format("{}a.{} <= b.{}", on.empty() ? "" : " and ", a.name, b.name);
      continue;
    }
    on += fmt::format("{}a.{} {} {}", on.empty() ? "" : " and ", a.name,
                      chance(85) ? "=" : "is not distinct from",
                      is_shifted ? fmt::format("b.{} + {}", b.name, 1 + below(3)) : "b." + b.name);
  }
  return on.empty() ? on : widened(on, left, right);
}

Query QueryGenerator::join(int depth) {
  Query left = make(depth - 1);
  Query right = make(below(static_cast<size_t>(depth)) == 0 ? 0 : depth - 2);
  std::string on = join_condition(left, right);
  if (on.empty() && chance(80)) return left;
  const bool is_cross = on.empty();
  if (is_cross) on = "true";
  static constexpr const char* kJoins[] = {"join",      "join",       "join",      "join",
                                           "left join", "left join",  "left join", "full join",
                                           "full join", "right join", "right join"};
  const std::string kind = is_cross ? "join" : kJoins[below(std::size(kJoins))];
  Items items;
  for (const Column& column : left.columns) items.emplace_back("a." + column.name, column.type);
  for (const Column& column : right.columns)
    if (chance(50)) items.emplace_back("b." + column.name, column.type);
  for (const Column& a : left.columns)
    for (const Column& b : right.columns) {
      const bool is_key = on.find(fmt::format("a.{} = b.{}", a.name, b.name)) != std::string::npos;
      if (is_key && a.type == b.type && chance(kind == "full join" ? 50 : 10))
        items.emplace_back(fmt::format("coalesce(a.{}, b.{})", a.name, b.name), a.type);
    }
  return select(items, fmt::format("from ({}) a {} ({}) b on {}", left.sql, kind, right.sql, on));
}

std::string QueryGenerator::window_partition(const std::vector<Column>& columns,
                                             const std::string& shared) {
  if (!shared.empty() && chance(60)) return "partition by " + shared;
  if (chance(50)) return {};
  const Column& key = mostly_first(columns);
  const std::string name = "q." + key.name;
  return "partition by " + (key.type == ColumnType::kDate ? date_expr(name) : name);
}

// Which call it is: only one of a SELECT may tell equal rows apart.
size_t QueryGenerator::window_form() {
  const size_t form = below(7);
  const bool tells_equals_apart = form == 0 || form == 3 || form == 4;
  if (tells_equals_apart && has_positions_) return 2;
  has_positions_ = has_positions_ || tells_equals_apart;
  return form;
}

// One window call; all of them give whole numbers.
std::string QueryGenerator::window_call(const std::vector<Column>& columns,
                                        const std::string& shared) {
  const std::vector<Column> dates = of_type(columns, ColumnType::kDate);
  const std::vector<Column> integers = of_type(columns, ColumnType::kInteger);
  const std::string total_order = all_columns("q", columns);
  const std::string argument = integers.empty() ? "1" : "q." + any(integers).name;
  const std::string direction = chance(25) ? " desc" : "";
  const std::string date_order = dates.empty() ? total_order : "q." + any(dates).name + direction;
  const std::string over = window_partition(columns, shared);
  static constexpr const char* kFrames[] = {
      "",
      "range between interval 2 days preceding and current row",
      "range between current row and interval 1 day following",
      "range between unbounded preceding and current row",
      "range between interval 1 month preceding and interval 1 day preceding",
      "range between current row and unbounded following",
      "range between unbounded preceding and unbounded following"};
  switch (window_form()) {
    case 0:
      return fmt::format("row_number() over ({} order by {}{})", over, total_order, direction);
    case 1:
      return fmt::format("rank() over ({} order by {})", over, date_order);
    case 2:
      return fmt::format("CAST(sum({}) over ({}) AS BIGINT)", argument, over);
    case 3:
    case 4:
      return ordered_call(columns, over, argument);
    default:
      return fmt::format("CAST(sum({}) over ({} order by {} {}) AS BIGINT)", argument, over,
                         date_order, dates.empty() ? "" : kFrames[below(std::size(kFrames))]);
  }
}

// Calls that count rows: over a total order.
std::string QueryGenerator::ordered_call(const std::vector<Column>& columns,
                                         const std::string& over, const std::string& argument) {
  const std::vector<Column> dates = of_type(columns, ColumnType::kDate);
  const std::string first =
      dates.empty() ? "" : fmt::format("q.{}{}, ", any(dates).name, chance(25) ? " desc" : "");
  const std::string ordered =
      fmt::format("({} order by {}{}", over, first, all_columns("q", columns));
  static constexpr const char* kRows[] = {"rows between 2 preceding and current row",
                                          "rows between current row and 1 following",
                                          "rows between 3 preceding and 1 preceding",
                                          "rows between current row and unbounded following"};
  switch (below(7)) {
    case 0:
      return fmt::format("lag({}) over {})", argument, ordered);
    case 1:
      return fmt::format("lead({}, {}) over {})", argument, 1 + below(2), ordered);
    case 2:
      return fmt::format("lag({}, -1) over {})", argument, ordered);
    case 3:
      return fmt::format("CAST(ntile(3) over {}) AS BIGINT)", ordered);
    case 4:
      return fmt::format("CAST(1000 * {}() over {}) AS BIGINT)",
                         chance(50) ? "cume_dist" : "percent_rank", ordered);
    case 5:
      return fmt::format("{}({}) over {} {})", chance(50) ? "first_value" : "last_value", argument,
                         ordered, kRows[below(std::size(kRows))]);
    default:
      return fmt::format("CAST(sum({}) over {} {}) AS BIGINT)", argument, ordered,
                         kRows[below(std::size(kRows))]);
  }
}

Query QueryGenerator::window(int depth) {
  Query in = make(depth - 1);
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  // An expression that windows partition by, in the result too.
  std::string shared;
  if (in.columns.front().type == ColumnType::kDate && chance(35)) {
    shared = date_expr("q." + in.columns.front().name);
    items.emplace_back(shared, ColumnType::kDate);
  }
  // Which of two equal rows comes first is the engine's choice, another one for each window: the
  // result is the same every time with one window that tells them apart, not with two.
  has_positions_ = false;
  const size_t count = 1 + below(2);
  for (size_t i = 0; i < count; ++i)
    items.emplace_back(window_call(in.columns, shared), ColumnType::kInteger);
  std::string rest = fmt::format("from ({}) q", in.sql);
  if (!has_positions_ && chance(20))
    rest += fmt::format(" qualify row_number() over (partition by q.{} order by {}) <= {}",
                        mostly_first(in.columns).name, all_columns("q", in.columns), 1 + below(3));
  return select(items, rest);
}

Query QueryGenerator::set_operation(int depth) {
  Query left = make(depth - 1);
  Query right = make(depth - 1);
  Items of_left, of_right;
  for (const Column& a : left.columns) {
    const std::vector<Column> same = of_type(right.columns, a.type);
    if (same.empty()) continue;
    of_left.emplace_back("a." + a.name, a.type);
    of_right.emplace_back("b." + any(same).name, a.type);
  }
  if (of_left.empty()) return left;
  static constexpr const char* kOperations[] = {"union all", "union all", "union",
                                                "except",    "intersect", "except all"};
  Query out = select(of_left, fmt::format("from ({}) a", left.sql));
  const Query other = select(of_right, fmt::format("from ({}) b", right.sql));
  out.sql = fmt::format("{} {} {}", out.sql, kOperations[below(6)], other.sql);
  return out;
}

Query QueryGenerator::distinct(int depth) {
  Query in = make(depth - 1);
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  Query out = select(items, fmt::format("from ({}) q", in.sql));
  if (chance(50)) {
    out.sql.replace(0, 6, "select distinct");
  } else {
    out.sql.replace(0, 6, fmt::format("select distinct on (q.{})", mostly_first(in.columns).name));
    out.sql += " order by " + all_columns("q", in.columns);
  }
  return out;
}

Query QueryGenerator::membership(int depth) {
  Query in = make(depth - 1);
  Query other = make(chance(50) ? 0 : depth - 1);
  const Column& key = mostly_first(in.columns);
  const std::vector<Column> same = of_type(other.columns, key.type);
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  if (same.empty()) return select(items, fmt::format("from ({}) q", in.sql));
  const Column& match = mostly_first(same);
  std::string condition;
  const Column& second = any(in.columns);
  const std::vector<Column> also = of_type(other.columns, second.type);
  if (!also.empty() && chance(15)) {
    condition =
        fmt::format("(q.{}, q.{}) {}in (select s.{}, s.{} from ({}) s)", key.name, second.name,
                    chance(50) ? "not " : "", match.name, any(also).name, other.sql);
    return select(items, fmt::format("from ({}) q where {}", in.sql, condition));
  }
  switch (below(4)) {
    case 0:
      condition = fmt::format("exists (select 1 from ({}) s where s.{} = q.{})", other.sql,
                              match.name, key.name);
      break;
    case 1:
      condition = fmt::format("not exists (select 1 from ({}) s where s.{} = q.{} and {})",
                              other.sql, match.name, key.name, predicate("s", other.columns));
      break;
    case 2:
      condition = fmt::format("q.{} in (select s.{} from ({}) s)", key.name, match.name, other.sql);
      break;
    default:
      condition =
          fmt::format("q.{} not in (select s.{} from ({}) s)", key.name, match.name, other.sql);
  }
  if (chance(20)) condition = fmt::format("({} or {})", condition, predicate("q", in.columns));
  return select(items, fmt::format("from ({}) q where {}", in.sql, condition));
}

Query QueryGenerator::scalar_subquery(int depth) {
  Query in = make(depth - 1);
  Query other = make(0);
  const Column& key = mostly_first(in.columns);
  const std::vector<Column> same = of_type(other.columns, key.type);
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  const std::string where =
      same.empty() || chance(25) ? "" : fmt::format(" where s.{} = q.{}", any(same).name, key.name);
  items.emplace_back(fmt::format("(select count(*) from ({}) s{})", other.sql, where),
                     ColumnType::kInteger);
  return select(items, fmt::format("from ({}) q", in.sql));
}

// A CTE that is read twice.
Query QueryGenerator::shared_subquery(int depth) {
  Query in = make(depth - 1);
  const std::string name = fresh("cte");
  Items items;
  for (const Column& column : in.columns) items.emplace_back("x." + column.name, column.type);
  const Column& key = mostly_first(in.columns);
  for (const Column& column : in.columns)
    if (chance(30)) items.emplace_back("y." + column.name, column.type);
  const std::string shift = key.type == ColumnType::kDate && chance(50) ? " + 1" : "";
  Query out = select(
      items, fmt::format("from {0} x left join {0} y on x.{1} = y.{1}{2}", name, key.name, shift));
  out.sql = fmt::format("with {} as ({}) {}", name, in.sql, out.sql);
  return out;
}

// The first rows of a total order.
Query QueryGenerator::limit(int depth) {
  if (chance(50)) return project(depth);  // nothing follows it
  Query in = make(depth - 1);
  Items items;
  for (const Column& column : in.columns) items.emplace_back("q." + column.name, column.type);
  return select(items, fmt::format("from ({}) q order by {} limit {}", in.sql,
                                   all_columns("q", in.columns), 3 + below(20)));
}

// Several rows for each row.
Query QueryGenerator::unnest(int depth) {
  Query in = make(depth - 1);
  const std::vector<Column> integers = of_type(in.columns, ColumnType::kInteger);
  const std::string element = integers.empty() ? "1" : "q." + any(integers).name;
  Items items;
  for (const Column& column : in.columns)
    if (chance(&column == &in.columns.front() ? 95 : 70))
      items.emplace_back("q." + column.name, column.type);
  if (chance(50)) {
    items.emplace_back(fmt::format("unnest([{}, 2])", element), ColumnType::kInteger);
    return select(items, fmt::format("from ({}) q", in.sql));
  }
  items.emplace_back("u.x", ColumnType::kInteger);
  return select(items, fmt::format("from ({}) q, unnest([{}, 3]) u(x)", in.sql, element));
}

Query QueryGenerator::edited(const Query& query) {
  Query out = query;
  out.sql = fmt::format("select * from ({}) edited where {}", query.sql,
                        predicate("edited", query.columns));
  return out;
}

}  // namespace sluice::incremental_test
