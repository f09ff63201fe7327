#include "compile/external_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "jinja/ops.h"

namespace sluice::compile {

namespace {

using jinja::Value;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "a/b.csv.gz" → "b", ".csv", ".gz" as {"csv", "gz"}; a leading dot is part of the name.
std::vector<std::string> endings_of(std::string_view location) {
  std::string_view name = location.substr(location.rfind('/') + 1);
  name.remove_prefix(std::min(name.find_first_not_of('.'), name.size()));
  std::vector<std::string> endings;
  for (size_t dot = name.find('.'); dot != std::string_view::npos;) {
    const size_t next = name.find('.', dot + 1);
    endings.push_back(lower_case(name.substr(dot + 1, next - dot - 1)));
    dot = next;
  }
  return endings;
}

void add_format(const std::string& location, jinja::Dict& options) {
  if (options.find("format") != nullptr) return;
  std::vector<std::string> endings = endings_of(location);
  const bool is_zipped = endings.size() > 1 && endings.back() == "gz";
  if (is_zipped) endings.pop_back();
  const bool has_ending = !endings.empty() && !endings.back().empty();
  options.set("format", Value::string(has_ending ? endings.back() : "parquet"));
  if (is_zipped && options.find("compression") == nullptr)
    options.set("compression", Value::string("gzip"));
}

// Lists of columns are written as DuckDB wants them, in parentheses.
Result<void> wrap_partitions(jinja::Dict& options) {
  Value* columns = options.find("partition_by");
  if (columns == nullptr || columns->is_none()) return {};
  std::string text;
  if (columns->is_sequence()) {
    for (const Value& item : columns->as_items()) {
      SLUICE_ASSIGN(const std::string name, jinja::to_str(item));
      text += (text.empty() ? "" : ", ") + name;
    }
  } else {
    SLUICE_ASSIGN(text, jinja::to_str(*columns));
  }
  if (text.find(',') != std::string::npos && !text.starts_with('(')) text = "(" + text + ")";
  *columns = Value::string(std::move(text));
  return {};
}

Result<std::string> option_text(std::string_view name, const Value& value) {
  static constexpr std::array<std::string_view, 4> kQuoted = {"delimiter", "quote", "escape",
                                                              "null"};
  SLUICE_ASSIGN(std::string text, jinja::to_str(value));
  const bool wants_quotes =
      std::find(kQuoted.begin(), kQuoted.end(), name) != kQuoted.end() && !text.starts_with('\'');
  return wants_quotes ? fmt::format("{} '{}'", name, text) : fmt::format("{} {}", name, text);
}

}  // namespace

Result<std::string> external_write_options(const std::string& location, Value& options) {
  jinja::Dict& dict = options.as_dict();
  SLUICE_TRY(wrap_partitions(dict));
  add_format(location, dict);
  if (dict.find("format")->is_string() && dict.find("format")->as_string() == "csv" &&
      dict.find("header") == nullptr)
    dict.set("header", Value::integer(1));
  std::string text;
  for (const auto& entry : dict.entries()) {
    SLUICE_ASSIGN(const std::string name, jinja::to_str(entry.key));
    SLUICE_ASSIGN(const std::string option, option_text(name, entry.value));
    text += (text.empty() ? "" : ", ") + option;
  }
  return text;
}

Result<std::string> external_read_location(const std::string& location, const Value& options) {
  const jinja::Dict& dict = options.as_dict();
  const Value* columns = dict.find("partition_by");
  const Value* per_thread = dict.find("per_thread_output");
  std::string pattern;
  if (columns != nullptr && jinja::truth(*columns).value_or(false)) {
    size_t num_columns = columns->is_sequence() ? columns->as_items().size() : 1;
    if (columns->is_string())
      num_columns += static_cast<size_t>(std::ranges::count(columns->as_string(), ','));
    for (size_t i = 0; i < num_columns; ++i) pattern += "/*";
  } else if (per_thread == nullptr || !jinja::truth(*per_thread).value_or(false)) {
    return location;
  }
  const Value* format = dict.find("format");
  SLUICE_ASSIGN(const std::string ending,
                format == nullptr ? Result<std::string>("parquet") : jinja::to_str(*format));
  return location + pattern + "/*." + ending;
}

}  // namespace sluice::compile
