#include <fmt/format.h>

#include <algorithm>

#include "jinja/format.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/str_methods.h"
#include "jinja/value_text.h"

namespace sluice::jinja::str_methods {
namespace {

constexpr int64_t kMaxPaddedLength = int64_t{1} << 28U;

Result<std::string> text_argument(const CallArgs& args, size_t position,
                                  std::string_view message_start) {
  const Value& value = args.positional[position];
  if (value.is_string()) return value.as_string();
  if (value.is_undefined()) return fail(undefined_error(value));
  return runtime_failure(fmt::format("{}{}", message_start, type_name(value)));
}

struct Padding {
  int64_t missing = 0;
  std::string fill = " ";
};

Result<Padding> padding_of(const Value& self, const CallArgs& args) {
  Padding padding;
  SLUICE_ASSIGN(const int64_t width, index_argument(args.positional[0]));
  if (args.positional.size() > 1) {
    const Value& fill = args.positional[1];
    if (!fill.is_string())
      return runtime_failure(
          fmt::format("The fill character must be a unicode character, not {}", type_name(fill)));
    if (utf8_length(fill.as_string()) != 1)
      return runtime_failure("The fill character must be exactly one character long");
    padding.fill = fill.as_string();
  }
  if (width > kMaxPaddedLength) return runtime_failure("padded string is too long");
  padding.missing =
      std::max<int64_t>(0, width - static_cast<int64_t>(utf8_length(self.as_string())));
  return padding;
}

void append_times(const std::string& unit, int64_t times, std::string& out) {
  for (int64_t i = 0; i < times; ++i) out += unit;
}

Value padded(const Value& self, const Padding& padding, int64_t left) {
  if (padding.missing == 0) return self;
  std::string out;
  append_times(padding.fill, left, out);
  out += self.as_string();
  append_times(padding.fill, padding.missing - left, out);
  return like(self, std::move(out));
}

enum class Sides : uint8_t { kBoth, kLeft, kRight };

std::string_view strip_characters(std::string_view text, std::string_view characters, Sides sides) {
  const std::u32string wanted = decode_text(characters);
  const auto is_wanted = [&wanted](char32_t code) {
    return wanted.find(code) != std::u32string::npos;
  };
  if (sides != Sides::kRight) {
    while (!text.empty()) {
      size_t next = 0;
      if (!is_wanted(next_code_point(text, next))) break;
      text.remove_prefix(next);
    }
  }
  if (sides != Sides::kLeft) {
    size_t keep = 0;
    for (size_t position = 0; position < text.size();)
      if (!is_wanted(next_code_point(text, position))) keep = position;
    text = text.substr(0, keep);
  }
  return text;
}

Result<Value> strip_sides(std::string_view method, const Value& self, const CallArgs& args,
                          Sides sides) {
  const std::string_view text = self.as_string();
  std::string_view rest;
  if (args.positional.empty() || args.positional[0].is_none()) {
    rest = sides == Sides::kBoth
               ? strip_space(text)
               : (sides == Sides::kLeft ? strip_space_left(text) : strip_space_right(text));
  } else {
    const Value& characters = args.positional[0];
    if (characters.is_undefined()) return fail(undefined_error(characters));
    if (!characters.is_string())
      return runtime_failure(fmt::format("{} arg must be None or str", method));
    rest = strip_characters(text, characters.as_string(), sides);
  }
  if (rest.size() == text.size()) return self;
  return like(self, std::string(rest));
}

std::string replace_empty(std::string_view text, std::string_view with, int64_t limit) {
  std::string out;
  int64_t done = 0;
  size_t position = 0;
  while (limit < 0 || done < limit) {
    out += with;
    ++done;
    if (position >= text.size()) break;
    const size_t start = position;
    next_code_point(text, position);
    out += text.substr(start, position - start);
  }
  out += text.substr(position);
  return out;
}

std::string replace_text(std::string_view text, std::string_view from, std::string_view with,
                         int64_t limit) {
  std::string out;
  out.reserve(text.size());
  size_t start = 0;
  for (int64_t done = 0; limit < 0 || done < limit; ++done) {
    const size_t found = text.find(from, start);
    if (found == std::string_view::npos) break;
    out += text.substr(start, found - start);
    out += with;
    start = found + from.size();
  }
  out += text.substr(start);
  return out;
}

}  // namespace

Result<Value> center(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const Padding padding, padding_of(self, args));
  const auto width = padding.missing + static_cast<int64_t>(utf8_length(self.as_string()));
  // CPython puts the odd space left only when the width is odd too.
  return padded(self, padding, padding.missing / 2 + (padding.missing & width & 1));
}

Result<Value> ljust(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const Padding padding, padding_of(self, args));
  return padded(self, padding, 0);
}

Result<Value> rjust(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const Padding padding, padding_of(self, args));
  return padded(self, padding, padding.missing);
}

Result<Value> zfill(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const Padding padding, padding_of(self, args));
  if (padding.missing == 0) return self;
  const std::string& text = self.as_string();
  const bool has_sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  std::string out = has_sign ? text.substr(0, 1) : std::string();
  out.append(static_cast<size_t>(padding.missing), '0');
  out += std::string_view(text).substr(has_sign ? 1 : 0);
  return like(self, std::move(out));
}

