// The default way to name a resource: by its name or by its place, as dbt matches `fqn:`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/wildcard.h"

namespace sluice::graph {

class FqnPattern {
 public:
  explicit FqnPattern(std::string_view pattern);
  FqnPattern(const FqnPattern&) = delete;
  FqnPattern& operator=(const FqnPattern&) = delete;
  // `fqn` begins with the package, which the pattern may leave out. `is_versioned`: the last part
  // is the version.
  bool matches(const std::vector<std::string>& fqn, bool is_versioned) const;

 private:
  bool matches_name(const std::vector<std::string>& fqn, bool is_versioned) const;
  bool matches_place(const std::vector<std::string_view>& flat, size_t begin) const;

  std::string text_;
  std::vector<std::string_view> parts_;  // views into text_, split at dots
  std::string versioned_;                // last two parts joined by '_'
  bool is_single_ = false;
  Wildcard name_;
  size_t num_plain_ = 0;  // parts before the first with a wildcard
  Wildcard rest_;         // from there on, dots included
};

}  // namespace sluice::graph
