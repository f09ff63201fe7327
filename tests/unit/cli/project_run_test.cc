// A whole run over the in-memory warehouse: retries of transaction conflicts, cancel, hooks.
#include "run/project_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "cli/builtin_macros.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "warehouse/memory_warehouse.h"

namespace sluice::cli {
namespace {

using ::testing::HasSubstr;

class NullSink final : public EventSink {
 public:
  void emit(const Event& /*event*/) override {}
};

class NullObserver final : public run::ProjectRunObserver {
 public:
  void step_started(const plan::Step&, size_t, size_t, size_t) override {}
  void step_finished(const plan::Step&, const run::NodeResult&, size_t, size_t) override {}
  void hook_rendered(const run::HookEvent&) override {}
  void hook_started(const run::HookEvent&) override {}
  void hook_finished(const run::HookEvent&, const run::NodeResult&) override {}
};

// A project in memory, parsed and planned for `run`.
class ProjectRunTest : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(fs_.write_atomically("/shop/" + path, text));
  }

  void SetUp() override {
    write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
    write("profiles.yml",
          "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:', schema: main}}}\n");
  }

  void open_project() {
    project::LoadOptions load;
    load.project_dir = "/shop";
    load.working_directory = "/shop";
    load.profiles_dir = "/shop";
    load.builtin_macros = builtin_macros;
    project::LoadedProject loaded = project::load_project(fs_, load, scrubber_);
    for (const Diagnostic& item : loaded.diagnostics.items()) ADD_FAILURE() << render(item.error);
    ASSERT_TRUE(loaded.project);
    compile::SessionOptions options;
    options.project = loaded.project;
    options.flags.which = "run";
    options.flags.arguments = jinja::Value::dict();
    options.fs = &fs_;
    options.events = &sink_;
    options.now_micros = [this] { return clock_.now_micros(); };
    session_ = std::make_unique<compile::Session>(std::move(options));
    Diagnostics diagnostics;
    ASSERT_TRUE(session_->parse(diagnostics));
    session_->set_warehouse(&memory_);
    auto graph = graph::Graph::build(session_->manifest());
    ASSERT_TRUE(graph);
    graph::SelectionRequest request;
    request.resource_types = {project::ResourceType::kModel};
    auto selection = graph::select_nodes(*graph, session_->manifest(), request);
    ASSERT_TRUE(selection);
    plan_ = plan::make_plan(session_->manifest(), *graph, *selection, {"run", false});
  }

  run::ProjectRunReport run_plan(size_t num_threads = 1) {
    run::ProjectRunOptions options;
    options.command = "run";
    options.num_threads = num_threads;
    run::ProjectRun project_run(*session_, &memory_, fs_, clock_, plan_, observer_, options);
    auto report = project_run.run();
    EXPECT_TRUE(report) << render(report.error());
    return report ? std::move(*report) : run::ProjectRunReport{};
  }

  // Statements with `fragment` meet a conflict the first `count` times.
  void conflict_on(const std::string& fragment, int count, const std::string& message) {
    auto left = std::make_shared<std::atomic<int>>(count);
    memory_.answer(fragment,
                   [left, message](const std::string&) -> Result<warehouse::StatementResult> {
                     if (left->fetch_sub(1) > 0) return fail(ErrorCode::kSqlError, message);
                     return warehouse::StatementResult{"OK", {}, {}, {}};
                   });
  }

  MemoryFileSystem fs_;
  SystemClock clock_;
  SecretScrubber scrubber_;
  NullSink sink_;
  NullObserver observer_;
  warehouse::MemoryWarehouse memory_{*warehouse::find_dialect("duckdb")};
  std::unique_ptr<compile::Session> session_;
  plan::Plan plan_;
};

constexpr const char* kConflict =
    "TransactionContext Error: Catalog write-write conflict on create with \"a\"";

TEST_F(ProjectRunTest, TriesTransactionConflictsAgain) {
  write("models/a.sql", "{{ config(materialized='table') }} select 1 as marker");
  open_project();
  conflict_on("as marker", 2, kConflict);
  const run::ProjectRunReport report = run_plan();
  ASSERT_EQ(report.results.size(), 1U);
  EXPECT_EQ(report.results[0].status, run::NodeStatus::kSuccess) << report.results[0].message;
  EXPECT_EQ(report.results[0].num_retries, 2);
}

