// dict.keys(), .values() and .items(): live views, as Python's. And bound methods: `x.append`
// without a call.
#pragma once

#include <string>

#include "jinja/ops_methods.h"
#include "jinja/value.h"

namespace sluice::jinja {

enum class DictPart : uint8_t { kKeys, kValues, kItems };

class DictView final : public Object {
 public:
  DictView(Value dict, DictPart part) : dict_(std::move(dict)), part_(part) {}
  std::string_view type_name() const override;
  Result<std::optional<std::vector<Value>>> iterate() const override;
  std::optional<size_t> length() const override;
  Result<std::string> repr() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override { return std::nullopt; }
  Result<std::optional<Value>> binary(BinaryOp op, const Value& other,
                                      bool reflected) const override;
  std::vector<Value> items() const;

 private:
  Value dict_;
  DictPart part_;
};

class BoundMethod final : public Object {
 public:
  BoundMethod(Value self, const Method* method) : self_(std::move(self)), method_(method) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override;
  Result<std::string> repr() const override;

 private:
  Value self_;
  const Method* method_;
};

// The method called `name` of an object, as a value: call → Object::call_method.
Value make_bound_method(Value object, std::string name);

}  // namespace sluice::jinja
