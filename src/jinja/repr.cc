#include "jinja/repr.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

constexpr size_t kMaxNesting = 900;

void append_escaped(char32_t code, std::string& out) {
  if (code < 0x100)
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<uint32_t>(code));
  else if (code < 0x10000)
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint32_t>(code));
  else
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", static_cast<uint32_t>(code));
}

Status append_scalar(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::kNone:
      out += "None";
      return {};
    case Kind::kBool:
      out += value.as_bool() ? "True" : "False";
      return {};
    case Kind::kInt: {
      const fmt::format_int digits(value.as_int());
      out.append(digits.data(), digits.size());
      return {};
    }
    case Kind::kBigInt: {
      SLUICE_ASSIGN(const std::string digits, integer_to_string(value));
      out += digits;
      return {};
    }
    default:
      out += float_repr(value.as_float());
      return {};
  }
}

}  // namespace

void append_string_repr(std::string_view text, std::string& out) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  out.reserve(out.size() + text.size() + 2);
  out.push_back(quote);
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t code = next_code_point(text, position);
    if (code == static_cast<char32_t>(quote) || code == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(code));
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\r') {
      out += "\\r";
    } else if (code == '\t') {
      out += "\\t";
    } else if ((code >= 0x20 && code < 0x7f) || is_printable(code)) {
      out.append(text.substr(start, position - start));
    } else {
      append_escaped(code, out);
    }
  }
  out.push_back(quote);
}

std::string string_repr(std::string_view text) {
  std::string out;
  append_string_repr(text, out);
  return out;
}

Status ReprWriter::write(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      out_ += "Undefined";
      return {};
    case Kind::kString:
      append_string_repr(value.as_string(), out_);
      return {};
    case Kind::kMarkup:
      out_ += "Markup(";
      append_string_repr(value.as_string(), out_);
      out_.push_back(')');
      return {};
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
    case Kind::kSet:
      return write_container(value);
    case Kind::kObject: {
      SLUICE_ASSIGN(const std::string text, value.as_object().repr());
      out_ += text;
      return {};
    }
    default:
      return append_scalar(value, out_);
  }
}

Status ReprWriter::write_container(const Value& value) {
  if (std::find(open_.begin(), open_.end(), value.identity()) != open_.end()) {
    switch (value.kind()) {
      case Kind::kList:
        out_ += "[...]";
        return {};
      case Kind::kTuple:
        out_ += "(...)";
        return {};
      case Kind::kDict:
        out_ += "{...}";
        return {};
      default:
        out_ += "set(...)";
        return {};
    }
  }
  if (open_.size() >= kMaxNesting)
    return runtime_failure("maximum recursion depth exceeded while getting the repr of an object");
  open_.push_back(value.identity());
  Status status;
  if (value.is_list()) {
    out_.push_back('[');
    status = write_items(value.as_items());
    out_.push_back(']');
  } else if (value.is_tuple()) {
    out_.push_back('(');
    status = write_items(value.as_items());
    out_ += value.as_items().size() == 1 ? ",)" : ")";
  } else if (value.is_dict()) {
    status = write_dict(value.as_dict());
  } else {
    status = write_set(value.as_set());
  }
  open_.pop_back();
  return status;
}

Status ReprWriter::write_items(const std::vector<Value>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i != 0) out_ += ", ";
    SLUICE_TRY(write(items[i]));
  }
  return {};
}

Status ReprWriter::write_dict(const Dict& dict) {
  out_.push_back('{');
  bool first = true;
  for (const Dict::Entry& entry : dict.entries()) {
    if (!first) out_ += ", ";
    first = false;
    SLUICE_TRY(write(entry.key));
    out_ += ": ";
    SLUICE_TRY(write(entry.value));
  }
  out_.push_back('}');
  return {};
}

Status ReprWriter::write_set(const Set& set) {
  if (set.size() == 0) {
    out_ += "set()";
    return {};
  }
  out_.push_back('{');
  bool first = true;
  for (const Dict::Entry& entry : set.entries()) {
    if (!first) out_ += ", ";
    first = false;
    SLUICE_TRY(write(entry.key));
  }
  out_.push_back('}');
  return {};
}

Status append_str(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return {};  // also for `{{ ''.__class__ }}`: only further use is refused
    case Kind::kString:
    case Kind::kMarkup:
      out += value.as_string();
      return {};
    case Kind::kObject: {
      SLUICE_ASSIGN(const std::string text, value.as_object().str());
      out += text;
      return {};
    }
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
    case Kind::kSet:
      return ReprWriter(out).write(value);
    default:
      return append_scalar(value, out);
  }
}

Result<std::string> to_str(const Value& value) {
  if (value.is_string()) return value.as_string();
  std::string out;
  SLUICE_TRY(append_str(value, out));
  return out;
}

Result<std::string> to_repr(const Value& value) {
  std::string out;
  SLUICE_TRY(ReprWriter(out).write(value));
  return out;
}

}  // namespace sluice::jinja
