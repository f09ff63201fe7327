// Filters on text.
#include <algorithm>

#include "jinja/filter_arguments.h"
#include "jinja/filters_groups.h"
#include "jinja/lexer.h"
#include "jinja/template.h"
#include "jinja/value_text.h"

namespace sluice::jinja::filters {

namespace {

// soft_str(self) as a string value.
Result<Value> text_value(const Value& self) {
  if (self.kind() == Kind::kString) return self;
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::string(std::move(text));
}

// Calls the method of str.
Result<Value> on_text(Interpreter& interpreter, const Value& self, std::string_view method,
                      std::span<const Value> positional = {}) {
  SLUICE_ASSIGN(Value text, text_value(self));
  SLUICE_ASSIGN(std::optional<Value> result,
                call_method(interpreter, text, method, {positional, {}}));
  SLUICE_CHECK(result.has_value());
  return std::move(*result);
}

Result<std::string> change_case(Interpreter& interpreter, std::string_view text,
                                std::string_view method) {
  SLUICE_ASSIGN(Value changed, on_text(interpreter, Value::string(text), method));
  return changed.as_string();
}

Result<Value> keep_kind(const Value& self, Value text) {
  return self.kind() == Kind::kMarkup ? Value::markup(text.as_string()) : std::move(text);
}

}  // namespace

Result<Value> upper(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("upper", args, {}));
  return on_text(interpreter, self, "upper");
}

Result<Value> lower(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("lower", args, {}));
  return on_text(interpreter, self, "lower");
}

Result<Value> capitalize(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("capitalize", args, {}));
  return on_text(interpreter, self, "capitalize");
}

// Words begin after '-', white space and opening brackets.
Result<Value> title(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("title", args, {}));
  SLUICE_ASSIGN(std::string text, to_str(self));
  auto separates = [&](size_t at, size_t& width) {
    if (is_space_at(text, at, width)) return true;
    width = 1;
    return std::string_view("-({[<").find(text[at]) != std::string_view::npos;
  };
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t width = 1;
    if (separates(at, width)) {
      out.append(text, at, width);
      at += width;
      continue;
    }
    size_t head = at;
    next_code_point(text, head);
    size_t end = head;
    while (end < text.size() && !separates(end, width)) next_code_point(text, end);
    SLUICE_ASSIGN(std::string initial,
                  change_case(interpreter, text.substr(at, head - at), "upper"));
    SLUICE_ASSIGN(std::string rest,
                  change_case(interpreter, text.substr(head, end - head), "lower"));
    out += initial + rest;
    at = end;
  }
  return Value::string(std::move(out));
}

Result<Value> center(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("center", args, {"width"}));
  SLUICE_ASSIGN(int64_t width, bound.integer(0, 80));
  Value arg = Value::integer(width);
  return on_text(interpreter, self, "center", {&arg, 1});
}

Result<Value> trim(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("trim", args, {"chars"}));
  return on_text(interpreter, self, "strip", {&bound.value(0), 1});
}

Result<Value> replace(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("replace", args, {"old", "new", "count"}, 2));
  SLUICE_ASSIGN(Value from, text_value(bound.value(0)));
  SLUICE_ASSIGN(Value to, text_value(bound.value(1)));
  Value parts[] = {from, to, bound.value(2).is_none() ? Value::integer(-1) : bound.value(2)};
  return on_text(interpreter, self, "replace", parts);
}

Result<Value> indent(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("indent", args, {"width", "first", "blank"}));
  SLUICE_ASSIGN(bool first, bound.flag(1, false));
  SLUICE_ASSIGN(bool blank, bound.flag(2, false));
  std::string indention;
  if (bound.has(0) && bound.value(0).is_string()) {
    indention = bound.value(0).as_string();
  } else {
    SLUICE_ASSIGN(int64_t width, bound.integer(0, 4));
    indention.assign(static_cast<size_t>(std::clamp<int64_t>(width, 0, 1 << 20)), ' ');
  }
  SLUICE_ASSIGN(std::string text, to_str(self));
  SLUICE_ASSIGN(Value lines, on_text(interpreter, Value::string(text + "\n"), "splitlines"));
  std::string out = first ? indention : std::string();
  bool is_first = true;
  for (const Value& line : lines.as_items()) {
    if (!is_first) {
      out += '\n';
      if (blank || !line.as_string().empty()) out += indention;
    }
    out += line.as_string();
    is_first = false;
  }
  return keep_kind(self, Value::string(std::move(out)));
}

Result<Value> truncate(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("truncate", args, {"length", "killwords", "end", "leeway"}));
  SLUICE_ASSIGN(int64_t length, bound.integer(0, 255));
  SLUICE_ASSIGN(bool killwords, bound.flag(1, false));
  SLUICE_ASSIGN(std::string end, bound.text(2, "..."));
  int64_t leeway = 5;
  if (!bound.value(3).is_none()) {
    SLUICE_ASSIGN(leeway, bound.integer(3, 5));
  }
  auto end_length = static_cast<int64_t>(utf8_length(end));
  if (length < end_length) {
    return runtime_error("expected length >= " + std::to_string(end_length) + ", got " +
                         std::to_string(length));
  }
  if (leeway < 0) return runtime_error("expected leeway >= 0, got " + std::to_string(leeway));
  SLUICE_ASSIGN(std::string text, to_str(self));
  if (static_cast<int64_t>(utf8_length(text)) <= length + leeway) return text_value(self);
  std::string kept = text.substr(0, byte_offset(text, static_cast<size_t>(length - end_length)));
  if (!killwords) {
    size_t space = kept.rfind(' ');
    if (space != std::string::npos) kept.resize(space);
  }
  return Value::string(kept + end);
}

