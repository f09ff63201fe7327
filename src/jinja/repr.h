// How values print: str() and repr() written straight into a buffer.
#pragma once

#include <string>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

// Appends repr(value). A container inside itself prints as `[...]`. Error when nesting is deeper
// than Python allows.
class ReprWriter {
 public:
  explicit ReprWriter(std::string& out) : out_(out) {}
  Status write(const Value& value);

 private:
  Status write_items(const std::vector<Value>& items);
  Status write_container(const Value& value);
  Status write_dict(const Dict& dict);
  Status write_set(const Set& set);

  std::string& out_;
  std::vector<const RefCounted*> open_;
};

void append_string_repr(std::string_view text, std::string& out);

}  // namespace sluice::jinja
