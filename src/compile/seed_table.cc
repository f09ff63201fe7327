// load_agate_table(): a seed's CSV as a table, its column types inferred as dbt (agate) infers them: integer, number,
// date, datetime, boolean, text – the first that fits every value; '' and 'null' are null.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compile/node_context.h"
#include "compile/result_table.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

enum class SeedType : uint8_t { kInteger, kNumber, kDate, kDateTime, kBoolean, kText };
constexpr std::array<std::string_view, 6> kSeedTypeNames = {"integer", "number", "date", "datetime", "boolean", "text"};

using CsvRow = std::vector<std::string>;

Error csv_error(const Node& node, uint32_t line, std::string message, std::string hint) {
  Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
  error.add_span({node.original_file_path, line, 0, 0, 0}).set_node(node.unique_id);
  return error;
}

// RFC 4180 with a chosen delimiter; quoted fields may hold delimiters, newlines and doubled quotes.
Result<std::vector<CsvRow>> parse_csv(const Node& node, std::string_view text, char delimiter) {
  std::vector<CsvRow> rows;
  CsvRow row;
  std::string field;
  bool quoted = false, any = false;
  uint32_t line = 1, quote_line = 0;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  auto end_row = [&] {
    if (!any && row.empty() && field.empty()) return;  // blank line
    row.push_back(std::move(field));
    field.clear();
    rows.push_back(std::move(row));
    row.clear();
    any = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') field += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') field += text[++i];
      else quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = any = true;
      quote_line = line;
    } else if (c == delimiter) {
      row.push_back(std::move(field));
      field.clear();
      any = true;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
      any = true;
    }
  }
  if (quoted) return fail(csv_error(node, quote_line, "a quoted field is never closed", "add the missing double quote"));
  end_row();
  return rows;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

