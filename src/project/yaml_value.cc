#include "project/yaml_value.h"

#include <fmt/format.h>

#include "jinja/yaml_value.h"

namespace sluice::project {

using jinja::Value;

Value to_value(const yaml::Node& node) {
  switch (node.tag) {
    case yaml::Tag::kSequence: {
      std::vector<Value> items;
      items.reserve(node.items.size());
      for (const yaml::Node* item : node.items) items.push_back(to_value(*item));
      return Value::list(std::move(items));
    }
    case yaml::Tag::kMapping: {
      Value out = Value::dict();
      for (const auto& [key, value] : node.entries) {
        if (key->is_string())
          out.as_dict().set(key->text, to_value(*value));
        else
          out.as_dict().set(to_value(*key), to_value(*value));
      }
      return out;
    }
    default:
      return jinja::yaml_scalar(node).value_or(Value::string(node.text));
  }
}

Error error_at(ErrorCode code, const yaml::Document& document, const yaml::Node& node,
               std::string message, std::string hint) {
  Error error(code, std::move(message), std::move(hint));
  Span span = document.span(node);
  error.set_excerpt(make_excerpt(document.text(), span));
  error.add_span(std::move(span));
  return error;
}

std::string describe(const yaml::Node& node) {
  switch (node.tag) {
    case yaml::Tag::kNull:
      return "nothing";
    case yaml::Tag::kBool:
      return fmt::format("the truth value \"{}\"", node.text);
    case yaml::Tag::kInt:
    case yaml::Tag::kFloat:
      return fmt::format("the number \"{}\"", node.text);
    case yaml::Tag::kTimestamp:
      return fmt::format("the date \"{}\"", node.text);
    case yaml::Tag::kString:
      return fmt::format("the text \"{}\"", node.text);
    case yaml::Tag::kSequence:
      return "a list";
    case yaml::Tag::kMapping:
      return "a mapping";
  }
  return "a value";
}

Value deep_copy(const Value& value) {
  if (value.is_sequence()) {
    std::vector<Value> items;
    items.reserve(value.as_items().size());
    for (const Value& item : value.as_items()) items.push_back(deep_copy(item));
    return value.is_tuple() ? Value::tuple(std::move(items)) : Value::list(std::move(items));
  }
  if (!value.is_dict()) return value;
  Value out = Value::dict();
  for (const auto& entry : value.as_dict().entries())
    out.as_dict().set(entry.key, deep_copy(entry.value));
  return out;
}

}  // namespace sluice::project