Result<Value> strip(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  return strip_sides("strip", self, args, Sides::kBoth);
}

Result<Value> lstrip(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  return strip_sides("lstrip", self, args, Sides::kLeft);
}

Result<Value> rstrip(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  return strip_sides("rstrip", self, args, Sides::kRight);
}

Result<Value> replace(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string from,
                text_argument(args, 0, "replace() argument 1 must be str, not "));
  SLUICE_ASSIGN(const std::string with,
                text_argument(args, 1, "replace() argument 2 must be str, not "));
  int64_t limit = -1;
  if (args.positional.size() > 2) {
    SLUICE_ASSIGN(limit, index_argument(args.positional[2]));
  }
  if (from.empty()) return like(self, replace_empty(self.as_string(), with, limit));
  if (self.as_string().find(from) == std::string::npos) return self;
  return like(self, replace_text(self.as_string(), from, with, limit));
}

Result<Value> removeprefix(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string prefix,
                text_argument(args, 0, "removeprefix() argument must be str, not "));
  const std::string& text = self.as_string();
  return text.starts_with(prefix) ? like(self, text.substr(prefix.size())) : self;
}

Result<Value> removesuffix(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string suffix,
                text_argument(args, 0, "removesuffix() argument must be str, not "));
  const std::string& text = self.as_string();
  if (suffix.empty() || !text.ends_with(suffix)) return self;
  return like(self, text.substr(0, text.size() - suffix.size()));
}

Result<Value> expandtabs(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("expandtabs", {std::string_view("tabsize")}, args));
  int64_t tab_size = 8;
  if (bound[0] != nullptr) {
    SLUICE_ASSIGN(tab_size, index_argument(*bound[0]));
  }
  if (tab_size > 1'000'000) return runtime_failure("new string is too long");
  std::string out;
  int64_t column = 0;
  const std::string& text = self.as_string();
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t code = next_code_point(text, position);
    if (code == '\t') {
      const int64_t spaces = tab_size > 0 ? tab_size - column % tab_size : 0;
      out.append(static_cast<size_t>(spaces), ' ');
      column += spaces;
      continue;
    }
    column = code == '\n' || code == '\r' ? 0 : column + 1;
    out.append(text, start, position - start);
  }
  return like(self, std::move(out));
}

Result<Value> encode(Interpreter& /*interpreter*/, const Value& /*self*/,
                     const CallArgs& /*args*/) {
  return fail(ErrorCode::kJinjaRuntime, "str.encode() is not supported: there is no bytes type",
              "keep the text as a string; local_md5() hashes strings directly");
}

Result<Value> format(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(std::string text, brace_format(self.as_string(), args));
  return like(self, std::move(text));
}

Result<Value> format_map(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(std::string text, brace_format_map(self.as_string(), args.positional[0]));
  return like(self, std::move(text));
}

Result<Value> maketrans(Interpreter& /*interpreter*/, const Value& /*self*/, const CallArgs& args) {
  Value table = Value::dict();
  if (args.positional.size() == 1) {
    if (!args.positional[0].is_dict())
      return runtime_failure("if you give only one argument to maketrans it must be a dict");
    for (const Dict::Entry& entry : args.positional[0].as_dict().entries()) {
      if (!entry.key.is_string()) {
        table.as_dict().set(entry.key, entry.value);
        continue;
      }
      const std::u32string codes = decode_text(entry.key.as_string());
      if (codes.size() != 1)
        return runtime_failure("string keys in translate table must be of length 1");
      table.as_dict().set(Value::integer(codes[0]), entry.value);
    }
    return table;
  }
  SLUICE_ASSIGN(const std::string from,
                text_argument(args, 0, "maketrans() argument 1 must be str, not "));
  SLUICE_ASSIGN(const std::string to,
                text_argument(args, 1, "maketrans() argument 2 must be str, not "));
  const std::u32string keys = decode_text(from);
  const std::u32string values = decode_text(to);
  if (keys.size() != values.size())
    return runtime_failure("the first two maketrans arguments must have equal length");
  for (size_t i = 0; i < keys.size(); ++i)
    table.as_dict().set(Value::integer(keys[i]), Value::integer(values[i]));
  if (args.positional.size() == 3) {
    SLUICE_ASSIGN(const std::string removed,
                  text_argument(args, 2, "maketrans() argument 3 must be str, not "));
    for (const char32_t code : decode_text(removed))
      table.as_dict().set(Value::integer(code), Value::none());
  }
  return table;
}

Result<Value> translate(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  const Value& table = args.positional[0];
  std::string out;
  const std::string& text = self.as_string();
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t code = next_code_point(text, position);
    SLUICE_ASSIGN(const Value replacement,
                  get_item(table, Value::integer(code), UndefinedFlavor::kDefault));
    if (replacement.is_undefined())
      out.append(text, start, position - start);
    else if (replacement.is_string())
      out += replacement.as_string();
    else if (const std::optional<int64_t> number = integer_in_range(replacement)) {
      if (*number < 0 || *number > 0x10ffff)
        return runtime_failure("character mapping must be in range(0x110000)");
      append_code_point(static_cast<char32_t>(*number), out);
    } else if (!replacement.is_none()) {
      return runtime_failure("character mapping must return integer, None or str");
    }
  }
  return like(self, std::move(out));
}

}  // namespace sluice::jinja::str_methods
