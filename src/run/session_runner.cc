#include "run/session_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "base/json.h"
#include "run/atomic_connection.h"
#include "run/maintainer.h"
#include "run/node_error.h"
#include "run/node_files.h"
#include "run/statement_events.h"

namespace sluice::run {
namespace {

double seconds_between(int64_t start_ns, int64_t end_ns) {
  return static_cast<double>(end_ns - start_ns) / 1e9;
}

// Times one phase; the entry is there even when the phase fails, as in dbt's artifacts.
class PhaseTimer {
 public:
  PhaseTimer(const Clock& clock, NodeResult& result, std::string name)
      : clock_(clock), result_(result), name_(std::move(name)), started_at_(clock.now_micros()) {}
  ~PhaseTimer() { result_.timing.push_back({std::move(name_), started_at_, clock_.now_micros()}); }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  const Clock& clock_;
  NodeResult& result_;
  std::string name_;
  int64_t started_at_;
};

std::string config_text(const compile::Node& node, std::string_view key,
                        std::string_view otherwise) {
  const jinja::Value* value = node.config.is_dict() ? node.config.as_dict().find(key) : nullptr;
  return value != nullptr && value->is_string() ? value->as_string() : std::string(otherwise);
}

// dbt's verdict: an error only when the severity says so, else a warning, else a pass.
void judge_test(const compile::Node& node, const compile::TestOutcome& outcome, bool warn_error,
                NodeResult& result) {
  std::string severity = config_text(node, "severity", "ERROR");
  std::transform(severity.begin(), severity.end(), severity.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::toupper(byte)); });
  const std::string found =
      fmt::format("{} result{}", outcome.failures, outcome.failures == 1 ? "" : "s");
  result.failures = outcome.failures;
  if (severity == "ERROR" && outcome.should_error) {
    result.status = NodeStatus::kFail;
    result.message = fmt::format("Got {}, configured to fail if {}", found,
                                 config_text(node, "error_if", "!= 0"));
  } else if (outcome.should_warn) {
    result.status = warn_error ? NodeStatus::kFail : NodeStatus::kWarn;
    result.message =
        fmt::format("Got {}, configured to {} if {}", found, warn_error ? "fail" : "warn",
                    config_text(node, "warn_if", "!= 0"));
  } else {
    result.failures = 0;  // what the thresholds let pass counts as none, as in dbt
    result.status = NodeStatus::kPass;
  }
}

}  // namespace

SessionRunner::SessionRunner(compile::Session& session, warehouse::Warehouse* warehouse,
                             FileSystem& fs, const Clock& clock, SessionRunnerOptions options)
    : session_(session),
      warehouse_(warehouse),
      fs_(fs),
      clock_(clock),
      options_(std::move(options)) {
  connections_.resize(options_.num_workers == 0 ? 1 : options_.num_workers);
  session_.on_statement = [this](const std::string& node_id, const std::string& sql,
                                 const std::string& sent) { note_statement(node_id, sql, sent); };
  session_.on_statement_end = [this](const std::string& node_id, double seconds) {
    note_statement_end(node_id, seconds);
  };
  if (options_.write_files)
    session_.on_failed_statement = [this](const compile::Node& node, const std::string& sql) {
      // The node's own error is the one worth telling.
      (void)write_run_file(fs_, session_.manifest(), node, sql);
    };
}

// The session lives on.
SessionRunner::~SessionRunner() {
  session_.on_statement = nullptr;
  session_.on_statement_end = nullptr;
  session_.on_failed_statement = nullptr;
}

void SessionRunner::note_statement(const std::string& node_id, const std::string& sql,
                                   const std::string& sent) {
  if (EventSink* events = session_.options().events) events->emit(statement_event(node_id, sent));
  std::lock_guard lock(statements_mutex_);
  last_statement_[node_id] = sql;
}

void SessionRunner::tell_phase(const plan::Step& step, StepPhase phase) {
  if (observer_ != nullptr) observer_->step_reached(step, phase);
}

void SessionRunner::note_statement_end(const std::string& node_id, double seconds) {
  EventSink* events = session_.options().events;
  if (events != nullptr) events->emit(statement_end_event(node_id, seconds));
}

std::string SessionRunner::take_statement(const std::string& node_id) {
  std::lock_guard lock(statements_mutex_);
  auto found = last_statement_.find(node_id);
  if (found == last_statement_.end()) return {};
  std::string sql = std::move(found->second);
  last_statement_.erase(found);
  return sql;
}

void SessionRunner::tell_connection(size_t worker) {
  EventSink* events = session_.options().events;
  if (events == nullptr) return;
  const std::string& type = session_.options().project->profile.adapter_type;
  JsonWriter name, kind;
  name.string(worker_name(worker));
  kind.string(type);
  events->emit({EventLevel::kDebug,
                "NewConnection",
                fmt::format("Acquiring new {} connection '{}'", type, worker_name(worker)),
                {},
                {{"conn_name", name.take()}, {"conn_type", kind.take()}}});
}

