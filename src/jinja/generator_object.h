// What `map`, `select`, `batch` … give: items that can be read once. Always true, without a length,
// as in Python.
#pragma once

#include <utility>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

class GeneratorObject final : public Object {
 public:
  GeneratorObject(std::string_view type, std::vector<Value> items)
      : type_(type), items_(std::move(items)) {}
  std::string_view type_name() const override { return type_; }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    return std::optional<std::vector<Value>>(std::exchange(items_, {}));
  }
  bool truth() const override { return true; }

 private:
  std::string_view type_;  // a literal
  mutable std::vector<Value> items_;
};

inline Value make_generator(std::vector<Value> items, std::string_view type = "generator") {
  return Value::object(make_ref<GeneratorObject>(type, std::move(items)));
}

}  // namespace sluice::jinja
