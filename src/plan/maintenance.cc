#include "plan/maintenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "detect/ranges.h"
#include "plan/remedy.h"
#include "sql/expression_text.h"

namespace sluice::plan {
namespace {

using detect::PartitionValue;
using sql::Dep;
using sql::quoted_identifier;

// One scan of an input in the query.
struct ScanOfInput {
  size_t scan;
  const InputState* input;
  // Columns of which it is known for each partition, now and before, what they lie between.
  std::set<std::string> ranged;
};

std::set<std::string> ranged_columns(const InputState& input) {
  std::optional<std::set<std::string>> all;
  const auto meet = [&all](const std::string& text) {
    if (all && all->empty()) return;
    const detect::ValueRanges ranges = detect::parse_ranges(text);
    if (!all) {
      all.emplace();
      for (const auto& [column, range] : ranges) all->insert(column);
    }
    std::erase_if(*all, [&ranges](const std::string& name) { return !ranges.contains(name); });
  };
  for (const detect::Partition& partition : input.now.partitions) meet(partition.ranges);
  for (const detect::Consumed& partition : input.consumed) meet(partition.ranges);
  return all.value_or(std::set<std::string>());
}

std::vector<ScanOfInput> scans_of_inputs(const sql::Locality& locality,
                                         const std::vector<InputState>& inputs) {
  std::vector<ScanOfInput> out;
  for (const InputState& input : inputs) {
    const std::set<std::string> ranged = ranged_columns(input);
    for (size_t scan = 0; scan < locality.scans.size(); ++scan)
      if (input.table == locality.scans[scan].table) out.push_back({scan, &input, ranged});
  }
  std::sort(out.begin(), out.end(),
            [](const ScanOfInput& a, const ScanOfInput& b) { return a.scan < b.scan; });
  return out;
}

bool is_partitioned(const InputState& input) { return !input.now.columns.empty(); }

bool is_by_partition_columns(const Dep& dep, const InputState& input) {
  const std::vector<std::string>& known = input.now.columns;
  return std::all_of(dep.columns.begin(), dep.columns.end(), [&known](const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  });
}

// Whether the Dep's values in a partition lie between two that are known, rather than being told by
// the partition itself.
bool is_ranged(const Dep& dep, const InputState& input) {
  return !is_by_partition_columns(dep, input);
}

// The Dep of an output column that says something of the partitions of an input; null: none does.
const Dep* partition_dep(const sql::Locality& locality, const ScanOfInput& scan, size_t column) {
  const auto found = locality.deps[scan.scan].find(column);
  if (found == locality.deps[scan.scan].end()) return nullptr;
  const Dep& dep = found->second;
  const bool is_between = dep.columns.size() == 1 && dep.columns.contains(dep.ordered_by) &&
                          scan.ranged.contains(dep.ordered_by);
  return is_between || is_by_partition_columns(dep, *scan.input) ? &dep : nullptr;
}

uint64_t bytes_of(const InputState& input) {
  uint64_t bytes = 0;
  for (const detect::Partition& partition : input.now.partitions) bytes += partition.bytes;
  return bytes;
}

// What is known of a partition, before a change or now.
struct KnownPartition {
  const std::vector<PartitionValue>* values;
  const std::string* ranges;
};

// VALUES of partition columns as FROM entry "partitions" with column "position". Each partition has
// a row; or two, where `ranged` names a column that it lies between values of: with the least and
// with the greatest.
std::string values_clause(const InputState& input, const std::vector<KnownPartition>& rows,
                          const std::string& ranged) {
  std::string list;
  const auto add = [&](size_t position, const std::string& value) {
    list += fmt::format("{}({}", list.empty() ? "" : ", ", position);
    for (size_t column = 0; column < input.now.columns.size(); ++column)
      list += ", " + sql::typed_literal((*rows[position].values)[column], input.types[column]);
    list += value + ")";
  };
  std::string names = "position";
  for (const std::string& column : input.now.columns) names += ", " + quoted_identifier(column);
  if (!ranged.empty()) names += ", " + quoted_identifier(ranged);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (ranged.empty()) {
      add(i, "");
      continue;
    }
    const detect::ValueRange range = detect::parse_ranges(*rows[i].ranges).at(ranged);
    const std::string& type = input.column_types.at(ranged);
    add(i, ", " + sql::typed_literal(range.least, type));
    if (range.greatest != range.least) add(i, ", " + sql::typed_literal(range.greatest, type));
  }
  return fmt::format("(values {}) partitions({})", list, names);
}

std::vector<KnownPartition> rows_of(const std::vector<detect::Change>& changes) {
  std::vector<KnownPartition> rows;
  for (const detect::Change& change : changes)
    for (const std::string& ranges : change.ranges) rows.push_back({&change.values, &ranges});
  return rows;
}

std::vector<KnownPartition> rows_of(const detect::Manifest& manifest) {
  std::vector<KnownPartition> rows;
  for (const detect::Partition& partition : manifest.partitions)
    rows.push_back({&partition.values, &partition.ranges});
  return rows;
}

std::vector<KnownPartition> rows_of(const std::vector<detect::Consumed>& consumed) {
  std::vector<KnownPartition> rows;
  for (const detect::Consumed& partition : consumed)
    rows.push_back({&partition.values, &partition.ranges});
  return rows;
}

// Values of the key columns: points, one text per column, by the positions in the key that they
// give (an input need not decide all of them); or, where windows look across values of the one key
// column, an interval.
struct AffectedSet {
  std::map<std::vector<size_t>, std::set<std::vector<PartitionValue>>> points;
  size_t num_points() const {
    size_t count = 0;
    for (const auto& [positions, values] : points) count += values.size();
    return count;
  }
  bool is_interval = false;
  PartitionValue low, high;  // nullopt: open
};

using TextRows = std::vector<std::vector<PartitionValue>>;

Result<TextRows> fetch_texts(warehouse::Connection& engine, const std::string& query) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, engine.execute(query, true));
  TextRows rows;
  for (const auto& row : found.table.rows) {
    std::vector<PartitionValue> texts;
    for (const warehouse::Cell& cell : row) {
      const auto* text = std::get_if<std::string>(&cell);
      texts.push_back(text == nullptr ? PartitionValue() : PartitionValue(*text));
    }
    rows.push_back(std::move(texts));
  }
  return rows;
}

