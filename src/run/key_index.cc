#include "run/key_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "run/columns_json.h"
#include "run/input_query.h"
#include "run/maintainer.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "warehouse/cells.h"

namespace sluice::run {
namespace {

using warehouse::number_of;

using detect::Change;
using detect::partition_key;
using detect::PartitionValue;
using sql::quoted_identifier;
using sql::quoted_literal;

constexpr std::string_view kKeysTier = "keys";
// Pairs for each row of the input from which on a table of more than that many does not pay.
constexpr int64_t kRowsPerPair = 10;
constexpr int64_t kFewPairs = 10'000'000;

std::vector<size_t> all_of(const detect::Manifest& parts) {
  std::vector<size_t> out;
  for (size_t i = 0; i < parts.partitions.size(); ++i) out.push_back(i);
  return out;
}

// Positions of the parts that are there after the changes.
std::vector<size_t> changed_parts(const detect::Manifest& parts,
                                  const std::vector<Change>& changes) {
  std::set<std::string> changed;
  for (const Change& change : changes) changed.insert(partition_key(change.values));
  std::vector<size_t> out;
  for (size_t i = 0; i < parts.partitions.size(); ++i)
    if (changed.contains(partition_key(parts.partitions[i].values))) out.push_back(i);
  return out;
}

}  // namespace

KeyIndexes::KeyIndexes(MaintenanceJob& job, SourceSnapshots& snapshots,
                       warehouse::Connection& connection)
    : job_(job), tracking_(*job.tracking), snapshots_(snapshots), connection_(connection) {}

std::string KeyIndexes::relation_of(const std::string& database, const std::string& relation,
                                    size_t number) {
  return fmt::format(
      "{}.\"_sluice\".{}", quoted_identifier(database),
      quoted_identifier(fmt::format("keys_{}_{}", sha256_hex(relation).substr(0, 16), number + 1)));
}

Status KeyIndexes::drop_from(const std::string& database, const std::string& relation, size_t first,
                             Ledger& ledger, warehouse::Connection& connection) {
  for (size_t i = first;; ++i) {
    const std::string index = relation_of(database, relation, i);
    SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger.model(index));
    if (!entry) return {};
    SLUICE_TRY(connection.execute("drop table if exists " + index, false));
    SLUICE_TRY(ledger.remove(index));
  }
}

Status KeyIndexes::execute(const std::string& sql) {
  SLUICE_TRY(connection_.execute(sql, false));
  return {};
}

Result<warehouse::ResultTable> KeyIndexes::fetch(const std::string& sql) {
  SLUICE_ASSIGN(warehouse::StatementResult result, connection_.execute(sql, true));
  return std::move(result.table);
}

Result<int64_t> KeyIndexes::fetch_number(const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::ResultTable found, fetch(sql));
  return number_of(found.rows.at(0).at(0));
}

const ModelInput& KeyIndexes::leaf_of(const KeyIndex& index) const {
  return *std::find_if(job_.inputs.leaves.begin(), job_.inputs.leaves.end(),
                       [&index](const ModelInput& leaf) { return leaf.stub == index.input; });
}

const warehouse::ColumnInfo& KeyIndexes::column() const {
  return job_.columns[tracking_.key->column];
}

std::vector<warehouse::ColumnInfo> KeyIndexes::columns() const {
  return {{"part", "INTEGER"}, {"k", column().type}};
}

KeyIndex* KeyIndexes::find(const std::string& input) {
  const auto found = std::find_if(tracking_.indexes.begin(), tracking_.indexes.end(),
                                  [&input](const KeyIndex& index) { return index.input == input; });
  return found == tracking_.indexes.end() ? nullptr : &*found;
}

std::string KeyIndexes::code_of(const KeyIndex& index,
                                const std::vector<detect::Consumed>& consumed) const {
  std::map<std::string, std::string> versions;
  for (const detect::Consumed& entry : consumed)
    versions.emplace(partition_key(entry.values), entry.version);
  std::string text = index.identity + "\n";
  for (const auto& [key, version] : versions)
    text += fmt::format("{}:{}={}\n", key.size(), key, version);
  return sha256_hex(text);
}

