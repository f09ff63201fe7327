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

class CompileOnlyConnection final : public Connection {
 public:
  explicit CompileOnlyConnection(const Dialect& dialect) : dialect_(dialect) {}
  Result<StatementResult> execute(const std::string&, bool, int64_t) override {
    return unsupported(dialect_);
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
  Result<std::vector<ColumnInfo>> describe_query(const std::string&) override {
    return unsupported(dialect_);
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