// Months differ in length: 31 March minus a month is 29 February, and a month later 29 March. An
// offset in months may therefore reach four days further than it says.
std::string moved_by(const std::string& value, const sql::BandEnd& end, std::string_view padding) {
  if (end.offset.empty()) return value;
  std::string moved = fmt::format("({} + {})", value, end.offset);
  return sql::has_months(end.offset) ? fmt::format("({} {} INTERVAL 4 DAYS)", moved, padding)
                                     : moved;
}

class Planner {
 public:
  Planner(const Specification& specification, const OutputKey& key,
          const std::vector<InputState>& inputs, warehouse::Connection& engine)
      : specification_(specification),
        key_(key),
        inputs_(inputs),
        engine_(engine),
        locality_(*specification.locality),
        scans_(scans_of_inputs(locality_, inputs)) {}

  // Whether changes of any partition reach a part of the result that the partition tells.
  bool follows_all_partitions() const {
    return std::all_of(scans_.begin(), scans_.end(), [this](const ScanOfInput& scan) {
      if (!is_partitioned(*scan.input)) return true;
      if (!is_local(scan)) return false;
      if (!key_.has_bands) return true;
      const std::vector<sql::Band> reached = bands(scan);
      return std::none_of(reached.begin(), reached.end(), [](const sql::Band& band) {
        return band.low.is_infinite || band.high.is_infinite;
      });
    });
  }
  std::set<std::string> not_followed() const {
    std::set<std::string> out;
    for (const ScanOfInput& scan : scans_)
      if (!is_local(scan)) out.insert(scan.input->name);
    return out;
  }
  // The scan of a changed input that the key is not local in; null: there is none.
  const ScanOfInput* foreign_scan(const std::set<std::string>& changed) const {
    for (const ScanOfInput& scan : scans_)
      if (changed.contains(scan.input->name) && !is_local(scan)) return &scan;
    return nullptr;
  }
  Result<AffectedSet> affected(
      const std::map<std::string, std::vector<detect::Change>>& changes) const;
  // Whether affected values are told by an interval: windows look across them, or a partition lies
  // between two.
  Result<bool> has_intervals() const;
  std::string predicate(const AffectedSet& set) const;
  Result<ReadSet> read_set(const InputState& input, const AffectedSet& set) const;

