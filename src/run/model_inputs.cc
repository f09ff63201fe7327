#include "run/model_inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "detect/ranges.h"
#include "run/row_hash.h"
#include "run/table_partitions.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

bool has_input(const ModelInputs& inputs, const std::string& stub) {
  return std::any_of(inputs.leaves.begin(), inputs.leaves.end(),
                     [&stub](const ModelInput& leaf) { return leaf.stub == stub; }) ||
         std::any_of(inputs.views.begin(), inputs.views.end(),
                     [&stub](const ViewInput& view) { return view.stub == stub; });
}

std::vector<std::string> names_of(const std::vector<warehouse::ColumnInfo>& columns) {
  std::vector<std::string> names;
  for (const warehouse::ColumnInfo& column : columns) names.push_back(column.name);
  return names;
}

// The place of an error within our own question says nothing to whoever wrote the model.
Result<std::vector<warehouse::ColumnInfo>> describe(const ModelInput& leaf,
                                                    warehouse::Connection& connection) {
  Result<std::vector<warehouse::ColumnInfo>> columns =
      connection.describe_query("select * from " + leaf.relation);
  if (columns) return columns;
  const Error& error = columns.error();
  return fail(error.code(), fmt::format("cannot read \"{}\": {}", leaf.stub, error.message()),
              error.hint().empty()
                  ? "see that it is there: build or load it first, or check its path"
                  : error.hint());
}

std::string type_of(const std::vector<warehouse::ColumnInfo>& columns, const std::string& name) {
  for (const warehouse::ColumnInfo& column : columns)
    if (column.name == name) return column.type;
  return "VARCHAR";  // the name of the file
}

std::vector<std::string> types_of(const std::vector<warehouse::ColumnInfo>& columns,
                                  const std::vector<std::string>& names) {
  std::vector<std::string> types;
  for (const std::string& name : names) types.push_back(type_of(columns, name));
  return types;
}

}  // namespace

// The FROM entry of "select * from <text>", parsed by the engine.
Result<Json> parsed_from(const std::string& text, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const warehouse::StatementResult found,
                connection.execute(fmt::format("select json_serialize_sql({})::varchar",
                                               sql::quoted_literal("select * from " + text)),
                                   true));
  const auto* answer = std::get_if<std::string>(&found.table.rows.at(0).at(0));
  if (answer == nullptr) return fail(ErrorCode::kInternal, "the engine gave no parse tree");
  SLUICE_ASSIGN(const Json tree, parse_json(*answer));
  const Json* statements = tree.find("statements");
  if (statements == nullptr || statements->items.empty()) return Json();
  const Json* node = statements->items[0].find("node");
  const Json* from = node == nullptr ? nullptr : node->find("from_table");
  return from == nullptr ? Json() : *from;
}

InputColumns columns_as_read(const ModelInput& leaf) {
  return {leaf.columns, leaf.state.now.columns,
          leaf.lake ? std::optional(leaf.snapshot) : std::nullopt};
}

Result<ModelInputs> SourceSnapshots::inputs_of(const compile::Node& node,
                                               const std::string& relation,
                                               warehouse::Connection& connection, Ledger* ledger) {
  ModelInputs out;
  compile::StubNames names;
  SLUICE_ASSIGN(out.specification, session_.specify(node, names, &connection));
  for (const compile::SpecificationInput& input : out.specification.inputs)
    SLUICE_TRY(add_input(input, {relation, connection, ledger, names}, out));
  return out;
}

// Views are looked through: their query over their own inputs stands in their place.
Status SourceSnapshots::add_input(const compile::SpecificationInput& input, const Reader& reader,
                                  ModelInputs& out) {
  if (has_input(out, input.stub)) return {};
  const bool is_view = input.node != nullptr && input.node->type == compile::ResourceType::kModel &&
                       input.node->materialized() == "view";
  if (!is_view) return add_leaf(input, reader, out);
  SLUICE_ASSIGN(const compile::Specification view,
                session_.specify(*input.node, reader.names, &reader.connection));
  for (const compile::SpecificationInput& below : view.inputs)
    SLUICE_TRY(add_input(below, reader, out));
  out.views.push_back({input.stub, input.name, view.sql});
  return {};
}