Result<GuardedConnection*> SessionRunner::connection(size_t worker) {
  {
    std::lock_guard lock(connections_mutex_);
    if (connections_[worker]) return connections_[worker].get();
  }
  SLUICE_CHECK(warehouse_ != nullptr);
  SLUICE_ASSIGN(std::unique_ptr<warehouse::Connection> opened, warehouse_->connect());
  tell_connection(worker);
  if (options_.atomic) {
    auto atomic = std::make_unique<AtomicConnection>(std::move(opened));
    atomic_ = atomic.get();
    opened = std::move(atomic);
  }
  auto guarded = std::make_unique<GuardedConnection>(std::move(opened));
  if (options_.scan_metrics && !options_.compile_only) SLUICE_TRY(guarded->set_scan_metrics(true));
  std::lock_guard lock(connections_mutex_);
  if (is_interrupted_) guarded->interrupt();
  connections_[worker] = std::move(guarded);
  return connections_[worker].get();
}

Result<AtomicConnection*> SessionRunner::atomic_connection() {
  if (!options_.atomic) return nullptr;
  SLUICE_TRY(connection(0));
  return atomic_;
}

std::optional<double> SessionRunner::progress(size_t worker) const {
  std::lock_guard lock(connections_mutex_);
  if (worker >= connections_.size() || !connections_[worker]) return std::nullopt;
  return connections_[worker]->progress();
}

void SessionRunner::interrupt() {
  std::lock_guard lock(connections_mutex_);
  is_interrupted_ = true;
  for (const auto& connection : connections_)
    if (connection) connection->interrupt();
  interrupted_changed_.notify_all();
}

void SessionRunner::resume() {
  std::lock_guard lock(connections_mutex_);
  is_interrupted_ = false;
  for (const auto& connection : connections_)
    if (connection) connection->resume();
}

void SessionRunner::fail_result(NodeResult& result, const compile::Node& node, Error error) const {
  if (error.code() == ErrorCode::kCancelled) {
    result.status = NodeStatus::kSkipped;
    result.skipped_because = "interrupted while it ran";
    result.message = "skipped: " + result.skipped_because;
    return;
  }
  result.status = NodeStatus::kError;
  if (error.node().empty()) error.set_node(node.unique_id);
  const compile::Node* faulty = session_.manifest().find_node(error.node());
  if (faulty != nullptr && faulty != &node && faulty->is_ephemeral()) {
    // The error is the ephemeral model's, which is no step of its own: as in dbt, its reader is
    // skipped.
    result.status = NodeStatus::kSkipped;
    result.skipped_by = faulty->unique_id;
    result.skipped_because = fmt::format("ephemeral {} failed", faulty->unique_id);
    result.message = fmt::format(
        "Compilation Error in {}, caused by compilation error in referenced ephemeral model {}",
        node.unique_id, faulty->unique_id);
    result.error = std::move(error);
    return;
  }
  error.locate(node.span);
  result.message = dbt_message(error, node);
  result.error = std::move(error);
}

NodeResult SessionRunner::run(const plan::Step& step, size_t worker) {
  if (step.action == plan::Action::kFreshness) return run_freshness(step, worker);
  compile::Node* node = session_.manifest().find_node(step.unique_id);
  SLUICE_CHECK(node != nullptr);
  const int64_t started_ns = clock_.ticks_ns();
  NodeResult result = options_.atomic ? run_in_held_transaction(*node, step, worker)
                                      : run_step(*node, step, worker);
  result.unique_id = step.unique_id;
  result.thread_id = worker_name(worker);
  result.execution_seconds = seconds_between(started_ns, clock_.ticks_ns());
  return result;
}

NodeResult SessionRunner::run_step(compile::Node& node, const plan::Step& step, size_t worker) {
  const bool in_batches = !options_.compile_only && step.action == plan::Action::kFull &&
                          session_.runs_in_batches(node) && !is_maintained(node);
  return in_batches ? run_batches(node, step, worker) : run_node(node, step, worker);
}

// After an error the engine takes no more statements in the transaction. A test that finds bad rows
// is none: the other tests tell what else is wrong.
NodeResult SessionRunner::run_in_held_transaction(compile::Node& node, const plan::Step& step,
                                                  size_t worker) {
  if (!spoilt_by_.empty()) {
    NodeResult result;
    result.status = NodeStatus::kSkipped;
    result.skipped_by = spoilt_by_;
    result.skipped_because = spoilt_by_ + " failed, so that nothing will be published";
    result.message = "skipped: " + result.skipped_because;
    return result;
  }
  if (atomic_ != nullptr) atomic_->forgive_rollback(step.action == plan::Action::kTest);
  NodeResult result = run_step(node, step, worker);
  if (is_failure(result) && result.status != NodeStatus::kFail) spoilt_by_ = step.unique_id;
  return result;
}

