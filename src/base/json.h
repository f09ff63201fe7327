// JSON out (a streaming writer, deterministic) and in (a small tree). The writer is the hot path of
// artifacts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sluice {

// Appends JSON to a string it owns. Keys keep the order of calls. Not thread-safe.
class JsonWriter {
 public:
  JsonWriter() = default;
  // Continues a document: the first value follows `begin` without a comma.
  explicit JsonWriter(std::string begin) : out_(std::move(begin)) {}
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(int64_t value);
  JsonWriter& number(double value);  // NaN and infinities become null
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // Splices text that is JSON already.
  JsonWriter& raw(std::string_view json);
  // key + value.
  JsonWriter& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, const char* text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, int64_t value) { return key(name).integer(value); }
  JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& field(std::string_view name, double value) { return key(name).number(value); }
  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }
  // Empties the writer in the middle of a document; what is written next continues it.
  std::string take_piece() { return std::exchange(out_, {}); }

 private:
  void separate();
  std::string out_;
  bool needs_comma_ = false;
};

// A parsed JSON value; numbers keep their kind.
struct Json {
  Json();  // defined below, where the type is complete (clang asks for it)
  enum class Kind : uint8_t { kNull, kBool, kInt, kFloat, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  int64_t integer = 0;
  double floating = 0;
  std::string text;
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> fields;
  const Json* find(std::string_view name) const;
};
inline Json::Json() = default;
// Error: kIo with the offset and what was expected.
Result<Json> parse_json(std::string_view text);

}  // namespace sluice