std::vector<detect::Consumed> KeyIndexes::consumed_now(const KeyIndex& index) const {
  std::vector<detect::Consumed> out;
  for (const detect::Partition& partition : leaf_of(index).state.now.partitions)
    out.push_back({partition.values, partition.version});
  return out;
}

void KeyIndexes::list_indexes() {
  tracking_.indexes.clear();
  for (const plan::TrackedInput& input : tracking_.key->inputs) {
    if (!input.is_partitioned) continue;
    KeyIndex index;
    index.relation = relation_of(job_.node->database, job_.relation, tracking_.indexes.size());
    index.input = input.input;
    index.exprs = input.exprs;
    index.identity = sha256_hex(fmt::format("{}\n{}\n{}\n{}", job_.code, index.input, column().type,
                                            fmt::join(index.exprs, "\n")));
    tracking_.indexes.push_back(std::move(index));
  }
}

Status KeyIndexes::load(Ledger& ledger) {
  SLUICE_ASSIGN(const std::optional<ModelEntry> first,
                ledger.model(relation_of(job_.node->database, job_.relation, 0)));
  if (first && first->key.size() == 1)
    for (const plan::TrackedKey& candidate : tracking_.candidates)
      if (job_.columns[candidate.column].name == first->key[0]) tracking_.key = candidate;
  if (!tracking_.key) return job_.builds_anew ? Status() : choose();
  list_indexes();
  for (KeyIndex& index : tracking_.indexes) SLUICE_TRY(load_index(ledger, index));
  return {};
}

Status KeyIndexes::load_index(Ledger& ledger, KeyIndex& index) {
  SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger.model(index.relation));
  if (!entry) return {};
  if (entry->tier == kRefusedStage && entry->code == index.identity)
    index.state = KeyIndex::State::kRefused;
  // As the ledger says it, not as it is seen where rows are the same in another version.
  SLUICE_ASSIGN(const std::vector<detect::Consumed> read,
                ledger.consumed(job_.relation, index.input));
  if (entry->tier != kKeysTier || entry->code != code_of(index, read)) return {};
  // A table that is not there answers nothing; one that was changed answers something else.
  const Result<RowHash> now = hash_rows(connection_, index.relation, columns(), {});
  if (!now || now->text() != entry->content) return {};
  index.entry = *entry;
  SLUICE_ASSIGN(const std::vector<TablePartition> parts, ledger.partitions(index.relation));
  for (const TablePartition& part : parts)
    index.numbers.emplace(partition_key(part.values), part.version);
  SLUICE_ASSIGN(index.consumed, ledger.consumed(index.relation, index.input));
  const bool has_all = std::all_of(index.consumed.begin(), index.consumed.end(),
                                   [&index](const detect::Consumed& part) {
                                     return index.numbers.contains(partition_key(part.values));
                                   });
  if (has_all) index.state = KeyIndex::State::kKept;
  return {};
}

Result<int64_t> KeyIndexes::most_rows() {
  int64_t most = 0;
  for (const ModelInput& leaf : job_.inputs.leaves) {
    if (leaf.state.now.columns.empty() || leaf.state.now.partitions.empty()) continue;
    SLUICE_ASSIGN(const int64_t rows, fetch_number("select count(*) from " + leaf.relation));
    most = std::max(most, rows);
  }
  return most;
}

