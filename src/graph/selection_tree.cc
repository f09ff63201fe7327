#include "graph/selection_tree.h"

#include <utility>

namespace sluice::graph {

namespace {

SelectionTree tree_of_word(SelectorWord word) {
  std::vector<SelectionTree> parts;
  for (Criterion& criterion : word.criteria)
    parts.push_back(SelectionTree::of(std::move(criterion)));
  SelectionTree tree = SelectionTree::of(SelectionTree::Kind::kIntersection, std::move(parts));
  tree.reconsiders_tests = true;
  tree.warns = true;
  tree.warn_when_empty = std::move(word.raw);
  return tree;
}

Result<SelectionTree> union_of_words(const std::vector<std::string>& texts) {
  SLUICE_ASSIGN(std::vector<SelectorWord> words, parse_selectors(texts));
  std::vector<SelectionTree> parts;
  for (SelectorWord& word : words) parts.push_back(tree_of_word(std::move(word)));
  SelectionTree tree = SelectionTree::of(SelectionTree::Kind::kUnion, std::move(parts));
  tree.reconsiders_tests = true;
  return tree;
}

}  // namespace

SelectionTree SelectionTree::of(Criterion criterion) {
  SelectionTree tree;
  tree.kind = Kind::kCriterion;
  tree.criterion = std::move(criterion);
  return tree;
}

SelectionTree SelectionTree::of(Kind kind, std::vector<SelectionTree> parts) {
  SelectionTree tree;
  tree.kind = kind;
  tree.parts = std::move(parts);
  return tree;
}

Result<SelectionTree> tree_of_words(const std::vector<std::string>& select,
                                    const std::vector<std::string>& exclude) {
  SelectionTree included;
  if (!select.empty()) {
    SLUICE_ASSIGN(included, union_of_words(select));
  }
  if (exclude.empty()) return included;
  SLUICE_ASSIGN(SelectionTree excluded, union_of_words(exclude));
  std::vector<SelectionTree> parts;
  parts.push_back(std::move(included));
  parts.push_back(std::move(excluded));
  return SelectionTree::of(SelectionTree::Kind::kDifference, std::move(parts));
}

}  // namespace sluice::graph
