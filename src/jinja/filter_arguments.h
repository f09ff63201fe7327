// Arguments of filters, tests and host functions by name, with Python's messages; and text
// conversions they share.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/ops.h"
#include "jinja/value.h"

namespace sluice::jinja {

// Matches arguments to parameters once, then gives them by position. Parameters beyond `required`
// are optional.
class BoundArguments {
 public:
  // Error: too many, unknown, repeated or missing arguments.
  static Result<BoundArguments> bind(std::string_view function, const CallArgs& args,
                                     std::initializer_list<std::string_view> parameters,
                                     size_t required = 0);
  // Null when it was not passed.
  const Value* get(size_t index) const { return values_[index]; }
  bool has(size_t index) const { return values_[index] != nullptr; }
  // The argument or None.
  const Value& value(size_t index) const;
  Result<bool> flag(size_t index, bool otherwise) const;
  // Integers; booleans count as 0 and 1.
  Result<int64_t> integer(size_t index, int64_t otherwise) const;
  Result<std::string> text(size_t index, std::string_view otherwise) const;

 private:
  std::array<const Value*, 8> values_{};
};

// '&', '<', '>', quotes as entities.
std::string escape_html(std::string_view text);

inline tl::unexpected<Error> runtime_error(std::string message) {
  return fail(ErrorCode::kJinjaRuntime, std::move(message));
}

}  // namespace sluice::jinja
