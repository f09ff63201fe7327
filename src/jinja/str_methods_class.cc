#include "jinja/str_methods_class.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "jinja/str_methods.h"
#include "jinja/value_text.h"

namespace sluice::jinja::str_methods {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Unicode 14, PropList.txt: Other_Lowercase.
constexpr std::array kOtherLowercase = std::to_array<CodeRange>(
    {{0xaa, 0xaa},       {0xba, 0xba},       {0x2b0, 0x2b8},     {0x2c0, 0x2c1},
     {0x2e0, 0x2e4},     {0x345, 0x345},     {0x37a, 0x37a},     {0x1d2c, 0x1d6a},
     {0x1d78, 0x1d78},   {0x1d9b, 0x1dbf},   {0x2071, 0x2071},   {0x207f, 0x207f},
     {0x2090, 0x209c},   {0x2170, 0x217f},   {0x24d0, 0x24e9},   {0x2c7c, 0x2c7d},
     {0xa69c, 0xa69d},   {0xa770, 0xa770},   {0xa7f8, 0xa7f9},   {0xab5c, 0xab5f},
     {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107b0}, {0x107b2, 0x107ba}});
// Other_Uppercase.
constexpr std::array kOtherUppercase = std::to_array<CodeRange>({{0x2160, 0x216f},
                                                                 {0x24b6, 0x24cf},
                                                                 {0x1f130, 0x1f149},
                                                                 {0x1f150, 0x1f169},
                                                                 {0x1f170, 0x1f189}});
// Numeric_Type=Digit that is no decimal digit.
constexpr std::array kOtherDigits = std::to_array<CodeRange>(
    {{0xb2, 0xb3},       {0xb9, 0xb9},       {0x1369, 0x1371},   {0x19da, 0x19da},
     {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
     {0x2474, 0x247c},   {0x2488, 0x2490},   {0x24ea, 0x24ea},   {0x24f5, 0x24fd},
     {0x24ff, 0x24ff},   {0x2776, 0x277e},   {0x2780, 0x2788},   {0x278a, 0x2792},
     {0x10a40, 0x10a43}, {0x10e60, 0x10e68}, {0x11052, 0x1105a}, {0x1f100, 0x1f10a}});
// Ideographs with a numeric value, one code each.
constexpr std::array kNumericIdeographs = std::to_array<char32_t>(
    {0x3405,  0x3483,  0x382a,  0x3b4d,  0x4e00,  0x4e03,  0x4e07,  0x4e09,  0x4e5d,
     0x4e8c,  0x4e94,  0x4e96,  0x4ebf,  0x4ec0,  0x4edf,  0x4ee8,  0x4f0d,  0x4f70,
     0x5104,  0x5146,  0x5169,  0x516b,  0x516d,  0x5341,  0x5343,  0x5344,  0x5345,
     0x534c,  0x53c1,  0x53c2,  0x53c3,  0x53c4,  0x56db,  0x58f1,  0x58f9,  0x5e7a,
     0x5efe,  0x5eff,  0x5f0c,  0x5f0d,  0x5f0e,  0x5f10,  0x62fe,  0x634c,  0x67d2,
     0x6f06,  0x7396,  0x767e,  0x8086,  0x842c,  0x8cae,  0x8cb3,  0x8d30,  0x9621,
     0x9646,  0x964c,  0x9678,  0x96f6,  0xf96b,  0xf973,  0xf978,  0xf9b2,  0xf9d1,
     0xf9d3,  0xf9fd,  0x20001, 0x20064, 0x200e2, 0x20121, 0x2092a, 0x20983, 0x2098c,
     0x2099c, 0x20aea, 0x20afd, 0x20b19, 0x22390, 0x22998, 0x23b1b, 0x2626d, 0x2f890});

template <size_t kSize>
bool in_ranges(const std::array<CodeRange, kSize>& ranges, char32_t code) {
  const auto* range = std::lower_bound(
      ranges.begin(), ranges.end(), code,
      [](const CodeRange& candidate, char32_t wanted) { return candidate.last < wanted; });
  return range != ranges.end() && range->first <= code;
}

utf8proc_category_t category_of(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

bool is_alpha(char32_t code) {
  if (code < 0x80) return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  switch (category_of(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool is_decimal(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9';
  return category_of(code) == UTF8PROC_CATEGORY_ND;
}

bool is_digit(char32_t code) { return is_decimal(code) || in_ranges(kOtherDigits, code); }

bool is_numeric(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9';
  switch (category_of(code)) {
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return std::binary_search(kNumericIdeographs.begin(), kNumericIdeographs.end(), code);
  }
}

bool is_identifier_start(char32_t code) {
  return code == '_' || is_alpha(code) || category_of(code) == UTF8PROC_CATEGORY_NL;
}

bool is_identifier_part(char32_t code) {
  if (is_identifier_start(code) || is_decimal(code)) return true;
  const auto category = category_of(code);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_PC;
}

// True when the text is not empty and every character passes.
template <typename Test>
Value all_pass(const Value& self, Test test) {
  const std::string& text = self.as_string();
  if (text.empty()) return Value::boolean(false);
  for (size_t position = 0; position < text.size();)
    if (!test(next_code_point(text, position))) return Value::boolean(false);
  return Value::boolean(true);
}

// islower and isupper: at least one cased character, none of the other case.
template <typename Wanted, typename Refused>
Value one_case(const Value& self, Wanted wanted, Refused refused) {
  const std::string& text = self.as_string();
  bool found = false;
  for (size_t position = 0; position < text.size();) {
    const char32_t code = next_code_point(text, position);
    if (refused(code)) return Value::boolean(false);
    found = found || wanted(code);
  }
  return Value::boolean(found);
}

bool is_title(char32_t code) { return code >= 0x80 && category_of(code) == UTF8PROC_CATEGORY_LT; }

}  // namespace

bool is_lower(char32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z';
  return category_of(code) == UTF8PROC_CATEGORY_LL || in_ranges(kOtherLowercase, code);
}

bool is_upper(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z';
  return category_of(code) == UTF8PROC_CATEGORY_LU || in_ranges(kOtherUppercase, code);
}

bool is_cased(char32_t code) { return is_lower(code) || is_upper(code) || is_title(code); }

#define SLUICE_CLASS_METHOD(name, expression)                                                     \
  Result<Value> name(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) { \
    return expression;                                                                            \
  }

SLUICE_CLASS_METHOD(isalnum, all_pass(self, [](char32_t code) {
                      return is_alpha(code) || is_numeric(code);
                    }))
SLUICE_CLASS_METHOD(isalpha, all_pass(self, is_alpha))
SLUICE_CLASS_METHOD(isascii, Value::boolean(is_ascii(self.as_string())))
SLUICE_CLASS_METHOD(isdecimal, all_pass(self, is_decimal))
SLUICE_CLASS_METHOD(isdigit, all_pass(self, is_digit))
SLUICE_CLASS_METHOD(isnumeric, all_pass(self, is_numeric))
SLUICE_CLASS_METHOD(isspace, all_pass(self, is_space))
SLUICE_CLASS_METHOD(isprintable,
                    self.as_string().empty() ? Value::boolean(true) : all_pass(self, is_printable))
SLUICE_CLASS_METHOD(islower, one_case(self, is_lower, [](char32_t code) {
                      return is_upper(code) || is_title(code);
                    }))
SLUICE_CLASS_METHOD(isupper, one_case(self, is_upper, [](char32_t code) {
                      return is_lower(code) || is_title(code);
                    }))

#undef SLUICE_CLASS_METHOD

Result<Value> isidentifier(Interpreter& /*interpreter*/, const Value& self,
                           const CallArgs& /*args*/) {
  const std::u32string codes = decode_text(self.as_string());
  const bool holds = !codes.empty() && is_identifier_start(codes[0]) &&
                     std::all_of(codes.begin() + 1, codes.end(), is_identifier_part);
  return Value::boolean(holds);
}

Result<Value> istitle(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const std::string& text = self.as_string();
  bool found = false;
  bool previous_cased = false;
  for (size_t position = 0; position < text.size();) {
    const char32_t code = next_code_point(text, position);
    if (is_upper(code) || is_title(code)) {
      if (previous_cased) return Value::boolean(false);
      previous_cased = found = true;
    } else if (is_lower(code)) {
      if (!previous_cased) return Value::boolean(false);
    } else {
      previous_cased = false;
    }
  }
  return Value::boolean(found);
}

}  // namespace sluice::jinja::str_methods