Status SessionRunner::compile(compile::Node& node, const plan::Step& step,
                              GuardedConnection* connection, NodeResult& result) {
  {
    PhaseTimer timer(clock_, result, "compile");
    tell_phase(step, StepPhase::kCompiling);
    if (node.type != compile::ResourceType::kSeed && step.action != plan::Action::kClone)
      SLUICE_TRY(session_.compile_node(node, connection));
  }
  // What the template wrote in a transaction belongs to the model's own, as in dbt; that of a mere
  // compile or of a test goes.
  const bool keeps_transaction = !options_.compile_only && step.action != plan::Action::kTest;
  if (connection != nullptr && connection->in_transaction() && !keeps_transaction)
    SLUICE_TRY(connection->rollback());
  return node.compiled ? write_compiled(node) : Status();
}

NodeResult SessionRunner::run_node(compile::Node& node, const plan::Step& step, size_t worker) {
  NodeResult result;
  Result<GuardedConnection*> connected = nullptr;
  if (warehouse_ != nullptr) connected = connection(worker);
  if (!connected) {
    fail_result(result, node, std::move(connected.error()));
    return result;
  }
  GuardedConnection* opened = *connected;
  Status compiled = compile(node, step, opened, result);
  if (!compiled) {
    if (opened != nullptr && opened->in_transaction()) (void)opened->rollback();
    fail_result(result, node, std::move(compiled.error()));
    return result;
  }
  // Of a snapshot no compiled file is written.
  if (node.compiled && node.type != compile::ResourceType::kSnapshot)
    tell_phase(step, StepPhase::kCompiled);
  if (options_.compile_only) {
    {
      PhaseTimer timer(clock_, result, "execute");  // of nothing; dbt's results have both
      tell_phase(step, StepPhase::kExecuting);
    }
    // Serves the errors of the engine, which is not asked.
    std::vector<jinja::SourceMapEntry>().swap(node.source_map);
    return result;
  }
  SLUICE_CHECK(opened != nullptr);
  Status executed;
  {
    PhaseTimer timer(clock_, result, "execute");
    tell_phase(step, StepPhase::kExecuting);
    executed = execute_with_retries(node, step.action, *opened, result);
  }
  if (!executed) fail_result(result, node, std::move(executed.error()));
  if (!opened->interrupted()) measure(*opened, result);
  return result;
}

Status SessionRunner::execute_with_retries(compile::Node& node, plan::Action action,
                                           GuardedConnection& connection, NodeResult& result) {
  // A second try would lack what the template did in the transaction that the first one continues.
  const bool continues = connection.in_transaction();
  for (int attempt = 1;; ++attempt) {
    connection.begin_attempt();
    Status status = execute(node, action, connection, result);
    const bool was_open = connection.in_transaction();
    // A failed transaction must not leak into the next node; its own error is the one worth
    // telling.
    if (was_open) (void)connection.rollback();
    if (status) return status;
    const bool may_retry = !continues && !options_.atomic && attempt < options_.max_tries &&
                           is_transaction_conflict(status.error()) &&
                           !connection.has_side_effects();
    if (!may_retry || !wait_before_retry(attempt)) return status;
    ++result.num_retries;
  }
}

// 20, 40, 80… ms; false when the run was interrupted meanwhile.
bool SessionRunner::wait_before_retry(int attempt) {
  std::unique_lock lock(connections_mutex_);
  return !interrupted_changed_.wait_for(lock, std::chrono::milliseconds(10 << attempt),
                                        [this] { return is_interrupted_; });
}

// A policy that is none fails later, where the error can be told.
bool SessionRunner::is_maintained(const compile::Node& node) const {
  return options_.maintainer != nullptr && options_.maintainer->covers(node).value_or(true);
}

Result<compile::MaterializationResult> SessionRunner::make_relation(compile::Node& node,
                                                                    plan::Action action,
                                                                    GuardedConnection& connection) {
  if (action == plan::Action::kClone) return session_.clone_node(node, connection);
  if (is_maintained(node)) {
    SLUICE_TRY(options_.maintainer->covers(node));
    const compile::Flags& flags = session_.options().flags;
    if (flags.empty || flags.sample) {
      SLUICE_TRY(options_.maintainer->check_partial_build(node, connection));
      return session_.materialize(node, connection);
    }
    return options_.maintainer->run(node, connection);
  }
  return session_.materialize(node, connection);
}

