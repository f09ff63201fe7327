#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/str_methods.h"
#include "jinja/value_text.h"

namespace sluice::jinja::str_methods {
namespace {

struct SplitArguments {
  const Value* separator = nullptr;  // null: white space
  int64_t limit = -1;
};

Result<SplitArguments> split_arguments(std::string_view method, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>(method, {std::string_view("sep"), "maxsplit"}, args));
  SplitArguments result;
  if (bound[0] != nullptr && !bound[0]->is_none()) {
    if (bound[0]->is_undefined()) return fail(undefined_error(*bound[0]));
    if (!bound[0]->is_string())
      return runtime_failure(fmt::format("must be str or None, not {}", type_name(*bound[0])));
    if (bound[0]->as_string().empty()) return runtime_failure("empty separator");
    result.separator = bound[0];
  }
  if (bound[1] != nullptr) {
    SLUICE_ASSIGN(result.limit, index_argument(*bound[1]));
  }
  return result;
}

std::vector<Value> split_space(std::string_view text, int64_t limit) {
  std::vector<Value> parts;
  std::string_view rest = strip_space_left(text);
  while (!rest.empty()) {
    if (limit >= 0 && static_cast<int64_t>(parts.size()) >= limit) {
      parts.push_back(Value::string(rest));  // the tail keeps its trailing space, as in Python
      break;
    }
    size_t end = 0;
    while (end < rest.size()) {
      size_t next = end;
      if (is_space(next_code_point(rest, next))) break;
      end = next;
    }
    parts.push_back(Value::string(rest.substr(0, end)));
    rest = strip_space_left(rest.substr(end));
  }
  return parts;
}

std::vector<Value> split_space_right(std::string_view text, int64_t limit) {
  std::vector<Value> parts;
  std::string_view rest = strip_space_right(text);
  while (!rest.empty()) {
    if (limit >= 0 && static_cast<int64_t>(parts.size()) >= limit) {
      parts.push_back(Value::string(rest));
      break;
    }
    size_t word = 0;
    for (size_t position = 0; position < rest.size();)
      if (is_space(next_code_point(rest, position))) word = position;
    parts.push_back(Value::string(rest.substr(word)));
    rest = strip_space_right(rest.substr(0, word));
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<Value> split_text(std::string_view text, std::string_view separator, int64_t limit) {
  std::vector<Value> parts;
  size_t start = 0;
  while (limit < 0 || static_cast<int64_t>(parts.size()) < limit) {
    const size_t found = text.find(separator, start);
    if (found == std::string_view::npos) break;
    parts.push_back(Value::string(text.substr(start, found - start)));
    start = found + separator.size();
  }
  parts.push_back(Value::string(text.substr(start)));
  return parts;
}

std::vector<Value> split_text_right(std::string_view text, std::string_view separator,
                                    int64_t limit) {
  std::vector<Value> parts;
  while (limit < 0 || static_cast<int64_t>(parts.size()) < limit) {
    const size_t found = text.rfind(separator);
    if (found == std::string_view::npos) break;
    parts.push_back(Value::string(text.substr(found + separator.size())));
    text = text.substr(0, found);
  }
  parts.push_back(Value::string(text));
  std::reverse(parts.begin(), parts.end());
  return parts;
}

bool is_line_break(char32_t code) {
  switch (code) {
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case 0x1c:
    case 0x1d:
    case 0x1e:
    case 0x85:
    case 0x2028:
    case 0x2029:
      return true;
    default:
      return false;
  }
}

Result<std::string_view> separator_argument(const CallArgs& args) {
  const Value& separator = args.positional[0];
  if (separator.is_undefined()) return fail(undefined_error(separator));
  if (!separator.is_string())
    return runtime_failure(fmt::format("must be str, not {}", type_name(separator)));
  if (separator.as_string().empty()) return runtime_failure("empty separator");
  return std::string_view(separator.as_string());
}

Value three(std::string_view a, std::string_view b, std::string_view c) {
  return Value::tuple({Value::string(a), Value::string(b), Value::string(c)});
}

}  // namespace

Result<Value> split(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const SplitArguments wanted, split_arguments("split", args));
  if (wanted.separator == nullptr) return Value::list(split_space(self.as_string(), wanted.limit));
  return Value::list(split_text(self.as_string(), wanted.separator->as_string(), wanted.limit));
}

Result<Value> rsplit(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const SplitArguments wanted, split_arguments("rsplit", args));
  if (wanted.separator == nullptr)
    return Value::list(split_space_right(self.as_string(), wanted.limit));
  return Value::list(
      split_text_right(self.as_string(), wanted.separator->as_string(), wanted.limit));
}

Result<Value> splitlines(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("splitlines", {std::string_view("keepends")}, args));
  SLUICE_ASSIGN(const bool keep, flag_argument(bound[0], false));
  const std::string_view text = self.as_string();
  std::vector<Value> lines;
  size_t start = 0;
  for (size_t position = 0; position < text.size();) {
    const size_t before = position;
    const char32_t code = next_code_point(text, position);
    if (!is_line_break(code)) continue;
    if (code == '\r' && position < text.size() && text[position] == '\n') ++position;
    lines.push_back(Value::string(text.substr(start, (keep ? position : before) - start)));
    start = position;
  }
  if (start < text.size()) lines.push_back(Value::string(text.substr(start)));
  return Value::list(std::move(lines));
}

Result<Value> partition(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string_view separator, separator_argument(args));
  const std::string_view text = self.as_string();
  const size_t found = text.find(separator);
  if (found == std::string_view::npos) return three(text, "", "");
  return three(text.substr(0, found), separator, text.substr(found + separator.size()));
}

Result<Value> rpartition(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string_view separator, separator_argument(args));
  const std::string_view text = self.as_string();
  const size_t found = text.rfind(separator);
  if (found == std::string_view::npos) return three("", "", text);
  return three(text.substr(0, found), separator, text.substr(found + separator.size()));
}

Result<Value> join(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  const Value& source = args.positional[0];
  std::vector<Value> made;
  const std::vector<Value>* items = nullptr;
  if (source.is_sequence()) {
    items = &source.as_items();
  } else {
    Result<std::vector<Value>> all = iterate(source);
    if (!all) {
      if (source.is_object() || source.is_undefined()) return fail(std::move(all.error()));
      return runtime_failure("can only join an iterable");
    }
    made = std::move(*all);
    items = &made;
  }
  const std::string& separator = self.as_string();
  std::string text;
  for (size_t i = 0; i < items->size(); ++i) {
    const Value& item = (*items)[i];
    if (!item.is_string())
      return runtime_failure(
          fmt::format("sequence item {}: expected str instance, {} found", i, type_name(item)));
    if (i != 0) text += separator;
    text += item.as_string();
  }
  return like(self, std::move(text));
}

}  // namespace sluice::jinja::str_methods
