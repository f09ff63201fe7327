#include "run/row_hash.h"

#include <fmt/format.h>

#include "sql/expression_text.h"

namespace sluice::run {

std::vector<std::string> RowHash::parse(const std::string& text) {
  const size_t first = text.find(':');
  const size_t second = text.find(':', first + 1);
  SLUICE_CHECK(first != std::string::npos && second != std::string::npos);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1),
          text.substr(second + 1)};
}

std::string row_hash_aggregates(const std::vector<warehouse::ColumnInfo>& columns) {
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list += (list.empty() ? "" : ", ") + sql::quoted_identifier(column.name);
  return fmt::format(
      "count(*) as row_count, coalesce(sum(hash({0})::hugeint), 0) as hash_sum, "
      "coalesce(bit_xor(hash('sluice', {0})), 0) as hash_xor",
      list);
}

Result<RowHash> hash_rows(warehouse::Connection& connection, const std::string& relation,
                          const std::vector<warehouse::ColumnInfo>& columns,
                          const std::string& condition) {
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(
          fmt::format(
              "select row_count::varchar, hash_sum::varchar, hash_xor::varchar from (select "
              "{} from {}{})",
              row_hash_aggregates(columns), relation,
              condition.empty() ? "" : " where " + condition),
          true));
  RowHash out;
  std::string* const parts[] = {&out.count, &out.sum, &out.exclusive_or};
  for (size_t i = 0; i < 3; ++i)
    if (const auto* text = std::get_if<std::string>(&found.table.rows.at(0).at(i)))
      *parts[i] = *text;
  return out;
}

}  // namespace sluice::run