TEST_F(ProjectRunTest, GivesUpAfterFiveTries) {
  write("models/a.sql", "{{ config(materialized='table') }} select 1 as marker");
  open_project();
  conflict_on("as marker", 100, kConflict);
  const run::ProjectRunReport report = run_plan();
  EXPECT_EQ(report.results[0].status, run::NodeStatus::kError);
  EXPECT_EQ(report.results[0].num_retries, 4);
}

TEST_F(ProjectRunTest, OtherErrorsAreNotTriedAgain) {
  write("models/a.sql", "{{ config(materialized='table') }} select 1 as marker");
  open_project();
  conflict_on("as marker", 1, "Binder Error: no such column");
  const run::ProjectRunReport report = run_plan();
  EXPECT_EQ(report.results[0].status, run::NodeStatus::kError);
  EXPECT_EQ(report.results[0].num_retries, 0);
  EXPECT_THAT(report.results[0].message, HasSubstr("Runtime Error in model a (models/a.sql)\n  "));
}

TEST_F(ProjectRunTest, ConflictAfterACommitIsNotTriedAgain) {
  write("models/a.sql",
        "{{ config(materialized='table', post_hook={'sql': 'insert into log select 1 as "
        "after_commit',"
        " 'transaction': false}) }} select 1 as x");
  open_project();
  conflict_on("after_commit", 1, kConflict);
  const run::ProjectRunReport report = run_plan();
  EXPECT_EQ(report.results[0].status, run::NodeStatus::kError);
  EXPECT_EQ(report.results[0].num_retries, 0);
}

TEST_F(ProjectRunTest, CancelRollsBackAndSkips) {
  write("models/a.sql", "{{ config(materialized='table') }} select 1 as marker");
  write("models/b.sql", "select * from {{ ref('a') }}");
  open_project();
  run::ProjectRunOptions options;
  options.command = "run";
  run::ProjectRun project_run(*session_, &memory_, fs_, clock_, plan_, observer_, options);
  memory_.answer("as marker", [&](const std::string&) -> Result<warehouse::StatementResult> {
    project_run.cancel();
    return fail(ErrorCode::kCancelled, "interrupted");
  });
  const auto report = project_run.run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->cancelled);
  ASSERT_EQ(report->results.size(), 2U);
  EXPECT_EQ(report->results[0].status, run::NodeStatus::kSkipped);
  EXPECT_EQ(report->results[1].status, run::NodeStatus::kSkipped);
  const auto statements = memory_.statements();
  EXPECT_TRUE(std::find(statements.begin(), statements.end(), "rollback") != statements.end());
}

TEST_F(ProjectRunTest, ManyThreadsBuildEveryModelOnce) {
  for (int index = 0; index < 60; ++index) {
    const std::string upstream =
        index < 10 ? "select 1 as x"
                   : fmt::format("select * from {{{{ ref('m{}') }}}}", index - 10);
    const char* kind = index % 3 == 0 ? "ephemeral" : index % 3 == 1 ? "table" : "view";
    write(fmt::format("models/m{}.sql", index),
          fmt::format("{{{{ config(materialized='{}') }}}} {}", kind, upstream));
  }
  write("dbt_project.yml",
        "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select 1\non-run-end: \"select "
        "{{ results | length }}\"\n");
  open_project();
  const run::ProjectRunReport report = run_plan(8);
  EXPECT_FALSE(report.has_failures());
  EXPECT_EQ(report.results.size(), 42U);
}

TEST_F(ProjectRunTest, WritesCompiledAndRunFiles) {
  write("models/sub/a.sql", "select {{ 1 + 1 }} as x");
  open_project();
  EXPECT_EQ(run_plan().results[0].status, run::NodeStatus::kSuccess);
  const auto compiled = fs_.read("/shop/target/compiled/shop/models/sub/a.sql");
  ASSERT_TRUE(compiled);
  EXPECT_EQ(*compiled, "select 2 as x");
  EXPECT_TRUE(fs_.exists("/shop/target/run/shop/models/sub/a.sql"));
}

}  // namespace
}  // namespace sluice::cli
