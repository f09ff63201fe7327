// printf-style formatting: "…" % args.
#include <fmt/format.h>

#include <cmath>

#include "jinja/format.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

struct Conversion {
  bool left = false;
  bool plus = false;
  bool space = false;
  bool alternate = false;
  bool zero = false;
  int64_t width = 0;
  int64_t precision = -1;
  char32_t type = 0;
};

bool is_decimal(char type) { return type == 'd' || type == 'i' || type == 'u'; }

void make_upper(std::string& text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
}

class PercentFormatter {
 public:
  PercentFormatter(std::string_view format, const Value& args) : format_(format), args_(args) {
    is_mapping_ =
        args.is_dict() || args.is_list() || args.is_undefined() ||
        (args.is_object() && (args.as_object().is_mapping() || args.as_object().is_sequence()));
  }

  Result<std::string> run() {
    std::string out;
    while (position_ < format_.size()) {
      const size_t mark = format_.find('%', position_);
      out += format_.substr(position_, mark - position_);
      if (mark == std::string_view::npos) break;
      position_ = mark + 1;
      SLUICE_TRY(convert(out));
    }
    if (!is_mapping_ && !used_all()) {
      return runtime_failure("not all arguments converted during string formatting");
    }
    return out;
  }

 private:
  bool used_all() const { return args_.is_tuple() ? next_ >= args_.as_items().size() : next_ >= 1; }

  Result<Value> next_argument() {
    if (has_key_) return keyed_;
    if (args_.is_tuple()) {
      if (next_ < args_.as_items().size()) return args_.as_items()[next_++];
    } else if (next_ == 0) {
      next_ = 1;
      return args_;
    }
    return runtime_failure("not enough arguments for format string");
  }

  char peek() const { return position_ < format_.size() ? format_[position_] : '\0'; }

  Status read_key() {
    has_key_ = false;
    if (peek() != '(') return {};
    if (!is_mapping_) return runtime_failure("format requires a mapping");
    const size_t start = ++position_;
    int open = 1;
    while (position_ < format_.size() && open > 0) {
      if (format_[position_] == '(') ++open;
      if (format_[position_] == ')') --open;
      ++position_;
    }
    if (open > 0) return runtime_failure("incomplete format key");
    const std::string_view name = format_.substr(start, position_ - start - 1);
    if (args_.is_undefined()) return fail(undefined_error(args_));
    SLUICE_ASSIGN(keyed_, get_item(args_, Value::string(name), UndefinedFlavor::kDefault));
    if (keyed_.is_undefined()) return runtime_failure("KeyError: " + string_repr(name));
    has_key_ = true;
    return {};
  }

