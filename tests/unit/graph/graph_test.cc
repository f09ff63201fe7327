#include "graph/graph.h"

#include <gtest/gtest.h>

namespace sluice::graph {
namespace {

void add(compile::Manifest& manifest, const std::string& name, std::vector<std::string> parents) {
  auto node = std::make_unique<compile::Node>();
  node->name = name;
  node->unique_id = "model.p." + name;
  node->original_file_path = "models/" + name + ".sql";
  for (std::string& parent : parents) node->depends_on_nodes.push_back("model.p." + parent);
  manifest.nodes.push_back(std::move(node));
}

std::vector<std::string> names(const Graph& graph, const std::vector<Index>& indexes) {
  std::vector<std::string> out;
  for (const Index index : indexes) out.emplace_back(graph.ids()[index].substr(8));
  return out;
}

TEST(Graph, OrdersParentsFirstAndTiesById) {
  compile::Manifest manifest;
  add(manifest, "d", {"b", "c"});
  add(manifest, "c", {"a"});
  add(manifest, "b", {"a", "a"});
  add(manifest, "a", {});
  add(manifest, "aa", {});
  manifest.index();
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_TRUE(graph.has_value());
  EXPECT_EQ(names(*graph, graph->topological_order()),
            (std::vector<std::string>{"a", "aa", "b", "c", "d"}));
}

TEST(Graph, StepsAreCounted) {
  compile::Manifest manifest;
  add(manifest, "a", {});
  add(manifest, "b", {"a"});
  add(manifest, "c", {"b", "a"});
  add(manifest, "d", {"c"});
  manifest.index();
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_TRUE(graph.has_value());
  const Index a = *graph->find("model.p.a");
  const Index d = *graph->find("model.p.d");
  EXPECT_EQ(names(*graph, graph->descendants(a, 1)), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(names(*graph, graph->descendants(a)), (std::vector<std::string>{"b", "c", "d"}));
  EXPECT_EQ(names(*graph, graph->ancestors(d, 2)), (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_TRUE(graph->ancestors(d, 0).empty());
  EXPECT_FALSE(graph->find("model.p.x").has_value());
}

TEST(Graph, ShowsTheWholeCycle) {
  compile::Manifest manifest;
  add(manifest, "start", {});
  add(manifest, "z", {"y", "start"});
  add(manifest, "y", {"x"});
  add(manifest, "x", {"z"});
  add(manifest, "behind", {"z"});
  manifest.index();
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_FALSE(graph.has_value());
  EXPECT_EQ(render(graph.error()),
            "[SL0501] found a cycle: model.p.x (models/x.sql) --> model.p.y (models/y.sql) --> "
            "model.p.z (models/z.sql) --> model.p.x\n"
            "  --> models/x.sql\n  --> models/y.sql\n  --> models/z.sql\n"
            "  hint: remove one of these ref() calls, or move what both sides need into a model of "
            "its own");
}

TEST(Graph, AModelThatReadsItselfIsACycle) {
  compile::Manifest manifest;
  add(manifest, "a", {"a"});
  manifest.index();
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_FALSE(graph.has_value());
  EXPECT_EQ(graph.error().message(), "found a cycle: model.p.a (models/a.sql) --> model.p.a");
}

}  // namespace
}  // namespace sluice::graph
