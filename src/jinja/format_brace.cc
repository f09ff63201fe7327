// str.format through the sandbox: string.Formatter's rules, fields looked up as Jinja looks up
// attributes and items.
#include <fmt/format.h>

#include "jinja/format.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"

namespace sluice::jinja {
namespace {

constexpr int kMaxDepth = 2;

bool is_number_text(std::string_view text) {
  return !text.empty() && text.size() < 18 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// One replacement field: {name!conversion:spec}.
struct Field {
  std::string_view name;
  char conversion = 0;
  std::string_view spec;
};

class BraceFormatter {
 public:
  BraceFormatter(const CallArgs& args, const Value* mapping) : args_(args), mapping_(mapping) {}

  Status format(std::string_view text, int depth, std::string& out) {
    if (depth < 0) return runtime_failure("Max string recursion exceeded");
    size_t position = 0;
    while (position < text.size()) {
      const size_t brace = text.find_first_of("{}", position);
      out += text.substr(position, brace - position);
      if (brace == std::string_view::npos) break;
      const bool doubled = brace + 1 < text.size() && text[brace + 1] == text[brace];
      if (doubled) {
        out += text[brace];
        position = brace + 2;
        continue;
      }
      if (text[brace] == '}') return runtime_failure("Single '}' encountered in format string");
      if (brace + 1 == text.size())
        return runtime_failure("Single '{' encountered in format string");
      position = brace + 1;
      SLUICE_ASSIGN(const Field field, read_field(text, position));
      SLUICE_TRY(write_field(field, depth, out));
    }
    return {};
  }

 private:
  // Reads from behind the '{' to behind the matching '}'.
  static Result<Field> read_field(std::string_view text, size_t& position) {
    Field field;
    const size_t start = position;
    bool in_bracket = false;
    for (; position < text.size(); ++position) {
      const char c = text[position];
      if (c == '{') return runtime_failure("unexpected '{' in field name");
      if (c == '[') in_bracket = true;
      if (c == ']') in_bracket = false;
      if (!in_bracket && (c == '}' || c == ':' || c == '!')) break;
    }
    if (position >= text.size()) return runtime_failure("expected '}' before end of string");
    field.name = text.substr(start, position - start);
    if (text[position] == '!') {
      SLUICE_TRY(read_conversion(text, position, field));
    }
    if (text[position] == '}') {
      ++position;
      return field;
    }
    return read_spec(text, position, field);
  }

  static Status read_conversion(std::string_view text, size_t& position, Field& field) {
    ++position;
    if (position >= text.size())
      return runtime_failure("end of string while looking for conversion specifier");
    field.conversion = text[position];
    ++position;
    if (position >= text.size()) return runtime_failure("unmatched '{' in format spec");
    if (text[position] != '}' && text[position] != ':')
      return runtime_failure("expected ':' after conversion specifier");
    return {};
  }

  static Result<Field> read_spec(std::string_view text, size_t& position, Field field) {
    const size_t start = ++position;
    int open = 1;
    for (; position < text.size(); ++position) {
      if (text[position] == '{') ++open;
      if (text[position] == '}' && --open == 0) break;
    }
    if (position >= text.size())
      return runtime_failure(open > 1 ? "expected '}' before end of string"
                                      : "unmatched '{' in format spec");
    field.spec = text.substr(start, position - start);
    ++position;
    return field;
  }

  Status write_field(const Field& field, int depth, std::string& out) {
    SLUICE_ASSIGN(Value value, field_value(field.name));
    SLUICE_ASSIGN(value, convert(value, field.conversion));
    if (field.spec.empty()) return append_str(value, out);
    if (field.spec.find_first_of("{}") == std::string_view::npos) {
      SLUICE_ASSIGN(const std::string shown, format_value(value, field.spec));
      out += shown;
      return {};
    }
    std::string spec;
    SLUICE_TRY(format(field.spec, depth - 1, spec));
    SLUICE_ASSIGN(const std::string shown, format_value(value, spec));
    out += shown;
    return {};
  }

  static Result<Value> convert(const Value& value, char conversion) {
    switch (conversion) {
      case 0:
        return value;
      case 's': {
        SLUICE_ASSIGN(std::string text, to_str(value));
        return Value::string(std::move(text));
      }
      case 'r': {
        SLUICE_ASSIGN(std::string text, to_repr(value));
        return Value::string(std::move(text));
      }
      case 'a': {
        SLUICE_ASSIGN(const std::string text, to_repr(value));
        return Value::string(escape_non_ascii(text));
      }
      default:
        return runtime_failure(fmt::format("Unknown conversion specifier {}", conversion));
    }
  }

  Result<Value> field_value(std::string_view name) {
    const size_t end = name.find_first_of(".[");
    // Only a wholly empty name counts by itself: in `{.x}` the first part is the key ''.
    if (end == 0) return runtime_failure("KeyError: ''");
    SLUICE_ASSIGN(Value value, first_value(name.substr(0, end)));
    std::string_view rest = end == std::string_view::npos ? std::string_view() : name.substr(end);
    while (!rest.empty()) {
      if (rest[0] == '.') {
        const size_t stop = rest.find_first_of(".[", 1);
        const std::string_view attribute = rest.substr(1, stop - 1);
        if (attribute.empty()) return runtime_failure("Empty attribute in format string");
        SLUICE_ASSIGN(value, get_attribute(value, attribute, UndefinedFlavor::kDefault));
        rest = stop == std::string_view::npos ? std::string_view() : rest.substr(stop);
        continue;
      }
      if (rest[0] != '[')
        return runtime_failure("Only '.' or '[' may follow ']' in format field specifier");
      const size_t stop = rest.find(']');
      if (stop == std::string_view::npos) return runtime_failure("Missing ']' in format string");
      const std::string_view key = rest.substr(1, stop - 1);
      if (key.empty()) return runtime_failure("Empty attribute in format string");
      const Value item =
          is_number_text(key) ? Value::integer(std::stoll(std::string(key))) : Value::string(key);
      SLUICE_ASSIGN(value, get_item(value, item, UndefinedFlavor::kDefault));
      rest = rest.substr(stop + 1);
    }
    return value;
  }

  Result<Value> first_value(std::string_view first) {
    if (first.empty()) {
      if (numbering_ == Numbering::kManual)
        return runtime_failure(
            "cannot switch from manual field specification to automatic field numbering");
      numbering_ = Numbering::kAutomatic;
      return positional(next_automatic_++);
    }
    if (is_number_text(first)) {
      if (numbering_ == Numbering::kAutomatic)
        return runtime_failure(
            "cannot switch from manual field specification to automatic field numbering");
      numbering_ = Numbering::kManual;
      return positional(std::stoull(std::string(first)));
    }
    if (mapping_ != nullptr) return mapped(first);
    if (const Value* found = args_.find(first)) return *found;
    return runtime_failure("KeyError: " + string_repr(first));
  }

  Result<Value> positional(size_t index) const {
    if (index < args_.positional.size()) return args_.positional[index];
    return runtime_failure("tuple index out of range");
  }

  Result<Value> mapped(std::string_view name) const {
    if (mapping_->is_undefined()) return fail(undefined_error(*mapping_));
    SLUICE_ASSIGN(Value found, get_item(*mapping_, Value::string(name), UndefinedFlavor::kDefault));
    if (found.is_undefined()) return runtime_failure("KeyError: " + string_repr(name));
    return found;
  }

  enum class Numbering : uint8_t { kUnknown, kManual, kAutomatic };
  const CallArgs& args_;
  const Value* mapping_;
  Numbering numbering_ = Numbering::kUnknown;
  size_t next_automatic_ = 0;
};

}  // namespace

Result<std::string> brace_format(std::string_view format, const CallArgs& args) {
  std::string out;
  SLUICE_TRY(BraceFormatter(args, nullptr).format(format, kMaxDepth - 1, out));
  return out;
}

Result<std::string> brace_format_map(std::string_view format, const Value& mapping) {
  std::string out;
  const CallArgs none{};
  SLUICE_TRY(BraceFormatter(none, &mapping).format(format, kMaxDepth - 1, out));
  return out;
}

}  // namespace sluice::jinja
