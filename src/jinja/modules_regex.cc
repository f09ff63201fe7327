#include "jinja/modules_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {

struct Regex::Code {
  explicit Code(pcre2_code* compiled) : code(compiled) {}
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
  pcre2_code* code;
};

Regex::Regex() = default;
Regex::~Regex() = default;

namespace {

class MatchData {
 public:
  explicit MatchData(const pcre2_code* code)
      : data_(pcre2_match_data_create_from_pattern(code, nullptr)) {}
  MatchData(const MatchData&) = delete;
  MatchData& operator=(const MatchData&) = delete;
  ~MatchData() { pcre2_match_data_free(data_); }
  pcre2_match_data* get() const { return data_; }

 private:
  pcre2_match_data* data_;
};

std::string problem_text(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

// Rewrites what Python spells differently: \Z, \uXXXX, \UXXXXXXXX, `{,n}`, a literal `[` inside a
// class, (?a)(?u)(?L).
class PatternTranslator {
 public:
  explicit PatternTranslator(std::string_view pattern) : pattern_(pattern) {}

  std::string run(int64_t& flags) {
    while (position_ < pattern_.size()) {
      const char c = pattern_[position_];
      if (c == '\\') {
        translate_escape();
      } else if (in_class_) {
        translate_class_char(c);
      } else if (c == '[') {
        open_class();
      } else if (c == '{' && pattern_.substr(position_).starts_with("{,")) {
        translate_repeat();
      } else if (c == '(' && pattern_.substr(position_).starts_with("(?")) {
        translate_flags(flags);
      } else {
        out_ += c;
        ++position_;
      }
    }
    return std::move(out_);
  }

 private:
  void translate_escape() {
    if (position_ + 1 >= pattern_.size()) {
      out_ += '\\';
      ++position_;
      return;
    }
    const char c = pattern_[position_ + 1];
    const size_t num_digits = c == 'u' ? 4 : (c == 'U' ? 8 : 0);
    if (num_digits != 0 && position_ + 2 + num_digits <= pattern_.size()) {
      out_ += "\\x{" + std::string(pattern_.substr(position_ + 2, num_digits)) + "}";
      position_ += 2 + num_digits;
      return;
    }
    if (c == 'Z' && !in_class_)
      out_ += "\\z";
    else
      out_.append(pattern_.substr(position_, 2));
    position_ += 2;
  }

  void open_class() {
    in_class_ = true;
    out_ += '[';
    ++position_;
    if (position_ < pattern_.size() && pattern_[position_] == '^') {
      out_ += '^';
      ++position_;
    }
    if (position_ < pattern_.size() && pattern_[position_] == ']') {
      out_ += "\\]";
      ++position_;
    }
  }

  void translate_class_char(char c) {
    if (c == ']') in_class_ = false;
    if (c == '[') out_ += '\\';  // no POSIX classes in Python
    out_ += c;
    ++position_;
  }

  void translate_repeat() {
    size_t end = position_ + 2;
    while (end < pattern_.size() && pattern_[end] >= '0' && pattern_[end] <= '9') ++end;
    const bool is_repeat = end < pattern_.size() && pattern_[end] == '}';
    if (is_repeat) {
      const std::string_view limit = pattern_.substr(position_ + 2, end - position_ - 2);
      out_ += limit.empty() ? "{0,}" : "{0," + std::string(limit) + "}";
      position_ = end + 1;
      return;
    }
    out_ += "\\{";
    ++position_;
  }

  void translate_flags(int64_t& flags) {
    size_t end = position_ + 2;
    while (end < pattern_.size() && pattern_[end] >= 'a' && pattern_[end] <= 'z') ++end;
    const bool global = end > position_ + 2 && end < pattern_.size() && pattern_[end] == ')';
    if (!global) {
      out_ += "(?";
      position_ += 2;
      return;
    }
    for (const char flag : pattern_.substr(position_ + 2, end - position_ - 2)) {
      if (flag == 'i') flags |= kRegexIgnoreCase;
      if (flag == 'm') flags |= kRegexMultiline;
      if (flag == 's') flags |= kRegexDotAll;
      if (flag == 'x') flags |= kRegexVerbose;
      if (flag == 'a') flags |= kRegexAscii;
    }
    position_ = end + 1;
  }

  std::string_view pattern_;
  size_t position_ = 0;
  bool in_class_ = false;
  std::string out_;
};

uint32_t compile_options(int64_t flags) {
  uint32_t options = PCRE2_UTF;
  if ((flags & kRegexAscii) == 0) options |= PCRE2_UCP;
  if ((flags & kRegexIgnoreCase) != 0) options |= PCRE2_CASELESS;
  if ((flags & kRegexMultiline) != 0) options |= PCRE2_MULTILINE;
  if ((flags & kRegexDotAll) != 0) options |= PCRE2_DOTALL;
  if ((flags & kRegexVerbose) != 0) options |= PCRE2_EXTENDED;
  return options;
}

std::vector<std::pair<std::string, size_t>> group_names(const pcre2_code* code) {
  uint32_t count = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<std::pair<std::string, size_t>> names;
  for (uint32_t i = 0; i < count; ++i) {
    const PCRE2_UCHAR* entry = table + static_cast<size_t>(i) * entry_size;
    const size_t number = (static_cast<size_t>(entry[0]) << 8U) | entry[1];
    names.emplace_back(reinterpret_cast<const char*>(entry + 2), number);
  }
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  return names;
}

}  // namespace

Result<Ref<Regex>> Regex::compile(std::string_view pattern, int64_t flags) {
  Ref<Regex> regex = make_ref<Regex>();
  regex->pattern_ = std::string(pattern);
  const std::string translated = PatternTranslator(pattern).run(flags);
  regex->flags_ = (flags & kRegexAscii) != 0 ? flags : flags | kRegexUnicode;
  int problem = 0;
  PCRE2_SIZE offset = 0;
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                    compile_options(flags), &problem, &offset, context);
  pcre2_compile_context_free(context);
  if (code == nullptr)
    return runtime_failure(fmt::format("invalid regular expression '{}': {} at position {}",
                                       pattern, problem_text(problem), offset));
  regex->code_ = std::make_unique<Code>(code);
  uint32_t num_groups = 0;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &num_groups);
  regex->num_groups_ = num_groups;
  regex->names_ = group_names(code);
  return regex;
}

Result<std::optional<MatchSpans>> Regex::match(std::string_view subject, size_t start,
                                               Anchor anchor, bool not_empty) const {
  const MatchData data(code_->code);
  uint32_t options = 0;
  if (anchor != Anchor::kNone) options |= PCRE2_ANCHORED;
  if (anchor == Anchor::kBoth) options |= PCRE2_ENDANCHORED;
  if (not_empty) options |= PCRE2_NOTEMPTY_ATSTART;
  const int outcome = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                  subject.size(), start, options, data.get(), nullptr);
  if (outcome == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (outcome < 0)
    return runtime_failure(
        fmt::format("matching '{}' failed: {}", pattern_, problem_text(outcome)));
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
  MatchSpans spans(num_groups_ + 1, {std::string::npos, std::string::npos});
  for (size_t i = 0; i < spans.size() && i < pcre2_get_ovector_count(data.get()); ++i)
    if (offsets[2 * i] != PCRE2_UNSET) spans[i] = {offsets[2 * i], offsets[2 * i + 1]};
  return std::optional<MatchSpans>(std::move(spans));
}

}  // namespace sluice::jinja
