// DuckDB's dialect. Type names and predicates are those that dbt-duckdb's Column class was observed
// to give.
#include <fmt/format.h>

#include "warehouse/dialects.h"

namespace sluice::warehouse {
namespace {

class DuckdbDialect final : public Dialect {
 public:
  std::string_view adapter_type() const override { return "duckdb"; }
  std::vector<std::string> dispatch_prefixes() const override { return {"duckdb", "default"}; }
  std::string quote_identifier(std::string_view name) const override {
    return quote_with('"', name);
  }
  std::string quote_string(std::string_view text) const override { return quote_with('\'', text); }

  std::string string_type(int64_t size) const override {
    return size == 0 ? "character varying" : fmt::format("character varying({})", size);
  }
  std::string numeric_type(std::string_view type, std::optional<int> precision,
                           std::optional<int> scale) const override {
    if (!precision || !scale) return std::string(type);
    return fmt::format("{}({},{})", type, *precision, *scale);
  }
  bool is_string_type(std::string_view type) const override {
    return is_one_of(type, {"text", "character varying", "character", "varchar"});
  }
  bool is_integer_type(std::string_view type) const override {
    return is_one_of(type, {"tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint",
                            "usmallint", "uinteger", "ubigint", "int1", "int2", "int4", "int8",
                            "short", "int", "signed", "long"});
  }
  bool is_float_type(std::string_view type) const override {
    return is_one_of(type, {"real", "float", "float4", "float8", "double"});
  }
  bool is_numeric_type(std::string_view type) const override {
    return is_one_of(type, {"numeric", "decimal"});
  }
  std::string translate_type(std::string_view type) const override {
    return is_one_of(type, {"string"}) ? "TEXT" : std::string(type);
  }
  std::string seed_type(std::string_view kind) const override {
    if (kind == "number") return "float8";
    if (kind == "datetime") return "timestamp without time zone";
    return std::string(kind);
  }
  bool quotes_by_default() const override { return true; }
  bool supports_transactions() const override { return true; }
};

}  // namespace

const Dialect& duckdb_dialect() {
  static const DuckdbDialect dialect;
  return dialect;
}

}  // namespace sluice::warehouse
