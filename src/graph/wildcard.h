// Shell wildcards as selectors use them: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`, case-sensitive, over
// Unicode characters, with the meaning of Python's fnmatch; and the same per path segment with `**`
// for any number of folders. Immutable once made; any thread may match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::graph {

// True when `text` has a character that makes it a pattern.
bool has_wildcard(std::string_view text);

class Wildcard {
 public:
  explicit Wildcard(std::string_view pattern);
  // The whole of `text` must match.
  bool matches(std::string_view text) const;

 private:
  struct Range {
    char32_t first;
    char32_t last;
  };
  struct Element {
    enum class Kind : unsigned char { kLiteral, kAny, kStar, kSet };
    Kind kind;
    char32_t literal = 0;
    bool negated = false;
    std::vector<Range> ranges;
    bool accepts(char32_t character) const;
  };
  static size_t parse_set(const std::u32string& pattern, size_t begin, Element& element);

  bool is_literal_;
  std::string literal_;
  std::vector<Element> elements_;
};

class PathPattern {
 public:
  // '/'-separated; a leading "./", doubled and trailing separators do not count.
  explicit PathPattern(std::string_view pattern);
  // `path` is relative and clean. A trailing `**` stands for folders only.
  bool matches(std::string_view path, bool is_directory) const;
  // The pattern is a plain path, and this is it.
  bool is_literal() const { return is_literal_; }
  const std::string& literal() const { return literal_; }

 private:
  struct Segment {
    bool any_folders = false;
    Wildcard wildcard;
  };
  bool matches_from(const std::vector<std::string_view>& parts, size_t part, size_t segment,
                    bool is_directory) const;

  bool is_literal_ = true;
  std::string literal_;
  std::vector<Segment> segments_;
};

// Parts of a relative path between separators; "." and empty ones are left out.
std::vector<std::string_view> path_segments(std::string_view path);

}  // namespace sluice::graph
