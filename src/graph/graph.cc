#include "graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

namespace sluice::graph {

namespace {

// What an error names of a resource.
struct Place {
  std::string file;
  Span span;
};

Place place_of(const compile::Manifest& manifest, std::string_view unique_id) {
  if (const compile::Node* node = manifest.find_node(unique_id))
    return {node->original_file_path, node->span};
  if (const compile::Source* source = manifest.find_source(unique_id))
    return {source->original_file_path, source->span};
  if (const compile::Exposure* exposure = manifest.find_exposure(unique_id))
    return {exposure->original_file_path, exposure->span};
  if (const compile::SemanticResource* semantic = manifest.find_semantic_resource(unique_id))
    return {semantic->original_file_path, semantic->span};
  return {};
}

// One cycle among `remaining` (each of which has a parent in it): walks from parent to parent until
// a node repeats, then turns the loop around so that it reads from parent to child and begins with
// its smallest id.
std::vector<Index> find_cycle(const Graph& graph, const std::vector<bool>& remaining) {
  Index current = 0;
  while (!remaining[current]) ++current;
  std::vector<Index> path;
  std::vector<bool> seen(graph.size(), false);
  while (!seen[current]) {
    seen[current] = true;
    path.push_back(current);
    const std::vector<Index>& parents = graph.parents(current);
    current = *std::find_if(parents.begin(), parents.end(),
                            [&remaining](Index parent) { return remaining[parent]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), current));
  std::reverse(path.begin(), path.end());
  const auto smallest = std::min_element(path.begin(), path.end(), [&graph](Index a, Index b) {
    return graph.ids()[a] < graph.ids()[b];
  });
  std::rotate(path.begin(), smallest, path.end());
  return path;
}

Error cycle_error(const compile::Manifest& manifest, const Graph& graph,
                  const std::vector<Index>& cycle) {
  std::string text;
  for (const Index index : cycle) {
    const Place place = place_of(manifest, graph.ids()[index]);
    text += fmt::format("{} ({}) --> ", graph.ids()[index], place.file);
  }
  text += graph.ids()[cycle.front()];
  Error error(
      ErrorCode::kCycle, fmt::format("found a cycle: {}", text),
      "remove one of these ref() calls, or move what both sides need into a model of its own");
  for (const Index index : cycle) {
    Place place = place_of(manifest, graph.ids()[index]);
    if (place.span.file.empty()) place.span.file = place.file;
    error.add_span(std::move(place.span));
  }
  error.set_node(std::string(graph.ids()[cycle.front()]));
  return error;
}

// Breadth first over `edges`, at most `depth` steps; the start is not part of the answer.
std::vector<Index> reach(const std::vector<std::vector<Index>>& edges, Index start, int depth) {
  std::vector<Index> found;
  std::vector<bool> seen(edges.size(), false);
  seen[start] = true;
  std::vector<Index> frontier{start};
  for (int step = 0; !frontier.empty() && (depth < 0 || step < depth); ++step) {
    std::vector<Index> next;
    for (const Index index : frontier) {
      for (const Index neighbor : edges[index]) {
        if (seen[neighbor]) continue;
        seen[neighbor] = true;
        next.push_back(neighbor);
      }
    }
    found.insert(found.end(), next.begin(), next.end());
    frontier = std::move(next);
  }
  return found;
}

}  // namespace

Result<Graph> Graph::build(const compile::Manifest& manifest) {
  Graph graph;
  const size_t count = manifest.nodes.size() + manifest.sources.size() + manifest.exposures.size() +
                       manifest.semantic_resources.size();
  graph.ids_.reserve(count);
  graph.index_.reserve(count);
  for (const auto& node : manifest.nodes) graph.ids_.push_back(node->unique_id);
  for (const auto& source : manifest.sources) graph.ids_.push_back(source->unique_id);
  for (const auto& exposure : manifest.exposures) graph.ids_.push_back(exposure->unique_id);
  for (const auto& semantic : manifest.semantic_resources)
    graph.ids_.push_back(semantic->unique_id);
  for (Index i = 0; i < graph.ids_.size(); ++i) graph.index_.emplace(graph.ids_[i], i);
  graph.parents_.resize(count);
  graph.children_.resize(count);

  SLUICE_TRY(graph.connect(manifest));
  const std::vector<bool> remaining = graph.order_topologically();
  if (graph.order_.size() < graph.size())
    return fail(cycle_error(manifest, graph, find_cycle(graph, remaining)));
  return graph;
}

Status Graph::connect(const compile::Manifest& manifest) {
  const auto add = [this](const auto& resource) -> Status {
    const Index child = index_.at(resource.unique_id);
    std::vector<Index>& parents = parents_[child];
    for (const std::string& parent_id : resource.depends_on_nodes) {
      const auto found = index_.find(parent_id);
      if (found == index_.end())
        return fail(ErrorCode::kUnknownRef,
                    fmt::format("{} depends on \"{}\", which is not part of the project",
                                resource.unique_id, parent_id),
                    "check that the resource exists and is enabled");
      if (std::find(parents.begin(), parents.end(), found->second) == parents.end())
        parents.push_back(found->second);
    }
    for (const Index parent : parents) children_[parent].push_back(child);
    return {};
  };
  for (const auto& node : manifest.nodes) SLUICE_TRY(add(*node));
  for (const auto& exposure : manifest.exposures) SLUICE_TRY(add(*exposure));
  for (const auto& semantic : manifest.semantic_resources) SLUICE_TRY(add(*semantic));
  return {};
}

// Kahn's algorithm; among those that are ready the smallest id goes first. Returns what could not
// be ordered.
std::vector<bool> Graph::order_topologically() {
  std::vector<size_t> num_open(size());
  const auto later = [this](Index a, Index b) { return ids_[a] > ids_[b]; };
  std::priority_queue<Index, std::vector<Index>, decltype(later)> ready(later);
  for (Index i = 0; i < size(); ++i) {
    num_open[i] = parents_[i].size();
    if (num_open[i] == 0) ready.push(i);
  }
  std::vector<bool> remaining(size(), true);
  order_.reserve(size());
  while (!ready.empty()) {
    const Index index = ready.top();
    ready.pop();
    order_.push_back(index);
    remaining[index] = false;
    for (const Index child : children_[index])
      if (--num_open[child] == 0) ready.push(child);
  }
  return remaining;
}

std::optional<Index> Graph::find(std::string_view unique_id) const {
  const auto found = index_.find(unique_id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::vector<Index> Graph::ancestors(Index index, int depth) const {
  return reach(parents_, index, depth);
}

std::vector<Index> Graph::descendants(Index index, int depth) const {
  return reach(children_, index, depth);
}

}  // namespace sluice::graph
