// Replays what dbt selected (data/selectors.txt) and checks what dbt does not show: error places
// and speed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "graph/graph.h"
#include "graph/selector_spec.h"
#include "recorded_project.h"

namespace sluice::graph {
namespace {

constexpr const char* kData = SLUICE_TEST_DATA "/unit/graph/data/";

struct Case {
  std::string arguments;
  bool is_error = false;
  std::vector<std::string> ids;
  std::vector<std::string> warnings;
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  std::ifstream in(std::string(kData) + "selectors.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    if (!line.starts_with("  "))
      cases.push_back({line, false, {}, {}});
    else if (line == "  !")
      cases.back().is_error = true;
    else if (line.starts_with("  ~ "))
      cases.back().warnings.push_back("The selection criterion '" + line.substr(4) +
                                      "' does not match any enabled nodes");
    else if (line != "  -")
      cases.back().ids = words(line);
  }
  return cases;
}

SelectionRequest to_request(const std::string& arguments) {
  SelectionRequest request;
  std::string flag;
  for (const std::string& word : words(arguments)) {
    if (word.starts_with("-")) {
      flag = word;
    } else if (flag == "-s") {
      request.select.push_back(word);
    } else if (flag == "--exclude") {
      request.exclude.push_back(word);
    } else if (flag == "--indirect-selection") {
      request.indirect = word == "eager"      ? IndirectSelection::kEager
                         : word == "cautious" ? IndirectSelection::kCautious
                         : word == "empty"    ? IndirectSelection::kEmpty
                                              : IndirectSelection::kBuildable;
    } else {
      EXPECT_EQ(flag, "--resource-type");
      using project::ResourceType;
      for (const ResourceType type :
           {ResourceType::kModel, ResourceType::kSeed, ResourceType::kTest})
        if (project::resource_type_name(type) == word) request.resource_types.push_back(type);
    }
  }
  return request;
}

class SelectionTest : public testing::Test {
 protected:
  SelectionTest()
      : recorded_(std::string(kData) + "project.jsonl"), graph_(Graph::build(recorded_.manifest)) {}

  std::vector<std::string> ids(const Selection& selection) const {
    std::vector<std::string> out;
    for (const Index index : selection.nodes) out.emplace_back(graph_->ids()[index]);
    std::sort(out.begin(), out.end());
    return out;
  }

