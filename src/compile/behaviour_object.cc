// `adapter.behavior`: the behaviour flags that the adapter knows, as dbt_project.yml sets them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr std::array<std::string_view, 2> kFlags = {
    "enable_truthy_nulls_equals_macro", "require_batched_execution_for_custom_microbatch_strategy"};

// True or false in a condition; `setting` and `no_warn` (the same without dbt's remark) as well.
class BehaviourFlag final : public jinja::Object {
 public:
  BehaviourFlag(std::string name, bool on) : name_(std::move(name)), on_(on) {}
  std::string_view type_name() const override { return "BehaviorFlagRendered"; }
  bool truth() const override { return on_; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "setting" || name == "no_warn") return Value::boolean(on_);
    if (name == "name") return Value::string(name_);
    return std::nullopt;
  }

 private:
  std::string name_;
  bool on_;
};

class Behaviour final : public jinja::Object {
 public:
  explicit Behaviour(Value project_flags) : project_flags_(std::move(project_flags)) {}
  std::string_view type_name() const override { return "Behavior"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (std::find(kFlags.begin(), kFlags.end(), name) == kFlags.end())
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("the flag {} has not been registered", name),
                  fmt::format("adapter.behavior knows {}", fmt::join(kFlags, ", ")));
    const Value* on = project_flags_.is_dict() ? project_flags_.as_dict().find(name) : nullptr;
    return Value::object(jinja::make_ref<BehaviourFlag>(
        std::string(name), on != nullptr && jinja::truth(*on).value_or(false)));
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }

 private:
  Value project_flags_;
};

}  // namespace

Value make_behaviour(const Value& project_flags) {
  return Value::object(jinja::make_ref<Behaviour>(project_flags));
}

}  // namespace sluice::compile
