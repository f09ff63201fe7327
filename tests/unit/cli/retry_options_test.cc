#include "cli/retry_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jinja/ops.h"

namespace sluice::cli {
namespace {

jinja::Value results(const std::string& arguments, const std::string& list = "[]") {
  return *jinja::from_json(R"({"args": )" + arguments + R"(, "results": )" + list + "}");
}

TEST(RetryOptions, TakesTheOptionsOfTheEarlierCommand) {
  const Result<Options> options = options_to_retry(
      Options{}, results(R"({"which": "build", "select": ["a", "tag:b"], "exclude": [], "vars":
          {"x": 1}, "full_refresh": true, "indirect_selection": "cautious", "log_level": "debug",
          "target": "prod", "threads": 3, "resource_types": ["model"]})"));
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->command, Command::kBuild);
  EXPECT_EQ(options->command_name, "build");
  EXPECT_THAT(options->select, testing::ElementsAre("a", "tag:b"));
  EXPECT_EQ(options->vars, R"({"x": 1})");
  EXPECT_TRUE(options->full_refresh);
  EXPECT_EQ(options->indirect_selection, "cautious");
  EXPECT_EQ(options->target, "prod");
  EXPECT_EQ(options->threads, 3);
  EXPECT_THAT(options->resource_types, testing::ElementsAre("model"));
  EXPECT_EQ(options->log_level, "info");  // how it is told is the retry's own affair
}

TEST(RetryOptions, LeavesWhatTheRetrySays) {
  Options given;
  given.full_refresh = true;
  given.given.insert("-f,--full-refresh,!--no-full-refresh");
  const Result<Options> options =
      options_to_retry(given, results(R"({"which": "run", "full_refresh": false})"));
  ASSERT_TRUE(options.has_value());
  EXPECT_TRUE(options->full_refresh);
}

TEST(RetryOptions, RefusesCommandsThatRunNothing) {
  for (const char* which : {"list", "parse", "retry", ""}) {
    const Result<Options> options =
        options_to_retry(Options{}, results(std::string(R"({"which": ")") + which + "\"}"));
    ASSERT_FALSE(options.has_value()) << which;
    EXPECT_EQ(options.error().code(), ErrorCode::kStateInvalid);
  }
}

TEST(RetryOptions, RetriesWhatDidNotEndWell) {
  const auto ids = ids_to_retry(results("{}", R"([
      {"unique_id": "a", "status": "success"}, {"unique_id": "b", "status": "error"},
      {"unique_id": "c", "status": "skipped"}, {"unique_id": "d", "status": "fail"},
      {"unique_id": "e", "status": "warn"}, {"unique_id": "f", "status": "partial success"},
      {"unique_id": "operation.x.y", "status": "error"}])"));
  EXPECT_THAT(ids, testing::ElementsAre("b", "c", "d", "f"));
}

}  // namespace
}  // namespace sluice::cli
