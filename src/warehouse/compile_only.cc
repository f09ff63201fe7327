// A warehouse that knows its dialect and nothing else. Its world is empty, so a project compiles as
// for a first run (no relation exists, is_incremental() is false); running anything is refused.
#include <fmt/format.h>

#include "warehouse/warehouse.h"

namespace sluice::warehouse {
namespace {

tl::unexpected<Error> unsupported(const Dialect& dialect) {
  return fail(
      ErrorCode::kWarehouseUnsupported,
      fmt::format("running SQL is not supported for the adapter \"{}\"", dialect.adapter_type()),
      "this adapter compiles only; use `compile` or `parse`, or a target of type duckdb to run");
}

// The statement's first words on one line.
std::string shortened(std::string_view sql) {
  constexpr size_t kLongest = 80;
  // The query comment says nothing about the query.
  if (sql.starts_with("/*")) {
    const size_t end = sql.find("*/");
    if (end != std::string_view::npos) sql.remove_prefix(end + 2);
  }
  std::string out;
  bool blank = false;
  for (const char c : sql) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
    if (out.size() >= kLongest) return out + "…";
  }
  return out;
}

tl::unexpected<Error> no_connection(const Dialect& dialect, std::string_view sql) {
  return fail(ErrorCode::kWarehouseUnsupported,
              fmt::format("there is no connection to \"{}\", and this asks for one: {}",
                          dialect.adapter_type(), shortened(sql)),
              "this adapter compiles only: leave the query out under `{% if execute %}`, or use a "
              "target of type duckdb");
}

class CompileOnlyConnection final : public Connection {
 public:
  explicit CompileOnlyConnection(const Dialect& dialect) : dialect_(dialect) {}
  Result<StatementResult> execute(const std::string& sql, bool, int64_t) override {
    return no_connection(dialect_, sql);
  }
  Status begin() override { return unsupported(dialect_); }
  Status commit() override { return unsupported(dialect_); }
  Status rollback() override { return unsupported(dialect_); }
  bool in_transaction() const override { return false; }
  void interrupt() override {}
  std::optional<double> progress() const override { return std::nullopt; }
  Result<std::vector<RelationInfo>> list_relations(const std::string&,
                                                   const std::string&) override {
    return std::vector<RelationInfo>{};
  }
  Result<std::vector<ColumnInfo>> list_columns(const RelationInfo&) override {
    return std::vector<ColumnInfo>{};
  }
  Result<std::vector<std::string>> list_schemas(const std::string&) override {
    return std::vector<std::string>{};
  }
  Result<std::vector<ColumnInfo>> describe_query(const std::string& sql) override {
    return no_connection(dialect_, sql);
  }
  Status set_scan_metrics(bool) override { return {}; }
  Result<ScanMetrics> take_scan_metrics() override { return ScanMetrics{}; }

 private:
  const Dialect& dialect_;
};

class CompileOnlyWarehouse final : public Warehouse {
 public:
  explicit CompileOnlyWarehouse(const Dialect& dialect) : dialect_(dialect) {}
  const Dialect& dialect() const override { return dialect_; }
  Result<std::unique_ptr<Connection>> connect() override {
    return std::make_unique<CompileOnlyConnection>(dialect_);
  }
  void interrupt_all() override {}
  std::string engine_version() const override { return "compile-only"; }

 private:
  const Dialect& dialect_;
};

}  // namespace

std::unique_ptr<Warehouse> open_compile_only(const Dialect& dialect) {
  return std::make_unique<CompileOnlyWarehouse>(dialect);
}

}  // namespace sluice::warehouse