Status SourceSnapshots::add_leaf(const compile::SpecificationInput& input, const Reader& reader,
                                 ModelInputs& out) {
  ModelInput leaf;
  leaf.stub = input.stub;
  leaf.name = input.name;
  leaf.relation = input.relation;
  leaf.state.name = input.stub;
  leaf.state.table = input.name;
  const auto read_consumed_state = [&]() -> Status {
    return reader.ledger == nullptr ? Status()
                                    : read_consumed(leaf, reader.relation, *reader.ledger);
  };
  Json from;
  if (input.source != nullptr) {
    SLUICE_ASSIGN(from, parsed_from(leaf.relation, reader.connection));
    leaf.reader = detect::file_reader(from);
  }
  if (leaf.reader) {
    SLUICE_TRY(read_consumed_state());
    SLUICE_TRY(read_source_files(leaf, reader));
  } else {
    SLUICE_ASSIGN(leaf.columns, describe(leaf, reader.connection));
    SLUICE_TRY(read_consumed_state());
    bool is_maintained = false;
    if (reader.ledger != nullptr && input.node != nullptr) {
      SLUICE_ASSIGN(is_maintained, read_maintained(leaf, *reader.ledger));
    }
    leaf.is_table = !is_maintained;
    if (leaf.is_table) {
      SLUICE_ASSIGN(leaf.lake, find_lake_table(from, reader.connection));
      SLUICE_TRY(read_known_table(leaf, reader));
    }
  }
  leaf.state.types = types_of(leaf.columns, leaf.state.now.columns);
  for (const warehouse::ColumnInfo& column : leaf.columns)
    leaf.state.column_types.emplace(column.name, column.type);
  out.leaves.push_back(std::move(leaf));
  return {};
}

// The columns are those that the model knows while the files are those that it has read: only
// changed files are opened.
Status SourceSnapshots::read_source_files(ModelInput& leaf, const Reader& reader) {
  if (reader.ledger != nullptr) {
    SLUICE_ASSIGN(const std::optional<std::string> known,
                  reader.ledger->input_columns(reader.relation, leaf.stub));
    if (known) {
      SLUICE_ASSIGN(InputColumns before, parse_input_columns_json(*known));
      leaf.columns = std::move(before.columns);
      SLUICE_TRY(list_source_files(leaf, reader));
      if (leaf.state.now.partitions.empty() && leaf.state.consumed_columns)
        leaf.state.now.columns = *leaf.state.consumed_columns;
      // Without any file the engine could not tell the columns; they stay what they were.
      if (leaf.state.now.partitions.empty() ||
          detect::changes_between(leaf.state.consumed, leaf.state.now).empty())
        return {};
    }
  }
  SLUICE_ASSIGN(leaf.columns, describe(leaf, reader.connection));
  return list_source_files(leaf, reader);
}

Result<bool> SourceSnapshots::read_maintained(ModelInput& leaf, Ledger& ledger) {
  SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger.model(leaf.relation));
  if (!entry) return false;
  leaf.state.now.columns = entry->key;
  SLUICE_ASSIGN(const std::vector<TablePartition> partitions, ledger.partitions(leaf.relation));
  for (const TablePartition& partition : partitions)
    leaf.state.now.partitions.push_back(
        {partition.values,
         std::to_string(partition.version),
         {},
         static_cast<uint64_t>(partition.rows) * 8 * leaf.columns.size()});
  return true;
}

Status SourceSnapshots::list_source_files(ModelInput& leaf, const Reader& reader) {
  std::lock_guard lock(mutex_);
  auto found = listings_.find(leaf.stub);
  if (found == listings_.end()) {
    Listing listing;
    if (reader.ledger != nullptr) {
      SLUICE_ASSIGN(listing.before, reader.ledger->files(leaf.stub));
    }
    listing.looked_at_ns = clock_.now_micros() * 1000;
    SLUICE_ASSIGN(listing.found,
                  detect::list_files(*leaf.reader, names_of(leaf.columns), listing.before,
                                     listing.looked_at_ns, fs_, reader.connection));
    SLUICE_TRY(detect::add_ranges(listing.found, *leaf.reader, leaf.columns, listing.before,
                                  reader.connection));
    found = listings_.emplace(leaf.stub, std::move(listing)).first;
  }
  leaf.state.now = found->second.found.manifest;
  return {};
}

Status SourceSnapshots::read_consumed(ModelInput& leaf, const std::string& relation,
                                      Ledger& ledger) {
  SLUICE_ASSIGN(leaf.state.consumed, ledger.consumed(relation, leaf.stub));
  leaf.state.consumed_columns.reset();
  SLUICE_ASSIGN(const std::optional<std::string> known, ledger.input_columns(relation, leaf.stub));
  if (!known) return {};
  SLUICE_ASSIGN(InputColumns columns, parse_input_columns_json(*known));
  leaf.state.consumed_columns = std::move(columns.key);
  leaf.consumed_snapshot.reset();
  // Versions are over these columns.
  if (columns_json(columns.columns) == columns_json(leaf.columns))
    leaf.consumed_snapshot = columns.snapshot;
  return {};
}

