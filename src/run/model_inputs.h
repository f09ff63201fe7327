// What a maintained model reads: the leaves below its specification (files, maintained tables,
// other tables) and the views between. One look at each source serves the whole run, so that all
// models see the same state of it. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/json.h"
#include "compile/session.h"
#include "detect/files.h"
#include "plan/maintenance.h"
#include "run/columns_json.h"
#include "run/lake_tables.h"
#include "run/ledger.h"

namespace sluice::run {

struct ModelInput {
  std::string stub;      // its unique id
  std::string name;      // of the stub in SQL
  std::string relation;  // what stands in FROM
  std::vector<warehouse::ColumnInfo> columns;
  plan::InputState state;         // now; `consumed` is the reader's
  std::optional<LakeTable> lake;  // a table whose catalog keeps snapshots
  int64_t snapshot = 0;           // of the lake: what `state` tells
  // Of the lake when the reader consumed it, with these columns.
  std::optional<int64_t> consumed_snapshot;
  bool is_table = false;                     // neither files nor maintained
  std::optional<detect::FileReader> reader;  // files
};

struct ViewInput {
  std::string stub, name;
  std::string sql;  // over other stubs
};

struct ModelInputs {
  compile::Specification specification;
  std::vector<ModelInput> leaves;
  std::vector<ViewInput> views;  // each after those that it reads
};

// What stands in FROM, parsed by the engine (json_serialize_sql).
Result<Json> parsed_from(const std::string& text, warehouse::Connection& connection);

// For the ledger.
InputColumns columns_as_read(const ModelInput& leaf);

class SourceSnapshots {
 public:
  SourceSnapshots(compile::Session& session, const FileSystem& fs, const Clock& clock)
      : session_(session), fs_(fs), clock_(clock) {}

  // Compiles the specification and looks at everything below it. `ledger` may be null. Files that
  // are as the model at `relation` has read them are not opened.
  Result<ModelInputs> inputs_of(const compile::Node& node, const std::string& relation,
                                warehouse::Connection& connection, Ledger* ledger);
  // Looks again at an input after it has been read (null: whole): the keys of the partitions that
  // are no longer what they were.
  Result<std::set<std::string>> moved_partitions(const ModelInput& input,
                                                 const plan::ReadSet* reads,
                                                 warehouse::Connection& connection);
  // The partitions of a table that the ledger holds; false: it does not.
  static Result<bool> read_maintained(ModelInput& leaf, Ledger& ledger);
  // What the model or part at `relation` has consumed of the leaf.
  // `leaf.columns` are known.
  static Status read_consumed(ModelInput& leaf, const std::string& relation, Ledger& ledger);
  // An ordinary table, in partitions by a column, or as one where it is empty or has too many
  // values.
  Status read_table(ModelInput& leaf, const std::string& column, warehouse::Connection& connection);
  // What an input consists of: its files, each with its content as version; of a table its
  // partitions.
  detect::Manifest parts_of(const ModelInput& input);
  // Keeps what was learned of the files of an input, for the next run.
  Status save(const ModelInput& input, Ledger& ledger);
  // Whether there is something of that kind that is not kept yet.
  bool has_learned(const ModelInput& input);

 private:
  struct Listing {
    detect::FileListing found;
    detect::FileRecords before;
    int64_t looked_at_ns = 0;
    bool is_saved = false;
  };
  // For whom inputs are looked at.
  struct Reader {
    const std::string& relation;
    warehouse::Connection& connection;
    Ledger* ledger;  // null: there is none yet
    compile::StubNames& names;
  };
  Status add_input(const compile::SpecificationInput& input, const Reader& reader,
                   ModelInputs& out);
  Status add_leaf(const compile::SpecificationInput& input, const Reader& reader, ModelInputs& out);
  Status read_source_files(ModelInput& leaf, const Reader& reader);
  Status list_source_files(ModelInput& leaf, const Reader& reader);
  // What is known of an ordinary table.
  struct TableContent {
    std::string version;  // of all rows; empty: not asked
    std::map<std::string, std::vector<detect::Partition>> by_column;
    std::set<std::string> refused;  // columns with too many values
    std::optional<int64_t> snapshot;
  };
  Status read_known_table(ModelInput& leaf, const Reader& reader);
  Result<std::set<std::string>> moved_table(const ModelInput& input, const plan::ReadSet* reads,
                                            warehouse::Connection& connection);
  Status look_at_lake(ModelInput& leaf, const Reader& reader);
  Status follow_lake(const ModelInput& leaf, const std::string& column, const Reader& reader);
  Status read_content(const ModelInput& leaf, const std::string& column, TableContent& content,
                      warehouse::Connection& connection);

  compile::Session& session_;
  const FileSystem& fs_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Listing> listings_;     // by stub
  std::map<std::string, TableContent> tables_;  // by stub
};

}  // namespace sluice::run
