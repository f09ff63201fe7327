// Regular expressions with Python's syntax on PCRE2. A compiled Regex is immutable; any thread may
// match with it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

// Python's flag bits.
inline constexpr int64_t kRegexIgnoreCase = 2;
inline constexpr int64_t kRegexLocale = 4;
inline constexpr int64_t kRegexMultiline = 8;
inline constexpr int64_t kRegexDotAll = 16;
inline constexpr int64_t kRegexUnicode = 32;
inline constexpr int64_t kRegexVerbose = 64;
inline constexpr int64_t kRegexAscii = 256;

// Byte ranges of the groups, group 0 first; {npos, npos} for a group that took no part.
using MatchSpans = std::vector<std::pair<size_t, size_t>>;

enum class Anchor : uint8_t { kNone, kStart, kBoth };

class Regex final : public RefCounted {
 public:
  static Result<Ref<Regex>> compile(std::string_view pattern, int64_t flags);
  ~Regex() override;

  // Searches `subject` (up to `end`) from byte `start`. `not_empty`: an empty match at `start` does
  // not count.
  Result<std::optional<MatchSpans>> match(std::string_view subject, size_t start, Anchor anchor,
                                          bool not_empty) const;
  const std::string& pattern() const { return pattern_; }
  int64_t flags() const { return flags_; }
  size_t num_groups() const { return num_groups_; }
  // Names and their group numbers, by number.
  const std::vector<std::pair<std::string, size_t>>& names() const { return names_; }

 private:
  struct Code;
  Regex();
  template <typename T, typename... Args>
  friend Ref<T> make_ref(Args&&... args);
  std::string pattern_;
  int64_t flags_ = 0;
  size_t num_groups_ = 0;
  std::vector<std::pair<std::string, size_t>> names_;
  std::unique_ptr<Code> code_;
};

}  // namespace sluice::jinja
