// How a selection comes about, as in dbt:
//  - A criterion names resources; `+` and `@` add their neighbours.
//  - Tests of what was named join: eager – every test that reads it; cautious – only tests all of
//  whose parents are
//    named; buildable – whose parents are named or ancestors of what is named; empty – none. Tests
//    that were left out are remembered.
//  - Criteria combine by intersection, words by union, each on the named and on the remembered
//  sets; after each
//    combination remembered tests are looked at again, since their missing parent may have come.
//  - What --exclude selects by the same rules is taken away at the end.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "graph/graph.h"
#include "graph/node_set.h"
#include "graph/selector_methods.h"
#include "graph/selector_spec.h"

namespace sluice::graph {

namespace {

using project::ResourceType;

struct Picked {
  NodeSet direct;
  NodeSet indirect;  // tests that were passed over
};

class Selector {
 public:
  Selector(const Graph& graph, const compile::Manifest& manifest, const SelectionRequest& request)
      : graph_(graph), request_(request), matcher_(graph, manifest, request.previous) {}

  Result<Selection> run() {
    SelectionTree tree;
    if (request_.tree) {
      tree = *request_.tree;
    } else {
      SLUICE_ASSIGN(tree, tree_of_words(request_.select, request_.exclude));
    }
    SLUICE_ASSIGN(const Picked picked, pick(tree));
    for (std::string& warning : matcher_.take_warnings())
      selection_.state_warnings.push_back(std::move(warning));
    for (const Index index : graph_.topological_order())
      if (picked.direct.contains(index) && is_wanted_type(matcher_.type(index)))
        selection_.nodes.push_back(index);
    return std::move(selection_);
  }

 private:
  NodeSet none() const { return NodeSet(graph_.size()); }

  Picked everything() const {
    Picked picked{none(), none()};
    for (Index i = 0; i < graph_.size(); ++i) picked.direct.add(i);
    return picked;
  }

  bool is_wanted_type(ResourceType type) const {
    const std::vector<ResourceType>& wanted = request_.resource_types;
    if (wanted.empty())
      return type != ResourceType::kOperation && type != ResourceType::kSqlOperation;
    return std::find(wanted.begin(), wanted.end(), type) != wanted.end();
  }

  Result<Picked> pick(const SelectionTree& tree) {
    if (tree.kind == SelectionTree::Kind::kEverything) return everything();
    if (tree.kind == SelectionTree::Kind::kCriterion) return pick_criterion(tree.criterion);
    Picked picked{none(), none()};
    for (size_t i = 0; i < tree.parts.size(); ++i) {
      SLUICE_ASSIGN(Picked part, pick(tree.parts[i]));
      if (i == 0)
        picked = std::move(part);
      else
        combine(tree.kind, part, picked);
    }
    if (tree.reconsiders_tests) reconsider_tests(picked);
    if (tree.warns && picked.direct.empty()) {
      selection_.warnings.push_back(fmt::format(
          "The selection criterion '{}' does not match any enabled nodes", tree.warn_when_empty));
      selection_.unmatched.push_back(tree.warn_when_empty);
    }
    return picked;
  }

  static void combine(SelectionTree::Kind kind, const Picked& part, Picked& picked) {
    if (kind == SelectionTree::Kind::kUnion) {
      picked.direct |= part.direct;
      picked.indirect |= part.indirect;
    } else if (kind == SelectionTree::Kind::kIntersection) {
      picked.direct &= part.direct;
      picked.indirect &= part.indirect;
    } else {
      picked.direct -= part.direct;
      picked.indirect -= part.indirect;
    }
  }

  Result<Picked> pick_criterion(const Criterion& criterion) {
    SLUICE_ASSIGN(NodeSet named, matcher_.match(criterion));
    NodeSet picked = named;
    if (criterion.childrens_parents) {
      NodeSet family = named;
      family |= neighbors(named, /*up=*/false, -1);
      picked |= family;
      picked |= neighbors(family, /*up=*/true, -1);
    }
    if (criterion.parents) picked |= neighbors(named, /*up=*/true, criterion.parents_depth);
    if (criterion.children) picked |= neighbors(named, /*up=*/false, criterion.children_depth);
    return add_tests(std::move(picked), criterion.indirect.value_or(request_.indirect));
  }

  // All within `depth` steps of `start` (negative: any), `start` itself only where it is reached
  // again.
  NodeSet neighbors(const NodeSet& start, bool up, int depth) const {
    NodeSet seen = start;
    NodeSet found = none();
    std::vector<Index> frontier;
    start.for_each([&frontier](Index index) { frontier.push_back(index); });
    for (int step = 0; !frontier.empty() && (depth < 0 || step < depth); ++step) {
      std::vector<Index> next;
      for (const Index index : frontier) {
        for (const Index neighbor : up ? graph_.parents(index) : graph_.children(index)) {
          if (seen.contains(neighbor)) continue;
          seen.add(neighbor);
          found.add(neighbor);
          next.push_back(neighbor);
        }
      }
      frontier = std::move(next);
    }
    return found;
  }

  bool is_test(Index index) const {
    const ResourceType type = matcher_.type(index);
    return type == ResourceType::kTest || type == ResourceType::kUnitTest;
  }

  bool has_all_parents(Index index, const NodeSet& set) const {
    const std::vector<Index>& parents = graph_.parents(index);
    return std::all_of(parents.begin(), parents.end(),
                       [&set](Index parent) { return set.contains(parent); });
  }

  // What a buildable test may read: the picked, their ancestors and all sources.
  NodeSet buildable_base(const NodeSet& picked) const {
    NodeSet base = picked;
    base |= neighbors(picked, /*up=*/true, -1);
    for (Index i = 0; i < graph_.size(); ++i)
      if (matcher_.source(i) != nullptr) base.add(i);
    return base;
  }

  Picked add_tests(NodeSet picked, IndirectSelection mode) const {
    Picked result{picked, none()};
    if (mode == IndirectSelection::kEmpty) return result;
    const NodeSet base = mode == IndirectSelection::kBuildable ? buildable_base(picked) : picked;
    picked.for_each([&](Index index) {
      for (const Index child : graph_.children(index)) {
        if (!is_test(child)) continue;
        if (mode == IndirectSelection::kEager || has_all_parents(child, base))
          result.direct.add(child);
        else
          result.indirect.add(child);
      }
    });
    return result;
  }

  void reconsider_tests(Picked& picked) const {
    if (request_.indirect != IndirectSelection::kCautious &&
        request_.indirect != IndirectSelection::kBuildable)
      return;
    const NodeSet base = request_.indirect == IndirectSelection::kBuildable
                             ? buildable_base(picked.direct)
                             : picked.direct;
    picked.indirect.for_each([&](Index index) {
      if (has_all_parents(index, base)) picked.direct.add(index);
    });
  }

  const Graph& graph_;
  const SelectionRequest& request_;
  MethodMatcher matcher_;
  Selection selection_;
};

}  // namespace

Result<Selection> select_nodes(const Graph& graph, const compile::Manifest& manifest,
                               const SelectionRequest& request) {
  return Selector(graph, manifest, request).run();
}

}  // namespace sluice::graph