 private:
  // Positions in the key of the columns that are local in the scan.
  std::vector<size_t> local_positions(const ScanOfInput& scan) const {
    std::vector<size_t> out;
    if (!is_partitioned(*scan.input)) return out;
    for (size_t i = 0; i < key_.columns.size(); ++i) {
      const Dep* dep = partition_dep(locality_, scan, key_.columns[i]);
      if (dep == nullptr || (!dep->bands.empty() && !key_.has_bands)) continue;
      if (key_.columns.size() == 1 || !is_ranged(*dep, *scan.input)) out.push_back(i);
    }
    return out;
  }
  bool is_local(const ScanOfInput& scan) const { return !local_positions(scan).empty(); }
  // The column by whose range the partitions of the scan tell the key; empty: there is none.
  std::string range_column(const ScanOfInput& scan) const {
    if (key_.columns.size() != 1 || !is_local(scan)) return {};
    const Dep* dep = partition_dep(locality_, scan, key_.columns[0]);
    return is_ranged(*dep, *scan.input) ? dep->ordered_by : std::string();
  }
  std::string values_of(const ScanOfInput& scan, const std::vector<KnownPartition>& rows) const {
    return values_clause(*scan.input, rows, range_column(scan));
  }
  Result<bool> is_told_exactly(const ScanOfInput& scan) const;
  const warehouse::ColumnInfo& key_column(size_t i) const {
    return specification_.columns[key_.columns[i]];
  }
  // The type in which values of the key and offsets are added and compared.
  std::string range_type() const {
    const std::string& type = key_column(0).type;
    return type == "DATE" ? "TIMESTAMP" : type;
  }
  std::string key_value(const ScanOfInput& scan, size_t i) const {
    const Dep* dep = partition_dep(locality_, scan, key_.columns[i]);
    return fmt::format("CAST({} AS {})", dep->expr, key_column(i).type);
  }
  std::string key_texts(const ScanOfInput& scan, const std::vector<size_t>& positions) const {
    std::string list;
    for (const size_t i : positions)
      list += fmt::format("{}CAST({} AS VARCHAR)", list.empty() ? "" : ", ", key_value(scan, i));
    return list;
  }
  std::vector<sql::Band> bands(const ScanOfInput& scan) const {
    const Dep* dep = partition_dep(locality_, scan, key_.columns[0]);
    return dep->bands.empty() ? std::vector<sql::Band>(1) : dep->bands;
  }
  std::string range_end(const std::string& value, const sql::BandEnd& end,
                        std::string_view padding) const {
    return fmt::format("CAST({} AS {})", moved_by(value, end, padding), range_type());
  }
  std::string range_literal(const PartitionValue& value) const {
    return fmt::format("CAST({} AS {})", sql::quoted_literal(*value), range_type());
  }
  Result<AffectedSet> affected_interval(
      const std::map<std::string, std::vector<detect::Change>>& changes) const;
  std::string interval_predicate(const AffectedSet& set) const;
  std::string points_predicate(const AffectedSet& set) const;
  std::string points_predicate(const std::vector<size_t>& positions,
                               const std::set<std::vector<PartitionValue>>& points) const;
  bool needs_all(const ScanOfInput& scan, const AffectedSet& set) const;
  Result<std::set<size_t>> meeting_partitions(const ScanOfInput& scan,
                                              const AffectedSet& set) const;
  std::string meets_interval(const ScanOfInput& scan, const AffectedSet& set) const;

  const Specification& specification_;
  const OutputKey& key_;
  const std::vector<InputState>& inputs_;
  warehouse::Connection& engine_;
  const sql::Locality& locality_;
  std::vector<ScanOfInput> scans_;
};