// By the column that was chosen when the model was built (maintainer_tables.cc).
Status SourceSnapshots::read_known_table(ModelInput& leaf, const Reader& reader) {
  const std::optional<std::vector<std::string>>& known = leaf.state.consumed_columns;
  std::string column;
  if (known && known->size() == 1 &&
      std::any_of(leaf.columns.begin(), leaf.columns.end(),
                  [&known](const warehouse::ColumnInfo& info) { return info.name == (*known)[0]; }))
    column = known->front();
  if (leaf.lake) {
    SLUICE_TRY(look_at_lake(leaf, reader));
    if (known && known->size() == (column.empty() ? 0 : 1))
      SLUICE_TRY(follow_lake(leaf, column, reader));
  }
  return read_table(leaf, column, reader.connection);
}

// One snapshot for all models of the run.
Status SourceSnapshots::look_at_lake(ModelInput& leaf, const Reader& reader) {
  std::lock_guard lock(mutex_);
  TableContent& content = tables_[leaf.stub];
  if (!content.snapshot) {
    SLUICE_ASSIGN(content.snapshot, current_snapshot(*leaf.lake, reader.connection));
  }
  leaf.snapshot = *content.snapshot;
  return {};
}

// From what the model has consumed and what has changed since; else the table is scanned.
Status SourceSnapshots::follow_lake(const ModelInput& leaf, const std::string& column,
                                    const Reader& reader) {
  std::lock_guard lock(mutex_);
  TableContent& content = tables_[leaf.stub];
  const bool is_known =
      column.empty() ? !content.version.empty() : content.by_column.contains(column);
  if (is_known || !leaf.consumed_snapshot) return {};
  SLUICE_ASSIGN(
      std::optional<std::vector<detect::Partition>> partitions,
      partitions_at(*leaf.lake, leaf.snapshot, {*leaf.consumed_snapshot, leaf.state.consumed},
                    column, leaf.columns, reader.connection));
  if (!partitions) return {};
  if (!column.empty())
    content.by_column.emplace(column, std::move(*partitions));
  else if (partitions->size() == 1)
    content.version = partitions->front().version;
  return {};
}

// The version is the content: asking costs a scan.
Status SourceSnapshots::read_content(const ModelInput& leaf, const std::string& column,
                                     TableContent& content, warehouse::Connection& connection) {
  const bool is_known =
      column.empty() ? !content.version.empty()
                     : content.by_column.contains(column) || content.refused.contains(column);
  if (is_known) return {};
  const std::string relation =
      leaf.lake ? at_snapshot(leaf.relation, leaf.snapshot) : leaf.relation;
  if (column.empty()) {
    if (!content.by_column.empty()) {
      SLUICE_ASSIGN(content.version, whole_version(content.by_column.begin()->second, connection));
      return {};
    }
    SLUICE_ASSIGN(const RowHash hash, hash_rows(connection, relation, leaf.columns, {}));
    content.version = hash.text();
    return {};
  }
  SLUICE_ASSIGN(std::optional<std::vector<detect::Partition>> partitions,
                table_partitions_by(column, relation, leaf.columns, connection));
  if (partitions)
    content.by_column.emplace(column, std::move(*partitions));
  else
    content.refused.insert(column);
  return {};
}

Status SourceSnapshots::read_table(ModelInput& leaf, const std::string& column,
                                   warehouse::Connection& connection) {
  std::lock_guard lock(mutex_);
  TableContent& content = tables_[leaf.stub];
  SLUICE_TRY(read_content(leaf, column, content, connection));
  const auto found = content.by_column.find(column);
  leaf.state.now = {};
  if (found != content.by_column.end()) {
    leaf.state.now.columns = {column};
    leaf.state.now.partitions = found->second;
  } else {
    SLUICE_TRY(read_content(leaf, {}, content, connection));
    leaf.state.now.partitions.push_back({{}, content.version, {}, 0});
  }
  leaf.state.types = types_of(leaf.columns, leaf.state.now.columns);
  return {};
}

