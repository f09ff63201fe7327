#include "warehouse/duckdb/nested_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <utility>

#include "warehouse/duckdb/cell_reader.h"

namespace sluice::warehouse {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::string clock_text(int64_t micros, bool pads_hour) {
  const int64_t seconds = micros / kMicrosPerSecond;
  const int64_t fraction = micros % kMicrosPerSecond;
  std::string out =
      pads_hour ? fmt::format("{:02}", seconds / 3600) : fmt::format("{}", seconds / 3600);
  out += fmt::format(":{:02}:{:02}", seconds / 60 % 60, seconds % 60);
  return fraction == 0 ? out : out + fmt::format(".{:06}", fraction);
}

std::string date_text(duckdb_date_struct date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

// The code point that begins at `at`, which moves behind it.
uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t point = first & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more && at < text.size(); ++i) point = (point << 6U) | (byte(at++) & 0x3FU);
  return point;
}

// As json.dumps: what is not ASCII is escaped, in pairs above the basic plane.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const uint32_t point = next_code_point(text, at);
    if (point == '"' || point == '\\')
      out += fmt::format("\\{}", static_cast<char>(point));
    else if (point == '\n')
      out += "\\n";
    else if (point == '\r')
      out += "\\r";
    else if (point == '\t')
      out += "\\t";
    else if (point >= 0x20 && point < 0x7F)
      out += static_cast<char>(point);
    else if (point < 0x10000)
      out += fmt::format("\\u{:04x}", point);
    else
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((point - 0x10000) >> 10U),
                         0xDC00 + ((point - 0x10000) & 0x3FFU));
  }
  return out + "\"";
}

std::string json_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::string out = fmt::format("{}", value);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

struct JsonOfCell {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return json_number(value); }
  std::string operator()(const std::string& value) const { return json_string(value); }
  std::string operator()(DateDays value) const {
    return json_string(date_text(duckdb_from_date({value.days})));
  }
  std::string operator()(TimestampMicros value) const {
    const duckdb_timestamp_struct parts = duckdb_from_timestamp({value.micros});
    const duckdb_time_struct& time = parts.time;
    const int64_t micros =
        ((time.hour * 60LL + time.min) * 60 + time.sec) * kMicrosPerSecond + time.micros;
    return json_string(fmt::format("{} {}{}", date_text(parts.date), clock_text(micros, true),
                                   value.utc ? "+00:00" : ""));
  }
  std::string operator()(const Decimal& value) const {
    if (value.digits.find('.') == std::string::npos) return value.digits;
    return json_number(std::strtod(value.digits.c_str(), nullptr));
  }
  std::string operator()(const Nested& value) const { return json_string(value.text); }
};

std::string json_of(const ColumnReader& reader, duckdb_vector vector, idx_t row);

std::string json_list(const ColumnReader& element, duckdb_vector child, idx_t first, idx_t count) {
  std::string out = "[";
  for (idx_t i = 0; i < count; ++i)
    out += (i == 0 ? "" : ", ") + json_of(element, child, first + i);
  return out + "]";
}

std::string json_struct(const NestedReader& reader, duckdb_vector vector, idx_t row) {
  std::string out = "{";
  for (size_t i = 0; i < reader.children.size(); ++i)
    out += fmt::format("{}{}: {}", i == 0 ? "" : ", ", json_string(reader.names[i]),
                       json_of(reader.children[i],
                               duckdb_struct_vector_get_child(vector, static_cast<idx_t>(i)), row));
  return out + "}";
}

// A key as json.dumps writes it: texts as they are, other values as their text in quotes.
std::string json_key(const ColumnReader& reader, duckdb_vector vector, idx_t row) {
  const std::string json = json_of(reader, vector, row);
  return json.starts_with('"') ? json : json_string(json);
}

std::string json_map(const NestedReader& reader, duckdb_vector entries, duckdb_list_entry place) {
  const duckdb_vector keys = duckdb_struct_vector_get_child(entries, 0);
  const duckdb_vector values = duckdb_struct_vector_get_child(entries, 1);
  std::string out = "{";
  for (idx_t i = place.offset; i < place.offset + place.length; ++i)
    out +=
        fmt::format("{}{}: {}", i == place.offset ? "" : ", ",
                    json_key(reader.children[0], keys, i), json_of(reader.children[1], values, i));
  return out + "}";
}

