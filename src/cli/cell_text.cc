#include "cli/cell_text.h"

#include <fmt/format.h>

#include <type_traits>
#include <variant>

#include "base/clock.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

using jinja::Value;
using warehouse::Cell;

constexpr int64_t kMicrosPerDay = 86'400'000'000;

std::string date_text(int32_t days) { return iso_timestamp(days * kMicrosPerDay).substr(0, 10); }

// "2026-01-31 10:00:00", with a fraction when there is one.
std::string timestamp_text(const warehouse::TimestampMicros& timestamp) {
  std::string text = iso_timestamp(timestamp.micros);
  text.pop_back();
  text[10] = ' ';
  if (text.ends_with(".000000")) text.resize(text.size() - 7);
  return timestamp.utc ? text + "+00:00" : text;
}

bool is_number_type(const std::string& type) {
  static constexpr std::string_view kNames[] = {"TINYINT", "SMALLINT", "INTEGER",   "BIGINT",
                                                "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                                                "UBIGINT", "UHUGEINT", "FLOAT",     "DOUBLE"};
  for (std::string_view name : kNames)
    if (type == name) return true;
  return type.starts_with("DECIMAL");
}

}  // namespace

std::string cell_text(const Cell& cell) {
  return std::visit(
      [](const auto& content) -> std::string {
        using Content = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Content, std::monostate>)
          return {};
        else if constexpr (std::is_same_v<Content, bool>)
          return content ? "True" : "False";
        else if constexpr (std::is_same_v<Content, int64_t>)
          return std::to_string(content);
        else if constexpr (std::is_same_v<Content, double>)
          return jinja::float_repr(content);
        else if constexpr (std::is_same_v<Content, std::string>)
          return content;
        else if constexpr (std::is_same_v<Content, warehouse::DateDays>)
          return date_text(content.days);
        else if constexpr (std::is_same_v<Content, warehouse::TimestampMicros>)
          return timestamp_text(content);
        else if constexpr (std::is_same_v<Content, warehouse::Decimal>)
          return content.digits;
        else
          return content.text;
      },
      cell);
}

Value cell_value(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return Value::none();
  if (const bool* flag = std::get_if<bool>(&cell)) return Value::boolean(*flag);
  if (const int64_t* number = std::get_if<int64_t>(&cell)) return Value::integer(*number);
  if (const double* number = std::get_if<double>(&cell)) return Value::floating(*number);
  if (const auto* decimal = std::get_if<warehouse::Decimal>(&cell)) {
    if (const std::optional<Value> whole = jinja::parse_int(decimal->digits)) return *whole;
    if (const std::optional<double> number = jinja::parse_float(decimal->digits))
      return Value::floating(*number);
  }
  if (std::holds_alternative<warehouse::TimestampMicros>(cell)) {
    std::string text = cell_text(cell);
    text[10] = 'T';
    return Value::string(std::move(text));
  }
  return Value::string(cell_text(cell));
}

TextTable to_text_table(const warehouse::ResultTable& table) {
  TextTable out;
  for (const warehouse::ResultColumn& column : table.columns)
    out.columns.push_back({column.name, is_number_type(column.type)});
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (const Cell& cell : row) cells.push_back(cell_text(cell));
    out.rows.push_back(std::move(cells));
  }
  return out;
}

Value to_json_rows(const warehouse::ResultTable& table) {
  std::vector<Value> rows;
  rows.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    Value dict = Value::dict();
    for (size_t column = 0; column < row.size(); ++column)
      dict.as_dict().set(table.columns[column].name, cell_value(row[column]));
    rows.push_back(std::move(dict));
  }
  return Value::list(std::move(rows));
}

}  // namespace sluice::cli
