// JSON as Python's json module writes and reads it. Hand-written because the shapes differ from
// other JSON libraries: integers of any size, NaN and Infinity, Python's separators, key coercion
// and error wording.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "jinja/list_methods.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

constexpr int kMaxDepth = 900;

void append_json_string(std::string_view text, std::string& out) {
  out.push_back('"');
  for (size_t position = 0; position < text.size();) {
    const auto code = static_cast<uint32_t>(next_code_point(text, position));
    switch (code) {
      case '"':
        out += "\\\"";
        continue;
      case '\\':
        out += "\\\\";
        continue;
      case '\n':
        out += "\\n";
        continue;
      case '\r':
        out += "\\r";
        continue;
      case '\t':
        out += "\\t";
        continue;
      case '\f':
        out += "\\f";
        continue;
      case '\b':
        out += "\\b";
        continue;
      default:
        break;
    }
    if (code >= 0x20 && code < 0x7f) {
      out.push_back(static_cast<char>(code));
    } else if (code < 0x10000) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
    } else {
      const uint32_t rest = code - 0x10000;
      fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10U),
                     0xdc00 + (rest & 0x3ffU));
    }
  }
  out.push_back('"');
}

std::string json_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return float_repr(value);
}

class JsonWriter {
 public:
  JsonWriter(const JsonStyle& style, std::string& out) : style_(style), out_(out) {}

  Status write(const Value& value) {
    switch (value.kind()) {
      case Kind::kNone:
        out_ += "null";
        return {};
      case Kind::kBool:
        out_ += value.as_bool() ? "true" : "false";
        return {};
      case Kind::kInt:
      case Kind::kBigInt: {
        SLUICE_ASSIGN(const std::string digits, integer_to_string(value));
        out_ += digits;
        return {};
      }
      case Kind::kFloat:
        out_ += json_float(value.as_float());
        return {};
      case Kind::kString:
      case Kind::kMarkup:
        append_json_string(value.as_string(), out_);
        return {};
      case Kind::kList:
      case Kind::kTuple:
      case Kind::kDict:
        return write_nested(value);
      case Kind::kObject:
        return write_object(value);
      case Kind::kUndefined:
      case Kind::kSet:
        break;
    }
    return not_serializable(value);
  }

 private:
  static Status not_serializable(const Value& value) {
    return runtime_failure(
        fmt::format("Object of type {} is not JSON serializable", type_name(value)));
  }

  Status write_object(const Value& value) {
    const std::optional<Value> plain = value.as_object().to_plain();
    return plain ? write(*plain) : not_serializable(value);
  }

  Status write_nested(const Value& value) {
    if (std::find(open_.begin(), open_.end(), value.identity()) != open_.end())
      return runtime_failure("Circular reference detected");
    if (open_.size() >= kMaxDepth)
      return runtime_failure("maximum recursion depth exceeded while encoding a JSON object");
    open_.push_back(value.identity());
    const Status status =
        value.is_dict() ? write_dict(value.as_dict()) : write_list(value.as_items());
    open_.pop_back();
    return status;
  }

  void line_break() {
    if (style_.indent < 0) return;
    out_.push_back('\n');
    out_.append(open_.size() * static_cast<size_t>(style_.indent), ' ');
  }

  void separate(bool first) {
    if (!first) out_ += style_.indent < 0 ? ", " : ",";
    line_break();
  }

  void close(char bracket) {
    if (style_.indent >= 0) {
      out_.push_back('\n');
      out_.append((open_.size() - 1) * static_cast<size_t>(style_.indent), ' ');
    }
    out_.push_back(bracket);
  }

  Status write_list(const std::vector<Value>& items) {
    if (items.empty()) {
      out_ += "[]";
      return {};
    }
    out_.push_back('[');
    for (size_t i = 0; i < items.size(); ++i) {
      separate(i == 0);
      SLUICE_TRY(write(items[i]));
    }
    close(']');
    return {};
  }

