#include "jinja/attribute_path.h"

#include "jinja/filter_arguments.h"
#include "jinja/filters_groups.h"
#include "jinja/template.h"

namespace sluice::jinja {

Result<AttributePath> AttributePath::parse(const Value& attribute, std::optional<Value> otherwise) {
  AttributePath path;
  path.otherwise_ = std::move(otherwise);
  if (attribute.is_none()) return path;
  if (!attribute.is_string()) {
    path.parts_.push_back(attribute);
    return path;
  }
  std::string_view text = attribute.as_string();
  for (size_t at = 0; at <= text.size();) {
    size_t dot = std::min(text.find('.', at), text.size());
    std::string_view part = text.substr(at, dot - at);
    bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    std::optional<Value> index = digits ? parse_int(part) : std::nullopt;
    path.parts_.push_back(index ? std::move(*index) : Value::string(part));
    at = dot + 1;
  }
  return path;
}

Result<Value> AttributePath::get(Interpreter& interpreter, const Value& item) const {
  Value current = item;
  for (const Value& part : parts_) {
    SLUICE_ASSIGN(Value next, get_item(current, part, interpreter.environment().undefined));
    bool replace = otherwise_.has_value() && next.is_undefined();
    current = replace ? *otherwise_ : std::move(next);
  }
  return current;
}

Result<Value> fold_case(Interpreter& interpreter, const Value& value) {
  if (!value.is_string()) return value;
  return filters::lower(interpreter, value, {});
}

}  // namespace sluice::jinja