  Result<int64_t> read_count() {
    if (peek() == '*') {
      ++position_;
      SLUICE_ASSIGN(const Value count, next_argument());
      const std::optional<int64_t> number = integer_in_range(count);
      if (!number) return runtime_failure("* wants int");
      return *number;
    }
    int64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = number * 10 + (format_[position_++] - '0');
      if (number > 100'000'000) return runtime_failure("width too big");
    }
    return number;
  }

  Result<Conversion> read_conversion() {
    Conversion conversion;
    for (bool more = true; more;) {
      switch (peek()) {
        case '-':
          conversion.left = true;
          break;
        case '+':
          conversion.plus = true;
          break;
        case ' ':
          conversion.space = true;
          break;
        case '#':
          conversion.alternate = true;
          break;
        case '0':
          conversion.zero = true;
          break;
        default:
          more = false;
          continue;
      }
      ++position_;
    }
    SLUICE_ASSIGN(conversion.width, read_count());
    if (conversion.width < 0) {
      conversion.left = true;
      conversion.width = -conversion.width;
    }
    if (peek() == '.') {
      ++position_;
      SLUICE_ASSIGN(conversion.precision, read_count());
      if (conversion.precision < 0) conversion.precision = 0;
      if (conversion.precision > 1'000'000) return runtime_failure("precision too big");
    }
    if (peek() == 'h' || peek() == 'l' || peek() == 'L') ++position_;
    if (position_ >= format_.size()) return runtime_failure("incomplete format");
    conversion.type = next_code_point(format_, position_);
    return conversion;
  }

  Status convert(std::string& out) {
    if (peek() == '%') {
      ++position_;
      out += '%';
      return {};
    }
    SLUICE_TRY(read_key());
    SLUICE_ASSIGN(const Conversion conversion, read_conversion());
    SLUICE_ASSIGN(const Value value, next_argument());
    SLUICE_ASSIGN(const std::string text, converted(value, conversion));
    out += text;
    return {};
  }

  Result<std::string> converted(const Value& value, const Conversion& conversion) {
    const auto is_one_of = [&conversion](std::u32string_view types) {
      return types.find(conversion.type) != std::u32string_view::npos;
    };
    if (is_one_of(U"sra")) return text_of(value, conversion);
    if (is_one_of(U"diuoxX")) return integer_of(value, conversion);
    if (is_one_of(U"eEfFgG")) return float_of(value, conversion);
    if (conversion.type == 'c') return character_of(value, conversion);
    std::string shown;
    append_code_point(conversion.type, shown);
    return runtime_failure(fmt::format("unsupported format character '{}' (0x{:x}) at index {}",
                                       shown, static_cast<uint32_t>(conversion.type),
                                       utf8_length(format_.substr(0, position_)) - 1));
  }

  static Result<std::string> text_of(const Value& value, const Conversion& conversion) {
    std::string text;
    if (conversion.type == 's') {
      SLUICE_ASSIGN(text, to_str(value));
    } else {
      SLUICE_ASSIGN(text, to_repr(value));
      if (conversion.type == 'a') text = escape_non_ascii(text);
    }
    if (conversion.precision >= 0)
      text.resize(byte_offset(text, static_cast<size_t>(conversion.precision)));
    return pad_text(text, ' ', conversion.left ? '<' : '>', conversion.width);
  }

  static Result<std::string> character_of(const Value& value, const Conversion& conversion) {
    std::string text;
    if (value.is_string() && utf8_length(value.as_string()) == 1) {
      text = value.as_string();
    } else if (is_integer_kind(value)) {
      const std::optional<int64_t> code = integer_in_range(value);
      if (!code || *code < 0 || *code > 0x10ffff)
        return runtime_failure("%c arg not in range(0x110000)");
      append_code_point(static_cast<char32_t>(*code), text);
    } else {
      return runtime_failure("%c requires int or char");
    }
    return pad_text(text, ' ', conversion.left ? '<' : '>', conversion.width);
  }

  static std::string laid_out(const Conversion& conversion, std::string prefix,
                              const std::string& digits) {
    if (conversion.zero && !conversion.left) {
      const auto inner = conversion.width - static_cast<int64_t>(prefix.size());
      return prefix + pad_text(digits, '0', '>', inner);
    }
    return pad_text(prefix + digits, ' ', conversion.left ? '<' : '>', conversion.width);
  }

  static std::string sign_of(const Conversion& conversion, bool negative) {
    if (negative) return "-";
    return conversion.plus ? "+" : (conversion.space ? " " : "");
  }

  static Result<Value> integer_operand(const Value& value, char type) {
    const bool decimal = is_decimal(type);
    if (value.is_float() && decimal) return float_to_integer(value.as_float());
    if (value.is_undefined()) return fail(undefined_error(value));
    if (is_integer_kind(value)) return value;
    return runtime_failure(fmt::format("%{} format: {} is required, not {}", type,
                                       decimal ? "a real number" : "an integer", type_name(value)));
  }

  static Result<std::string> integer_of(const Value& value, const Conversion& conversion) {
    const auto type = static_cast<char>(conversion.type);
    const bool decimal = is_decimal(type);
    SLUICE_ASSIGN(const Value number, integer_operand(value, type));
    std::string digits;
    if (decimal) {
      SLUICE_ASSIGN(digits, integer_to_string(number));
    } else {
      digits = bigint_to_string(number, type == 'o' ? 8 : 16);
    }
    const bool negative = digits.front() == '-';
    if (negative) digits.erase(0, 1);
    std::string prefix = sign_of(conversion, negative);
    if (conversion.alternate && !decimal) prefix += {'0', type};
    if (type == 'X') make_upper(digits);
    if (conversion.precision > static_cast<int64_t>(digits.size()))
      digits.insert(0, static_cast<size_t>(conversion.precision) - digits.size(), '0');
    return laid_out(conversion, std::move(prefix), digits);
  }

  static Result<std::string> float_of(const Value& value, const Conversion& conversion) {
    double number = 0;
    if (is_number_kind(value)) {
      SLUICE_ASSIGN(number, number_to_float(value));
    } else if (value.is_undefined()) {
      return fail(undefined_error(value));
    } else {
      const auto* formattable =
          value.is_object() ? dynamic_cast<const Formattable*>(&value.as_object()) : nullptr;
      std::optional<double> read;
      if (formattable != nullptr) {
        SLUICE_ASSIGN(const std::string text, to_str(value));
        read = parse_float(text);
      }
      if (!read)
        return runtime_failure(fmt::format("must be real number, not {}", type_name(value)));
      number = *read;
    }
    const auto type = static_cast<char>(conversion.type);
    const int precision = conversion.precision < 0 ? 6 : static_cast<int>(conversion.precision);
    std::string digits = float_text(std::fabs(number), static_cast<char>(type | 0x20), precision,
                                    conversion.alternate);
    if (type < 'a') make_upper(digits);
    const bool negative = std::signbit(number) && !std::isnan(number);
    return laid_out(conversion, sign_of(conversion, negative), digits);
  }

  std::string_view format_;
  const Value& args_;
  size_t position_ = 0;
  size_t next_ = 0;
  bool is_mapping_ = false;
  bool has_key_ = false;
  Value keyed_;
};

}  // namespace

Result<std::string> percent_format(std::string_view format, const Value& args) {
  return PercentFormatter(format, args).run();
}

}  // namespace sluice::jinja
