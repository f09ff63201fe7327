#include "jinja/yaml_value.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "jinja/modules_datetime.h"
#include "jinja/ops.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a timestamp, whose shape the yaml module has checked, number by number:
// "2020-1-3T4:05:06.5 +01:30" → 2020 1 3 4 5 6.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  int64_t number() {
    while (!text_.empty() && !is_digit(text_[0])) text_.remove_prefix(1);
    int64_t value = 0;
    for (; !text_.empty() && is_digit(text_[0]); text_.remove_prefix(1))
      value = value * 10 + (text_[0] - '0');
    return value;
  }

  // Digits after the sixth are dropped.
  int64_t micros() {
    if (!text_.starts_with('.')) return 0;
    text_.remove_prefix(1);
    int64_t value = 0;
    int64_t unit = kMicrosPerSecond / 10;
    for (; !text_.empty() && is_digit(text_[0]); text_.remove_prefix(1), unit /= 10)
      value += (text_[0] - '0') * unit;
    return value;
  }

  // Seconds east of UTC; nullopt when the text names no zone.
  std::optional<int64_t> zone_seconds() {
    const size_t sign = text_.find_first_of("+-Z");
    if (sign == std::string_view::npos) return std::nullopt;
    if (text_[sign] == 'Z') return 0;
    const int64_t direction = text_[sign] == '-' ? -1 : 1;
    const int64_t hours = number();
    return direction * (hours * 60 + number()) * 60;
  }

 private:
  std::string_view text_;
};

Result<Value> timestamp_value(std::string_view text) {
  TimestampReader reader(text);
  std::array<int64_t, 7> fields{};  // from the year to the microsecond
  for (size_t i = 0; i < 3; ++i) fields[i] = reader.number();
  if (reader.at_end()) return make_checked_date(fields[0], fields[1], fields[2]);
  for (size_t i = 3; i < 6; ++i) fields[i] = reader.number();
  fields[6] = reader.micros();
  return make_checked_datetime(fields, reader.zone_seconds());
}

// Digits in base 60, parted by colons.
Result<Value> sexagesimal_value(std::string_view digits) {
  Value total = Value::integer(0);
  for (size_t start = 0; start <= digits.size();) {
    const size_t end = std::min(digits.find(':', start), digits.size());
    SLUICE_ASSIGN(const Value scaled, bigint_multiply(total, Value::integer(60)));
    total = bigint_add(scaled, bigint_from_digits(digits.substr(start, end - start), 10, false));
    start = end + 1;
  }
  return total;
}

// An integer beyond 64 bits, from its text: YAML 1.1's binary, octal, decimal, hexadecimal and
// sexagesimal.
Result<Value> big_integer(std::string_view text) {
  std::string clean(text);
  std::erase(clean, '_');
  std::string_view digits = clean;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with("0b")) return bigint_from_digits(digits.substr(2), 2, negative);
  if (digits.starts_with("0x")) return bigint_from_digits(digits.substr(2), 16, negative);
  if (digits.starts_with('0')) return bigint_from_digits(digits, 8, negative);
  SLUICE_ASSIGN(Value magnitude, sexagesimal_value(digits));
  return negative ? bigint_negate(magnitude) : magnitude;
}

class TreeReader {
 public:
  // The depth of recursion is bounded by the loader.
  Result<Value> read(const yaml::Node& node) {
    if (node.is_scalar()) return yaml_scalar(node);
    const auto [known, fresh] = collections_.try_emplace(&node);
    if (!fresh) return known->second;
    SLUICE_ASSIGN(Value collection, node.is_sequence() ? read_list(node) : read_dict(node));
    collections_[&node] = collection;
    return collection;
  }

 private:
  Result<Value> read_list(const yaml::Node& node) {
    std::vector<Value> items;
    items.reserve(node.items.size());
    for (const yaml::Node* item : node.items) {
      SLUICE_ASSIGN(Value value, read(*item));
      items.push_back(std::move(value));
    }
    return Value::list(std::move(items));
  }

  Result<Value> read_dict(const yaml::Node& node) {
    Value dict = Value::dict();
    for (const auto& [key, value] : node.entries) {
      SLUICE_ASSIGN(const Value name, read(*key));
      SLUICE_ASSIGN(Value content, read(*value));
      dict.as_dict().set(name, std::move(content));
    }
    return dict;
  }

  std::unordered_map<const yaml::Node*, Value> collections_;
};

}  // namespace

Result<Value> yaml_scalar(const yaml::Node& scalar) {
  switch (scalar.tag) {
    case yaml::Tag::kNull:
      return Value::none();
    case yaml::Tag::kBool:
      return Value::boolean(scalar.boolean);
    case yaml::Tag::kInt:
      return scalar.big_int ? big_integer(scalar.text) : Value::integer(scalar.integer);
    case yaml::Tag::kFloat:
      return Value::floating(scalar.floating);
    case yaml::Tag::kTimestamp:
      return timestamp_value(scalar.text);
    case yaml::Tag::kString:
      return Value::string(scalar.text);
    case yaml::Tag::kSequence:
    case yaml::Tag::kMapping:
      break;
  }
  SLUICE_CHECK(scalar.is_scalar());
  return Value::none();
}

Result<Value> yaml_value(const yaml::Node& node) { return TreeReader().read(node); }

Result<Value> from_yaml(std::string_view text) {
  SLUICE_ASSIGN(const yaml::Document document, yaml::parse(std::string(text), ""));
  return yaml_value(document.root());
}

}  // namespace sluice::jinja
