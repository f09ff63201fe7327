#include "run/row_difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;

using sql::quoted_identifier;
using warehouse::ColumnInfo;

constexpr int kMostPartitions = 12;

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

const ColumnInfo* find_column(const std::vector<ColumnInfo>& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& column) {
    return is_same_name(column.name, name);
  });
  return found == columns.end() ? nullptr : &*found;
}

bool is_float(const ColumnInfo& column) {
  return column.type == "DOUBLE" || column.type == "FLOAT";
}

std::string shown_text_of(const warehouse::Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string("NULL") : *text;
}

// What the two have in common, and how floats are compared in it.
struct Comparison {
  std::string table, reference;
  std::vector<ColumnInfo> columns;

  // The factor moves values away from where nine digits round apart.
  std::string columns_text(const char* factor) const {
    std::string out;
    for (const ColumnInfo& column : columns) {
      const std::string name = quoted_identifier(column.name);
      out += out.empty() ? "" : ", ";
      out += factor != nullptr && is_float(column)
                 ? fmt::format("printf('%.9g', {} * {}) as {}", name, factor, name)
                 : name;
    }
    return out;
  }

  std::string one_way(const std::string& from, const std::string& other, const char* factor) const {
    return fmt::format("(select {0} from {1} except all select {0} from {2})", columns_text(factor),
                       from, other);
  }
};

struct Counts {
  int64_t missing = 0, extra = 0;
};

Result<Counts> count_both(warehouse::Connection& connection, const Comparison& comparison,
                          const char* factor) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(
                    fmt::format("select (select count(*) from {}), (select count(*) from {})",
                                comparison.one_way(comparison.reference, comparison.table, factor),
                                comparison.one_way(comparison.table, comparison.reference, factor)),
                    true));
  return Counts{number_of(found.table.rows.at(0).at(0)), number_of(found.table.rows.at(0).at(1))};
}

// Rows that differ, by more than rounding where there are floats: `factor` then says how they were
// compared.
Result<Counts> count_differences(warehouse::Connection& connection, const Comparison& comparison,
                                 const char*& factor) {
  SLUICE_ASSIGN(Counts least, count_both(connection, comparison, nullptr));
  const bool has_floats =
      std::any_of(comparison.columns.begin(), comparison.columns.end(), is_float);
  if (!has_floats || least.missing + least.extra == 0) return least;
  for (const char* candidate : {"1.0", "1.0000000037"}) {
    SLUICE_ASSIGN(const Counts rounded, count_both(connection, comparison, candidate));
    if (rounded.missing + rounded.extra >= least.missing + least.extra) continue;
    least = rounded;
    factor = candidate;
  }
  return least;
}

// A day tells more than a number does.
std::vector<std::string> choose_key(const std::vector<ColumnInfo>& columns,
                                    const DifferenceKeys& keys) {
  const auto has_all = [&columns](const std::vector<std::string>& names) {
    return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return find_column(columns, name) != nullptr;
    });
  };
  if (has_all(keys.partition)) return keys.partition;
  for (const char* type : {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})
    for (const ColumnInfo& column : columns)
      if (column.type == type) return {column.name};
  return has_all(keys.rows) ? keys.rows : std::vector<std::string>();
}

Status tell_partitions(warehouse::Connection& connection, const Comparison& comparison,
                       const char* factor, RowDifference& out) {
  std::vector<std::string> values;
  for (const std::string& name : out.key) {
    const ColumnInfo* column = find_column(comparison.columns, name);
    const std::string text = quoted_identifier(column->name);
    values.push_back(column->type.starts_with("TIMESTAMP")
                         ? fmt::format("cast(cast({} as date) as varchar)", text)
                         : fmt::format("cast({} as varchar)", text));
  }
  const std::string value =
      values.size() == 1 ? values[0] : fmt::format("concat_ws(', ', {})", fmt::join(values, ", "));
  const std::string query = fmt::format(
      "select value, sum(missing)::bigint as missing, sum(extra)::bigint as extra from (select {0} "
      "as value, 1 as missing, 0 as extra from {1} union all select {0}, 0, 1 from {2}) group by 1",
      value, comparison.one_way(comparison.reference, comparison.table, factor),
      comparison.one_way(comparison.table, comparison.reference, factor));
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select value, missing, extra, count(*) over () "
                                               "from ({}) order by value nulls first limit {}",
                                               query, kMostPartitions),
                                   true));
  for (const auto& row : found.table.rows) {
    out.partitions.push_back({shown_text_of(row[0]), number_of(row[1]), number_of(row[2])});
    out.num_partitions = number_of(row[3]);
  }
  return {};
}

}  // namespace

Result<RowDifference> find_difference(warehouse::Connection& connection, const std::string& table,
                                      const std::string& reference, const DifferenceKeys& keys) {
  RowDifference out;
  SLUICE_ASSIGN(const std::vector<ColumnInfo> have,
                connection.describe_query("select * from " + table));
  SLUICE_ASSIGN(const std::vector<ColumnInfo> want,
                connection.describe_query("select * from " + reference));
  Comparison comparison{table, reference, {}};
  for (const ColumnInfo& column : want) {
    if (find_column(have, column.name) != nullptr)
      comparison.columns.push_back(column);
    else
      out.missing_columns.push_back(column.name);
  }
  for (const ColumnInfo& column : have)
    if (find_column(want, column.name) == nullptr) out.extra_columns.push_back(column.name);
  SLUICE_ASSIGN(const warehouse::StatementResult size,
                connection.execute("select count(*) from " + table, true));
  out.rows = number_of(size.table.rows.at(0).at(0));
  if (comparison.columns.empty()) return out;
  const char* factor = nullptr;
  SLUICE_ASSIGN(const Counts counts, count_differences(connection, comparison, factor));
  out.is_rounding = factor != nullptr && counts.missing + counts.extra == 0;
  out.rows_missing = counts.missing;
  out.rows_extra = counts.extra;
  if (out.is_equal()) return out;
  out.key = choose_key(comparison.columns, keys);
  if (!out.key.empty() && counts.missing + counts.extra > 0)
    SLUICE_TRY(tell_partitions(connection, comparison, factor, out));
  return out;
}

}  // namespace sluice::run
