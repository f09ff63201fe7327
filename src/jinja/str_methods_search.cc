#include <fmt/format.h>

#include <limits>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/str_methods.h"
#include "jinja/value_text.h"

namespace sluice::jinja::str_methods {
namespace {

// The part of the text between two code-point bounds, and where it starts.
struct Window {
  std::string_view text;  // the part
  size_t byte_start = 0;
  bool ascii = true;
  bool reachable = true;  // false: start lies beyond the end, so not even '' is found
};

Result<int64_t> bound_argument(const CallArgs& args, size_t position, int64_t fallback) {
  if (args.positional.size() <= position || args.positional[position].is_none()) return fallback;
  const Value& bound = args.positional[position];
  Result<int64_t> number = index_argument(bound);
  if (!number && !bound.is_undefined())
    return runtime_failure("slice indices must be integers or None or have an __index__ method");
  return number;
}

Result<Window> window_of(const std::string& text, const CallArgs& args) {
  Window window{text, 0, is_ascii(text), true};
  if (args.positional.size() < 2) return window;
  const auto size = static_cast<int64_t>(window.ascii ? text.size() : utf8_length(text));
  SLUICE_ASSIGN(int64_t start, bound_argument(args, 1, 0));
  SLUICE_ASSIGN(int64_t stop, bound_argument(args, 2, size));
  if (stop > size) stop = size;
  if (stop < 0) stop = std::max<int64_t>(stop + size, 0);
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (start > stop) {
    window.reachable = false;
    window.text = {};
    return window;
  }
  const auto offset = [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    return window.ascii ? position : byte_offset(text, position);
  };
  window.byte_start = offset(start);
  window.text = std::string_view(text).substr(window.byte_start, offset(stop) - window.byte_start);
  return window;
}

Result<std::string_view> needle_argument(const CallArgs& args) {
  const Value& needle = args.positional[0];
  if (needle.is_string()) return std::string_view(needle.as_string());
  if (needle.is_undefined()) return fail(undefined_error(needle));
  return runtime_failure(fmt::format("must be str, not {}", type_name(needle)));
}

// Code-point position of the needle, -1 when absent.
Result<int64_t> search(const Value& self, const CallArgs& args, bool from_right) {
  SLUICE_ASSIGN(const std::string_view needle, needle_argument(args));
  SLUICE_ASSIGN(const Window window, window_of(self.as_string(), args));
  if (!window.reachable) return -1;
  const size_t found = from_right ? window.text.rfind(needle) : window.text.find(needle);
  if (found == std::string_view::npos) return -1;
  const size_t byte_position = window.byte_start + found;
  if (window.ascii) return static_cast<int64_t>(byte_position);
  return static_cast<int64_t>(
      utf8_length(std::string_view(self.as_string()).substr(0, byte_position)));
}

Result<bool> has_affix(std::string_view method, const Value& self, const CallArgs& args,
                       bool at_end) {
  SLUICE_ASSIGN(const Window window, window_of(self.as_string(), args));
  const auto matches = [&](std::string_view affix) {
    if (!window.reachable) return false;
    return at_end ? window.text.ends_with(affix) : window.text.starts_with(affix);
  };
  const Value& wanted = args.positional[0];
  if (wanted.is_string()) return matches(wanted.as_string());
  if (wanted.is_undefined()) return fail(undefined_error(wanted));
  if (!wanted.is_tuple())
    return runtime_failure(fmt::format("{} first arg must be str or a tuple of str, not {}", method,
                                       type_name(wanted)));
  for (const Value& affix : wanted.as_items()) {
    if (!affix.is_string())
      return runtime_failure(
          fmt::format("tuple for {} must only contain str, not {}", method, type_name(affix)));
    if (matches(affix.as_string())) return true;
  }
  return false;
}

}  // namespace

Result<Value> count(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string_view needle, needle_argument(args));
  SLUICE_ASSIGN(const Window window, window_of(self.as_string(), args));
  if (!window.reachable) return Value::integer(0);
  if (needle.empty()) return Value::integer(static_cast<int64_t>(utf8_length(window.text)) + 1);
  int64_t total = 0;
  for (size_t found = window.text.find(needle); found != std::string_view::npos;
       found = window.text.find(needle, found + needle.size()))
    ++total;
  return Value::integer(total);
}

Result<Value> find(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t position, search(self, args, false));
  return Value::integer(position);
}

Result<Value> rfind(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t position, search(self, args, true));
  return Value::integer(position);
}

Result<Value> index(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t position, search(self, args, false));
  if (position < 0) return runtime_failure("substring not found");
  return Value::integer(position);
}

Result<Value> rindex(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t position, search(self, args, true));
  if (position < 0) return runtime_failure("substring not found");
  return Value::integer(position);
}

Result<Value> startswith(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const bool holds, has_affix("startswith", self, args, false));
  return Value::boolean(holds);
}

Result<Value> endswith(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const bool holds, has_affix("endswith", self, args, true));
  return Value::boolean(holds);
}

}  // namespace sluice::jinja::str_methods