  Status write_key(const Value& key) {
    switch (key.kind()) {
      case Kind::kString:
      case Kind::kMarkup:
        append_json_string(key.as_string(), out_);
        return {};
      case Kind::kNone:
      case Kind::kBool:
      case Kind::kInt:
      case Kind::kBigInt:
      case Kind::kFloat:
        out_.push_back('"');
        SLUICE_TRY(write(key));
        out_.push_back('"');
        return {};
      default:
        return runtime_failure(
            fmt::format("keys must be str, int, float, bool or None, not {}", type_name(key)));
    }
  }

  Status write_dict(const Dict& dict) {
    if (dict.empty()) {
      out_ += "{}";
      return {};
    }
    std::vector<Value> keys;
    for (const Dict::Entry& entry : dict.entries()) keys.push_back(entry.key);
    if (style_.sort_keys) {
      SLUICE_TRY(sort_values(keys, {}, false));
    }
    out_.push_back('{');
    for (size_t i = 0; i < keys.size(); ++i) {
      separate(i == 0);
      SLUICE_TRY(write_key(keys[i]));
      out_ += ": ";
      SLUICE_TRY(write(*dict.find(keys[i])));
    }
    close('}');
    return {};
  }

  const JsonStyle& style_;
  std::string& out_;
  std::vector<const RefCounted*> open_;
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Result<Value> read_document() {
    if (text_.starts_with("\xef\xbb\xbf"))
      return runtime_failure("Unexpected UTF-8 BOM (decode using utf-8-sig)");
    skip_space();
    SLUICE_ASSIGN(Value value, read_value(0));
    skip_space();
    if (position_ != text_.size()) return failure("Extra data", position_);
    return value;
  }

 private:
  tl::unexpected<Error> failure(std::string_view what, size_t byte_position) const {
    const std::string_view before = text_.substr(0, byte_position);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t line_start = before.rfind('\n');
    const std::string_view on_line =
        line_start == std::string_view::npos ? before : before.substr(line_start + 1);
    return runtime_failure(fmt::format("{}: line {} column {} (char {})", what, line,
                                       utf8_length(on_line) + 1, utf8_length(before)));
  }

  void skip_space() {
    while (position_ < text_.size() &&
           std::string_view(" \t\n\r").find(text_[position_]) != std::string_view::npos)
      ++position_;
  }

  bool accept(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return false;
    position_ += word.size();
    return true;
  }

  Result<Value> read_value(int depth) {
    if (depth > kMaxDepth)
      return runtime_failure("maximum recursion depth exceeded while decoding a JSON object");
    if (position_ >= text_.size()) return failure("Expecting value", position_);
    switch (text_[position_]) {
      case '"': {
        SLUICE_ASSIGN(std::string text, read_string());
        return Value::string(std::move(text));
      }
      case '{':
        return read_object(depth);
      case '[':
        return read_array(depth);
      default:
        return read_scalar();
    }
  }

  Result<Value> read_scalar() {
    if (accept("null")) return Value::none();
    if (accept("true")) return Value::boolean(true);
    if (accept("false")) return Value::boolean(false);
    if (accept("NaN")) return Value::floating(std::numeric_limits<double>::quiet_NaN());
    if (accept("Infinity")) return Value::floating(std::numeric_limits<double>::infinity());
    if (accept("-Infinity")) return Value::floating(-std::numeric_limits<double>::infinity());
    return read_number();
  }

  size_t skip_digits(size_t position) const {
    while (position < text_.size() && text_[position] >= '0' && text_[position] <= '9') ++position;
    return position;
  }

