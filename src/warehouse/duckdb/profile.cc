#include "warehouse/duckdb/profile.h"

#include <charconv>
#include <utility>

namespace sluice::warehouse {
namespace {

std::string info_text(duckdb_profiling_info info, const char* key) {
  const ValueHandle value(duckdb_profiling_info_get_value(info, key));
  return value ? take_string(duckdb_get_varchar(value.get())) : std::string();
}

uint64_t to_number(const std::string& text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Reads one key or value of a map's text from `at` on, up to one of `ends` when it is not quoted.
std::string read_part(std::string_view text, size_t& at, std::string_view ends) {
  std::string part;
  if (at < text.size() && text[at] == '\'') {
    for (++at; at < text.size() && text[at] != '\''; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      part += text[at];
    }
    ++at;
    return part;
  }
  while (at < text.size() && ends.find(text[at]) == std::string_view::npos) part += text[at++];
  return part;
}

std::string value_or_empty(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

void add_scan(duckdb_profiling_info info, ScanTally& tally, bool& read_files) {
  const auto extra = parse_map_text(info_text(info, "EXTRA_INFO"));
  const uint64_t scanned = to_number(info_text(info, "OPERATOR_ROWS_SCANNED"));
  const std::string filters =
      value_or_empty(extra, "Filters") + "\n" + value_or_empty(extra, "Dynamic Filters");
  if (const auto table = extra.find("Table"); table != extra.end()) {
    tally.table_scans.push_back(
        {table->second, {split_lines(value_or_empty(extra, "Projections")), filters}, scanned});
    return;
  }
  if (!extra.contains("Total Files Read"))
    return;  // range(), VALUES and the like read nothing that lasts
  read_files = true;
  const std::string function = value_or_empty(extra, "Function");
  const bool parquet = !function.starts_with("READ_CSV") && !function.starts_with("READ_JSON") &&
                       !function.starts_with("READ_NDJSON") && !function.starts_with("READ_TEXT") &&
                       !function.starts_with("READ_BLOB");
  const uint64_t rows = to_number(info_text(info, "OPERATOR_CARDINALITY"));
  tally.file_scans.push_back({rows, to_number(value_or_empty(extra, "Total Files Read")),
                              value_or_empty(extra, "Filename(s)"), parquet});
}

void walk(duckdb_profiling_info info, ScanTally& tally, bool& read_files) {
  if (info_text(info, "OPERATOR_TYPE") == "TABLE_SCAN") add_scan(info, tally, read_files);
  const idx_t num_children = duckdb_profiling_info_get_child_count(info);
  for (idx_t i = 0; i < num_children; ++i)
    walk(duckdb_profiling_info_get_child(info, i), tally, read_files);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

}  // namespace

std::map<std::string, std::string> parse_map_text(std::string_view text) {
  std::map<std::string, std::string> map;
  if (text.size() < 2 || text.front() != '{') return map;
  text = text.substr(1, text.size() - 2);
  size_t at = 0;
  while (at < text.size()) {
    std::string key = read_part(text, at, "=");
    ++at;  // '='
    map[std::move(key)] = read_part(text, at, ",");
    while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
  }
  return map;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end != 0) lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool add_profile(duckdb_connection connection, ScanTally& tally) {
  bool read_files = false;
  const duckdb_profiling_info info = duckdb_get_profiling_info(connection);
  if (info != nullptr) walk(info, tally, read_files);
  return read_files;
}

bool names_column(std::string_view expression, std::string_view name) {
  if (name.empty()) return false;
  bool in_string = false;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\'') in_string = !in_string;
    if (in_string || expression.substr(i, name.size()) != name) continue;
    const bool starts = i == 0 || !is_word(expression[i - 1]);
    const size_t end = i + name.size();
    if (starts && (end == expression.size() || !is_word(expression[end]))) return true;
  }
  return false;
}

uint64_t type_width(std::string_view type) {
  if (type.starts_with("DECIMAL(")) {
    const uint64_t digits = to_number(std::string(type.substr(8)));
    constexpr std::pair<uint64_t, uint64_t> kSteps[] = {{4, 2}, {9, 4}, {18, 8}};
    for (const auto& [most, width] : kSteps) {
      if (digits <= most) return width;
    }
    return 16;
  }
  static const std::map<std::string_view, uint64_t> kWidths = {
      {"BOOLEAN", 1},   {"TINYINT", 1}, {"UTINYINT", 1}, {"SMALLINT", 2},
      {"USMALLINT", 2}, {"INTEGER", 4}, {"UINTEGER", 4}, {"FLOAT", 4},
      {"DATE", 4},      {"BIGINT", 8},  {"UBIGINT", 8},  {"DOUBLE", 8}};
  if (const auto known = kWidths.find(type); known != kWidths.end()) return known->second;
  return type.starts_with("TIME") ? 8 : 16;
}

}  // namespace sluice::warehouse
