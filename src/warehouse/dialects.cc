// Dialects made from the table of facts.
#include "warehouse/dialects.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <memory>
#include <mutex>

#include "warehouse/dialect_table.h"

namespace sluice::warehouse {
namespace {

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

// Calls `visit` with each word of "a|b"; stops when it answers true.
template <typename Visit>
bool any_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    const size_t bar = words.find('|');
    if (visit(words.substr(0, bar))) return true;
    if (bar == std::string_view::npos) return false;
    words.remove_prefix(bar + 1);
  }
  return false;
}

bool has_word(std::string_view words, std::string_view wanted) {
  return any_word(words, [&](std::string_view word) { return equals_ignoring_case(word, wanted); });
}

// The right side of "left=right" in "a=b|c=d"; nullopt: not there.
std::optional<std::string_view> right_side(std::string_view pairs, std::string_view left) {
  std::optional<std::string_view> found;
  any_word(pairs, [&](std::string_view pair) {
    const size_t equals = pair.find('=');
    if (!equals_ignoring_case(pair.substr(0, equals), left)) return false;
    found = pair.substr(equals + 1);
    return true;
  });
  return found;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// A Python string literal of a name: names hold no control characters.
std::string python_text(std::string_view text) {
  const char quote =
      text.find('\'') != std::string_view::npos && text.find('"') == text.npos ? '"' : '\'';
  return fmt::format("{}{}{}", quote, text, quote);
}

template <typename Number>
std::string python_number(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "None";
}

// `name` between an opening and a closing quote; the closing one inside is doubled.
std::string escaped_in(std::string_view quotes, std::string_view name) {
  std::string out(1, quotes[0]);
  for (const char c : name) out.append(c == quotes[1] ? 2 : 1, c);
  return out + quotes[1];
}

class TableDialect final : public Dialect {
 public:
  explicit TableDialect(const DialectFacts& facts) : facts_(facts), type_(facts.adapter_type) {}
  TableDialect(const DialectFacts& facts, std::string type)
      : facts_(facts), type_(std::move(type)), known_(false) {}

  std::string_view adapter_type() const override { return type_; }
  std::vector<std::string> dispatch_prefixes() const override {
    std::vector<std::string> out = {type_};
    any_word(facts_.parents, [&](std::string_view parent) {
      out.emplace_back(parent);
      return false;
    });
    out.emplace_back("default");
    return out;
  }
  std::vector<std::string> macro_folders() const override {
    std::vector<std::string> out = dispatch_prefixes();
    out.pop_back();
    if (!facts_.sibling.empty()) out.emplace_back(facts_.sibling);
    return out;
  }
  bool is_known() const override { return known_; }

  std::string wrap_identifier(std::string_view name) const override {
    const std::string_view quotes = facts_.name_quotes.empty() ? facts_.quotes : facts_.name_quotes;
    return fmt::format("{}{}{}", quotes[0], name, quotes[1]);
  }
  std::string quote_identifier(std::string_view name) const override {
    return escaped_in(facts_.quotes, name);
  }
  std::string quote_column(std::string_view name) const override {
    return escaped_in(facts_.name_quotes.empty() ? facts_.quotes : facts_.name_quotes, name);
  }
  std::string_view quote_character() const override {
    return facts_.quotes[0] == '[' ? "\"" : facts_.quotes.substr(0, 1);
  }
  std::string quote_string(std::string_view text) const override { return quote_with('\'', text); }
  PartFlags default_quoting() const override { return facts_.quoting; }
  PartFlags default_include() const override { return facts_.include; }
  std::string_view relation_class() const override { return facts_.relation_class; }
  bool information_schema_by_schema() const override { return facts_.schema_views; }

  std::string string_type(int64_t size) const override {
    if (facts_.string_is_plain) return std::string(facts_.string_name);
    return fmt::format("{}({})", facts_.string_name, size);
  }
  std::string numeric_type(std::string_view type, std::optional<int> precision,
                           std::optional<int> scale) const override {
    const std::string_view name =
        !facts_.numeric_name.empty() && equals_ignoring_case(type, "numeric") ? facts_.numeric_name
                                                                              : type;
    if (!precision || !scale || facts_.numeric_is_plain) return std::string(name);
    return fmt::format("{}({},{})", name, *precision, *scale);
  }
  bool is_string_type(std::string_view type) const override {
    return has_word(facts_.words.string, type);
  }
  bool is_integer_type(std::string_view type) const override {
    return has_word(facts_.words.integer, type);
  }
  bool is_float_type(std::string_view type) const override {
    return has_word(facts_.words.floating, type);
  }
  bool is_numeric_type(std::string_view type) const override {
    return has_word(facts_.words.numeric, type);
  }
  std::string translate_type(std::string_view type) const override {
    if (const auto translated = right_side(facts_.translations, type))
      return std::string(*translated);
    return facts_.lower_types ? lowered(type) : std::string(type);
  }
  std::string data_type(const ColumnShape& column) const override {
    if (facts_.string_is_plain && is_string_type(column.dtype)) return string_type(0);
    if (facts_.form != ColumnForm::kSized) return std::string(column.dtype);
    if (is_string_type(column.dtype)) {
      if (!column.char_size && has_word(facts_.unsized, column.dtype))
        return std::string(column.dtype);
      return string_type(column.char_size.value_or(facts_.char_size));
    }
    if (is_numeric_type(column.dtype) && column.precision)
      return numeric_type(column.dtype, column.precision, column.scale);
    return std::string(column.dtype);
  }
  std::string column_repr(const ColumnShape& column) const override {
    if (facts_.form == ColumnForm::kPlain)
      return fmt::format("<{} {} ({})>", facts_.column_class, column.name, column.dtype);
    if (facts_.form == ColumnForm::kWithMode)
      return fmt::format("<{} {} ({}, NULLABLE)>", facts_.column_class, column.name, column.dtype);
    return fmt::format(
        "{}(column={}, dtype={}, char_size={}, numeric_precision={}, numeric_scale={}{})",
        facts_.column_class, python_text(column.name), python_text(column.dtype),
        python_number(column.char_size), python_number(column.precision),
        python_number(column.scale), facts_.column_suffix);
  }
  std::string column_literal(std::string_view value, std::string_view type) const override {
    return facts_.literal_by_cast ? fmt::format("cast({} as {})", value, type)
                                  : fmt::format("{}::{}", value, type);
  }
  int64_t default_char_size() const override { return facts_.char_size; }
  std::string seed_type(std::string_view kind) const override {
    return std::string(right_side(facts_.seed_types, kind).value_or(kind));
  }
  bool quotes_seed_columns() const override { return !facts_.plain_seed_columns; }
  bool supports_transactions() const override { return facts_.transactions; }

 private:
  const DialectFacts& facts_;
  const std::string type_;
  const bool known_ = true;
};

const std::map<std::string_view, std::unique_ptr<const Dialect>>& dialects() {
  static const auto all = [] {
    std::map<std::string_view, std::unique_ptr<const Dialect>> out;
    for (const DialectFacts& facts : dialect_table())
      out.emplace(facts.adapter_type, std::make_unique<TableDialect>(facts));
    return out;
  }();
  return all;
}

}  // namespace

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const std::string_view candidate : names) {
    if (equals_ignoring_case(name, candidate)) return true;
  }
  return false;
}

std::string quote_with(char quote, std::string_view text) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

const Dialect* find_dialect(std::string_view adapter_type) {
  const auto found = dialects().find(adapter_type);
  return found == dialects().end() ? nullptr : found->second.get();
}

const Dialect& duckdb_dialect() { return *find_dialect("duckdb"); }

const Dialect& dialect_for(std::string_view adapter_type) {
  if (const Dialect* known = find_dialect(adapter_type)) return *known;
  static std::mutex unknown_mutex;
  static std::map<std::string, std::unique_ptr<const Dialect>, std::less<>> unknown;
  const std::lock_guard lock(unknown_mutex);
  const auto found = unknown.find(adapter_type);
  if (found != unknown.end()) return *found->second;
  std::string name(adapter_type);
  auto made = std::make_unique<TableDialect>(ansi_facts(), name);
  return *unknown.emplace(std::move(name), std::move(made)).first->second;
}

std::vector<std::string_view> known_adapters() {
  std::vector<std::string_view> out;
  for (const auto& [name, dialect] : dialects()) out.push_back(name);
  return out;
}

}  // namespace sluice::warehouse