  RecordedProject recorded_;
  Result<Graph> graph_;
};

TEST_F(SelectionTest, SelectsWhatDbtSelects) {
  ASSERT_TRUE(graph_.has_value());
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 500U);
  for (const Case& expected : cases) {
    SCOPED_TRACE(expected.arguments);
    const Result<Selection> selection =
        select_nodes(*graph_, recorded_.manifest, to_request(expected.arguments));
    EXPECT_EQ(selection.has_value(), !expected.is_error);
    if (!selection.has_value() || expected.is_error) continue;
    EXPECT_EQ(ids(*selection), expected.ids);
    EXPECT_EQ(selection->warnings, expected.warnings);
  }
}

TEST_F(SelectionTest, AnswersInTopologicalOrder) {
  SelectionRequest request;
  request.select = {"+revenue_daily"};
  const Result<Selection> selection = select_nodes(*graph_, recorded_.manifest, request);
  ASSERT_TRUE(selection.has_value());
  std::vector<size_t> position(graph_->size(), graph_->size());
  for (size_t i = 0; i < selection->nodes.size(); ++i) position[selection->nodes[i]] = i;
  for (const Index index : selection->nodes)
    for (const Index parent : graph_->parents(index))
      EXPECT_TRUE(position[parent] == graph_->size() || position[parent] < position[index]);
}

TEST_F(SelectionTest, OperationsAreSelectedOnlyWhenAskedFor) {
  SelectionRequest request;
  request.select = {"resource_type:operation"};
  EXPECT_TRUE(select_nodes(*graph_, recorded_.manifest, request)->nodes.empty());
  request.resource_types = {project::ResourceType::kOperation};
  EXPECT_EQ(select_nodes(*graph_, recorded_.manifest, request)->nodes.size(), 1U);
}

TEST_F(SelectionTest, TakesAWholeListInOneWord) {
  SelectionRequest request;
  request.select = {" country  payments_seed ", ""};
  request.indirect = IndirectSelection::kEmpty;
  EXPECT_EQ(ids(*select_nodes(*graph_, recorded_.manifest, request)),
            (std::vector<std::string>{"seed.shop.country", "seed.shop.payments_seed"}));
}

TEST_F(SelectionTest, AbsolutePathsOfTheProjectWork) {
  SelectionRequest request;
  request.select = {"/shop/models/marts/orders.sql"};
  EXPECT_EQ(ids(*select_nodes(*graph_, recorded_.manifest, request)),
            (std::vector<std::string>{"model.shop.orders"}));
}

TEST(Selector, NamesTheNearestMethod) {
  const Result<Criterion> criterion = parse_criterion("tags:daily");
  ASSERT_FALSE(criterion.has_value());
  EXPECT_EQ(render(criterion.error()),
            "[SL0503] \"tags\" is not a valid method name, in selector \"tags:daily\"\n"
            "  hint: did you mean \"tag:\"?");
}

TEST(Selector, KnowsTheMethodsThatCompareWithArtifacts) {
  for (const char* text : {"state:modified.body", "result:error+", "1+source_status:fresher"}) {
    const Result<Criterion> criterion = parse_criterion(text);
    ASSERT_TRUE(criterion.has_value()) << text;
  }
  const Result<Criterion> selector = parse_criterion("selector:x");
  ASSERT_FALSE(selector.has_value());
  EXPECT_EQ(selector.error().code(), ErrorCode::kSelectorUnknownMethod);
  EXPECT_THAT(selector.error().hint(), testing::HasSubstr("--selector"));
}

TEST(Selection, SaysWhichArtifactIsMissing) {
  const compile::Manifest manifest;
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_TRUE(graph.has_value());
  for (const char* text : {"state:new", "result:error", "source_status:fresher"}) {
    SelectionRequest request;
    request.select = {text};
    const Result<Selection> selection = select_nodes(*graph, manifest, request);
    ASSERT_FALSE(selection.has_value()) << text;
    EXPECT_EQ(selection.error().code(), ErrorCode::kStateMissing);
    EXPECT_THAT(selection.error().hint(), testing::HasSubstr("--state"));
  }
}

TEST(Selector, NamesTheColumn) {
  const Result<Criterion> criterion = parse_criterion("@orders+2");
  ASSERT_FALSE(criterion.has_value());
  EXPECT_EQ(
      render(criterion.error()),
      "[SL0502] \"@\" in front and \"+\" behind cannot be combined in selector \"@orders+2\", at "
      "column 8\n  hint: \"@\" takes the descendants already: leave the \"+\" out");
  EXPECT_EQ(parse_criterion("99999999999+x").error().code(), ErrorCode::kSelectorSyntax);
}

TEST(SelectionSpeed, TenThousandNodesTakeMilliseconds) {
  compile::Manifest manifest;
  auto project = std::make_shared<project::Project>();
  project->packages.emplace_back().name = "p";
  manifest.project = project;
  for (size_t i = 0; i < 10'000; ++i) {
    auto node = std::make_unique<compile::Node>();
    node->name = "m" + std::to_string(i);
    node->unique_id = "model.p." + node->name;
    node->package_name = "p";
    node->fqn = {"p", "layer" + std::to_string(i % 10), node->name};
    node->original_file_path = "models/" + node->fqn[1] + "/" + node->name + ".sql";
    node->tags = {i % 2 == 0 ? "even" : "odd"};
    for (size_t back = 1; back <= 3 && back <= i; ++back)
      node->depends_on_nodes.push_back("model.p.m" + std::to_string(i - back));
    manifest.nodes.push_back(std::move(node));
  }
  manifest.index();
  const Result<Graph> graph = Graph::build(manifest);
  ASSERT_TRUE(graph.has_value());
  SelectionRequest request;
  request.select = {"m5000+,tag:even", "@m9990", "path:models/layer3", "*77"};
  const auto begin = std::chrono::steady_clock::now();
  const Result<Selection> selection = select_nodes(*graph, manifest, request);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(selection.has_value());
  EXPECT_EQ(selection->nodes.size(), 10'000U);
  // Some 15 ms in a debug build; the bound only catches something quadratic.
  EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(took).count(), 1000);
}

}  // namespace
}  // namespace sluice::graph