// Whether each partition, now and before, has one value of the key.
Result<bool> Planner::is_told_exactly(const ScanOfInput& scan) const {
  for (const std::vector<KnownPartition>& rows :
       {rows_of(scan.input->now), rows_of(scan.input->consumed)}) {
    if (rows.empty()) continue;
    SLUICE_ASSIGN(
        const TextRows wide,
        fetch_texts(engine_, fmt::format("select CAST(position AS VARCHAR) from {0} group by "
                                         "position having min({1}) <> max({1}) limit 1",
                                         values_of(scan, rows), key_value(scan, 0))));
    if (!wide.empty()) return false;
  }
  return true;
}

Result<bool> Planner::has_intervals() const {
  if (key_.has_bands) return true;
  for (const ScanOfInput& scan : scans_) {
    if (range_column(scan).empty()) continue;
    SLUICE_ASSIGN(const bool is_exact, is_told_exactly(scan));
    if (!is_exact) return true;
  }
  return false;
}

Result<AffectedSet> Planner::affected(
    const std::map<std::string, std::vector<detect::Change>>& changes) const {
  if (changes.empty()) return AffectedSet();
  SLUICE_ASSIGN(const bool is_interval, has_intervals());
  if (is_interval) return affected_interval(changes);
  AffectedSet out;
  for (const ScanOfInput& scan : scans_) {
    const auto found = changes.find(scan.input->name);
    if (found == changes.end()) continue;
    const std::vector<size_t> positions = local_positions(scan);
    SLUICE_ASSIGN(
        TextRows rows,
        fetch_texts(engine_, fmt::format("select distinct {} from {}", key_texts(scan, positions),
                                         values_of(scan, rows_of(found->second)))));
    for (std::vector<PartitionValue>& row : rows) out.points[positions].insert(std::move(row));
  }
  return out;
}

// The hull of what all changed partitions reach.
Result<AffectedSet> Planner::affected_interval(
    const std::map<std::string, std::vector<detect::Change>>& changes) const {
  std::string reached;
  for (const ScanOfInput& scan : scans_) {
    const auto found = changes.find(scan.input->name);
    if (found == changes.end()) continue;
    const std::string value = key_value(scan, 0);
    for (const sql::Band& band : bands(scan)) {
      if (!reached.empty()) reached += " union all ";
      reached += fmt::format(
          "select {} as low, {} as high, {} as opens_below, {} as opens_above, ({} is null) as "
          "is_null from {}",
          band.low.is_infinite ? fmt::format("CAST(NULL AS {})", range_type())
                               : range_end(value, band.low, "-"),
          band.high.is_infinite ? fmt::format("CAST(NULL AS {})", range_type())
                                : range_end(value, band.high, "+"),
          band.low.is_infinite, band.high.is_infinite, value,
          values_of(scan, rows_of(found->second)));
    }
  }
  SLUICE_ASSIGN(
      const TextRows rows,
      fetch_texts(engine_,
                  fmt::format("select case when not bool_or(opens_below) then "
                              "CAST(min(low) AS VARCHAR) end, case when not "
                              "bool_or(opens_above) then CAST(max(high) AS VARCHAR) end, "
                              "case when bool_or(is_null) then 'null' end from ({}) reached",
                              reached)));
  AffectedSet out;
  out.is_interval = true;
  out.low = rows.at(0).at(0);
  out.high = rows.at(0).at(1);
  // Where NULL stands among ordered rows no interval says: everything is affected.
  if (rows.at(0).at(2)) out.low = out.high = std::nullopt;
  return out;
}

std::string Planner::predicate(const AffectedSet& set) const {
  return set.is_interval ? interval_predicate(set) : points_predicate(set);
}

std::string Planner::interval_predicate(const AffectedSet& set) const {
  const std::string first = quoted_identifier(key_column(0).name);
  std::string out;
  if (set.low) out += fmt::format("{} >= {}", first, range_literal(set.low));
  if (set.high)
    out += fmt::format("{}{} <= {}", out.empty() ? "" : " AND ", first, range_literal(set.high));
  // NULLs stand behind or before all other values: what reaches an end reaches them.
  const bool is_open = !set.low || !set.high;
  return is_open ? fmt::format("({} OR {} IS NULL)", out, first) : out;
}

