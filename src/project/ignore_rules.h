// IgnoreRules: the patterns of a .dbtignore file, which are those of .gitignore
// (https://git-scm.com/docs/gitignore#_pattern_format). Immutable once read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::project {

class IgnoreRules {
 public:
  IgnoreRules() = default;
  explicit IgnoreRules(std::string_view text);
  // `path` is relative to the folder of the file, with '/'. The last pattern that fits decides.
  bool ignores(std::string_view path) const;

 private:
  struct Rule {
    std::string pattern;
    bool is_exception = false;  // "!…": not ignored after all
    bool is_anchored = false;   // counts from the folder of the file, not at any depth
    bool is_folder = false;     // "…/": what is inside a folder of that name
  };
  static bool fits(const Rule& rule, std::string_view path);
  std::vector<Rule> rules_;
};

}  // namespace sluice::project
