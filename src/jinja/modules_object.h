// Objects of `modules.*` whose methods come from a table, and class objects such as
// `datetime.date`.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "jinja/ops_methods.h"
#include "jinja/value.h"

namespace sluice::jinja {

// The caller's clock: microseconds since 1970 in UTC.
using Clock = std::function<int64_t()>;

class ModuleObject : public Object {
 public:
  Result<std::optional<Value>> attribute(std::string_view name) const override;
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override;

 protected:
  virtual const Method* method(std::string_view name) const = 0;
  virtual std::optional<Value> field(std::string_view /*name*/) const { return std::nullopt; }
  Value self() const;
};

// A class: calling it constructs; it has class methods, constants, and the methods of its instances
// called as `date.isoformat(x)`.
class TypeObject final : public ModuleObject {
 public:
  using Finder = const Method* (*)(std::string_view name);
  using FieldFinder = std::optional<Value> (*)(std::string_view name);

  struct Parts {
    std::string_view name;  // "datetime.date"; static
    MethodFunction construct;
    Finder class_method;
    FieldFinder constant;
  };
  TypeObject(const Parts& parts, std::shared_ptr<const Clock> clock)
      : parts_(parts), clock_(std::move(clock)) {}
  std::string_view type_name() const override { return "type"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override;
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override;
  Result<std::string> repr() const override;
  int64_t now_micros() const { return (*clock_)(); }

 protected:
  const Method* method(std::string_view name) const override { return parts_.class_method(name); }
  std::optional<Value> field(std::string_view name) const override { return parts_.constant(name); }

 private:
  Parts parts_;
  std::shared_ptr<const Clock> clock_;
};

// What each module of `modules` holds.
Value make_datetime_module(const std::shared_ptr<const Clock>& clock);
Value make_pytz_module();
Value make_re_module();
Value make_itertools_module();

}  // namespace sluice::jinja