// The finest key that pays: by its distinct values in the model's table.
Status KeyIndexes::choose() {
  std::vector<plan::TrackedKey> best;
  for (const plan::TrackedKey& candidate : tracking_.candidates)
    if (candidate.bytes > 0 && candidate.bytes == tracking_.candidates.front().bytes)
      best.push_back(candidate);
  if (best.empty()) return {};
  size_t chosen = 0;
  if (best.size() > 1) {
    std::string list;
    for (const plan::TrackedKey& candidate : best)
      list += fmt::format("{}approx_count_distinct({})", list.empty() ? "" : ", ",
                          quoted_identifier(job_.columns[candidate.column].name));
    SLUICE_ASSIGN(const warehouse::ResultTable found,
                  fetch(fmt::format("select {} from {}", list, job_.relation)));
    SLUICE_ASSIGN(const int64_t rows, most_rows());
    const auto values = [&found](size_t i) { return number_of(found.rows.at(0).at(i)); };
    const auto pays = [&](size_t i) { return values(i) * kRowsPerPair <= rows; };
    for (size_t i = 1; i < best.size(); ++i) {
      const bool is_finer = values(i) > values(chosen);
      if (pays(i) ? (is_finer || !pays(chosen)) : (!pays(chosen) && !is_finer)) chosen = i;
    }
  }
  tracking_.key = best[chosen];
  list_indexes();
  return {};
}

// Rows of the input as they are now: its place (columns of SQL) and each of their keys.
std::string KeyIndexes::keys_query(const KeyIndex& index, const std::string& place,
                                   const std::string& condition) const {
  std::string out;
  for (const std::string& expr : index.exprs)
    out +=
        fmt::format("{}select {}, {} as k from {}{}", out.empty() ? "" : " union all ", place, expr,
                    leaf_of(index).relation, condition.empty() ? "" : " where " + condition);
  return out;
}

std::string KeyIndexes::pairs_of_files(const KeyIndex& index, const detect::Manifest& parts,
                                       const std::vector<size_t>& wanted) const {
  std::vector<std::string> names, numbered;
  for (const size_t position : wanted) {
    const detect::Partition& part = parts.partitions[position];
    const std::string name = quoted_literal(part.files.at(0));
    names.push_back(name);
    numbered.push_back(fmt::format("({}, {})", name, index.numbers.at(partition_key(part.values))));
  }
  // The engine prunes its list of files by the names before it opens any.
  const std::string condition = wanted.size() == parts.partitions.size()
                                    ? std::string()
                                    : fmt::format("filename in ({})", fmt::join(names, ", "));
  return fmt::format(
      "select distinct parts.part::integer as part, keys.k as k from ({}) keys join (values {}) "
      "parts(place, part) on keys.place = parts.place",
      keys_query(index, "filename as place", condition), fmt::join(numbered, ", "));
}

std::string KeyIndexes::pairs_of_table(const KeyIndex& index, const detect::Manifest& parts,
                                       const std::vector<size_t>& wanted) const {
  const ModelInput& leaf = leaf_of(index);
  std::string place, names = "part", on = "true";
  for (size_t i = 0; i < parts.columns.size(); ++i) {
    place += fmt::format("{}{} as p{}", i == 0 ? "" : ", ", quoted_identifier(parts.columns[i]), i);
    names += fmt::format(", p{}", i);
    on += fmt::format(" and keys.p{0} is not distinct from parts.p{0}", i);
  }
  std::vector<std::string> numbered;
  for (const size_t position : wanted) {
    const detect::Partition& part = parts.partitions[position];
    std::string row = std::to_string(index.numbers.at(partition_key(part.values)));
    for (size_t i = 0; i < part.values.size(); ++i)
      row += ", " + sql::typed_literal(part.values[i], leaf.state.types[i]);
    numbered.push_back("(" + row + ")");
  }
  const std::string condition =
      wanted.size() == parts.partitions.size() ? std::string() : partitions_predicate(leaf, wanted);
  return fmt::format(
      "select distinct parts.part::integer as part, keys.k as k from ({}) keys join (values {}) "
      "parts({}) on {}",
      keys_query(index, place, condition), fmt::join(numbered, ", "), names, on);
}

