// Two runs at once in one process over one database, while its source changes: conflicts are tried
// again or told, and what one undisturbed run leaves is exact.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/builtin_macros.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "run/guarded_connection.h"
#include "run/maintenance_execution.h"
#include "run/project_run.h"
#include "run/verification.h"

namespace sluice::cli {
namespace {

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

// One invocation: its own session over the shared database.
class Invoked {
 public:
  Invoked(FileSystem& fs, warehouse::Warehouse& warehouse) : fs_(fs), warehouse_(warehouse) {
    project::LoadOptions load;
    load.project_dir = load.working_directory = load.profiles_dir = "/shop";
    load.builtin_macros = builtin_macros;
    project::LoadedProject loaded = project::load_project(fs, load, scrubber_);
    for (const Diagnostic& item : loaded.diagnostics.items()) ADD_FAILURE() << render(item.error);
    compile::SessionOptions options;
    options.project = loaded.project;
    options.flags.which = "run";
    options.flags.arguments = jinja::Value::dict();
    options.fs = &fs;
    options.events = &sink_;
    options.now_micros = [this] { return clock_.now_micros(); };
    session_ = std::make_unique<compile::Session>(std::move(options));
    Diagnostics diagnostics;
    EXPECT_TRUE(session_->parse(diagnostics));
    session_->set_warehouse(&warehouse);
    auto graph = graph::Graph::build(session_->manifest());
    graph::SelectionRequest request;
    request.resource_types = {project::ResourceType::kModel};
    auto selection = graph::select_nodes(*graph, session_->manifest(), request);
    plan_ = plan::make_plan(session_->manifest(), *graph, *selection, {"run", false});
    settings_.policy = run::IncrementalPolicy::kAuto;
  }

  run::ProjectRunReport run(bool is_atomic) {
    run::ProjectRunOptions options;
    options.command = "run";
    options.num_threads = is_atomic ? 1 : 2;
    options.write_files = false;
    options.atomic = is_atomic;
    options.settings = settings_;
    run::ProjectRun project_run(*session_, &warehouse_, fs_, clock_, plan_, observer_, options);
    auto report = project_run.run();
    run::ProjectRunReport none;
    // Schemas and ledger could not be made for a conflict: nothing began.
    none.unpublished_because = report ? std::string() : report.error().message();
    return report ? std::move(*report) : none;
  }

  std::vector<run::Certificate> verify() {
    run::GuardedConnection connection(std::move(*warehouse_.connect()));
    run::Maintainer maintainer(*session_, fs_, clock_, settings_);
    std::vector<run::Certificate> out;
    for (const plan::Step& step : plan_.steps) {
      auto certificate = run::verify_model(
          maintainer, *session_->manifest().find_node(step.unique_id), connection, {});
      EXPECT_TRUE(certificate) << render(certificate.error());
      if (certificate) out.push_back(std::move(*certificate));
    }
    return out;
  }

  // The error with which what was decided for "daily" is refused after `between`.
  Error decide_and_execute(const std::function<void()>& between) {
    run::GuardedConnection connection(std::move(*warehouse_.connect()));
    run::Maintainer maintainer(*session_, fs_, clock_, settings_);
    auto job = maintainer.plan(*session_->manifest().find_node("model.shop.daily"), connection);
    EXPECT_TRUE(job) << render(job.error());
    between();
    EXPECT_TRUE(connection.begin());
    const auto applied = run::MaintenanceExecution(maintainer, *job, connection).apply();
    EXPECT_FALSE(applied);
    EXPECT_TRUE(connection.rollback());
    return applied ? Error(ErrorCode::kInternal, "it was not refused") : applied.error();
  }

 private:
  FileSystem& fs_;
  warehouse::Warehouse& warehouse_;
  SystemClock clock_;
  SecretScrubber scrubber_;
  NullSink sink_;
  NullObserver observer_;
  run::ProjectSettings settings_;
  std::unique_ptr<compile::Session> session_;
  plan::Plan plan_;
};

class ConcurrentRunsTest : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(fs_.write_atomically("/shop/" + path, text));
  }
  void SetUp() override {
    write("dbt_project.yml",
          "name: shop\nprofile: shop\nmodels: {shop: {+materialized: incremental}}\n");
    write("profiles.yml",
          "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:', schema: main}}}\n");
    write("models/sources.yml", "sources: [{name: raw, schema: main, tables: [{name: orders}]}]\n");
    write("models/daily.sql",
          "select dt, sum(amount)::bigint as revenue from {{ source('raw', 'orders') }} group by "
          "dt");
    write("models/running.sql",
          "select dt, sum(revenue) over (order by dt)::bigint as total from {{ ref('daily') }}");
    write("models/by_shop.sql",
          "select shop, sum(amount)::bigint as revenue from {{ source('raw', 'orders') }} group by "
          "shop");
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.database = "memory";
    warehouse_ = std::move(*warehouse::open_duckdb(settings));
    change_ = std::move(*warehouse_->connect());
    execute("create table orders(dt date, shop integer, amount integer)");
    insert(0, 200);
  }
  void execute(const std::string& sql) {
    const auto done = change_->execute(sql, false);
    ASSERT_TRUE(done) << render(done.error());
  }
  void insert(size_t from, size_t rows) {
    execute(
        fmt::format("insert into orders select date '2026-01-01' + (i % 17)::integer, i % 5, "
                    "hash(i) % 100 from range({}, {}) t(i)",
                    from, from + rows));
  }
  void round(bool is_atomic) {
    Invoked first(fs_, *warehouse_), second(fs_, *warehouse_);
    {
      const std::jthread one([&] { (void)first.run(is_atomic); });
      const std::jthread other([&] { (void)second.run(false); });
    }
    Invoked undisturbed(fs_, *warehouse_);
    const run::ProjectRunReport report = undisturbed.run(false);
    for (const run::NodeResult& result : report.results)
      EXPECT_EQ(result.status, run::NodeStatus::kSuccess) << result.message;
    EXPECT_EQ(report.unpublished_because, "");
    for (const run::Certificate& certificate : undisturbed.verify())
      EXPECT_EQ(certificate.verdict, run::Verdict::kEqual)
          << certificate.unique_id << ": " << certificate.rows_missing << " missing, "
          << certificate.rows_extra << " too many; " << certificate.note;
  }

  MemoryFileSystem fs_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> change_;
};

TEST_F(ConcurrentRunsTest, NeverCorruptTables) {
  for (size_t i = 0; i < 4; ++i) {
    round(false);
    insert(200 + i * 7, 7);
    execute(fmt::format("delete from orders where dt = date '2026-01-01' + {}", i));
  }
}

TEST_F(ConcurrentRunsTest, NeverCorruptTablesWhereOneIsAtomic) {
  for (size_t i = 0; i < 4; ++i) {
    round(true);
    insert(300 + i * 3, 3);
  }
}

// What was decided about another state than the one that is there is not done.
TEST_F(ConcurrentRunsTest, ADecisionThatIsOvertakenIsTakenAnew) {
  (void)Invoked(fs_, *warehouse_).run(false);
  insert(500, 20);
  Invoked slow(fs_, *warehouse_), fast(fs_, *warehouse_);
  const Error error = slow.decide_and_execute([&fast] { (void)fast.run(false); });
  EXPECT_TRUE(run::is_transaction_conflict(error)) << render(error);
  EXPECT_EQ(
      error.message(),
      "transaction conflict: another run has changed \"memory\".\"main\".\"daily\" meanwhile");
}

}  // namespace
}  // namespace sluice::cli
