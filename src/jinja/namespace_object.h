// `namespace(…)`: the one object whose attributes a template may assign.
#pragma once

#include "jinja/value.h"

namespace sluice::jinja {

class NamespaceObject final : public Object {
 public:
  std::string_view type_name() const override { return "Namespace"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override;
  Status set_attribute(std::string_view name, Value value) override;
  Result<std::optional<Value>> item(const Value& key) const override;
  Result<std::string> repr() const override;
  Dict& members() { return members_; }

 private:
  Dict members_;
};

}  // namespace sluice::jinja