// Distinct (part, k) of these parts.
std::string KeyIndexes::pairs_query(const KeyIndex& index, const detect::Manifest& parts,
                                    const std::vector<size_t>& wanted) const {
  if (wanted.empty())
    return fmt::format("select 0::integer as part, CAST(NULL AS {}) as k where false",
                       column().type);
  return leaf_of(index).reader ? pairs_of_files(index, parts, wanted)
                               : pairs_of_table(index, parts, wanted);
}

std::vector<Change> KeyIndexes::changes_of(const KeyIndex& index,
                                           const detect::Manifest& parts) const {
  if (index.state == KeyIndex::State::kKept) return detect::changes_between(index.consumed, parts);
  // Without a table only what is new can be told: whole partitions.
  const ModelInput& leaf = leaf_of(index);
  std::vector<Change> out;
  std::set<std::string> added;
  for (const Change& change : detect::changes_between(leaf.state.consumed, leaf.state.now))
    added.insert(partition_key(change.values));
  for (const detect::Partition& partition : leaf.state.now.partitions) {
    if (!added.contains(partition_key(partition.values))) continue;
    if (!leaf.reader) out.push_back({Change::Kind::kAdded, partition.values});
    for (const std::string& file : partition.files)
      out.push_back({Change::Kind::kAdded, {PartitionValue(file)}});
  }
  return out;
}

std::string KeyIndexes::held_table(const KeyIndex& index) const {
  return fmt::format("_sluice_held_{}", &index - tracking_.indexes.data());
}

void KeyIndexes::number_parts(KeyIndex& index, const detect::Manifest& parts) {
  int64_t last = 0;
  for (const auto& [key, number] : index.numbers) last = std::max(last, number);
  for (const detect::Partition& part : parts.partitions)
    if (index.numbers.try_emplace(partition_key(part.values), last + 1).second) ++last;
}

Status KeyIndexes::hold(KeyIndex& index, const detect::Manifest& parts,
                        const std::vector<Change>& changes) {
  number_parts(index, parts);
  index.holds_changes = true;
  return execute(fmt::format("create or replace temp table {} as {}", held_table(index),
                             pairs_query(index, parts, changed_parts(parts, changes))));
}

// "1, 7": of the parts that the table holds otherwise than they are now.
std::string KeyIndexes::numbers_before(const KeyIndex& index, const std::vector<Change>& changes) {
  std::string out;
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::kAdded) continue;
    const auto found = index.numbers.find(partition_key(change.values));
    if (found != index.numbers.end())
      out += fmt::format("{}{}", out.empty() ? "" : ", ", found->second);
  }
  return out;
}

Result<std::optional<std::vector<std::string>>> KeyIndexes::changed_keys(const std::string& input) {
  std::vector<std::string> queries;
  KeyIndex* index = find(input);
  if (index == nullptr) return std::optional<std::vector<std::string>>();
  const ModelInput& leaf = leaf_of(*index);
  if (index->state != KeyIndex::State::kKept)
    for (const Change& change : detect::changes_between(leaf.state.consumed, leaf.state.now))
      if (change.kind != Change::Kind::kAdded) return std::optional<std::vector<std::string>>();
  const detect::Manifest parts = snapshots_.parts_of(leaf);
  const std::vector<Change> changes = changes_of(*index, parts);
  SLUICE_TRY(hold(*index, parts, changes));
  queries.push_back(fmt::format("select k from temp.main.{}", held_table(*index)));
  if (const std::string before = numbers_before(*index, changes); !before.empty())
    queries.push_back(fmt::format("select k from {} where part in ({})", index->relation, before));
  return std::optional(std::move(queries));
}

