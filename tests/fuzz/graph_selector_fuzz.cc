// Any text as a selector, over a small graph: an answer or an error, never a crash or a hang; and
// what is excluded by the same words is gone.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "graph/graph.h"

namespace {

using sluice::compile::Manifest;
using sluice::compile::Node;

struct World {
  Manifest manifest;
  sluice::Result<sluice::graph::Graph> graph;

  World() : graph(sluice::fail(sluice::ErrorCode::kInternal, "not built")) {
    auto project = std::make_shared<sluice::project::Project>();
    project->root = "/p";
    project->packages.emplace_back().name = "p";
    manifest.project = project;
    for (size_t i = 0; i < 12; ++i) {
      auto node = std::make_unique<Node>();
      node->name = "m" + std::to_string(i);
      if (i % 4 == 3) {
        node->type = sluice::project::ResourceType::kTest;
        node->test_metadata = sluice::compile::TestMetadata{"unique", "", {}};
      }
      node->unique_id = (i % 4 == 3 ? "test.p." : "model.p.") + node->name;
      node->package_name = "p";
      node->fqn = {"p", i % 2 == 0 ? "a" : "b.c", node->name};
      if (i % 5 == 0) {
        node->fqn.push_back("v1");
        node->version = sluice::jinja::Value::integer(1);
        node->latest_version = sluice::jinja::Value::integer(2);
      }
      node->original_file_path = "models/" + node->fqn[1] + "/" + node->name + ".sql";
      node->tags = {"daily"};
      node->config = sluice::jinja::Value::dict();
      node->config.as_dict().set("materialized", sluice::jinja::Value::string("view"));
      if (i > 0)
        node->depends_on_nodes = {manifest.nodes[i / 2]->unique_id,
                                  manifest.nodes[i - 1]->unique_id};
      manifest.nodes.push_back(std::move(node));
    }
    manifest.index();
    graph = sluice::graph::Graph::build(manifest);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const World world;
  if (size == 0 || size > 512) return 0;
  sluice::graph::SelectionRequest request;
  request.indirect = static_cast<sluice::graph::IndirectSelection>(data[0] % 4);
  request.select = {std::string(reinterpret_cast<const char*>(data + 1), size - 1)};
  const auto selection = sluice::graph::select_nodes(*world.graph, world.manifest, request);
  if (!selection) {
    if (sluice::render(selection.error()).empty()) __builtin_trap();
    return 0;
  }
  request.exclude = request.select;
  const auto nothing = sluice::graph::select_nodes(*world.graph, world.manifest, request);
  const bool selects_by_default = request.select[0].find_first_not_of(" \t\n") == std::string::npos;
  if (!nothing || (!selects_by_default && !nothing->nodes.empty())) __builtin_trap();
  return 0;
}
