// The `attribute` argument of filters: 'a.b.0', an index, or nothing; and comparing without case.
#pragma once

#include <optional>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

class AttributePath {
 public:
  // None: the item itself. `otherwise` replaces what is missing on the way.
  static Result<AttributePath> parse(const Value& attribute,
                                     std::optional<Value> otherwise = std::nullopt);
  Result<Value> get(Interpreter& interpreter, const Value& item) const;

 private:
  std::vector<Value> parts_;
  std::optional<Value> otherwise_;
};

// Lower-cased when it is text.
Result<Value> fold_case(Interpreter& interpreter, const Value& value);

}  // namespace sluice::jinja
