// Random queries over two facts that are partitioned by day, a dimension and earlier models: every
// construct that the incremental planner has a rule for, and those that it must refuse.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace sluice::incremental_test {

enum class ColumnType : char { kDate, kInteger, kDecimal, kText };

struct Column {
  std::string name;
  ColumnType type;
};

// A relation that queries may read: `reference` stands in FROM.
struct Readable {
  std::string reference;
  std::vector<Column> columns;
};

struct Query {
  std::string sql;
  std::vector<Column> columns;
};

class QueryGenerator {
 public:
  QueryGenerator(std::mt19937_64& random, std::vector<Readable> readables)
      : random_(random), readables_(std::move(readables)) {}

  // One step over a table: a window, a join or a CTE that is read twice. What make() builds of many
  // steps seldom keeps its key.
  Query make_plain();
  // The query with fewer rows: the same columns.
  Query edited(const Query& query);
  // Columns are named c0, c1…; no two rows of any window or DISTINCT ON tie unless they are equal.
  Query make(int depth);

 private:
  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  bool chance(size_t percent) { return below(100) < percent; }
  std::string fresh(const char* prefix) { return prefix + std::to_string(next_++); }
  const Column& any(const std::vector<Column>& columns) { return columns[below(columns.size())]; }
  const Column& mostly_first(const std::vector<Column>& columns) {
    return chance(60) ? columns.front() : any(columns);
  }
  std::vector<Column> of_type(const std::vector<Column>& columns, ColumnType type) const;

  Query base();
  Query filter(int depth);
  Query project(int depth);
  Query group(int depth);
  Query join(int depth);
  Query window(int depth);
  Query set_operation(int depth);
  Query distinct(int depth);
  Query membership(int depth);
  Query scalar_subquery(int depth);
  Query shared_subquery(int depth);
  Query limit(int depth);
  Query unnest(int depth);
  std::string widened(const std::string& on, const Query& left, const Query& right);
  std::string join_condition(const Query& left, const Query& right);
  // Partitioned by `shared` more often than not, unless it is empty.
  std::string window_partition(const std::vector<Column>& columns, const std::string& shared);
  size_t window_form();
  std::string window_call(const std::vector<Column>& columns, const std::string& shared);
  std::string ordered_call(const std::vector<Column>& columns, const std::string& over,
                           const std::string& argument);
  std::string compared_columns(const std::string& alias, const std::vector<Column>& columns);
  std::string date_expr(const std::string& column);
  std::string scalar(const Column& column);
  std::string predicate(const std::string& alias, const std::vector<Column>& columns);
  std::string aggregate(const std::string& alias, const std::vector<Column>& columns,
                        ColumnType& type);
  std::string all_columns(const std::string& alias, const std::vector<Column>& columns) const;
  Query select(const std::vector<std::pair<std::string, ColumnType>>& items,
               const std::string& rest);

  std::mt19937_64& random_;
  bool has_positions_ = false;  // the SELECT at hand has a window that tells equal rows apart
  std::vector<Readable> readables_;
  int next_ = 0;
};

}  // namespace sluice::incremental_test
