#include "compile/tree_sink.h"

#include <fmt/format.h>

#include "jinja/ops.h"
#include "jinja/value_bigint.h"
#include "project/yaml_value.h"

namespace sluice::compile {

namespace {

using jinja::Kind;
using jinja::Value;

// Python's json: keys that are not text become the text of their JSON form.
std::string key_text(const Value& key) {
  if (key.is_string()) return key.as_string();
  if (key.is_none()) return "null";
  if (key.is_bool()) return key.as_bool() ? "true" : "false";
  return jinja::to_str(key).value_or(std::string());
}

void write_scalar(JsonWriter& writer, const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      writer.boolean(value.as_bool());
      break;
    case Kind::kInt:
      writer.integer(value.as_int());
      break;
    case Kind::kBigInt:
      writer.raw(jinja::bigint_to_string(value));
      break;
    case Kind::kFloat:
      writer.number(value.as_float());
      break;
    case Kind::kString:
    case Kind::kMarkup:
      writer.string(value.as_string());
      break;
    default:
      writer.null();
  }
}

void write_dict(JsonWriter& writer, const Value& value) {
  writer.begin_object();
  for (const jinja::Dict::Entry& entry : value.as_dict().entries()) {
    if (entry.key.is_string())
      writer.key(entry.key.as_string());
    else
      writer.key(key_text(entry.key));
    write_json(writer, entry.value);
  }
  writer.end_object();
}

void write_object(JsonWriter& writer, const Value& value) {
  if (const std::optional<Value> plain = value.as_object().to_plain(); plain && !plain->is_object())
    write_json(writer, *plain);
  else
    writer.string(jinja::to_str(value).value_or(std::string()));
}

}  // namespace

void write_json(JsonWriter& writer, const Value& value) {
  switch (value.kind()) {
    case Kind::kList:
    case Kind::kTuple:
      writer.begin_array();
      for (const Value& item : value.as_items()) write_json(writer, item);
      writer.end_array();
      break;
    case Kind::kSet:
      writer.begin_array();
      for (const jinja::Dict::Entry& entry : value.as_set().entries())
        write_json(writer, entry.key);
      writer.end_array();
      break;
    case Kind::kDict:
      write_dict(writer, value);
      break;
    case Kind::kObject:
      write_object(writer, value);
      break;
    default:
      write_scalar(writer, value);
  }
}

void TreeSink::dict_field(std::string_view name, const Value& content) {
  key(name);
  if (content.is_none()) {
    begin_object();
    end_object();
  } else {
    value(content);
  }
}

void TreeSink::list_field(std::string_view name, const Value& content) {
  key(name);
  if (content.is_none()) {
    begin_array();
    end_array();
  } else {
    value(content);
  }
}

void JsonSink::value(const Value& value) { write_json(writer_, value); }

void JsonSink::shared_value(const Value& value) {
  auto [found, is_new] = known_.try_emplace(value.identity());
  if (is_new) {
    JsonWriter alone;
    write_json(alone, value);
    found->second = {value, alone.take()};
  }
  writer_.raw(found->second.second);
}

void ValueSink::value(const Value& value) { put(project::deep_copy(value)); }

void ValueSink::put(Value value) {
  if (open_.empty())
    result_ = std::move(value);
  else if (open_.back().is_dict())
    open_.back().as_dict().set(names_.back(), std::move(value));
  else
    open_.back().as_items().push_back(std::move(value));
}

void ValueSink::close() {
  Value done = std::move(open_.back());
  open_.pop_back();
  names_.pop_back();
  put(std::move(done));
}

}  // namespace sluice::compile