  char at(size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  Result<Value> read_number() {
    const size_t start = position_;
    size_t end = start + (at(start) == '-' ? 1 : 0);
    const size_t whole = end;
    end = at(whole) == '0' ? whole + 1 : skip_digits(whole);
    if (end == whole) return failure("Expecting value", start);
    bool is_float = false;
    if (at(end) == '.' && skip_digits(end + 1) > end + 1) {
      is_float = true;
      end = skip_digits(end + 1);
    }
    if (at(end) == 'e' || at(end) == 'E') {
      const size_t digits = end + (at(end + 1) == '+' || at(end + 1) == '-' ? 2 : 1);
      if (skip_digits(digits) > digits) {
        is_float = true;
        end = skip_digits(digits);
      }
    }
    position_ = end;
    const std::string_view number = text_.substr(start, end - start);
    if (is_float) return Value::floating(parse_float(number).value_or(0.0));
    const std::optional<Value> integer = parse_int(number);
    if (!integer)
      return runtime_failure(fmt::format(
          "Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; "
          "use sys.set_int_max_str_digits() to increase the limit",
          number.size()));
    return *integer;
  }

  Result<uint32_t> read_hex() {
    uint32_t code = 0;
    const char* first = text_.data() + position_;
    const size_t left = text_.size() - position_;
    const auto parsed = std::from_chars(first, first + std::min<size_t>(left, 4), code, 16);
    if (left < 4 || parsed.ptr != first + 4)
      return failure("Invalid \\uXXXX escape", position_ - 1);
    position_ += 4;
    return code;
  }

  Status read_escape(std::string& out) {
    if (position_ >= text_.size()) return failure("Unterminated string starting at", string_start_);
    const char c = text_[position_++];
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const size_t found = kNames.find(c); found != std::string_view::npos) {
      out.push_back(kMeanings[found]);
      return {};
    }
    if (c != 'u') return failure("Invalid \\escape", position_ - 2);
    SLUICE_ASSIGN(uint32_t code, read_hex());
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_, 2) == "\\u") {
      const size_t before = position_;
      position_ += 2;
      SLUICE_ASSIGN(const uint32_t low, read_hex());
      if (low >= 0xdc00 && low < 0xe000)
        code = 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00);
      else
        position_ = before;
    }
    append_code_point(code, out);
    return {};
  }

  Result<std::string> read_string() {
    string_start_ = position_++;
    std::string out;
    for (;;) {
      const size_t plain = position_;
      while (position_ < text_.size() && text_[position_] != '"' && text_[position_] != '\\' &&
             static_cast<unsigned char>(text_[position_]) >= 0x20)
        ++position_;
      out.append(text_.substr(plain, position_ - plain));
      if (position_ >= text_.size())
        return failure("Unterminated string starting at", string_start_);
      const char c = text_[position_];
      if (c == '"') {
        ++position_;
        return out;
      }
      if (c != '\\') return failure("Invalid control character at", position_);
      ++position_;
      SLUICE_TRY(read_escape(out));
    }
  }

  Result<Value> read_array(int depth) {
    ++position_;
    std::vector<Value> items;
    skip_space();
    if (accept("]")) return Value::list();
    for (;;) {
      skip_space();
      SLUICE_ASSIGN(Value item, read_value(depth + 1));
      items.push_back(std::move(item));
      skip_space();
      if (accept("]")) return Value::list(std::move(items));
      if (!accept(",")) return failure("Expecting ',' delimiter", position_);
    }
  }

  Result<Value> read_object(int depth) {
    ++position_;
    Value result = Value::dict();
    skip_space();
    if (accept("}")) return result;
    for (;;) {
      skip_space();
      if (at(position_) != '"')
        return failure("Expecting property name enclosed in double quotes", position_);
      SLUICE_ASSIGN(const std::string key, read_string());
      skip_space();
      if (!accept(":")) return failure("Expecting ':' delimiter", position_);
      skip_space();
      SLUICE_ASSIGN(Value value, read_value(depth + 1));
      result.as_dict().set(key, std::move(value));
      skip_space();
      if (accept("}")) return result;
      if (!accept(",")) return failure("Expecting ',' delimiter", position_);
    }
  }

  std::string_view text_;
  size_t position_ = 0;
  size_t string_start_ = 0;
};

}  // namespace

Result<std::string> to_json(const Value& value, const JsonStyle& style) {
  std::string out;
  SLUICE_TRY(JsonWriter(style, out).write(value));
  return out;
}

Result<Value> from_json(std::string_view text) { return JsonReader(text).read_document(); }

}  // namespace sluice::jinja
