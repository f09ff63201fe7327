#include "compile/unit_test.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// One record per call, quoted fields joined and unquoted.
class CsvRecords {
 public:
  explicit CsvRecords(std::string_view text) : text_(text) {}

  // False at the end. Empty lines are passed over.
  bool next(std::vector<std::string>& fields) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
    fields.clear();
    if (at_ >= text_.size()) return false;
    do fields.push_back(field());
    while (take(','));
    take('\r');
    take('\n');
    return true;
  }

 private:
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string field() {
    std::string out;
    if (take('"')) {
      while (at_ < text_.size()) {
        if (!take('"'))
          out += text_[at_++];
        else if (take('"'))
          out += '"';
        else
          break;
      }
    }
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r')
      out += text_[at_++];
    return out;
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool is_full(const Value& row) {
  return std::none_of(row.as_dict().entries().begin(), row.as_dict().entries().end(),
                      [](const auto& entry) { return entry.value.is_none(); });
}

// As Python shows the dataclass that dbt keeps a fixture in.
Result<std::string> shown_fixture(const UnitTestFixture& fixture) {
  const std::string_view name = unit_test_format_name(fixture.format);
  std::string member;
  switch (fixture.format) {
    case UnitTestFixture::Format::kDict:
      member = "Dict";
      break;
    case UnitTestFixture::Format::kCsv:
      member = "CSV";
      break;
    case UnitTestFixture::Format::kSql:
      member = "SQL";
      break;
  }
  std::string input;
  if (!fixture.input.empty()) {
    SLUICE_ASSIGN(input, jinja::to_repr(Value::string(fixture.input)));
    input = fmt::format("input={}, ", input);
  }
  SLUICE_ASSIGN(const std::string rows, jinja::to_repr(fixture.rows));
  SLUICE_ASSIGN(
      const std::string file,
      jinja::to_repr(fixture.fixture.empty() ? Value::none() : Value::string(fixture.fixture)));
  return fmt::format("UnitTest{}Fixture({}rows={}, format=<UnitTestFormat.{}: '{}'>, fixture={})",
                     fixture.input.empty() ? "Output" : "Input", input, rows, member, name, file);
}

// "Name(first=…, second=…)"; what a section lacks is `otherwise`.
Result<std::string> shown_sections(std::string_view name, const Value& dict,
                                   std::initializer_list<std::string_view> keys,
                                   const Value& otherwise) {
  if (!dict.is_dict()) return std::string("None");
  std::string out(name);
  out += '(';
  for (const std::string_view key : keys) {
    const Value* value = dict.as_dict().find(key);
    SLUICE_ASSIGN(const std::string shown, jinja::to_repr(value ? *value : otherwise));
    out += fmt::format("{}{}={}", out.back() == '(' ? "" : ", ", key, shown);
  }
  return out + ")";
}

}  // namespace

std::string_view unit_test_format_name(UnitTestFixture::Format format) {
  switch (format) {
    case UnitTestFixture::Format::kCsv:
      return "csv";
    case UnitTestFixture::Format::kSql:
      return "sql";
    case UnitTestFixture::Format::kDict:
      break;
  }
  return "dict";
}

const Value* unit_test_override(const UnitTestDefinition& test, std::string_view section,
                                std::string_view name) {
  if (!test.overrides.is_dict()) return nullptr;
  const Value* values = test.overrides.as_dict().find(section);
  return values != nullptr && values->is_dict() ? values->as_dict().find(name) : nullptr;
}

Result<Value> read_fixture_csv(std::string_view text, bool blank_is_null) {
  CsvRecords records(text);
  std::vector<std::string> names, fields;
  std::vector<Value> rows;
  if (!records.next(names)) return Value::list();
  while (records.next(fields)) {
    if (fields.size() > names.size())
      return fail(
          ErrorCode::kPropertyInvalid,
          fmt::format("a CSV row has {} fields, its header names {}", fields.size(), names.size()),
          "put fields with commas in double quotes");
    Value row = Value::dict();
    for (size_t i = 0; i < names.size(); ++i) {
      const bool is_null = i >= fields.size() || (blank_is_null && fields[i].empty());
      row.as_dict().set(names[i], is_null ? Value::none() : Value::string(std::move(fields[i])));
    }
    rows.push_back(std::move(row));
  }
  return Value::list(std::move(rows));
}

void lead_with_full_row(Value& rows) {
  if (!rows.is_list()) return;
  std::vector<Value>& items = rows.as_items();
  const auto full = std::find_if(items.begin(), items.end(),
                                 [](const Value& row) { return row.is_dict() && is_full(row); });
  if (full != items.end()) std::iter_swap(items.begin(), full);
}

Result<std::string> unit_test_checksum(const UnitTestDefinition& test) {
  SLUICE_ASSIGN(const std::string versions, shown_sections("UnitTestNodeVersions", test.versions,
                                                           {"include", "exclude"}, Value::none()));
  SLUICE_ASSIGN(const std::string overrides,
                shown_sections("UnitTestOverrides", test.overrides, {"macros", "vars", "env_vars"},
                               Value::dict()));
  std::string given, files;
  for (const UnitTestFixture& fixture : test.given) {
    SLUICE_ASSIGN(const std::string shown, shown_fixture(fixture));
    given += (given.empty() ? "" : ", ") + shown;
    if (fixture.fixture.empty()) continue;
    SLUICE_ASSIGN(const std::string rows, jinja::to_str(fixture.rows));
    files += "-" + rows;
  }
  SLUICE_ASSIGN(const std::string expect, shown_fixture(test.expect));
  return sha256_hex(
      fmt::format("{}-{}-[{}]-{}-{}{}", test.model, versions, given, expect, overrides, files));
}

}  // namespace sluice::compile
