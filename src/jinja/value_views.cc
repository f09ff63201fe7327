#include "jinja/value_views.h"

#include <fmt/format.h>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"

namespace sluice::jinja {
namespace {

class ObjectMethod final : public Object {
 public:
  ObjectMethod(Value self, std::string name) : self_(std::move(self)), name_(std::move(name)) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    SLUICE_ASSIGN(std::optional<Value> result,
                  self_.as_object().call_method(interpreter, name_, args));
    if (result) return std::move(*result);
    return runtime_failure(
        fmt::format("'{}' object has no attribute '{}'", self_.as_object().type_name(), name_));
  }
  Result<std::string> repr() const override {
    return fmt::format("<built-in method {} of {} object>", name_, self_.as_object().type_name());
  }

 private:
  Value self_;
  std::string name_;
};

}  // namespace

std::string_view DictView::type_name() const {
  switch (part_) {
    case DictPart::kKeys:
      return "dict_keys";
    case DictPart::kValues:
      return "dict_values";
    case DictPart::kItems:
      return "dict_items";
  }
  return "dict_keys";
}

std::vector<Value> DictView::items() const {
  std::vector<Value> items;
  items.reserve(dict_.as_dict().size());
  for (const Dict::Entry& entry : dict_.as_dict().entries()) {
    if (part_ == DictPart::kKeys)
      items.push_back(entry.key);
    else if (part_ == DictPart::kValues)
      items.push_back(entry.value);
    else
      items.push_back(Value::tuple({entry.key, entry.value}));
  }
  return items;
}

Result<std::optional<std::vector<Value>>> DictView::iterate() const { return items(); }

std::optional<size_t> DictView::length() const { return dict_.as_dict().size(); }

Result<std::string> DictView::repr() const {
  SLUICE_ASSIGN(const std::string list, to_repr(Value::list(items())));
  return fmt::format("{}({})", type_name(), list);
}

bool DictView::equals(const Value& other) const {
  if (part_ == DictPart::kValues) return other.identity() == this;
  const auto* view = other.object_as<DictView>();
  if (view == nullptr && !other.is_set()) return false;
  Result<std::vector<Value>> theirs = jinja::iterate(other);
  if (!theirs || theirs->size() != dict_.as_dict().size()) return false;
  const Value mine = Value::list(items());
  for (const Value& item : *theirs)
    if (!contains(mine, item).value_or(false)) return false;
  return true;
}

Result<std::optional<Value>> DictView::binary(BinaryOp op, const Value& other,
                                              bool reflected) const {
  if (op != BinaryOp::kSub || part_ == DictPart::kValues) return std::nullopt;
  SLUICE_ASSIGN(std::vector<Value> theirs, jinja::iterate(other));
  const std::vector<Value> mine = items();
  const std::vector<Value>& from = reflected ? theirs : mine;
  Value removed = Value::set();
  for (const Value& item : reflected ? mine : theirs) {
    SLUICE_TRY(hash_or_error(item));
    removed.as_set().add(item);
  }
  Value result = Value::set();
  for (const Value& item : from) {
    SLUICE_TRY(hash_or_error(item));
    if (!removed.as_set().contains(item)) result.as_set().add(item);
  }
  return std::optional<Value>(std::move(result));
}

Result<Value> BoundMethod::call(Interpreter& interpreter, const CallArgs& args) {
  return call_checked(interpreter, self_, *method_, args);
}

Result<std::string> BoundMethod::repr() const {
  return fmt::format("<built-in method {} of {} object at {}>", method_->name,
                     jinja::type_name(self_), static_cast<const void*>(self_.identity()));
}

Value make_bound_method(Value object, std::string name) {
  return Value::object(make_ref<ObjectMethod>(std::move(object), std::move(name)));
}

}  // namespace sluice::jinja
