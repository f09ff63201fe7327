// Expected texts have the keys, their order and the nulls of what dbt-core 1.11.16 wrote for the
// same kinds of results.
#include "run/run_results_json.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace sluice::run {
namespace {

class RunResultsJsonTest : public testing::Test {
 protected:
  compile::Node& add(const std::string& id, project::ResourceType type) {
    auto node = std::make_unique<compile::Node>();
    node->unique_id = id;
    node->type = type;
    manifest_.nodes.push_back(std::move(node));
    manifest_.index();
    return *manifest_.nodes.back();
  }

  // The text of the only result.
  std::string written(const NodeResult& result) const {
    const std::string text = run_results_to_json(manifest_, {result}, {});
    const size_t begin = text.find("\"results\":[") + 11;
    return text.substr(begin, text.find("],\"elapsed_time\"") - begin);
  }

  compile::Manifest manifest_;
};

TEST_F(RunResultsJsonTest, ModelThatWasBuilt) {
  compile::Node& node = add("model.p.a", project::ResourceType::kModel);
  node.compiled = true;
  node.compiled_code = "select 1";
  node.relation_name = "\"db\".\"main\".\"a\"";
  NodeResult result;
  result.unique_id = "model.p.a";
  result.timing = {{"compile", 1'795'259'982'093'522, 1'795'259'982'101'042},
                   {"execute", 1'795'259'982'101'639, 1'795'259'982'103'768}};
  result.thread_id = "Thread-1 (worker)";
  result.execution_seconds = 0.25;
  result.message = "INSERT 3";
  result.adapter_message = "INSERT 3";
  result.adapter_code = "INSERT";
  result.rows_affected = 3;
  EXPECT_EQ(
      written(result),
      R"j({"status":"success","timing":[)j"
      R"j({"name":"compile","started_at":"2026-11-21T11:19:42.093522Z",)j"
      R"j("completed_at":"2026-11-21T11:19:42.101042Z"},)j"
      R"j({"name":"execute","started_at":"2026-11-21T11:19:42.101639Z",)j"
      R"j("completed_at":"2026-11-21T11:19:42.103768Z"}],)j"
      R"j("thread_id":"Thread-1 (worker)","execution_time":0.25,"adapter_response":)j"
      R"j({"_message":"INSERT 3","code":"INSERT","rows_affected":3},"message":"INSERT 3",)j"
      R"j("failures":null,"unique_id":"model.p.a","compiled":true,"compiled_code":"select 1",)j"
      R"j("relation_name":"\"db\".\"main\".\"a\"","batch_results":null})j");
}

TEST_F(RunResultsJsonTest, ModelThatWasSkipped) {
  add("model.p.a", project::ResourceType::kModel).relation_name = "a";
  NodeResult result;
  result.unique_id = "model.p.a";
  result.status = NodeStatus::kSkipped;
  result.thread_id = "Thread-1 (worker)";
  const Result<Json> json = parse_json(written(result));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->find("status")->text, "skipped");
  EXPECT_TRUE(json->find("timing")->items.empty());
  EXPECT_TRUE(json->find("adapter_response")->fields.empty());
  EXPECT_EQ(json->find("message")->kind, Json::Kind::kNull);
  EXPECT_EQ(json->find("compiled")->kind, Json::Kind::kBool);
  EXPECT_FALSE(json->find("compiled")->boolean);
  EXPECT_EQ(json->find("compiled_code")->kind, Json::Kind::kNull);
  EXPECT_EQ(json->find("relation_name")->text, "a");
}

TEST_F(RunResultsJsonTest, SeedsHaveNoCode) {
  compile::Node& node = add("seed.p.s", project::ResourceType::kSeed);
  node.compiled = true;
  node.relation_name = "s";
  NodeResult result;
  result.unique_id = "seed.p.s";
  const Result<Json> json = parse_json(written(result));
  ASSERT_TRUE(json.has_value());
  for (const char* key : {"compiled", "compiled_code", "relation_name", "failures"})
    EXPECT_EQ(json->find(key)->kind, Json::Kind::kNull) << key;
}

TEST_F(RunResultsJsonTest, TestsCountTheirFailures) {
  add("test.p.t", project::ResourceType::kTest);
  NodeResult result;
  result.unique_id = "test.p.t";
  result.status = NodeStatus::kFail;
  result.failures = 2;
  result.message = "Got 2 results, configured to fail if != 0";
  const Result<Json> json = parse_json(written(result));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->find("status")->text, "fail");
  EXPECT_EQ(json->find("failures")->integer, 2);
}

TEST_F(RunResultsJsonTest, MetadataComesFromTheRequest) {
  RunResultsRequest request;
  request.dbt_version = "1.11.16";
  request.invocation_id = "f7b88be8-aad9-478f-88b3-3a4ab2079ff6";
  request.generated_at_micros = 1'795'259'982'698'051;
  request.started_at_micros = 1'795'259'979'899'167;
  request.elapsed_seconds = 1.5;
  request.arguments = jinja::Value::dict();
  request.arguments.as_dict().set("which", jinja::Value::string("build"));
  request.custom_environment = {{"JOB", "nightly"}};
  EXPECT_EQ(
      run_results_to_json(manifest_, {}, request),
      R"({"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json",)"
      R"("dbt_version":"1.11.16","generated_at":"2026-11-21T11:19:42.698051Z",)"
      R"("invocation_id":"f7b88be8-aad9-478f-88b3-3a4ab2079ff6",)"
      R"("invocation_started_at":"2026-11-21T11:19:39.899167Z","env":{"JOB":"nightly"}},)"
      R"("results":[],"elapsed_time":1.5,"args":{"which":"build"}})");
}

}  // namespace
}  // namespace sluice::run
