// Trino's dialect, for compiling only (no client yet): keeps dispatch, quoting and types from being
// DuckDB's alone.
#include <fmt/format.h>

#include "warehouse/dialects.h"

namespace sluice::warehouse {
namespace {

class TrinoDialect final : public Dialect {
 public:
  std::string_view adapter_type() const override { return "trino"; }
  std::vector<std::string> dispatch_prefixes() const override { return {"trino", "default"}; }
  std::string quote_identifier(std::string_view name) const override {
    return quote_with('"', name);
  }
  std::string quote_string(std::string_view text) const override { return quote_with('\'', text); }

  std::string string_type(int64_t size) const override {
    return size == 0 ? "varchar" : fmt::format("varchar({})", size);
  }
  std::string numeric_type(std::string_view type, std::optional<int> precision,
                           std::optional<int> scale) const override {
    if (!precision || !scale) return std::string(type);
    return fmt::format("{}({},{})", type, *precision, *scale);
  }
  bool is_string_type(std::string_view type) const override {
    return is_one_of(type, {"varchar", "char", "varbinary", "json"});
  }
  bool is_integer_type(std::string_view type) const override {
    return is_one_of(type, {"tinyint", "smallint", "integer", "int", "bigint"});
  }
  bool is_float_type(std::string_view type) const override {
    return is_one_of(type, {"real", "double", "double precision"});
  }
  bool is_numeric_type(std::string_view type) const override {
    return is_one_of(type, {"numeric", "decimal"});
  }
  std::string translate_type(std::string_view type) const override {
    if (is_one_of(type, {"string"})) return "VARCHAR";
    if (is_one_of(type, {"float"})) return "DOUBLE";
    return std::string(type);
  }
  std::string seed_type(std::string_view kind) const override {
    if (kind == "text") return "varchar";
    if (kind == "number") return "double";
    if (kind == "datetime") return "timestamp";
    return std::string(kind);
  }
  bool quotes_by_default() const override { return true; }
  bool supports_transactions() const override { return false; }
};

}  // namespace

const Dialect& trino_dialect() {
  static const TrinoDialect dialect;
  return dialect;
}

}  // namespace sluice::warehouse