bool is_null(std::string_view text) {
  text = trim(text);
  if (text.empty()) return true;
  return text.size() == 4 && std::equal(text.begin(), text.end(), "null", [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string lower(trim(text));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

bool digits_at(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return false;
  return std::all_of(text.begin() + static_cast<long>(at), text.begin() + static_cast<long>(at + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

int number_at(std::string_view text, size_t at, size_t count) {
  int out = 0;
  for (size_t i = at; i < at + count; ++i) out = out * 10 + (text[i] - '0');
  return out;
}

// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant's days_from_civil).
int32_t days_from_civil(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  int era = (year >= 0 ? year : year - 399) / 400;
  int year_of_era = year - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::optional<int32_t> parse_date(std::string_view text) {
  text = trim(text);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!digits_at(text, 0, 4) || !digits_at(text, 5, 2) || !digits_at(text, 8, 2)) return std::nullopt;
  int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12) return std::nullopt;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  int last = kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  if (day < 1 || day > last) return std::nullopt;
  return days_from_civil(year, month, day);
}

// "2025-01-31 10:00:00" or "2025-01-31T10:00:00[.ffffff][Z]".
std::optional<int64_t> parse_datetime(std::string_view text) {
  text = trim(text);
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  auto date = parse_date(text.substr(0, 10));
  if (!date || !digits_at(text, 11, 2) || !digits_at(text, 14, 2) || !digits_at(text, 17, 2)) return std::nullopt;
  if (text[13] != ':' || text[16] != ':') return std::nullopt;
  int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  int64_t micros = ((static_cast<int64_t>(*date) * 24 + hour) * 60 + minute) * 60 + second;
  micros *= 1000000;
  std::string_view rest = text.substr(19);
  if (!rest.empty() && rest[0] == '.') {
    int64_t unit = 100000;
    rest.remove_prefix(1);
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
      micros += (rest[0] - '0') * unit;
      unit /= 10;
      rest.remove_prefix(1);
    }
  }
  if (!rest.empty() && rest != "Z") return std::nullopt;
  return micros;
}

bool is_number(std::string_view text) { return jinja::parse_float(trim(text)).has_value(); }

bool is_integer(std::string_view text) {
  text = trim(text);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && digits_at(text, 0, text.size());
}

bool fits(SeedType type, std::string_view text) {
  switch (type) {
    case SeedType::kInteger: return is_integer(text);
    case SeedType::kNumber: return is_number(text);
    case SeedType::kDate: return parse_date(text).has_value();
    case SeedType::kDateTime: return parse_datetime(text).has_value();
    case SeedType::kBoolean: return parse_boolean(text).has_value();
    case SeedType::kText: return true;
  }
  return true;
}

SeedType infer(const std::vector<CsvRow>& rows, size_t column) {
  for (SeedType type : {SeedType::kInteger, SeedType::kNumber, SeedType::kDate, SeedType::kDateTime, SeedType::kBoolean}) {
    bool all = true;
    for (size_t i = 1; i < rows.size() && all; ++i) all = is_null(rows[i][column]) || fits(type, rows[i][column]);
    if (all) return type;
  }
  return SeedType::kText;
}

warehouse::Cell cell_of(SeedType type, const std::string& text) {
  if (is_null(text)) return std::monostate{};
  switch (type) {
    case SeedType::kInteger:
      if (auto value = jinja::parse_int(trim(text)); value && value->is_int()) return value->as_int();
      return warehouse::Decimal{std::string(trim(text))};
    case SeedType::kNumber: return warehouse::Decimal{std::string(trim(text))};
    case SeedType::kDate: return warehouse::DateDays{*parse_date(text)};
    case SeedType::kDateTime: return warehouse::TimestampMicros{*parse_datetime(text), false};
    case SeedType::kBoolean: return *parse_boolean(text);
    case SeedType::kText: return text;
  }
  return text;
}

char delimiter_of(const Node& node) {
  const Value* value = node.config.is_dict() ? node.config.as_dict().find("delimiter") : nullptr;
  if (value && value->is_string() && !value->as_string().empty()) return value->as_string()[0];
  return ',';
}

Result<Value> load_agate_table(Interpreter& interpreter, const CallArgs&) {
  NodeContext& ctx = NodeContext::of(interpreter);
  if (!ctx.node || ctx.node->type != ResourceType::kSeed)
    return fail(ErrorCode::kJinjaRuntime, "load_agate_table() can only be called from a seed");
  const Node& node = *ctx.node;
  SLUICE_ASSIGN(std::string text, ctx.shared.options.fs->read(join_path(node.root_path, node.original_file_path)));
  SLUICE_ASSIGN(std::vector<CsvRow> rows, parse_csv(node, text, delimiter_of(node)));
  if (rows.empty()) return fail(csv_error(node, 1, "the seed file is empty", "its first line names the columns"));
  size_t width = rows[0].size();
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() > width)
      return fail(csv_error(node, static_cast<uint32_t>(i + 1),
                            fmt::format("row {} has {} values, but there are {} columns", i, rows[i].size(), width),
                            "quote values that hold the delimiter"));
    rows[i].resize(width);
  }
  const Value* column_types = node.config.as_dict().find("column_types");
  warehouse::ResultTable table;
  std::vector<SeedType> types;
  for (size_t column = 0; column < width; ++column) {
    bool declared = column_types && column_types->is_dict() && column_types->as_dict().find(rows[0][column]);
    types.push_back(declared ? SeedType::kText : infer(rows, column));
    table.columns.push_back({rows[0][column], std::string(kSeedTypeNames[static_cast<size_t>(types.back())])});
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<warehouse::Cell> cells;
    for (size_t column = 0; column < width; ++column) cells.push_back(cell_of(types[column], rows[i][column]));
    table.rows.push_back(std::move(cells));
  }
  return make_result_table(table);
}

}  // namespace

Value make_load_agate_table() { return jinja::make_function("load_agate_table", load_agate_table); }

}  // namespace sluice::compile