Result<std::optional<std::set<size_t>>> KeyIndexes::partitions_with(const std::string& input,
                                                                    const std::string& condition) {
  const KeyIndex* index = find(input);
  if (index == nullptr || index->state != KeyIndex::State::kKept)
    return std::optional<std::set<size_t>>();
  const ModelInput& leaf = leaf_of(*index);
  std::set<std::string> among;
  for (const Change& change : changes_of(*index, snapshots_.parts_of(leaf)))
    among.insert(partition_key(change.values));
  SLUICE_ASSIGN(
      const warehouse::ResultTable found,
      fetch(fmt::format("select distinct part from {} where {}", index->relation, condition)));
  std::set<int64_t> numbers;
  for (const auto& row : found.rows) numbers.insert(number_of(row.at(0)));
  for (const auto& [key, number] : index->numbers)
    if (numbers.contains(number)) among.insert(key);
  std::set<size_t> out;
  for (size_t i = 0; i < leaf.state.now.partitions.size(); ++i) {
    const detect::Partition& partition = leaf.state.now.partitions[i];
    const bool is_meant =
        leaf.reader ? std::any_of(partition.files.begin(), partition.files.end(),
                                  [&among](const std::string& file) {
                                    return among.contains(partition_key({PartitionValue(file)}));
                                  })
                    : among.contains(partition_key(partition.values));
    if (is_meant) out.insert(i);
  }
  return std::optional(std::move(out));
}

std::string KeyIndexes::missing_words(const std::string& input) const {
  for (const KeyIndex& index : tracking_.indexes) {
    if (index.input != input || index.state == KeyIndex::State::kKept) continue;
    return index.state == KeyIndex::State::kRefused
               ? fmt::format("; a table of the keys of {} that each file held would be too large",
                             column().name)
               : fmt::format("; which keys of {} its files held is not kept yet", column().name);
  }
  return {};
}

Status KeyIndexes::record(Ledger& ledger, bool reads_all) {
  if (!tracking_.key) SLUICE_TRY(choose());
  if (!tracking_.key) return {};
  for (KeyIndex& index : tracking_.indexes) {
    if (index.state == KeyIndex::State::kKept)
      SLUICE_TRY(follow(ledger, index));
    else if (index.state == KeyIndex::State::kMissing && reads_all)
      SLUICE_TRY(build(ledger, index));
    SLUICE_TRY(execute("drop table if exists temp.main." + held_table(index)));
  }
  return reads_all ? drop_from(job_.node->database, job_.relation, tracking_.indexes.size(), ledger,
                               connection_)
                   : Status();
}

Status KeyIndexes::follow(Ledger& ledger, KeyIndex& index) {
  const detect::Manifest parts = snapshots_.parts_of(leaf_of(index));
  const std::vector<Change> changes = changes_of(index, parts);
  if (changes.empty() && index.entry.code == code_of(index, consumed_now(index))) return {};
  if (!index.holds_changes) SLUICE_TRY(hold(index, parts, changes));
  const std::string before = numbers_before(index, changes);
  SLUICE_ASSIGN(index.entry.content, content_after(index, before));
  if (!before.empty())
    SLUICE_TRY(execute(fmt::format("delete from {} where part in ({})", index.relation, before)));
  SLUICE_TRY(execute(fmt::format("insert into {} select part, k from temp.main.{}", index.relation,
                                 held_table(index))));
  return save(ledger, index, parts, "temp.main." + held_table(index));
}

Result<std::string> KeyIndexes::content_after(const KeyIndex& index, const std::string& removed) {
  const std::vector<std::string> was = RowHash::parse(index.entry.content);
  const std::string hashes = row_hash_aggregates(columns());
  SLUICE_ASSIGN(
      const warehouse::ResultTable found,
      fetch(fmt::format(
          "select ({}::hugeint + fresh.row_count - old.row_count)::varchar || ':' || ({}::hugeint "
          "+ fresh.hash_sum - old.hash_sum)::varchar || ':' || xor(xor({}::ubigint, "
          "fresh.hash_xor), old.hash_xor)::varchar from (select {} from {} where {}) old, (select "
          "{} from temp.main.{}) fresh",
          was[0], was[1], was[2], hashes, index.relation,
          removed.empty() ? "false" : fmt::format("part in ({})", removed), hashes,
          held_table(index))));
  const auto* text = std::get_if<std::string>(&found.rows.at(0).at(0));
  if (text == nullptr)
    return fail(ErrorCode::kInternal, "the content of a table of keys could not be followed");
  return *text;
}

