#include "run/input_query.h"

#include <fmt/format.h>

#include "sql/expression_text.h"

namespace sluice::run {
namespace {

using sql::quoted_identifier;

// No rows of these columns: where there is no file the engine could not tell them.
std::string empty_query(const std::vector<warehouse::ColumnInfo>& columns) {
  std::string list;
  for (const warehouse::ColumnInfo& column : columns)
    list += fmt::format("{}CAST(NULL AS {}) AS {}", list.empty() ? "" : ", ", column.type,
                        quoted_identifier(column.name));
  return fmt::format("select {} where false", list);
}

}  // namespace

std::string partition_literal(const detect::PartitionValue& value, const std::string& type) {
  return value ? fmt::format("CAST({} AS {})", sql::quoted_literal(*value), type)
               : fmt::format("CAST(NULL AS {})", type);
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
          partition_literal(manifest.partitions[position].values[i], leaf.state.types[i]));
    out += fmt::format("{}({})", out.empty() ? "" : " OR ", row);
  }
  return out;
}

std::string input_query(const ModelInput& leaf, const plan::ReadSet* reads) {
  std::string columns;
  for (const warehouse::ColumnInfo& column : leaf.columns)
    columns += (columns.empty() ? "" : ", ") + quoted_identifier(column.name);
  const std::string whole = fmt::format("select {} from {}", columns, leaf.relation);
  const bool has_no_file = leaf.reader && leaf.state.now.partitions.empty();
  const bool reads_all = reads == nullptr || reads->is_whole;
  if (has_no_file || (!reads_all && reads->partitions.empty())) return empty_query(leaf.columns);
  if (reads_all) return whole;
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
