// MethodMatcher: which resources one criterion names by itself, without its `+` and `@`. Rules are
// dbt's, recorded from runs of dbt-core 1.11 in tests/unit/graph/data. Made per selection; one
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "compile/manifest.h"
#include "graph/artifact_methods.h"
#include "graph/node_set.h"
#include "graph/selector_spec.h"
#include "graph/state_comparison.h"

namespace sluice::graph {

class MethodMatcher {
 public:
  // All outlive the matcher; `previous` may be null.
  MethodMatcher(const Graph& graph, const compile::Manifest& manifest,
                const PreviousState* previous);

  // kSelectorSyntax when the method cannot take this value (resource_type:table).
  Result<NodeSet> match(const Criterion& criterion);
  // What comparing with an earlier state found worth telling; each text once.
  std::vector<std::string> take_warnings();

  // Null when the resource at `index` is of another kind.
  const compile::Node* node(Index index) const { return resources_[index].node; }
  const compile::Source* source(Index index) const { return resources_[index].source; }
  const compile::Exposure* exposure(Index index) const { return resources_[index].exposure; }
  project::ResourceType type(Index index) const;

 private:
  struct Resource {
    const compile::Node* node = nullptr;
    const compile::Source* source = nullptr;
    const compile::Exposure* exposure = nullptr;
    const compile::SemanticResource* semantic = nullptr;
  };
  // A path of the project that `path:` may name.
  struct KnownPath {
    std::string path;
    bool is_directory;
  };

  template <typename Matches>
  NodeSet collect(const Matches& matches) const;
  const std::vector<std::string>& fqn(const Resource& resource) const;
  const std::string& file(const Resource& resource) const;
  const std::string& package(const Resource& resource) const;
  const std::vector<std::string>& tags(const Resource& resource) const;

  // Methods that take any value.
  NodeSet match_any_value(const Criterion& criterion);
  NodeSet match_fqn(const Criterion& criterion) const;
  NodeSet match_tag(const Criterion& criterion) const;
  NodeSet match_group(const Criterion& criterion) const;
  NodeSet match_access(const Criterion& criterion) const;
  NodeSet match_path(const Criterion& criterion);
  NodeSet match_file(const Criterion& criterion) const;
  NodeSet match_package(const Criterion& criterion) const;
  NodeSet match_config(const Criterion& criterion) const;
  NodeSet match_test_name(const Criterion& criterion) const;
  Result<NodeSet> match_source(const Criterion& criterion) const;
  Result<NodeSet> match_exposure(const Criterion& criterion) const;
  Result<NodeSet> match_test_type(const Criterion& criterion) const;
  Result<NodeSet> match_resource_type(const Criterion& criterion) const;
  // metric:, semantic_model:, saved_query:
  Result<NodeSet> match_semantic(const Criterion& criterion, project::ResourceType type) const;
  Result<NodeSet> match_unit_test(const Criterion& criterion) const;
  Result<NodeSet> match_version(const Criterion& criterion) const;
  Result<NodeSet> match_state(const Criterion& criterion);
  Result<NodeSet> match_ids(const Result<IdSet>& ids) const;

  std::string resolve_package(std::string_view name) const;
  void list_known_paths();

  const Graph& graph_;
  const compile::Manifest& manifest_;
  PreviousState no_state_;  // what `previous` is when none was named
  const PreviousState& previous_;
  StateComparison comparison_;
  std::vector<Resource> resources_;     // by Index
  std::vector<KnownPath> known_paths_;  // of the root package; filled when first needed
};

}  // namespace sluice::graph