Result<std::set<std::string>> SourceSnapshots::moved_partitions(const ModelInput& input,
                                                                const plan::ReadSet* reads,
                                                                warehouse::Connection& connection) {
  std::set<std::string> moved;
  if (input.lake) {
    SLUICE_ASSIGN(const int64_t snapshot, current_snapshot(*input.lake, connection));
    SLUICE_ASSIGN(const bool is_other,
                  has_changed(*input.lake, input.snapshot, snapshot, connection));
    for (const detect::Partition& partition : input.state.now.partitions)
      if (is_other) moved.insert(detect::partition_key(partition.values));
    return moved;
  }
  if (!input.reader) return moved_table(input, reads, connection);
  detect::FileRecords known;
  int64_t looked_at_ns = 0;
  {
    std::lock_guard lock(mutex_);
    known = listings_.at(input.stub).found.records;
    looked_at_ns = listings_.at(input.stub).looked_at_ns;
  }
  std::vector<std::string> names;
  for (const warehouse::ColumnInfo& column : input.columns) names.push_back(column.name);
  SLUICE_ASSIGN(const detect::FileListing now,
                detect::list_files(*input.reader, names, known, looked_at_ns, fs_, connection));
  std::vector<detect::Consumed> before;
  for (const detect::Partition& partition : input.state.now.partitions)
    before.push_back({partition.values, partition.version});
  for (const detect::Change& change : detect::changes_between(before, now.manifest))
    moved.insert(detect::partition_key(change.values));
  return moved;
}

bool SourceSnapshots::has_learned(const ModelInput& input) {
  if (!input.reader) return false;
  std::lock_guard lock(mutex_);
  const Listing& listing = listings_.at(input.stub);
  return !listing.is_saved && listing.found.records != listing.before;
}

detect::Manifest SourceSnapshots::parts_of(const ModelInput& input) {
  if (!input.reader) return input.state.now;
  detect::Manifest parts;
  parts.columns = {"filename"};
  std::lock_guard lock(mutex_);
  const detect::FileRecords& records = listings_.at(input.stub).found.records;
  for (const auto& [path, record] : records) {
    detect::Partition part;
    part.values = {path};
    part.version = record.content;
    part.files = {path};
    part.bytes = record.size;
    parts.partitions.push_back(std::move(part));
  }
  return parts;
}

// Within the transaction in which the rows were read, so that these are those. What the run makes
// itself it has made before it is read, and what was not read may change.
Result<std::set<std::string>> SourceSnapshots::moved_table(const ModelInput& input,
                                                           const plan::ReadSet* reads,
                                                           warehouse::Connection& connection) {
  if (!input.stub.starts_with("source.")) return std::set<std::string>();
  const detect::Manifest& manifest = input.state.now;
  const std::string column = manifest.columns.empty() ? std::string() : manifest.columns.front();
  const bool is_part = reads != nullptr && !reads->is_whole && !column.empty();
  ModelInput read = input;
  std::vector<detect::Consumed> before;
  std::vector<std::string> wanted = {"false"};
  for (size_t i = 0; i < manifest.partitions.size(); ++i) {
    if (is_part &&
        std::find(reads->partitions.begin(), reads->partitions.end(), i) == reads->partitions.end())
      continue;
    const detect::Partition& partition = manifest.partitions[i];
    before.push_back({partition.values, partition.version});
    if (!is_part) continue;
    const detect::PartitionValue& value = partition.values.front();
    wanted.push_back(fmt::format(
        "{} IS NOT DISTINCT FROM {}", sql::quoted_identifier(column),
        value ? fmt::format("CAST({} AS {})", sql::quoted_literal(*value), input.state.types[0])
              : std::string("NULL")));
  }
  if (is_part)
    read.relation =
        fmt::format("(select * from {} where {})", input.relation, fmt::join(wanted, " OR "));
  TableContent content;
  SLUICE_TRY(read_content(read, column, content, connection));
  detect::Manifest now;
  if (column.empty())
    now.partitions.push_back({{}, content.version, {}, 0});
  else if (const auto found = content.by_column.find(column); found != content.by_column.end())
    now.partitions = found->second;
  std::set<std::string> moved;
  for (const detect::Change& change : detect::changes_between(before, now))
    moved.insert(detect::partition_key(change.values));
  return moved;
}

Status SourceSnapshots::save(const ModelInput& input, Ledger& ledger) {
  if (!input.reader) return {};
  std::lock_guard lock(mutex_);
  Listing& listing = listings_.at(input.stub);
  if (listing.is_saved) return {};
  SLUICE_TRY(ledger.save_files(input.stub, listing.before, listing.found.records));
  listing.is_saved = true;
  return {};
}

}  // namespace sluice::run
