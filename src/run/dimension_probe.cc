#include "run/dimension_probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::optional_text_of;

using detect::PartitionValue;
using sql::quoted_identifier;

constexpr std::string_view kKeyColumn = "_sluice_key";

std::set<size_t> all_positions(const detect::Manifest& manifest) {
  std::set<size_t> out;
  for (size_t i = 0; i < manifest.partitions.size(); ++i) out.insert(i);
  return out;
}

}  // namespace

std::string matching_rows(const std::string& from, const std::vector<KeyMatch>& matches) {
  if (matches.size() == 1)
    return fmt::format("{} t semi join {} k on k.{} is not distinct from ({})", from,
                       matches[0].keys, kKeyColumn, matches[0].fact_expr);
  std::string joins, any;
  for (size_t i = 0; i < matches.size(); ++i) {
    joins += fmt::format(
        " left join (select {0}, true as is_there from {1}) k{2} on k{2}.{0} is not distinct from "
        "({3})",
        kKeyColumn, matches[i].keys, i, matches[i].fact_expr);
    any += fmt::format("{}k{}.is_there", i == 0 ? "" : " or ", i);
  }
  return fmt::format("{} t{} where {}", from, joins, any.empty() ? "false" : any);
}

DimensionProbe::DimensionProbe(const sql::Locality& locality, const std::vector<ModelInput>& leaves,
                               std::set<std::string> followed, std::string name,
                               warehouse::Connection& connection)
    : locality_(locality),
      leaves_(leaves),
      followed_(std::move(followed)),
      name_(std::move(name)),
      connection_(connection) {}

const ModelInput* DimensionProbe::leaf_of(size_t scan) const {
  const auto found = std::find_if(leaves_.begin(), leaves_.end(), [&](const ModelInput& leaf) {
    return leaf.name == locality_.scans[scan].table;
  });
  return found == leaves_.end() ? nullptr : &*found;
}

Result<bool> DimensionProbe::add(const ModelInput& leaf, const ChangedRows& rows) {
  for (size_t scan = 0; scan < locality_.scans.size(); ++scan) {
    if (locality_.scans[scan].table != leaf.name) continue;
    SLUICE_ASSIGN(const bool is_tied, follow(scan, rows.table, {scan}));
    if (!is_tied) return false;
  }
  return true;
}

Result<bool> DimensionProbe::follow(size_t scan, const std::string& rows, std::set<size_t> passed) {
  for (const sql::Link& link : locality_.links) {
    const ModelInput* fact = leaf_of(link.fact);
    if (link.dimension != scan || fact == nullptr || !followed_.contains(fact->name)) continue;
    SLUICE_ASSIGN(std::string keys, make_keys(link.dimension_key.expr, rows));
    matches_[link.fact].push_back({std::move(keys), link.fact_key.expr});
    return true;
  }
  for (const sql::Link& link : locality_.links) {
    const ModelInput* between = leaf_of(link.fact);
    if (link.dimension != scan || between == nullptr || passed.contains(link.fact)) continue;
    const std::vector<warehouse::ColumnInfo> columns = columns_read(locality_, *between);
    if (columns.empty()) continue;
    SLUICE_ASSIGN(std::string keys, make_keys(link.dimension_key.expr, rows));
    const std::string tied = fmt::format(
        "(select t.* from {})",
        matching_rows(rows_of_leaf(*between, columns), {{std::move(keys), link.fact_key.expr}}));
    passed.insert(link.fact);
    SLUICE_ASSIGN(const bool is_tied, follow(link.fact, tied, passed));
    if (is_tied) return true;
  }
  return false;
}

Result<std::string> DimensionProbe::make_keys(const std::string& expr, const std::string& rows) {
  const std::string table = fmt::format("temp.main.\"_sluice_keys_{}_{}\"", name_, ++num_tables_);
  SLUICE_TRY(connection_.execute(
      fmt::format("create or replace temp table {} as select distinct ({}) as {} from {} t", table,
                  expr, kKeyColumn, rows),
      false));
  return table;
}

// Partitions of files are told by the names of the files: the texts of their values are those of
// the paths. Those of tables are the engine's own.
Result<std::set<size_t>> DimensionProbe::touched_partitions(const ModelInput& leaf) const {
  std::set<size_t> out;
  const detect::Manifest& now = leaf.state.now;
  if (now.partitions.empty()) return out;
  std::string texts = leaf.reader ? "filename" : "";
  if (!leaf.reader)
    for (const std::string& column : now.columns)
      texts += fmt::format("{}CAST({} AS VARCHAR)", texts.empty() ? "" : ", ",
                           quoted_identifier(column));
  std::map<std::vector<PartitionValue>, size_t> positions;
  for (size_t i = 0; i < now.partitions.size(); ++i) {
    if (!leaf.reader) positions.emplace(now.partitions[i].values, i);
    for (const std::string& file : now.partitions[i].files)
      positions.emplace(std::vector{PartitionValue(file)}, i);
  }
  for (const auto& [scan, matches] : matches_) {
    if (locality_.scans[scan].table != leaf.name) continue;
    SLUICE_ASSIGN(const warehouse::StatementResult found,
                  connection_.execute(fmt::format("select distinct {} from {}", texts,
                                                  matching_rows(leaf.relation, matches)),
                                      true));
    for (const auto& row : found.table.rows) {
      std::vector<PartitionValue> values;
      for (const warehouse::Cell& cell : row) values.push_back(optional_text_of(cell));
      // One that was not listed: nothing is known of it.
      const auto at = positions.find(values);
      if (at == positions.end()) return all_positions(now);
      out.insert(at->second);
    }
  }
  return out;
}

}  // namespace sluice::run
