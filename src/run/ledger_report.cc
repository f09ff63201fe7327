// What the ledger holds, for people; and how it forgets.
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "base/json.h"
#include "run/input_snapshot.h"
#include "run/key_index.h"
#include "run/ledger.h"
#include "run/row_log.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;
using warehouse::text_of;

// A part of a query, or a table of keys.
bool is_hidden(const std::string& relation) {
  return relation.find(".\"_sluice\".\"") != std::string::npos;
}

}  // namespace

Result<std::vector<LedgerModel>> Ledger::report(const std::string& database) {
  SLUICE_ASSIGN(const warehouse::ResultTable models,
                fetch(fmt::format("select relation, generation, \"key\", tier, "
                                  "strftime(changed_at, '%Y-%m-%d %H:%M:%S'), code = '' from {} "
                                  "order by relation",
                                  table("models"))));
  std::map<std::string, std::pair<int64_t, int64_t>> sizes;
  SLUICE_ASSIGN(const warehouse::ResultTable partitions,
                fetch(fmt::format("select relation, count(*), sum(rows)::bigint from {} group by 1",
                                  table("partitions"))));
  for (const auto& row : partitions.rows)
    sizes[text_of(row[0])] = {number_of(row[1]), number_of(row[2])};
  std::map<std::string, std::vector<LedgerInput>> inputs;
  SLUICE_ASSIGN(
      const warehouse::ResultTable consumed,
      fetch(fmt::format("select c.relation, c.input, c.partitions, coalesce(f.files, 0), "
                        "coalesce(f.bytes, 0)::bigint from (select relation, input, count(*) as "
                        "partitions from {} group by all) c left join (select input, count(*) as "
                        "files, sum(size) as bytes from {} group by 1) f using (input) order by "
                        "1, 2",
                        table("consumed"), table("files"))));
  for (const auto& row : consumed.rows)
    inputs[text_of(row[0])].push_back({text_of(row[1]), number_of(row[2]), number_of(row[3]),
                                       static_cast<uint64_t>(number_of(row[4]))});
  std::set<std::string> names;
  for (const auto& row : models.rows) names.insert(text_of(row[0]));
  std::vector<LedgerModel> out;
  for (const auto& row : models.rows) {
    LedgerModel model;
    model.relation = text_of(row[0]);
    if (is_hidden(model.relation)) continue;
    model.generation = number_of(row[1]);
    SLUICE_ASSIGN(const Json key, parse_json(text_of(row[2])));
    for (const Json& item : key.items) model.key.push_back(item.text);
    model.tier = text_of(row[3]);
    model.changed_at = text_of(row[4]);
    const auto* reset = std::get_if<bool>(&row[5]);
    model.is_reset = reset != nullptr && *reset;
    std::tie(model.partitions, model.rows) = sizes[model.relation];
    model.inputs = inputs[model.relation];
    while (names.contains(stage_relation(database, model.relation, model.parts)))
      model.rows_of_parts += sizes[stage_relation(database, model.relation, model.parts++)].second;
    for (size_t i = 0; names.contains(KeyIndexes::relation_of(database, model.relation, i)); ++i) {
      ++model.parts;
      model.rows_of_parts += sizes[KeyIndexes::relation_of(database, model.relation, i)].second;
    }
    out.push_back(std::move(model));
  }
  return out;
}

Status Ledger::reset(const std::string& database, const std::string& relation) {
  for (size_t i = 0;; ++i) {
    const std::string part = stage_relation(database, relation, i);
    SLUICE_ASSIGN(const std::optional<ModelEntry> entry, model(part));
    if (!entry) break;
    SLUICE_TRY(execute("drop table if exists " + part));
    SLUICE_TRY(remove(part));
  }
  SLUICE_TRY(KeyIndexes::drop_from(database, relation, 0, *this, *connection_));
  SLUICE_TRY(RowLog(*connection_, database, relation).drop(*this));
  for (const std::string_view name : {"consumed", "inputs", "partitions"})
    SLUICE_TRY(execute(fmt::format("delete from {} where relation = {}", table(name),
                                   sql::quoted_literal(relation))));
  SLUICE_TRY(InputSnapshots(*connection_, database).drop_all(relation));
  // The entry stays: it says that the table is ours and may be replaced.
  return execute(fmt::format("update {} set code = '', content = '' where relation = {}",
                             table("models"), sql::quoted_literal(relation)));
}

}  // namespace sluice::run
