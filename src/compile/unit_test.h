// UnitTestDefinition: one entry of `unit_tests:` as the property file gives it, its fixtures read –
// rows that stand in for what a model reads, and the rows that it must then give. Immutable once
// parsed; nodes share it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/value.h"

namespace sluice::compile {

struct UnitTestFixture {
  enum class Format : uint8_t { kDict, kCsv, kSql };
  std::string input;  // "ref('orders')", "source('shop', 'orders')", "this"; empty: expected rows
  jinja::Value rows;  // a list of dicts; the query as text when the format is kSql
  Format format = Format::kDict;
  std::string fixture;  // name of the file the rows come from; empty: none
};
std::string_view unit_test_format_name(UnitTestFixture::Format format);  // "dict", "csv", "sql"

struct UnitTestDefinition {
  std::string model;  // as written
  std::vector<UnitTestFixture> given;
  UnitTestFixture expect;
  jinja::Value overrides;  // dict of macros, vars, env_vars (each a dict); none: not given
  jinja::Value versions;   // dict of include, exclude; none: not given
  std::string run_name;    // its name; "orders_totals_v2" for a version of the model
};

// The value that overrides.<section> gives to `name`; null: none.
const jinja::Value* unit_test_override(const UnitTestDefinition& test, std::string_view section,
                                       std::string_view name);

// Records of CSV text as dicts of texts, keyed by the first line; quotes as in RFC 4180. Where
// `blank_is_null`, an empty field is none, as are fields that a short record lacks.
Result<jinja::Value> read_fixture_csv(std::string_view text, bool blank_is_null);

// Puts the first row without a null first, so that engines that infer types see one of each. Other
// rows keep their places, save the one it changes places with.
void lead_with_full_row(jinja::Value& rows);

// dbt's fingerprint of the definition without its description.
Result<std::string> unit_test_checksum(const UnitTestDefinition& test);

}  // namespace sluice::compile
