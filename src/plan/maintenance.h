// How to bring one maintained model up to date: which of its partitions the changes of its inputs
// can touch, and which partitions of the inputs are enough to compute them anew. A value; nothing
// is read or written here but the arithmetic of partition values, which the engine does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/manifest.h"
#include "sql/locality.h"
#include "warehouse/warehouse.h"

namespace sluice::plan {

enum class Tier : uint8_t {
  kSkip,       // nothing that the model reads has changed
  kPartition,  // recompute the output partitions that the changes touch
  kBand,       // the same with intervals: windows look across partitions
  kProbe,      // recompute the output partitions of rows with keys of changed dimension rows
  kDelta,      // the same by adding the difference that the changed dimension rows make
  kStages,     // bring kept results of parts of the query up to date, recompute the rest from them
  kKeys,       // recompute the rows with the keys that changed rows hold or held
  kFull,       // recompute everything; only partitions that differ are written
};
std::string_view tier_name(Tier tier);

// An input as the planner sees it.
struct InputState {
  std::string name;   // for people
  std::string table;  // the stub that the query reads
  detect::Manifest now;
  std::vector<std::string> types;                   // of the partition columns
  std::vector<detect::Consumed> consumed;           // what the model read of it last time
  std::map<std::string, std::string> column_types;  // of all columns
  // By what its partitions were told then; nullopt: not known, or never read.
  std::optional<std::vector<std::string>> consumed_columns = {};
  // What its change touches is known otherwise: it is in `touched` of other inputs.
  bool is_probed = false;
  std::vector<size_t> touched;  // partitions to be seen as changed: positions in `now`
};
// Whether its partitions are told by something else than when the model read it last: values of
// then and now cannot be compared.
bool is_repartitioned(const InputState& input);

// What the query is, with its inputs' stubs bound.
struct Specification {
  std::vector<warehouse::ColumnInfo> columns;
  // nullopt: the plan is not one that we read; `unsupported` says what it holds.
  std::optional<sql::Locality> locality;
  std::string unsupported;
  std::set<std::string> unstable_functions;  // named in the text: now(), random()
  size_t unsupported_place = sql::kNoPlace;
};

// Columns of the model by whose values its table is kept in partitions; none: it is one partition.
struct OutputKey {
  std::vector<size_t> columns;
  bool has_bands = false;
};

struct ReadSet {
  std::string input;
  bool is_whole = true;
  std::vector<size_t> partitions;  // positions in the manifest, when it is not whole
  uint64_t bytes = 0;              // of the files; of the whole where it is read whole
};

// Of the tier kKeys.
struct AffectedKeys {
  size_t column = 0;                              // of the result
  std::map<std::string, std::string> conditions;  // by input: which of its rows decide them
};

struct Maintenance {
  Tier tier = Tier::kFull;
  std::string code;              // "NOTHING_CHANGED", "AGGREGATE_WITHOUT_KEY"…
  std::string reason;            // one sentence
  std::string remedy;            // what would make it incremental; may be empty
  size_t place = sql::kNoPlace;  // in the specification's text
  OutputKey key;
  std::string affected;  // predicate over the model's columns; empty: all rows
  std::optional<AffectedKeys> keys;
  std::vector<ReadSet> reads;
  std::vector<std::string> changed_inputs;
};

// The columns that a model's table is partitioned by when it is built: local in every partitioned
// input where that is possible, else in most of their bytes.
OutputKey choose_key(const Specification& specification, const std::vector<InputState>& inputs);

// Whether windows look across the values of the key.
bool has_bands(const Specification& specification, const std::vector<InputState>& inputs,
               const OutputKey& key);

// Whether each change of a partitioned input touches only rows that its partition tells, at a
// finite distance. The specification has a locality.
bool follows_partitions(const Specification& specification, const std::vector<InputState>& inputs,
                        const OutputKey& key, warehouse::Connection& engine);

// Inputs of which a change reaches the result by another way than the key: by name.
std::set<std::string> inputs_not_followed(const Specification& specification,
                                          const std::vector<InputState>& inputs,
                                          const OutputKey& key, warehouse::Connection& engine);

Maintenance nothing_to_do();

// What one partition of the table, with these values of the key's columns, is computed from. The
// specification has a locality. Where NULL is the value and windows look across partitions: all.
Result<Maintenance> plan_partition(const Specification& specification, const OutputKey& key,
                                   const std::vector<InputState>& inputs,
                                   const std::vector<detect::PartitionValue>& values,
                                   warehouse::Connection& engine);

// `engine` computes expressions over partition values; no table is read. Errors are the engine's.
Result<Maintenance> plan_maintenance(const Specification& specification, const OutputKey& key,
                                     const std::vector<InputState>& inputs,
                                     warehouse::Connection& engine);

}  // namespace sluice::plan
