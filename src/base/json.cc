#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <cstring>

namespace sluice {

namespace {

// What follows the backslash for a byte that JSON cannot hold as it is: 0 for plain bytes, 'u' for
// \u00XX.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (size_t byte = 0; byte < 0x20; ++byte) escapes[byte] = 'u';
  escapes['\b'] = 'b';
  escapes['\t'] = 't';
  escapes['\n'] = 'n';
  escapes['\f'] = 'f';
  escapes['\r'] = 'r';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

// Whether one of eight bytes must be escaped: below 0x20, a quote or a backslash. The zero-byte
// test of Mycroft (1987): its false positives stand only beside true ones.
bool has_escape(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const auto holds = [&](uint64_t byte) {
    const uint64_t zero_where_equal = word ^ (kOnes * byte);
    return (zero_where_equal - kOnes) & ~zero_where_equal & kHighs;
  };
  const uint64_t below_space = (word - kOnes * 0x20) & ~word & kHighs;
  return (below_space | holds('"') | holds('\\')) != 0;
}

void append_escaped(std::string& out, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    if (i + 8 <= text.size() && !has_escape(text.data() + i)) {
      i += 8;
      continue;
    }
    for (const size_t end = std::min(i + 8, text.size()); i < end; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      const char escape = kEscapes[byte];
      if (escape == 0) continue;
      out.append(text.substr(begin, i - begin));
      begin = i + 1;
      out += '\\';
      out += escape;
      if (escape != 'u') continue;
      out += "00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  out.append(text.substr(begin));
}

Json convert(const boost::json::value& from) {
  Json to;
  switch (from.kind()) {
    case boost::json::kind::null:
      break;
    case boost::json::kind::bool_:
      to.kind = Json::Kind::kBool;
      to.boolean = from.get_bool();
      break;
    case boost::json::kind::int64:
      to.kind = Json::Kind::kInt;
      to.integer = from.get_int64();
      break;
    case boost::json::kind::uint64:  // larger than int64 holds
      to.kind = Json::Kind::kFloat;
      to.floating = static_cast<double>(from.get_uint64());
      break;
    case boost::json::kind::double_:
      to.kind = Json::Kind::kFloat;
      to.floating = from.get_double();
      break;
    case boost::json::kind::string:
      to.kind = Json::Kind::kString;
      to.text = std::string(from.get_string().data(), from.get_string().size());
      break;
    case boost::json::kind::array:
      to.kind = Json::Kind::kArray;
      to.items.reserve(from.get_array().size());
      for (const boost::json::value& item : from.get_array()) to.items.push_back(convert(item));
      break;
    case boost::json::kind::object:
      to.kind = Json::Kind::kObject;
      to.fields.reserve(from.get_object().size());
      for (const auto& field : from.get_object())
        to.fields.emplace_back(std::string(field.key().data(), field.key().size()),
                               convert(field.value()));
      break;
  }
  return to;
}

}  // namespace

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  out_ += '"';
  append_escaped(out_, text);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::integer(int64_t value) {
  separate();
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), end.ptr);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  const std::string_view text(digits.data(), static_cast<size_t>(end.ptr - digits.data()));
  out_.append(text);
  // Keeps its kind when read again.
  if (text.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (key == name) return &value;
  return nullptr;
}

Result<Json> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 512;
  boost::json::parser parser({}, options);
  boost::json::error_code code;
  size_t consumed = parser.write_some(text.data(), text.size(), code);
  if (!code && consumed < text.size()) code = boost::json::error::extra_data;
  // A text that ends too early is only found out when the (unseen) end is asked for.
  if (!code && text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    code = boost::json::error::incomplete;
  if (code)
    return fail(ErrorCode::kIo,
                fmt::format("invalid JSON at byte {}: {}", consumed, code.message()));
  try {
    return convert(parser.release());
  } catch (const boost::system::system_error& error) {
    return fail(ErrorCode::kIo,
                fmt::format("invalid JSON at byte {}: {}", consumed, error.code().message()));
  }
}

}  // namespace sluice