Result<Value> wordcount(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("wordcount", args, {}));
  SLUICE_ASSIGN(std::string text, to_str(self));
  int64_t count = 0;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    auto byte = static_cast<unsigned char>(text[at]);
    size_t width = 0;
    bool ascii_word = byte < 0x80 && (std::isalnum(byte) != 0 || byte == '_');
    bool word = ascii_word || (byte >= 0x80 && !is_space_at(text, at, width));
    if (word && !inside) ++count;
    inside = word;
    next_code_point(text, at);
  }
  return Value::integer(count);
}

Result<Value> format(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  if (!args.positional.empty() && !args.keyword.empty()) {
    return runtime_error("can't handle positional and keyword arguments at the same time");
  }
  SLUICE_ASSIGN(std::string pattern, to_str(self));
  Value values;
  if (args.keyword.empty()) {
    values = Value::tuple({args.positional.begin(), args.positional.end()});
  } else {
    values = Value::dict();
    for (const KeywordArg& keyword : args.keyword)
      values.as_dict().set(keyword.name, keyword.value);
  }
  SLUICE_ASSIGN(std::string text, percent_format(pattern, values));
  return Value::string(std::move(text));
}

Result<Value> string(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("string", args, {}));
  if (self.is_string()) return self;
  return text_value(self);
}

namespace {

// Greedy line filling, as Python's textwrap does it.
class WordWrapper {
 public:
  WordWrapper(size_t width, bool break_long, bool break_hyphens)
      : width_(width), break_long_(break_long), break_hyphens_(break_hyphens) {}

  std::vector<std::string> wrap(std::string_view line) {
    split(line);
    std::vector<std::string> lines;
    size_t next = 0;
    while (next < chunks_.size()) {
      if (!lines.empty() && is_blank(chunks_[next])) ++next;
      std::string current;
      size_t length = 0;
      while (next < chunks_.size() && length + utf8_length(chunks_[next]) <= width_) {
        length += utf8_length(chunks_[next]);
        current += chunks_[next++];
      }
      if (next < chunks_.size() && utf8_length(chunks_[next]) > width_)
        take_long(next, length, current);
      size_t end = current.find_last_not_of(" \t\v\f");
      current.resize(end == std::string::npos ? 0 : end + 1);
      if (!current.empty()) lines.push_back(std::move(current));
    }
    return lines;
  }

 private:
  static bool is_blank(std::string_view chunk) {
    return chunk.find_first_not_of(" \t\v\f") == std::string_view::npos;
  }

  void take_long(size_t& next, size_t length, std::string& current) {
    size_t room = width_ > length ? width_ - length : 0;
    if (width_ == 0) room = 1;
    if (break_long_) {
      size_t cut = byte_offset(chunks_[next], room);
      current += chunks_[next].substr(0, cut);
      chunks_[next].erase(0, cut);
      if (chunks_[next].empty()) ++next;
    } else if (current.empty()) {
      current += chunks_[next++];
    }
  }

  void split(std::string_view line) {
    chunks_.clear();
    auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; };
    auto letter = [](char c) {
      return std::isalpha(static_cast<unsigned char>(c)) != 0 ||
             (static_cast<unsigned char>(c) & 0x80) != 0;
    };
    for (size_t at = 0; at < line.size();) {
      size_t begin = at;
      bool is_space = blank(line[at]);
      while (at < line.size() && blank(line[at]) == is_space) {
        ++at;
        bool hyphen = !is_space && break_hyphens_ && line[at - 1] == '-' && at - begin >= 2 &&
                      letter(line[at - 2]) && at < line.size() && letter(line[at]);
        if (hyphen) break;
      }
      chunks_.emplace_back(line.substr(begin, at - begin));
    }
  }

  size_t width_;
  bool break_long_;
  bool break_hyphens_;
  std::vector<std::string> chunks_;
};

}  // namespace

Result<Value> wordwrap(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind(
                                "wordwrap", args,
                                {"width", "break_long_words", "wrapstring", "break_on_hyphens"}));
  SLUICE_ASSIGN(int64_t width, bound.integer(0, 79));
  SLUICE_ASSIGN(bool break_long, bound.flag(1, true));
  SLUICE_ASSIGN(bool break_hyphens, bound.flag(3, true));
  std::string joint = "\n";
  if (!bound.value(2).is_none()) {
    SLUICE_ASSIGN(joint, bound.text(2, "\n"));
  }
  if (width <= 0) return runtime_error("invalid width " + std::to_string(width) + " (must be > 0)");
  SLUICE_ASSIGN(Value lines, on_text(interpreter, self, "splitlines"));
  std::string out;
  bool is_first = true;
  for (const Value& line : lines.as_items()) {
    if (!is_first) out += joint;
    is_first = false;
    auto parts =
        WordWrapper(static_cast<size_t>(width), break_long, break_hyphens).wrap(line.as_string());
    for (size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : joint) + parts[i];
  }
  return Value::string(std::move(out));
}

}  // namespace sluice::jinja::filters