std::string json_of(const ColumnReader& reader, duckdb_vector vector, idx_t row) {
  const VectorView view(vector);
  if (view.is_null(row)) return "null";
  if (!reader.nested) return std::visit(JsonOfCell{}, read_cell(reader, view, row));
  const std::string text = python_text(*reader.nested, vector, row);
  return reader.nested->children.empty() ? json_string(text) : text;
}

bool is_scalar_of_ours(duckdb_type type) {
  return type == DUCKDB_TYPE_INTERVAL || type == DUCKDB_TYPE_TIME || type == DUCKDB_TYPE_BLOB;
}

// Adds a reader of a child's type; false when only the engine can print it.
bool add_child(NestedReader& reader, duckdb_logical_type type) {
  const LogicalTypeHandle owned(type);
  ColumnReader child = make_reader(owned.get());
  if (child.engine_text) return false;
  reader.children.push_back(std::move(child));
  return true;
}

bool add_members(NestedReader& reader, duckdb_logical_type type) {
  const idx_t count = duckdb_struct_type_child_count(type);
  for (idx_t i = 0; i < count; ++i) {
    reader.names.push_back(take_string(duckdb_struct_type_child_name(type, i)));
    if (!add_child(reader, duckdb_struct_type_child_type(type, i))) return false;
  }
  return count > 0;
}

}  // namespace

std::optional<NestedReader> make_nested_reader(duckdb_logical_type type) {
  NestedReader reader;
  reader.type = duckdb_get_type_id(type);
  bool known = is_scalar_of_ours(reader.type);
  if (reader.type == DUCKDB_TYPE_LIST) {
    known = add_child(reader, duckdb_list_type_child_type(type));
  } else if (reader.type == DUCKDB_TYPE_ARRAY) {
    reader.array_size = duckdb_array_type_array_size(type);
    known = add_child(reader, duckdb_array_type_child_type(type));
  } else if (reader.type == DUCKDB_TYPE_MAP) {
    known = add_child(reader, duckdb_map_type_key_type(type)) &&
            add_child(reader, duckdb_map_type_value_type(type));
  } else if (reader.type == DUCKDB_TYPE_STRUCT) {
    known = add_members(reader, type);
  }
  return known ? std::optional<NestedReader>(std::move(reader)) : std::nullopt;
}

std::string python_text(const NestedReader& reader, duckdb_vector vector, idx_t row) {
  const VectorView view(vector);
  switch (reader.type) {
    case DUCKDB_TYPE_INTERVAL:
      return interval_text(view.at<duckdb_interval>(row));
    case DUCKDB_TYPE_TIME:
      return clock_text(view.at<duckdb_time>(row).micros, true);
    case DUCKDB_TYPE_BLOB:
      return bytes_text(view.string_at(row));
    case DUCKDB_TYPE_STRUCT:
      return json_struct(reader, vector, row);
    case DUCKDB_TYPE_MAP:
      return json_map(reader, duckdb_list_vector_get_child(vector),
                      view.at<duckdb_list_entry>(row));
    case DUCKDB_TYPE_ARRAY:
      return json_list(reader.children[0], duckdb_array_vector_get_child(vector),
                       row * reader.array_size, reader.array_size);
    default: {
      const auto place = view.at<duckdb_list_entry>(row);
      return json_list(reader.children[0], duckdb_list_vector_get_child(vector), place.offset,
                       place.length);
    }
  }
}

std::string interval_text(duckdb_interval interval) {
  int64_t days = interval.months * 30LL + interval.days + interval.micros / kMicrosPerDay;
  int64_t micros = interval.micros % kMicrosPerDay;
  if (micros < 0) {
    micros += kMicrosPerDay;
    --days;
  }
  const std::string clock = clock_text(micros, false);
  if (days == 0) return clock;
  return fmt::format("{} day{}, {}", days, std::abs(days) == 1 ? "" : "s", clock);
}

std::string bytes_text(std::string_view bytes) {
  const bool has_single = bytes.find('\'') != std::string_view::npos;
  const char quote = has_single && bytes.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out = fmt::format("b{}", quote);
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == quote || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (byte >= 0x20 && byte < 0x7F)
      out += c;
    else
      out += fmt::format("\\x{:02x}", byte);
  }
  return out + quote;
}

}  // namespace sluice::warehouse
