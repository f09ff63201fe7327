// TreeSink: where the shape of a resource is told once and becomes JSON text or a template value.
// Calls nest as in JsonWriter. One thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json.h"
#include "jinja/value.h"

namespace sluice::compile {

class TreeSink {
 public:
  virtual ~TreeSink() = default;
  virtual void begin_object() = 0;
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void string(std::string_view text) = 0;
  virtual void integer(int64_t value) = 0;
  virtual void number(double value) = 0;
  virtual void boolean(bool value) = 0;
  virtual void null() = 0;
  virtual void value(const jinja::Value& value) = 0;
  // The same for a dict that many resources share: its text may be kept.
  virtual void shared_value(const jinja::Value& content) { value(content); }

  void field(std::string_view name, std::string_view text) { key(name), string(text); }
  void field(std::string_view name, const jinja::Value& content) { key(name), value(content); }
  void flag(std::string_view name, bool on) { key(name), boolean(on); }
  void null_field(std::string_view name) { key(name), null(); }
  // Null when the text is empty.
  void optional_field(std::string_view name, std::string_view text) {
    key(name);
    if (text.empty())
      null();
    else
      string(text);
  }
  // An empty dict, or an empty list, when the value is none.
  void dict_field(std::string_view name, const jinja::Value& content);
  void list_field(std::string_view name, const jinja::Value& content);
  template <typename Texts = std::vector<std::string>>
  void texts(std::string_view name, const Texts& items) {
    key(name);
    begin_array();
    for (const std::string& item : items) string(item);
    end_array();
  }
};

// Appends to a JsonWriter.
class JsonSink final : public TreeSink {
 public:
  explicit JsonSink(JsonWriter& writer) : writer_(writer) {}
  void begin_object() override { writer_.begin_object(); }
  void end_object() override { writer_.end_object(); }
  void begin_array() override { writer_.begin_array(); }
  void end_array() override { writer_.end_array(); }
  void key(std::string_view name) override { writer_.key(name); }
  void string(std::string_view text) override { writer_.string(text); }
  void integer(int64_t value) override { writer_.integer(value); }
  void number(double value) override { writer_.number(value); }
  void boolean(bool value) override { writer_.boolean(value); }
  void null() override { writer_.null(); }
  void value(const jinja::Value& value) override;
  void shared_value(const jinja::Value& value) override;

 private:
  JsonWriter& writer_;
  // Texts of values that came more than once; the values are held, so no other takes their place.
  std::unordered_map<const jinja::RefCounted*, std::pair<jinja::Value, std::string>> known_;
};

// Builds a Value. Values given to it are copied, so that a template cannot change a node through
// what it was shown.
class ValueSink final : public TreeSink {
 public:
  void begin_object() override { open_.push_back(jinja::Value::dict()), names_.emplace_back(); }
  void end_object() override { close(); }
  void begin_array() override { open_.push_back(jinja::Value::list()), names_.emplace_back(); }
  void end_array() override { close(); }
  void key(std::string_view name) override { names_.back() = name; }
  void string(std::string_view text) override { put(jinja::Value::string(text)); }
  void integer(int64_t value) override { put(jinja::Value::integer(value)); }
  void number(double value) override { put(jinja::Value::floating(value)); }
  void boolean(bool value) override { put(jinja::Value::boolean(value)); }
  void null() override { put(jinja::Value::none()); }
  void value(const jinja::Value& value) override;
  // The finished value. REQUIRES: every begin has had its end.
  jinja::Value take() { return std::move(result_); }

 private:
  void put(jinja::Value value);
  void close();

  std::vector<jinja::Value> open_;
  std::vector<std::string> names_;  // pending key of each open object
  jinja::Value result_;
};

// `value` as JSON: undefined as null, what JSON cannot say as its text, sets and tuples as
// arrays, keys as Python's json module writes them.
void write_json(JsonWriter& writer, const jinja::Value& value);

}  // namespace sluice::compile
