#include "run/input_query.h"

#include <fmt/format.h>

#include "sql/expression_text.h"

namespace sluice::run {
using sql::quoted_identifier;

namespace {

// No rows of these columns.
std::string empty_query(const std::vector<warehouse::ColumnInfo>& columns) {
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list +=
        fmt::format("{}{} AS {}", list.empty() ? "" : ", ",
                    sql::typed_literal(std::nullopt, column.type), quoted_identifier(column.name));
  return fmt::format("select {} where false", list);
}

}  // namespace

std::string whole_query(const ModelInput& leaf, const std::vector<warehouse::ColumnInfo>& columns) {
  // Where there is no file the engine could not tell the columns.
  if (leaf.reader && leaf.state.now.partitions.empty()) return empty_query(columns);
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list += (list.empty() ? "" : ", ") + quoted_identifier(column.name);
  return fmt::format("select {} from {}", list, leaf.relation);
}

std::string partitions_predicate(const ModelInput& leaf, const std::vector<size_t>& partitions) {
  const detect::Manifest& manifest = leaf.state.now;
  std::string out;
  for (const size_t position : partitions) {
    std::string row;
    for (size_t i = 0; i < manifest.columns.size(); ++i)
      row += fmt::format(
          "{}{} IS NOT DISTINCT FROM {}", i == 0 ? "" : " AND ",
          quoted_identifier(manifest.columns[i]),
          sql::typed_literal(manifest.partitions[position].values[i], leaf.state.types[i]));
    out += fmt::format("{}({})", out.empty() ? "" : " OR ", row);
  }
  return out;
}

std::string input_query(const ModelInput& leaf, const plan::ReadSet* reads) {
  const std::string whole = whole_query(leaf, leaf.columns);
  const bool has_no_file = leaf.reader && leaf.state.now.partitions.empty();
  if (has_no_file || reads == nullptr || reads->is_whole) return whole;
  if (reads->partitions.empty()) return empty_query(leaf.columns);
  if (!leaf.reader)
    return fmt::format("{} where {}", whole, partitions_predicate(leaf, reads->partitions));
  // By name of the file: the engine prunes the list before it opens any, and the types are still
  // told by the whole list.
  std::vector<std::string> wanted;
  for (const size_t position : reads->partitions)
    for (const std::string& file : leaf.state.now.partitions[position].files)
      wanted.push_back(sql::quoted_literal(file));
  return fmt::format("{} where filename in ({})", whole, fmt::join(wanted, ", "));
}

}  // namespace sluice::run