std::string Planner::points_predicate(const AffectedSet& set) const {
  std::string out;
  for (const auto& [positions, points] : set.points)
    out += (out.empty() ? "" : " OR ") + points_predicate(positions, points);
  if (out.empty()) return "FALSE";
  return set.points.size() > 1 ? "(" + out + ")" : out;
}

std::string Planner::points_predicate(const std::vector<size_t>& positions,
                                      const std::set<std::vector<PartitionValue>>& points) const {
  std::string list, others;  // single values that are not NULL, and all else
  for (const std::vector<PartitionValue>& point : points) {
    if (point.size() == 1 && point[0]) {
      list +=
          (list.empty() ? "" : ", ") + sql::typed_literal(point[0], key_column(positions[0]).type);
      continue;
    }
    std::string row;
    for (size_t i = 0; i < point.size(); ++i) {
      const warehouse::ColumnInfo& column = key_column(positions[i]);
      row += fmt::format("{}{} IS NOT DISTINCT FROM {}", i == 0 ? "" : " AND ",
                         quoted_identifier(column.name), sql::typed_literal(point[i], column.type));
    }
    others += fmt::format("{}({})", others.empty() ? "" : " OR ", row);
  }
  if (list.empty()) return others.empty() ? "FALSE" : "(" + others + ")";
  list = fmt::format("{} IN ({})", quoted_identifier(key_column(positions[0]).name), list);
  return others.empty() ? list : fmt::format("({} OR {})", list, others);
}

// Whether what a partition reaches meets the interval, of the rows of one partition; a NULL may
// stand anywhere.
std::string Planner::meets_interval(const ScanOfInput& scan, const AffectedSet& set) const {
  const std::string value = key_value(scan, 0);
  std::string any = fmt::format("bool_or({} is null)", value);
  for (const sql::Band& band : bands(scan)) {
    std::string both = "true";
    if (set.low && !band.high.is_infinite)
      both += fmt::format(" and max({}) >= {}", range_end(value, band.high, "+"),
                          range_literal(set.low));
    if (set.high && !band.low.is_infinite)
      both += fmt::format(" and min({}) <= {}", range_end(value, band.low, "-"),
                          range_literal(set.high));
    any += fmt::format(" or ({})", both);
  }
  return any;
}

// The partitions of the input that decide rows of the affected set.
Result<std::set<size_t>> Planner::meeting_partitions(const ScanOfInput& scan,
                                                     const AffectedSet& set) const {
  std::set<size_t> out;
  const detect::Manifest& manifest = scan.input->now;
  if (manifest.partitions.empty()) return out;
  const std::string from = values_of(scan, rows_of(manifest));
  const auto add = [&](const std::string& query,
                       const std::set<std::vector<PartitionValue>>* points) -> Status {
    SLUICE_ASSIGN(TextRows rows, fetch_texts(engine_, query));
    for (std::vector<PartitionValue>& row : rows) {
      const size_t position = std::stoul(row[0].value_or("0"));
      row.erase(row.begin());
      if (points == nullptr || points->contains(row)) out.insert(position);
    }
    return {};
  };
  if (set.is_interval) {
    SLUICE_TRY(
        add(fmt::format("select CAST(position AS VARCHAR) from {} group by position having {}",
                        from, meets_interval(scan, set)),
            nullptr));
    return out;
  }
  for (const auto& [positions, points] : set.points)
    SLUICE_TRY(add(fmt::format("select CAST(position AS VARCHAR), {} from {}",
                               key_texts(scan, positions), from),
                   &points));
  return out;
}

// Whether the scan decides nothing of some affected rows by its partitions: it is read whole then.
bool Planner::needs_all(const ScanOfInput& scan, const AffectedSet& set) const {
  const std::vector<size_t> local = local_positions(scan);
  if (set.is_interval) return local.empty();
  return std::any_of(set.points.begin(), set.points.end(), [&local](const auto& entry) {
    return !std::includes(local.begin(), local.end(), entry.first.begin(), entry.first.end());
  });
}

