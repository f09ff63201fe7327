// SelectionTree: what a selection asks for as a value: criteria joined by unions, intersections and
// differences. Made from the words of a command line or from a definition in selectors.yml. A plain
// value.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/selector_spec.h"

namespace sluice::graph {

struct SelectionTree {
  enum class Kind : uint8_t {
    kEverything,
    kCriterion,
    kUnion,
    kIntersection,
    kDifference,  // the first part without the others
  };
  Kind kind = Kind::kEverything;
  Criterion criterion;
  std::vector<SelectionTree> parts;
  // Tests that were passed over are looked at again, because their missing parent may have come.
  // Sets of a command line do this, those of selectors.yml do not.
  bool reconsiders_tests = false;
  std::string warn_when_empty;  // the words to warn of when nothing matches
  bool warns = false;

  static SelectionTree of(Criterion criterion);
  static SelectionTree of(Kind kind, std::vector<SelectionTree> parts);
};

// The meaning of --select and --exclude: words are a union, commas an intersection; no word of
// --select means everything.
Result<SelectionTree> tree_of_words(const std::vector<std::string>& select,
                                    const std::vector<std::string>& exclude);

}  // namespace sluice::graph