Status SessionRunner::execute(compile::Node& node, plan::Action action,
                              GuardedConnection& connection, NodeResult& result) {
  if (node.unit_test) return execute_unit_test(node, connection, result);
  if (action == plan::Action::kTest) {
    SLUICE_ASSIGN(const compile::TestOutcome outcome, session_.run_test(node, connection));
    judge_test(node, outcome, options_.warn_error, result);
    result.adapter_message = outcome.message;
    if (!options_.write_files) return {};
    return write_run_file(fs_, session_.manifest(), node, take_statement(node.unique_id));
  }
  SLUICE_ASSIGN(compile::MaterializationResult made, make_relation(node, action, connection));
  result.status = NodeStatus::kSuccess;
  result.message = made.message;
  // A clone that had nothing to do asked the engine for nothing.
  if (action != plan::Action::kClone || !made.relations.empty())
    result.adapter_message = made.message;
  result.adapter_code = made.code;
  result.rows_affected = made.rows_affected;
  const std::string last_statement = take_statement(node.unique_id);
  if (options_.write_files) {
    const std::string& sql = made.executed_sql.empty() ? last_statement : made.executed_sql;
    SLUICE_TRY(write_run_file(fs_, session_.manifest(), node, sql));
  }
  return {};
}

Status SessionRunner::execute_unit_test(compile::Node& node, GuardedConnection& connection,
                                        NodeResult& result) {
  SLUICE_ASSIGN(const compile::UnitTestOutcome outcome, session_.run_unit_test(node, connection));
  result.adapter_message = outcome.message;
  result.failures = outcome.difference.empty() ? 0 : 1;
  result.status = outcome.difference.empty() ? NodeStatus::kPass : NodeStatus::kFail;
  if (!outcome.difference.empty())
    result.message = "\n\nactual differs from expected:\n\n" + outcome.difference + "\n";
  const std::string sql = take_statement(node.unique_id);
  if (!options_.write_files) return {};
  return write_run_file(fs_, session_.manifest(), node, sql);
}

void SessionRunner::measure(GuardedConnection& connection, NodeResult& result) {
  if (!options_.scan_metrics) return;
  // Metrics are an account, not a result: a node that worked does not fail for want of them.
  if (auto scan = connection.take_scan_metrics()) result.scan = *scan;
}

// The ephemeral models in a node are no steps of their own: their files come with it.
Status SessionRunner::write_compiled(const compile::Node& node) {
  if (!options_.write_files) return {};
  for (const compile::ExtraCte& cte : node.extra_ctes)
    if (const compile::Node* ephemeral = session_.manifest().find_node(cte.id))
      SLUICE_TRY(write_compiled_file(fs_, session_.manifest(), *ephemeral));
  for (const auto& [path, text] : node.fixture_files)
    SLUICE_TRY(write_fixture_file(fs_, session_.manifest(), path, text));
  return write_compiled_file(fs_, session_.manifest(), node);
}

Status SessionRunner::compile_hook(compile::Node& operation) {
  GuardedConnection* opened = nullptr;
  if (warehouse_ != nullptr) {
    SLUICE_ASSIGN(opened, connection(0));
  }
  SLUICE_TRY(session_.compile_node(operation, opened));
  if (opened != nullptr && opened->in_transaction()) SLUICE_TRY(opened->rollback());
  if (!options_.write_files) return {};
  return write_compiled_file(fs_, session_.manifest(), operation);
}

NodeResult SessionRunner::run_hook(compile::Node& operation, const jinja::Value& results,
                                   const std::function<void()>& on_rendered) {
  NodeResult result;
  result.unique_id = operation.unique_id;
  result.thread_id = "main";
  const int64_t started_ns = clock_.ticks_ns();
  Result<GuardedConnection*> opened = connection(0);
  Status status;
  if (!opened) {
    status = tl::unexpected<Error>(opened.error());
  } else {
    // Rendering and running are one step here; dbt's artifact names both.
    result.timing.push_back({"compile", clock_.now_micros(), clock_.now_micros()});
    PhaseTimer timer(clock_, result, "execute");
    status = session_.run_hook(operation, results, **opened, on_rendered);
    if ((*opened)->in_transaction()) status = status ? (*opened)->commit() : status;
    if ((*opened)->in_transaction()) (void)(*opened)->rollback();
  }
  result.execution_seconds = seconds_between(started_ns, clock_.ticks_ns());
  if (options_.write_files && operation.compiled) {
    Status written = write_compiled_file(fs_, session_.manifest(), operation);
    if (status) status = std::move(written);
  }
  result.failures = status ? 0 : 1;
  if (!status) {
    fail_result(result, operation, std::move(status.error()));
    return result;
  }
  if (opened && !(*opened)->interrupted()) measure(**opened, result);
  return result;
}

}  // namespace sluice::run