Result<ReadSet> Planner::read_set(const InputState& input, const AffectedSet& set) const {
  ReadSet out;
  out.input = input.name;
  std::set<size_t> wanted;
  bool is_whole = false;
  for (const ScanOfInput& scan : scans_) {
    if (scan.input != &input) continue;
    if (needs_all(scan, set)) {
      is_whole = true;
      break;
    }
    SLUICE_ASSIGN(const std::set<size_t> meeting, meeting_partitions(scan, set));
    wanted.insert(meeting.begin(), meeting.end());
  }
  out.is_whole = is_whole || wanted.size() == input.now.partitions.size();
  if (out.is_whole) {
    out.bytes = bytes_of(input);
    return out;
  }
  out.partitions.assign(wanted.begin(), wanted.end());
  for (const size_t position : out.partitions) out.bytes += input.now.partitions[position].bytes;
  return out;
}

Maintenance full(const OutputKey& key, const std::vector<InputState>& inputs) {
  Maintenance out;
  out.key = key;
  for (const InputState& input : inputs)
    out.reads.push_back({input.name, true, {}, bytes_of(input)});
  return out;
}

void explain_loss(const sql::Locality& locality, const ScanOfInput& scan, Maintenance& out) {
  const std::string& name = scan.input->name;
  const std::optional<sql::Loss>& loss = locality.scans[scan.scan].loss;
  if (!is_partitioned(*scan.input)) {
    out.code = "INPUT_NOT_PARTITIONED";
    out.reason = fmt::format("\"{}\" has changed and has no partitions", name);
  } else if (loss) {
    out.code = sql::loss_code(loss->reason);
    out.reason =
        fmt::format("changes of \"{}\" cannot be followed through the {}", name, loss->operation);
    out.remedy = remedy_for(loss->reason);
    out.place = loss->place;
  } else {
    out.code = "KEY_NOT_IN_RESULT";
    out.reason = fmt::format(
        "no column of the result is an expression of the partition columns of \"{}\"", name);
    out.remedy = "select the partition column, or an expression of it";
  }
}

}  // namespace

bool is_repartitioned(const InputState& input) {
  return input.consumed_columns && !input.consumed.empty() &&
         *input.consumed_columns != input.now.columns;
}

std::string_view tier_name(Tier tier) {
  switch (tier) {
    case Tier::kSkip:
      return "skip";
    case Tier::kPartition:
      return "partition";
    case Tier::kBand:
      return "band";
    case Tier::kProbe:
      return "probe";
    case Tier::kDelta:
      return "delta";
    case Tier::kStages:
      return "stages";
    case Tier::kKeys:
      return "keys";
    case Tier::kFull:
      return "full";
  }
  return "";
}

namespace {

// A column of the result that the table could be partitioned by.
struct Candidate {
  size_t column = 0;
  uint64_t bytes = 0;  // of the scans that it is local in, and one for each
  bool has_bands = false;
  bool is_ranged = false;   // by what the columns of files lie between
  bool is_identity = true;  // a column as it is
  std::set<std::pair<size_t, std::string>> partition_columns = {};  // scan, column
};

Candidate make_candidate(const sql::Locality& locality, const std::vector<ScanOfInput>& scans,
                         size_t column) {
  Candidate out;
  out.column = column;
  for (const ScanOfInput& scan : scans) {
    const Dep* dep = is_partitioned(*scan.input) ? partition_dep(locality, scan, column) : nullptr;
    if (dep == nullptr) continue;
    out.bytes += bytes_of(*scan.input) + 1;
    out.has_bands = out.has_bands || !dep->bands.empty();
    out.is_ranged = out.is_ranged || is_ranged(*dep, *scan.input);
    for (const std::string& name : dep->columns) out.partition_columns.emplace(scan.scan, name);
    out.is_identity = out.is_identity && dep->columns.size() == 1 &&
                      dep->expr == quoted_identifier(*dep->columns.begin());
  }
  return out;
}

// Most bytes, then exact, then by what paths say, then plain columns, then most partition columns,
// then as selected.
bool is_better(const Candidate& a, const Candidate& b) {
  if (a.bytes != b.bytes) return a.bytes > b.bytes;
  if (a.has_bands != b.has_bands) return b.has_bands;
  if (a.is_ranged != b.is_ranged) return b.is_ranged;
  if (a.is_identity != b.is_identity) return a.is_identity;
  return a.partition_columns.size() > b.partition_columns.size();
}

}  // namespace

