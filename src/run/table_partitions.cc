#include "run/table_partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::optional_text_of;

using detect::PartitionValue;

// More partitions than this cost more in the ledger than they save.
constexpr size_t kMostPartitions = 10'000;

// Lower is better; nullopt: a type whose values cannot be told by a text that gives them back, or
// for which equality is not sameness (-0.0 and 0.0).
std::optional<int> rank_of_type(const std::string& type) {
  if (type == "DATE") return 0;
  if (type == "TIMESTAMP") return 1;
  static const std::set<std::string> kNumbers = {"BOOLEAN", "TINYINT",  "SMALLINT",  "INTEGER",
                                                 "BIGINT",  "UTINYINT", "USMALLINT", "UINTEGER",
                                                 "UBIGINT", "HUGEINT"};
  if (kNumbers.contains(type)) return 2;
  if (type == "VARCHAR") return 3;
  return std::nullopt;
}

// The columns of a scan that an output column is an expression of, when it is one column.
std::optional<std::string> single_column(const std::map<size_t, sql::Dep>& deps, size_t output) {
  const auto found = deps.find(output);
  if (found == deps.end() || found->second.columns.size() != 1) return std::nullopt;
  return *found->second.columns.begin();
}

bool is_by_partition(const std::map<size_t, sql::Dep>& deps, size_t output,
                     const std::vector<std::string>& partition_columns) {
  const auto found = deps.find(output);
  if (found == deps.end() || partition_columns.empty()) return false;
  return std::all_of(found->second.columns.begin(), found->second.columns.end(),
                     [&partition_columns](const std::string& name) {
                       return std::find(partition_columns.begin(), partition_columns.end(), name) !=
                              partition_columns.end();
                     });
}

// Whether the partitions of another input tell the output column.
bool is_shared(const sql::Locality& locality, const std::vector<plan::InputState>& inputs,
               const std::string& own_table, size_t output) {
  for (size_t scan = 0; scan < locality.scans.size(); ++scan)
    for (const plan::InputState& input : inputs)
      if (input.table == locality.scans[scan].table && input.table != own_table &&
          is_by_partition(locality.deps[scan], output, input.now.columns))
        return true;
  return false;
}

// The one column of the table that the output column is an expression of in all scans of it.
const warehouse::ColumnInfo* common_column(const ModelInput& table, const sql::Locality& locality,
                                           size_t output) {
  std::optional<std::string> column;
  for (size_t scan = 0; scan < locality.scans.size(); ++scan) {
    if (locality.scans[scan].table != table.name) continue;
    const std::optional<std::string> own = single_column(locality.deps[scan], output);
    if (!own || (column && *column != *own)) return nullptr;
    column = own;
  }
  for (const warehouse::ColumnInfo& info : table.columns)
    if (column && info.name == *column) return &info;
  return nullptr;
}

}  // namespace

Result<std::optional<std::vector<detect::Partition>>> table_partitions_by(
    const std::string& column, const std::string& relation,
    const std::vector<warehouse::ColumnInfo>& columns, warehouse::Connection& connection) {
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(
          fmt::format("select part, row_count::varchar, hash_sum::varchar, hash_xor::varchar from "
                      "(select CAST({0} AS VARCHAR) as part, {1} from {2} group by {0}) limit {3}",
                      sql::quoted_identifier(column), row_hash_aggregates(columns), relation,
                      kMostPartitions + 1),
          true));
  if (found.table.rows.size() > kMostPartitions)
    return std::optional<std::vector<detect::Partition>>();
  std::vector<detect::Partition> out;
  for (const auto& row : found.table.rows) {
    const RowHash hash{optional_text_of(row[1]).value_or("0"),
                       optional_text_of(row[2]).value_or("0"),
                       optional_text_of(row[3]).value_or("0")};
    const uint64_t rows = std::stoull(hash.count);
    out.push_back({{optional_text_of(row[0])}, hash.text(), {}, rows * 8 * columns.size()});
  }
  std::sort(out.begin(), out.end(), [](const detect::Partition& a, const detect::Partition& b) {
    return a.values < b.values;
  });
  return std::optional(std::move(out));
}

// Count and sum add up; so does the exclusive or.
Result<std::string> whole_version(const std::vector<detect::Partition>& partitions,
                                  warehouse::Connection& connection) {
  if (partitions.empty()) return RowHash().text();
  std::string list;
  for (const detect::Partition& partition : partitions) {
    const std::vector<std::string> parts = RowHash::parse(partition.version);
    list += fmt::format("{}({}::hugeint, {}::hugeint, {}::ubigint)", list.empty() ? "" : ", ",
                        parts[0], parts[1], parts[2]);
  }
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(fmt::format("select sum(a)::varchar || ':' || sum(b)::varchar || ':' || "
                                     "bit_xor(c)::varchar from (values {}) parts(a, b, c)",
                                     list),
                         true));
  return optional_text_of(found.table.rows.at(0).at(0)).value_or("");
}

std::vector<std::string> partition_candidates(const ModelInput& table,
                                              const plan::Specification& specification,
                                              const std::vector<plan::InputState>& inputs) {
  if (!specification.locality) return {};
  const sql::Locality& locality = *specification.locality;
  struct Candidate {
    std::string column;
    bool is_shared = false;
    int rank = 0;
  };
  std::vector<Candidate> candidates;
  for (size_t output = 0; output < locality.width; ++output) {
    const warehouse::ColumnInfo* column = common_column(table, locality, output);
    if (column == nullptr) continue;
    if (const std::optional<int> rank = rank_of_type(column->type))
      candidates.push_back({column->name, is_shared(locality, inputs, table.name, output), *rank});
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.is_shared != b.is_shared ? a.is_shared : a.rank < b.rank;
  });
  std::vector<std::string> out;
  for (const Candidate& candidate : candidates)
    if (std::find(out.begin(), out.end(), candidate.column) == out.end())
      out.push_back(candidate.column);
  return out;
}

}  // namespace sluice::run