// From the part in the middle.
Result<bool> KeyIndexes::would_be_too_large(const KeyIndex& index, const detect::Manifest& parts) {
  const auto count = static_cast<int64_t>(parts.partitions.size());
  if (count == 0) return false;
  SLUICE_ASSIGN(
      const int64_t pairs,
      fetch_number(fmt::format("select count(*) from ({})",
                               pairs_query(index, parts, {parts.partitions.size() / 2}))));
  if (pairs * count <= kFewPairs) return false;
  SLUICE_ASSIGN(const int64_t rows,
                fetch_number("select count(*) from " + leaf_of(index).relation));
  return pairs * count * kRowsPerPair > rows;
}

Status KeyIndexes::build(Ledger& ledger, KeyIndex& index) {
  const ModelInput& leaf = leaf_of(index);
  const detect::Manifest parts = snapshots_.parts_of(leaf);
  index.numbers.clear();
  index.consumed.clear();
  number_parts(index, parts);
  SLUICE_TRY(ledger.remove(index.relation));
  SLUICE_ASSIGN(const bool is_large, would_be_too_large(index, parts));
  if (is_large) return refuse(ledger, index);
  SLUICE_TRY(execute(fmt::format("create or replace table {} as {}", index.relation,
                                 pairs_query(index, parts, all_of(parts)))));
  SLUICE_ASSIGN(const RowHash content, hash_rows(connection_, index.relation, columns(), {}));
  const int64_t pairs = std::stoll(content.count);
  if (pairs > kFewPairs) {
    SLUICE_ASSIGN(const int64_t rows, fetch_number("select count(*) from " + leaf.relation));
    if (pairs * kRowsPerPair > rows) return refuse(ledger, index);
  }
  index.entry = ModelEntry();
  index.entry.content = content.text();
  return save(ledger, index, parts, index.relation);
}

Status KeyIndexes::refuse(Ledger& ledger, KeyIndex& index) {
  SLUICE_TRY(execute("drop table if exists " + index.relation));
  index.state = KeyIndex::State::kRefused;
  index.entry = ModelEntry();
  index.entry.relation = index.relation;
  index.entry.code = index.identity;
  index.entry.key = {column().name};
  index.entry.tier = kRefusedStage;
  return ledger.save_model(index.entry);
}

// `changed`: a table that holds the pairs of the changed parts.
Status KeyIndexes::save(Ledger& ledger, KeyIndex& index, const detect::Manifest& parts,
                        const std::string& changed) {
  SLUICE_ASSIGN(const warehouse::ResultTable counts,
                fetch(fmt::format("select part, count(*) from {} group by part", changed)));
  std::map<int64_t, int64_t> pairs;
  for (const auto& row : counts.rows) pairs.emplace(number_of(row[0]), number_of(row[1]));
  std::vector<TablePartition> written;
  std::vector<std::vector<PartitionValue>> removed;
  for (const Change& change : detect::changes_between(index.consumed, parts)) {
    const int64_t number = index.numbers.at(partition_key(change.values));
    if (change.kind == Change::Kind::kRemoved)
      removed.push_back(change.values);
    else
      written.push_back({change.values, number, pairs[number]});
  }
  SLUICE_TRY(ledger.save_partitions(index.relation, written, removed));
  SLUICE_TRY(ledger.save_consumed(index.relation, index.input, index.consumed, parts));
  index.entry.relation = index.relation;
  ++index.entry.generation;
  index.entry.code = code_of(index, consumed_now(index));
  index.entry.key = {column().name};
  index.entry.columns = columns_json(columns());
  index.entry.tier = kKeysTier;
  return ledger.save_model(index.entry);
}

}  // namespace sluice::run