OutputKey choose_key(const Specification& specification, const std::vector<InputState>& inputs) {
  OutputKey key;
  if (!specification.locality) return key;
  const std::vector<ScanOfInput> scans = scans_of_inputs(*specification.locality, inputs);
  std::vector<Candidate> candidates;
  for (size_t column = 0; column < specification.locality->width; ++column)
    if (Candidate candidate = make_candidate(*specification.locality, scans, column);
        candidate.bytes > 0)
      candidates.push_back(std::move(candidate));
  std::stable_sort(candidates.begin(), candidates.end(), is_better);
  // Further columns where they tell partitions that those before do not.
  std::set<std::pair<size_t, std::string>> covered;
  for (const Candidate& candidate : candidates) {
    const std::set<std::pair<size_t, std::string>>& own = candidate.partition_columns;
    const bool adds = !std::includes(covered.begin(), covered.end(), own.begin(), own.end());
    const bool is_plain =
        !candidate.has_bands && !candidate.is_ranged && !candidates.front().is_ranged;
    const bool fits = key.columns.empty() ||
                      (is_plain && !key.has_bands && candidate.bytes == candidates.front().bytes);
    if (!adds || !fits) continue;
    key.columns.push_back(candidate.column);
    key.has_bands = candidate.has_bands;
    covered.insert(own.begin(), own.end());
  }
  return key;
}

bool has_bands(const Specification& specification, const std::vector<InputState>& inputs,
               const OutputKey& key) {
  if (!specification.locality || key.columns.empty()) return false;
  for (const ScanOfInput& scan : scans_of_inputs(*specification.locality, inputs)) {
    if (!is_partitioned(*scan.input)) continue;
    const Dep* dep = partition_dep(*specification.locality, scan, key.columns.front());
    if (dep != nullptr && !dep->bands.empty()) return true;
  }
  return false;
}

bool follows_partitions(const Specification& specification, const std::vector<InputState>& inputs,
                        const OutputKey& key, warehouse::Connection& engine) {
  return Planner(specification, key, inputs, engine).follows_all_partitions();
}

std::set<std::string> inputs_not_followed(const Specification& specification,
                                          const std::vector<InputState>& inputs,
                                          const OutputKey& key, warehouse::Connection& engine) {
  return Planner(specification, key, inputs, engine).not_followed();
}

namespace {

std::string reason_for(const Specification& specification, const OutputKey& key,
                       const AffectedSet& affected) {
  if (key.has_bands) return "windows look across partitions: recomputes what the changes reach";
  if (affected.is_interval)
    return fmt::format("recomputes {} from {} to {}, as the changed files say",
                       specification.columns[key.columns[0]].name,
                       affected.low.value_or("the first"), affected.high.value_or("the last"));
  return fmt::format("recomputes {} partition{}", affected.num_points(),
                     affected.num_points() == 1 ? "" : "s");
}

}  // namespace

Result<Maintenance> plan_partition(const Specification& specification, const OutputKey& key,
                                   const std::vector<InputState>& inputs,
                                   const std::vector<PartitionValue>& values,
                                   warehouse::Connection& engine) {
  Maintenance out = full(key, inputs);
  AffectedSet affected;
  affected.is_interval = key.has_bands;
  if (key.has_bands && !values.at(0)) return out;
  if (key.has_bands) {
    affected.low = affected.high = values.at(0);
  } else {
    std::vector<size_t> positions(key.columns.size());
    std::iota(positions.begin(), positions.end(), size_t{0});
    affected.points[positions].insert(values);
  }
  const Planner planner(specification, key, inputs, engine);
  out.tier = key.has_bands ? Tier::kBand : Tier::kPartition;
  out.affected = planner.predicate(affected);
  out.reads.clear();
  for (const InputState& input : inputs) {
    SLUICE_ASSIGN(ReadSet reads, planner.read_set(input, affected));
    out.reads.push_back(std::move(reads));
  }
  return out;
}

