#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/json.h"

namespace sluice::plan {
namespace {

using project::ResourceType;

class PlanTest : public testing::Test {
 protected:
  compile::Node& add(const std::string& id, const std::string& materialized,
                     std::vector<std::string> parents) {
    auto node = std::make_unique<compile::Node>();
    node->unique_id = id;
    node->name = id.substr(id.rfind('.') + 1);
    node->package_name = "p";
    node->fqn = {"p", node->name};
    node->original_file_path = node->name + ".sql";
    node->depends_on_nodes.assign(parents.begin(), parents.end());
    node->config = jinja::Value::dict();
    node->config.as_dict().set("materialized", jinja::Value::string(materialized));
    if (id.starts_with("test.")) node->type = ResourceType::kTest;
    if (id.starts_with("seed.")) node->type = ResourceType::kSeed;
    if (id.starts_with("analysis.")) node->type = ResourceType::kAnalysis;
    if (node->is_refable()) node->relation_name = "\"db\".\"main\".\"" + node->name + "\"";
    manifest_.nodes.push_back(std::move(node));
    return *manifest_.nodes.back();
  }

  void add_source(const std::string& id) {
    auto source = std::make_unique<compile::Source>();
    source->unique_id = id;
    source->fqn = {"p", id};
    manifest_.sources.push_back(std::move(source));
  }

  Plan make(const std::string& command, std::vector<std::string> exclude = {},
            bool full_refresh = false) {
    manifest_.index();
    Result<graph::Graph> graph = graph::Graph::build(manifest_);
    EXPECT_TRUE(graph.has_value());
    graph::SelectionRequest request;
    request.exclude = std::move(exclude);
    request.indirect = graph::IndirectSelection::kEmpty;
    const Result<graph::Selection> selection = graph::select_nodes(*graph, manifest_, request);
    EXPECT_TRUE(selection.has_value());
    return make_plan(manifest_, *graph, *selection, {command, full_refresh});
  }

  static std::vector<std::string> waits(const Plan& plan, const std::string& id) {
    std::vector<std::string> out;
    for (const Step& step : plan.steps)
      if (step.unique_id == id)
        for (const size_t waited : step.waits_for) out.push_back(plan.steps[waited].unique_id);
    std::sort(out.begin(), out.end());
    return out;
  }

  static const Step& step(const Plan& plan, const std::string& id) {
    const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [&id](const Step& s) { return s.unique_id == id; });
    EXPECT_NE(found, plan.steps.end()) << id;
    return *found;
  }

