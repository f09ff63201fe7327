// Graph: the DAG over nodes, sources and exposures, and what a selection picks from it. Built once
// from a Manifest; immutable after, so any thread may read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "compile/manifest.h"
#include "graph/previous_state.h"
#include "graph/selection_tree.h"

namespace sluice::graph {

using Index = uint32_t;  // position of a resource in Graph::ids()

class Graph {
 public:
  // kCycle names the whole cycle with files.
  static Result<Graph> build(const compile::Manifest& manifest);

  size_t size() const { return ids_.size(); }
  const std::vector<std::string_view>& ids() const { return ids_; }
  // nullopt when unknown.
  std::optional<Index> find(std::string_view unique_id) const;
  const std::vector<Index>& parents(Index index) const { return parents_[index]; }
  const std::vector<Index>& children(Index index) const { return children_[index]; }
  // Parents before children; ties by unique id, so the order is always the same.
  const std::vector<Index>& topological_order() const { return order_; }
  // Ancestors/descendants up to `depth` steps (depth < 0: all), the start not included.
  std::vector<Index> ancestors(Index index, int depth = -1) const;
  std::vector<Index> descendants(Index index, int depth = -1) const;

 private:
  Status connect(const compile::Manifest& manifest);
  std::vector<bool> order_topologically();

  std::vector<std::string_view> ids_;
  std::unordered_map<std::string_view, Index> index_;
  std::vector<std::vector<Index>> parents_;
  std::vector<std::vector<Index>> children_;
  std::vector<Index> order_;
};

struct SelectionRequest {
  // Artifacts of an earlier run; null when none were named.
  const PreviousState* previous = nullptr;
  // What a selector of selectors.yml asks for; takes the place of `select` and `exclude`.
  std::optional<SelectionTree> tree;
  std::vector<std::string>
      select;  // each word of --select; space = union, comma = intersection; empty: everything
  std::vector<std::string> exclude;
  IndirectSelection indirect = IndirectSelection::kEager;
  // Resource types the command works on; empty: all but operations, which belong to every run.
  std::vector<project::ResourceType> resource_types;
};

struct Selection {
  std::vector<Index> nodes;  // in topological order
  std::vector<std::string>
      warnings;  // "The selection criterion 'tag:x' does not match any enabled nodes"
  std::vector<std::string> unmatched;       // the criteria of `warnings`: "tag:x"
  std::vector<std::string> state_warnings;  // what comparing with an earlier state found
};

// dbt's selector grammar: [@][n+][method[.arg]:]value[+n]. Errors: kSelectorSyntax with the column
// in the word, kSelectorUnknownMethod with the nearest known name.
Result<Selection> select_nodes(const Graph& graph, const compile::Manifest& manifest,
                               const SelectionRequest& request);

}  // namespace sluice::graph