Maintenance nothing_to_do() {
  Maintenance out;
  out.tier = Tier::kSkip;
  out.code = "NOTHING_CHANGED";
  out.reason = "nothing that it reads has changed";
  return out;
}

namespace {

// Whether no analysis says what the changes touch; tells why.
bool cannot_be_followed(const Specification& specification, const std::vector<InputState>& inputs,
                        Maintenance& out) {
  for (const InputState& input : inputs) {
    if (!is_repartitioned(input)) continue;
    out.code = "PARTITIONS_TOLD_DIFFERENTLY";
    out.reason =
        fmt::format("the partitions of \"{}\" are told by other columns than before", input.name);
    return true;
  }
  if (specification.locality) return false;
  out.code = "UNSUPPORTED";
  out.reason = fmt::format("the query holds {}", specification.unsupported);
  out.place = specification.unsupported_place;
  return true;
}

// The partitions that are to be seen as changed and are not changed anyway.
void add_touched(const InputState& input, std::vector<detect::Change>& changes) {
  std::set<std::vector<PartitionValue>> known;
  for (const detect::Change& change : changes) known.insert(change.values);
  for (const size_t position : input.touched) {
    const detect::Partition& partition = input.now.partitions[position];
    if (known.insert(partition.values).second)
      changes.push_back({detect::Change::Kind::kReplaced, partition.values, {partition.ranges}});
  }
}

struct InputChanges {
  std::map<std::string, std::vector<detect::Change>> of_partitions;  // by input
  std::set<std::string> inputs;                                      // of these
  bool is_probed = false;  // others changed whose effect is among these
};

InputChanges changes_of(const std::vector<InputState>& inputs,
                        std::vector<std::string>& changed_inputs) {
  InputChanges out;
  for (const InputState& input : inputs) {
    std::vector<detect::Change> found = detect::changes_between(input.consumed, input.now);
    if (!found.empty()) changed_inputs.push_back(input.name);
    out.is_probed = out.is_probed || (input.is_probed && !found.empty());
    if (input.is_probed) found.clear();
    add_touched(input, found);
    if (found.empty()) continue;
    out.inputs.insert(input.name);
    out.of_partitions.emplace(input.name, std::move(found));
  }
  return out;
}

}  // namespace

Result<Maintenance> plan_maintenance(const Specification& specification, const OutputKey& key,
                                     const std::vector<InputState>& inputs,
                                     warehouse::Connection& engine) {
  Maintenance out = full(key, inputs);
  const auto [changes, changed, is_probed] = changes_of(inputs, out.changed_inputs);
  if (changed.empty() && !is_probed) return nothing_to_do();
  if (cannot_be_followed(specification, inputs, out)) return out;
  const Planner planner(specification, key, inputs, engine);
  if (const ScanOfInput* scan = planner.foreign_scan(changed)) {
    explain_loss(*specification.locality, *scan, out);
    return out;
  }
  SLUICE_ASSIGN(const AffectedSet affected, planner.affected(changes));
  if (affected.is_interval && !affected.low && !affected.high) {
    out.code = key.has_bands ? "WINDOW_OVER_EVERYTHING" : "NULL_PARTITION";
    out.reason = key.has_bands ? "the windows carry the changes through all rows"
                               : "a partition without a value of the key has changed";
    return out;
  }
  out.tier = is_probed ? Tier::kProbe : key.has_bands ? Tier::kBand : Tier::kPartition;
  out.code = is_probed ? "PROBE" : key.has_bands ? "BAND" : "PARTITION";
  out.affected = planner.predicate(affected);
  out.reads.clear();
  for (const InputState& input : inputs) {
    SLUICE_ASSIGN(ReadSet reads, planner.read_set(input, affected));
    out.reads.push_back(std::move(reads));
  }
  out.reason = reason_for(specification, key, affected);
  return out;
}

}  // namespace sluice::plan
