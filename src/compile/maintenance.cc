#include "compile/maintenance.h"

namespace sluice::compile {

using jinja::Value;

namespace {

class MaintenanceObject final : public jinja::Object {
 public:
  MaintenanceObject(MaintenanceSteps& steps, warehouse::Connection& connection)
      : steps_(steps), connection_(connection) {}
  std::string_view type_name() const override { return "Maintenance"; }
  Result<std::optional<Value>> call_method(jinja::Interpreter&, std::string_view name,
                                           const jinja::CallArgs&) override {
    if (name == "apply") {
      if (!connection_.in_transaction()) SLUICE_TRY(connection_.begin());
      SLUICE_ASSIGN(std::optional<std::string> sql, steps_.apply());
      return std::optional(sql ? Value::string(std::move(*sql)) : Value::none());
    }
    if (name == "record") {
      SLUICE_TRY(steps_.record());
      return std::optional(Value::none());
    }
    return std::nullopt;
  }

 private:
  MaintenanceSteps& steps_;
  warehouse::Connection& connection_;
};

}  // namespace

Value make_maintenance(MaintenanceSteps& steps, warehouse::Connection& connection) {
  return Value::object(jinja::make_ref<MaintenanceObject>(steps, connection));
}

}  // namespace sluice::compile