  compile::Manifest manifest_;
};

using Ids = std::vector<std::string>;

TEST_F(PlanTest, LooksThroughWhatIsNotSelected) {
  add("model.p.a", "table", {});
  add("model.p.b", "table", {"model.p.a"});
  add("model.p.c", "table", {"model.p.b"});
  const Plan plan = make("run", {"b"});
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(waits(plan, "model.p.c"), (Ids{"model.p.a"}));
}

TEST_F(PlanTest, InBuildReadersWaitForTests) {
  add_source("source.p.raw.orders");
  add("model.p.a", "table", {"source.p.raw.orders"});
  add("model.p.b", "table", {"model.p.a"});
  add("model.p.c", "table", {"model.p.b"});
  add("test.p.on_source", "test", {"source.p.raw.orders"});
  add("test.p.on_a", "test", {"model.p.a"});
  add("test.p.on_a_and_b", "test", {"model.p.a", "model.p.b"});
  const Plan plan = make("build");
  EXPECT_EQ(waits(plan, "model.p.a"), (Ids{"test.p.on_source"}));
  EXPECT_EQ(waits(plan, "model.p.b"), (Ids{"model.p.a", "test.p.on_a"}));
  EXPECT_EQ(waits(plan, "model.p.c"), (Ids{"model.p.b", "test.p.on_a_and_b"}));
  EXPECT_EQ(waits(plan, "test.p.on_a_and_b"), (Ids{"model.p.a", "model.p.b"}));
  const Plan tests_last = make("run");
  EXPECT_EQ(waits(tests_last, "model.p.b"), (Ids{"model.p.a"}));
}

TEST_F(PlanTest, TestsOfSeveralParentsGuardWhatReadsAll) {
  add("model.p.left", "table", {});
  add("model.p.right", "table", {});
  add("model.p.reads_left", "table", {"model.p.left"});
  add("model.p.joined", "table", {"model.p.reads_left", "model.p.right"});
  add("model.p.behind", "table", {"model.p.joined"});
  add("test.p.both", "test", {"model.p.left", "model.p.right"});
  const Plan plan = make("build");
  EXPECT_EQ(waits(plan, "model.p.reads_left"), (Ids{"model.p.left"}));
  EXPECT_EQ(waits(plan, "model.p.joined"),
            (Ids{"model.p.reads_left", "model.p.right", "test.p.both"}));
  EXPECT_EQ(waits(plan, "model.p.behind"), (Ids{"model.p.joined"}));
  // The guard holds when the node in between is left out.
  EXPECT_EQ(waits(make("build", {"joined"}), "model.p.behind"),
            (Ids{"model.p.reads_left", "model.p.right", "test.p.both"}));
}

TEST_F(PlanTest, LongestChainBeginsFirst) {
  add("model.p.alone", "table", {});
  add("model.p.z1", "table", {});
  add("model.p.z2", "table", {"model.p.z1"});
  add("model.p.z3", "table", {"model.p.z2"});
  Ids order;
  for (const Step& each : make("run").steps) order.push_back(each.unique_id);
  EXPECT_EQ(order, (Ids{"model.p.z1", "model.p.z2", "model.p.alone", "model.p.z3"}));
}

TEST_F(PlanTest, StatesItsReasons) {
  add("model.p.v", "view", {});
  add("model.p.t", "table", {});
  add("model.p.e", "ephemeral", {});
  add("model.p.x", "external", {});
  add("model.p.i", "incremental", {})
      .config.as_dict()
      .set("incremental_strategy", jinja::Value::string("delete+insert"));
  add("model.p.never", "incremental", {})
      .config.as_dict()
      .set("full_refresh", jinja::Value::boolean(false));
  add("seed.p.s", "seed", {});
  compile::Node& unique = add("test.p.u", "test", {});
  unique.test_metadata = compile::TestMetadata{"unique", "", {}};
  unique.column_name = "id";
  unique.config.as_dict().set("severity", jinja::Value::string("ERROR"));
  add("test.p.q", "test", {}).config.as_dict().set("severity", jinja::Value::string("warn"));
  add("analysis.p.a", "view", {});
  const std::map<std::string, std::pair<Action, std::string>> expected = {
      {"model.p.v", {Action::kView, "view: always created again"}},
      {"model.p.t", {Action::kFull, "table: always built in full"}},
      {"model.p.e", {Action::kSkip, "ephemeral: inlined into its readers"}},
      {"model.p.x", {Action::kFull, "materialization 'external': runs each time"}},
      {"model.p.i",
       {Action::kFull,
        "incremental: brought up to date by strategy 'delete+insert'; built in full while it does "
        "not exist"}},
      {"model.p.never",
       {Action::kFull,
        "incremental: brought up to date by the default strategy; built in full while it does not "
        "exist"}},
      {"seed.p.s", {Action::kFull, "seed: loaded from its file"}},
      {"test.p.u", {Action::kTest, "test: 'unique' of column 'id', severity error"}},
      {"test.p.q", {Action::kTest, "test: a query of its own, severity warn"}},
      {"analysis.p.a", {Action::kSkip, "analysis: not executed"}},
  };
  const Plan plan = make("build");
  for (const auto& [id, what] : expected) {
    EXPECT_EQ(step(plan, id).action, what.first) << id;
    EXPECT_EQ(step(plan, id).reason, what.second);
  }
  EXPECT_EQ(step(plan, "model.p.e").relation, "");
  EXPECT_EQ(step(plan, "model.p.t").relation, "\"db\".\"main\".\"t\"");
  const Plan full = make("build", {}, true);
  EXPECT_EQ(step(full, "model.p.i").reason,
            "incremental: built in full, full refresh was asked for");
  EXPECT_EQ(
      step(full, "model.p.never").reason,
      "incremental: brought up to date by the default strategy; its config refuses a full refresh");
  EXPECT_EQ(step(full, "seed.p.s").reason,
            "seed: dropped and loaded again, full refresh was asked for");
  EXPECT_EQ(step(make("compile"), "model.p.e").action, Action::kFull);
}

TEST_F(PlanTest, PrintsAlignedColumnsAndJson) {
  add("model.p.a", "table", {});
  add("model.p.long_name", "view", {"model.p.a"});
  const Plan plan = make("run");
  EXPECT_EQ(to_text(plan),
            "step  action  node               waits for  why\n"
            "   1  full    model.p.a          -          table: always built in full\n"
            "   2  view    model.p.long_name  1          view: always created again\n");
  const Result<Json> json = parse_json(to_json(plan));
  ASSERT_TRUE(json.has_value());
  const Json& second = json->find("steps")->items[1];
  EXPECT_EQ(second.find("unique_id")->text, "model.p.long_name");
  EXPECT_EQ(second.find("action")->text, "view");
  EXPECT_EQ(second.find("waits_for")->items[0].text, "model.p.a");
  EXPECT_EQ(second.find("relation")->text, "\"db\".\"main\".\"long_name\"");
}

}  // namespace
}  // namespace sluice::plan
