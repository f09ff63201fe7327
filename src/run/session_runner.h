// SessionRunner: a NodeRunner over compile::Session and a Warehouse. Each worker has one
// connection, opened when it is first needed. Transaction conflicts are tried again; scan work is
// measured per node; compiled and executed SQL go to the target folder.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "compile/session.h"
#include "run/executor.h"
#include "run/guarded_connection.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

class Maintainer;        // maintainer.h
class AtomicConnection;  // atomic_connection.h

struct SessionRunnerOptions {
  size_t num_workers = 1;
  bool compile_only = false;  // the `compile` command: nothing is executed
  bool warn_error = false;    // a warning of a test fails it
  bool write_files = true;    // target/compiled, target/run
  bool scan_metrics = true;
  int max_tries = 5;                 // per node, transaction conflicts only
  bool atomic = false;               // one worker; everything is one transaction
  Maintainer* maintainer = nullptr;  // of the models that it covers; null: none is maintained
};

class SessionRunner final : public NodeRunner {
 public:
  // All references outlive the runner. `warehouse` may be null for compile_only.
  SessionRunner(compile::Session& session, warehouse::Warehouse* warehouse, FileSystem& fs,
                const Clock& clock, SessionRunnerOptions options);
  // The session may be used on: it no longer tells this runner of statements.

  ~SessionRunner() override;
  SessionRunner(const SessionRunner&) = delete;
  SessionRunner& operator=(const SessionRunner&) = delete;

  NodeResult run(const plan::Step& step, size_t worker) override;
  void interrupt() override;
  // After fail-fast: the hooks at the end may use the connections again. REQUIRES: no step is
  // running.
  void resume();

  // Runs one on-run-start/on-run-end hook on worker 0's connection. REQUIRES: no step is running.
  // `on_rendered` is called between the template and its statement.
  NodeResult run_hook(compile::Node& operation, const jinja::Value& results,
                      const std::function<void()>& on_rendered);

  // Percentage of the statement that a worker runs now; nullopt: unknown. From any thread.
  std::optional<double> progress(size_t worker) const;

  // Whom batches of a microbatch model are shared with and told to; either may be null. They
  // outlive the runner's last step.
  void attach(Crew* crew, RunObserver* observer);
  // The connection of an atomic run, opened at first use; null where the run is not atomic.
  Result<AtomicConnection*> atomic_connection();

  // Retry: of these models (unique id) only the failed batches are built; the others are told again
  // in the result.
  void restrict_batches(std::map<std::string, BatchResults> previous);

  // Renders a hook without running it, and writes its SQL to the target folder.
  Status compile_hook(compile::Node& operation);

  // Connection of a worker, opened at first use.
  Result<GuardedConnection*> connection(size_t worker);
  void tell_connection(size_t worker);

 private:
  NodeResult run_freshness(const plan::Step& step, size_t worker);  // freshness_step.cc
  NodeResult run_step(compile::Node& node, const plan::Step& step, size_t worker);
  NodeResult run_in_held_transaction(compile::Node& node, const plan::Step& step, size_t worker);
  NodeResult run_node(compile::Node& node, const plan::Step& step, size_t worker);
  Status compile(compile::Node& node, const plan::Step& step, GuardedConnection* connection,
                 NodeResult& result);
  NodeResult run_batches(compile::Node& node, const plan::Step& step, size_t worker);
  NodeResult run_batch(const compile::Node& node, const plan::Step& step, size_t worker,
                       const BatchEvent& event, const compile::Batch& batch);
  std::vector<compile::Batch> batches_to_run(const compile::Node& node) const;
  Status execute_unit_test(compile::Node& node, GuardedConnection& connection, NodeResult& result);
  bool is_maintained(const compile::Node& node) const;
  Result<compile::MaterializationResult> make_relation(compile::Node& node, plan::Action action,
                                                       GuardedConnection& connection);
  Status execute(compile::Node& node, plan::Action action, GuardedConnection& connection,
                 NodeResult& result);
  Status execute_with_retries(compile::Node& node, plan::Action action,
                              GuardedConnection& connection, NodeResult& result);
  Status write_compiled(const compile::Node& node);
  void measure(GuardedConnection& connection, NodeResult& result);
  void fail_result(NodeResult& result, const compile::Node& node, Error error) const;
  void note_statement(const std::string& node_id, const std::string& sql, const std::string& sent);
  void note_statement_end(const std::string& node_id, double seconds);
  void tell_phase(const plan::Step& step, StepPhase phase);
  std::string take_statement(const std::string& node_id);
  bool wait_before_retry(int attempt);

  compile::Session& session_;
  warehouse::Warehouse* const warehouse_;
  FileSystem& fs_;
  const Clock& clock_;
  const SessionRunnerOptions options_;

  Crew* crew_ = nullptr;
  RunObserver* observer_ = nullptr;
  std::map<std::string, BatchResults> previous_batches_;

  mutable std::mutex connections_mutex_;
  std::condition_variable interrupted_changed_;
  std::vector<std::unique_ptr<GuardedConnection>> connections_;
  bool is_interrupted_ = false;
  // Of an atomic run, whose one worker uses them.
  AtomicConnection* atomic_ = nullptr;
  std::string spoilt_by_;  // the step after which nothing can be published

  std::mutex statements_mutex_;
  std::map<std::string, std::string> last_statement_;  // by node id
};

}  // namespace sluice::run
