#include "project/yaml_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "jinja/ops.h"

namespace sluice::project {

using jinja::Value;

namespace {

// Reads the numbers of a timestamp in order: "2020-1-3T4:05:06.5+01:30" → 2020 1 3 4 5 6.
struct TimestampReader {
  std::string_view text;
  int64_t number() {
    while (!text.empty() && (text[0] < '0' || text[0] > '9')) text.remove_prefix(1);
    int64_t value = 0;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      value = value * 10 + (text[0] - '0');
      text.remove_prefix(1);
    }
    return value;
  }
};

constexpr int64_t kMicrosPerSecond = 1'000'000;

int64_t read_fraction(TimestampReader& reader) {
  if (!reader.text.starts_with('.')) return 0;
  reader.text.remove_prefix(1);
  int64_t micros = 0;
  int64_t scale = kMicrosPerSecond / 10;
  while (!reader.text.empty() && reader.text[0] >= '0' && reader.text[0] <= '9') {
    micros += (reader.text[0] - '0') * scale;
    scale /= 10;
    reader.text.remove_prefix(1);
  }
  return micros;
}

// Microseconds east of UTC; nullopt when the text has no zone.
std::optional<int64_t> read_zone(TimestampReader& reader) {
  const size_t sign = reader.text.find_first_of("+-Z");
  if (sign == std::string_view::npos) return std::nullopt;
  if (reader.text[sign] == 'Z') return 0;
  const int64_t direction = reader.text[sign] == '-' ? -1 : 1;
  const int64_t hours = reader.number();
  const int64_t minutes = reader.number();
  return direction * (hours * 60 + minutes) * 60 * kMicrosPerSecond;
}

Value timestamp_value(std::string_view text) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  TimestampReader reader{text};
  const auto the_year = static_cast<int>(reader.number());
  const auto the_month = static_cast<unsigned>(reader.number());
  const auto the_day = static_cast<unsigned>(reader.number());
  const std::chrono::year_month_day date{year{the_year}, month{the_month}, day{the_day}};
  if (!date.ok() || the_year == 0) return Value::string(text);
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  if (reader.text.empty()) return jinja::make_date(days);
  const int64_t hours = reader.number();
  const int64_t minutes = reader.number();
  const int64_t seconds = reader.number();
  if (hours > 23 || minutes > 59 || seconds > 59) return Value::string(text);
  const int64_t fraction = read_fraction(reader);
  const int64_t in_day = (hours * 60 + minutes) * 60 + seconds;
  const int64_t micros = (days * 86'400 + in_day) * kMicrosPerSecond + fraction;
  const std::optional<int64_t> zone = read_zone(reader);
  return zone ? jinja::make_utc_datetime(micros - *zone) : jinja::make_datetime(micros);
}

}  // namespace

Value to_value(const yaml::Node& node) {
  switch (node.tag) {
    case yaml::Tag::kNull:
      return Value::none();
    case yaml::Tag::kBool:
      return Value::boolean(node.boolean);
    case yaml::Tag::kInt:
      if (!node.big_int) return Value::integer(node.integer);
      return jinja::parse_int(node.text, 0).value_or(Value::string(node.text));
    case yaml::Tag::kFloat:
      return Value::floating(node.floating);
    case yaml::Tag::kTimestamp:
      return timestamp_value(node.text);
    case yaml::Tag::kString:
      return Value::string(node.text);
    case yaml::Tag::kSequence: {
      std::vector<Value> items;
      items.reserve(node.items.size());
      for (const yaml::Node* item : node.items) items.push_back(to_value(*item));
      return Value::list(std::move(items));
    }
    case yaml::Tag::kMapping: {
      Value out = Value::dict();
      for (const auto& [key, value] : node.entries) {
        if (key->is_string())
          out.as_dict().set(key->text, to_value(*value));
        else
          out.as_dict().set(to_value(*key), to_value(*value));
      }
      return out;
    }
  }
  return Value::none();
}

Error error_at(ErrorCode code, const yaml::Document& document, const yaml::Node& node,
               std::string message, std::string hint) {
  Error error(code, std::move(message), std::move(hint));
  Span span = document.span(node);
  error.set_excerpt(make_excerpt(document.text(), span));
  error.add_span(std::move(span));
  return error;
}

std::string describe(const yaml::Node& node) {
  switch (node.tag) {
    case yaml::Tag::kNull:
      return "nothing";
    case yaml::Tag::kBool:
      return fmt::format("the truth value \"{}\"", node.text);
    case yaml::Tag::kInt:
    case yaml::Tag::kFloat:
      return fmt::format("the number \"{}\"", node.text);
    case yaml::Tag::kTimestamp:
      return fmt::format("the date \"{}\"", node.text);
    case yaml::Tag::kString:
      return fmt::format("the text \"{}\"", node.text);
    case yaml::Tag::kSequence:
      return "a list";
    case yaml::Tag::kMapping:
      return "a mapping";
  }
  return "a value";
}

Value deep_copy(const Value& value) {
  if (value.is_sequence()) {
    std::vector<Value> items;
    items.reserve(value.as_items().size());
    for (const Value& item : value.as_items()) items.push_back(deep_copy(item));
    return value.is_tuple() ? Value::tuple(std::move(items)) : Value::list(std::move(items));
  }
  if (!value.is_dict()) return value;
  Value out = Value::dict();
  for (const auto& entry : value.as_dict().entries())
    out.as_dict().set(entry.key, deep_copy(entry.value));
  return out;
}

}  // namespace sluice::project
