#include "detect/ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/json.h"
#include "sql/expression_text.h"

namespace sluice::detect {
namespace {

bool is_integer_type(std::string_view type) {
  return type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT";
}

std::optional<int64_t> integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether the text has digits where `shape` has 0 and else the same characters.
bool has_shape(std::string_view text, std::string_view shape) {
  return text.size() == shape.size() &&
         std::equal(text.begin(), text.end(), shape.begin(), [](char c, char wanted) {
           return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
         });
}

constexpr std::string_view kDateShape = "0000-00-00";
constexpr std::string_view kSecondShape = "0000-00-00 00:00:00";

// Texts of this shape are ordered as their values are.
bool is_value_of(std::string_view text, std::string_view type) {
  if (type == "DATE") return has_shape(text, kDateShape);
  if (type == "TIMESTAMP") {
    if (!has_shape(text.substr(0, kSecondShape.size()), kSecondShape)) return false;
    const std::string_view fraction = text.substr(kSecondShape.size());
    return fraction.empty() || (fraction.front() == '.' && fraction.size() > 1 &&
                                std::all_of(fraction.begin() + 1, fraction.end(),
                                            [](char c) { return c >= '0' && c <= '9'; }));
  }
  return is_integer_type(type) && integer(text).has_value();
}

// How Parquet stores such values: a date that stands there as text is another matter.
bool is_stored_as(std::string_view physical, std::string_view type) {
  if (type == "DATE") return physical == "INT32";
  if (type == "TIMESTAMP") return physical == "INT64";
  return physical == "INT32" || physical == "INT64";
}

// A range of integers tells little where it is more than one value: identifiers lie anywhere.
bool is_worth_keeping(const ValueRange& range, std::string_view type) {
  return !is_integer_type(type) || range.least == range.greatest;
}

bool is_less(const std::string& a, const std::string& b) {
  const std::optional<int64_t> first = integer(a), second = integer(b);
  return first && second ? *first < *second : a < b;
}

void widen(ValueRange& range, const ValueRange& other) {
  if (is_less(other.least, range.least)) range.least = other.least;
  if (is_less(range.greatest, other.greatest)) range.greatest = other.greatest;
}

const std::string* text_of(const warehouse::Cell& cell) { return std::get_if<std::string>(&cell); }

// What is known of the columns of one file while its row groups are gone through.
struct FileRanges {
  ValueRanges ranges;
  std::set<std::string> unknown;
};

using Columns = std::map<std::string, std::string>;  // name, type

Columns columns_with_ranges(const std::vector<warehouse::ColumnInfo>& columns,
                            const Manifest& manifest) {
  Columns out;
  for (const warehouse::ColumnInfo& column : columns) {
    const bool is_wanted =
        column.type == "DATE" || column.type == "TIMESTAMP" || is_integer_type(column.type);
    const bool is_in_path = std::find(manifest.columns.begin(), manifest.columns.end(),
                                      column.name) != manifest.columns.end();
    if (is_wanted && !is_in_path) out.emplace(column.name, column.type);
  }
  return out;
}

// A row of what the footers say: file, column, how it is stored, least, greatest, NULLs.
void take_row_group(const std::vector<warehouse::Cell>& row, const Columns& columns,
                    std::map<std::string, FileRanges>& files) {
  const std::string& name = *text_of(row[1]);
  const std::string& type = columns.at(name);
  FileRanges& file = files[*text_of(row[0])];
  const std::string* physical = text_of(row[2]);
  const std::string* least = text_of(row[3]);
  const std::string* greatest = text_of(row[4]);
  const auto* nulls = std::get_if<int64_t>(&row[5]);
  const bool is_known = physical != nullptr && least != nullptr && greatest != nullptr &&
                        nulls != nullptr && *nulls == 0 && is_stored_as(*physical, type) &&
                        is_value_of(*least, type) && is_value_of(*greatest, type);
  const ValueRange range = is_known ? ValueRange{*least, *greatest} : ValueRange();
  if (!is_known || !is_worth_keeping(range, type)) {
    file.unknown.insert(name);
    return;
  }
  const auto [found, is_first] = file.ranges.emplace(name, range);
  if (is_first) return;
  widen(found->second, range);
  if (!is_worth_keeping(found->second, type)) file.unknown.insert(name);
}

Status read_footers(const std::vector<std::string>& paths, const Columns& columns,
                    FileListing& listing, warehouse::Connection& connection) {
  std::string path_list, column_list;
  for (const std::string& path : paths)
    path_list += (path_list.empty() ? "" : ", ") + sql::quoted_literal(path);
  for (const auto& [name, type] : columns)
    column_list += (column_list.empty() ? "" : ", ") + sql::quoted_literal(name);
  const Result<warehouse::StatementResult> found = connection.execute(
      fmt::format("select file_name, path_in_schema, \"type\", stats_min_value, stats_max_value, "
                  "stats_null_count from parquet_metadata([{}]) where path_in_schema in ({}) and "
                  "row_group_num_rows > 0",
                  path_list, column_list),
      true);
  if (!found)
    return fail(found.error().code(), found.error().message(),
                found.error().hint().empty()
                    ? "is it still being written? let files get their name once they are complete; "
                      "else write it again or remove it"
                    : found.error().hint());
  std::map<std::string, FileRanges> files;
  for (const auto& row : found->table.rows) take_row_group(row, columns, files);
  for (const std::string& path : paths) {
    FileRanges& file = files[path];
    for (const std::string& name : file.unknown) file.ranges.erase(name);
    listing.records.at(path).ranges = ranges_text(file.ranges);
  }
  return {};
}

bool tells_ranges(const FileReader& reader) {
  if (reader.has_options) return false;
  if (reader.function.empty())
    return std::all_of(reader.patterns.begin(), reader.patterns.end(),
                       [](const std::string& path) { return path.ends_with(".parquet"); });
  return reader.function == "read_parquet" || reader.function == "parquet_scan";
}

// A partition lies between the values that all of its files lie between.
std::string ranges_of(const Partition& partition, const FileRecords& records) {
  std::optional<ValueRanges> all;
  for (const std::string& path : partition.files) {
    const ValueRanges own = parse_ranges(records.at(path).ranges);
    if (!all) {
      all = own;
      continue;
    }
    for (auto entry = all->begin(); entry != all->end();) {
      const auto found = own.find(entry->first);
      if (found == own.end()) {
        entry = all->erase(entry);
        continue;
      }
      widen(entry->second, found->second);
      ++entry;
    }
  }
  return ranges_text(all.value_or(ValueRanges()));
}

}  // namespace

std::string ranges_text(const ValueRanges& ranges) {
  JsonWriter writer;
  writer.begin_object();
  for (const auto& [name, range] : ranges) {
    writer.key(name).begin_array();
    writer.string(range.least).string(range.greatest);
    writer.end_array();
  }
  writer.end_object();
  return writer.take();
}

ValueRanges parse_ranges(std::string_view text) {
  ValueRanges out;
  const Result<Json> parsed = parse_json(text);
  if (!parsed) return out;
  for (const auto& [name, range] : parsed->fields)
    if (range.items.size() == 2)
      out.emplace(name, ValueRange{range.items[0].text, range.items[1].text});
  return out;
}

Status add_ranges(FileListing& listing, const FileReader& reader,
                  const std::vector<warehouse::ColumnInfo>& columns, const FileRecords& known,
                  warehouse::Connection& connection) {
  const Columns wanted = columns_with_ranges(columns, listing.manifest);
  if (!tells_ranges(reader) || wanted.empty()) return {};
  std::vector<std::string> unread;
  for (auto& [path, record] : listing.records) {
    const auto found = known.find(path);
    if (found != known.end() && found->second.content == record.content &&
        !found->second.ranges.empty())
      record.ranges = found->second.ranges;
    else
      unread.push_back(path);
  }
  if (!unread.empty()) SLUICE_TRY(read_footers(unread, wanted, listing, connection));
  for (Partition& partition : listing.manifest.partitions)
    partition.ranges = ranges_of(partition, listing.records);
  return {};
}

}  // namespace sluice::detect
