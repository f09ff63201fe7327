#include "cli/run_reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "cli/amounts.h"
#include "cli/node_info.h"
#include "compile/batches.h"
#include "compile/unit_test.h"

namespace sluice::cli {
namespace {

using compile::Node;
using compile::ResourceType;
using run::NodeResult;
using run::NodeStatus;

std::string json_text(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.take();
}

std::string relation_of(const Node& node) { return fmt::format("{}.{}", node.schema, node.alias); }

// A unit test goes with its model: "orders::counts_once".
std::string test_name(const Node& node) {
  return node.unit_test ? fmt::format("{}::{}", node.unit_test->model, node.unit_test->run_name)
                        : node.name;
}

// What stands in the line of a finished step: "OK created sql view model main.a".
std::string headline(const Node& node, const NodeResult& result) {
  const bool is_test = node.type == ResourceType::kTest || node.type == ResourceType::kUnitTest;
  const int64_t failures = result.failures.value_or(0);
  switch (result.status) {
    case NodeStatus::kPass:
      return "PASS " + test_name(node);
    case NodeStatus::kFail:
      return fmt::format("FAIL {} {}", failures, test_name(node));
    case NodeStatus::kWarn:
      return fmt::format("WARN {} {}", failures, node.name);
    case NodeStatus::kSkipped:
      return is_test ? "SKIP " + describe_node(node) : "SKIP relation " + relation_of(node);
    case NodeStatus::kNoOp:
      return "NO-OP " + describe_node(node);
    case NodeStatus::kPartial:
      return "PARTIALLY created " + describe_node(node);
    case NodeStatus::kError:
      if (is_test) return "ERROR " + test_name(node);
      return (node.type == ResourceType::kSeed ? "ERROR loading " : "ERROR creating ") +
             describe_node(node);
    case NodeStatus::kSuccess:
      return (node.type == ResourceType::kSeed ? "OK loaded " : "OK created ") +
             describe_node(node);
    case NodeStatus::kRuntimeError:
      break;  // of sources only
  }
  return node.name;
}

std::string event_name(const Node& node, NodeStatus status) {
  if (status == NodeStatus::kSkipped) return "SkippingDetails";
  if (status == NodeStatus::kNoOp) return "LogNodeNoOpResult";
  switch (node.type) {
    case ResourceType::kTest:
    case ResourceType::kUnitTest:
      return "LogTestResult";
    case ResourceType::kSeed:
      return "LogSeedResult";
    case ResourceType::kSnapshot:
      return "LogSnapshotResult";
    case ResourceType::kFunction:
      return "LogFunctionResult";
    default:
      return "LogModelResult";
  }
}

Color color_of(NodeStatus status) {
  switch (status) {
    case NodeStatus::kSuccess:
    case NodeStatus::kPass:
      return Color::kGreen;
    case NodeStatus::kError:
    case NodeStatus::kFail:
    case NodeStatus::kRuntimeError:
    case NodeStatus::kPartial:
      return Color::kRed;
    default:
      return Color::kYellow;
  }
}

std::string short_status(const NodeResult& result) {
  switch (result.status) {
    case NodeStatus::kSuccess:
      return result.message.empty() ? "OK" : result.message;
    case NodeStatus::kError:
      return "ERROR";
    case NodeStatus::kSkipped:
      return "SKIP";
    case NodeStatus::kPass:
      return "PASS";
    case NodeStatus::kFail:
      return fmt::format("FAIL {}", result.failures.value_or(0));
    case NodeStatus::kWarn:
      return fmt::format("WARN {}", result.failures.value_or(0));
    case NodeStatus::kNoOp:
      return "NO-OP";
    case NodeStatus::kRuntimeError:
      return "ERROR";
    case NodeStatus::kPartial:
      return result.message;
  }
  return {};
}

// " in 0.05s, 1,200 rows, read 5.6 MB"
std::string figures(const NodeResult& result) {
  if (result.status == NodeStatus::kSkipped) return {};
  std::string text = fmt::format(" in {:.2f}s", result.execution_seconds);
  if (result.rows_affected && *result.rows_affected >= 0 && result.status == NodeStatus::kSuccess)
    text += fmt::format(", {} rows", format_count(*result.rows_affected));
  if (result.scan.bytes_read > 0)
    text += fmt::format(", read {}{}", result.scan.estimated ? "~" : "",
                        format_bytes(result.scan.bytes_read));
  if (result.num_retries > 0) text += fmt::format(", {} retries", result.num_retries);
  return text;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

// What dbt's event of the kind has beside index, total, status and execution_time.
void add_own_fields(const Node& node, const NodeResult& result, size_t total, Fields& fields) {
  const auto add = [&fields](const char* name, std::string_view text) {
    fields.emplace_back(name, json_text(text));
  };
  switch (node.type) {
    case ResourceType::kTest:
    case ResourceType::kUnitTest:
      add("name", test_name(node));
      add("attached_node", node.attached_node);
      fields.emplace_back("num_failures", std::to_string(result.failures.value_or(0)));
      fields.emplace_back("num_models", std::to_string(total));
      break;
    case ResourceType::kSeed:
      add("relation", node.alias);
      add("schema", node.schema);
      add("result_message", result.message);
      break;
    case ResourceType::kSnapshot:
      fields.emplace_back("cfg", "{}");
      add("description", relation_of(node));
      add("result_message", result.message);
      break;
    default:
      add("description", describe_node(node));
  }
}

// Beside dbt's fields: what the step read and wrote.
void add_figures(const NodeResult& result, Fields& fields) {
  fields.emplace_back("rows_read", std::to_string(result.scan.rows_read));
  fields.emplace_back("bytes_read", std::to_string(result.scan.bytes_read));
  fields.emplace_back("files_read", std::to_string(result.scan.files_read));
  if (result.rows_affected)
    fields.emplace_back("rows_affected", std::to_string(*result.rows_affected));
}

Fields result_fields(const Node& node, const NodeResult& result, size_t number, size_t total) {
  const bool is_test = node.type == ResourceType::kTest || node.type == ResourceType::kUnitTest;
  Fields fields = {{"index", std::to_string(number)}};
  if (!is_test || result.status == NodeStatus::kSkipped)
    fields.emplace_back("total", std::to_string(total));
  if (result.status == NodeStatus::kSkipped) {
    fields.emplace_back("node_name", json_text(node.name));
    fields.emplace_back("resource_type", json_text(project::resource_type_name(node.type)));
    fields.emplace_back("schema", json_text(node.schema));
    if (!result.skipped_because.empty())
      fields.emplace_back("skipped_because", json_text(result.skipped_because));
    return fields;
  }
  const bool tells_message =
      result.status == NodeStatus::kSuccess && node.type == ResourceType::kModel;
  fields.emplace_back("status", json_text(tells_message ? std::string_view(result.message)
                                                        : run::status_name(result.status)));
  fields.emplace_back("execution_time", fmt::format("{:.6f}", result.execution_seconds));
  add_own_fields(node, result, total, fields);
  add_figures(result, fields);
  return fields;
}

}  // namespace

std::string describe_node(const Node& node) {
  switch (node.type) {
    case ResourceType::kSeed:
      return "seed file " + relation_of(node);
    case ResourceType::kSnapshot:
      return "snapshot " + relation_of(node);
    case ResourceType::kFunction:
      return "function " + relation_of(node);
    case ResourceType::kTest:
      return "test " + node.name;
    case ResourceType::kUnitTest:
      return "unit_test " + test_name(node);
    case ResourceType::kModel:
      return fmt::format("{} {} model {}", node.language,
                         compile::is_microbatch(node) ? "microbatch" : node.materialized(),
                         relation_of(node));
    default:
      return fmt::format("{} {}", project::resource_type_name(node.type), node.name);
  }
}

RunReporter::RunReporter(Console& console, const Clock& clock, const compile::Manifest& manifest,
                         RunReporterOptions options)
    : console_(console),
      clock_(clock),
      manifest_(manifest),
      options_(options),
      started_ns_(clock.ticks_ns()) {
  console_.describe_nodes_with([this](const std::string& id) { return node_info(id); });
}

RunReporter::~RunReporter() { console_.describe_nodes_with(nullptr); }

std::string RunReporter::node_info(const std::string& unique_id) const {
  NodeProgress progress;
  {
    std::lock_guard lock(running_mutex_);
    const auto found = progress_.find(unique_id);
    if (found != progress_.end()) progress = found->second;
  }
  if (const Node* node = manifest_.find_node(unique_id))
    return node_info_json(manifest_, *node, progress);
  const compile::Source* source = manifest_.find_source(unique_id);
  return source == nullptr ? std::string() : node_info_json(*source, progress);
}

void RunReporter::note_progress(const std::string& unique_id, std::string_view status,
                                bool finished) {
  if (!console_.writes_json()) return;  // nothing else shows it
  const int64_t now_micros = clock_.now_micros();
  std::lock_guard lock(running_mutex_);
  NodeProgress& progress = progress_[unique_id];
  progress.status = status;
  if (progress.started_micros == 0) progress.started_micros = now_micros;
  if (finished) progress.finished_micros = now_micros;
}

void RunReporter::tell_start(const std::string& unique_id) {
  note_progress(unique_id, "started", false);
  console_.emit(
      {EventLevel::kDebug, "NodeStart", "Began running node " + unique_id, unique_id, {}});
}

void RunReporter::tell_injected(const std::string& unique_id) {
  console_.emit({EventLevel::kDebug,
                 "WritingInjectedSQLForNode",
                 fmt::format("Writing injected SQL for node \"{}\"", unique_id),
                 unique_id,
                 {}});
}

void RunReporter::step_reached(const plan::Step& step, run::StepPhase phase) {
  const std::string& id = step.unique_id;
  switch (phase) {
    case run::StepPhase::kCompiling:
      note_progress(id, "compiling", false);
      return console_.emit(
          {EventLevel::kDebug, "NodeCompiling", "Began compiling node " + id, id, {}});
    case run::StepPhase::kCompiled:
      return tell_injected(id);
    case run::StepPhase::kExecuting:
      note_progress(id, "executing", false);
      return console_.emit(
          {EventLevel::kDebug, "NodeExecuting", "Began executing node " + id, id, {}});
  }
}

// What the log says once a step has its result, beside the line that everybody sees.
void RunReporter::tell_end(const NodeResult& result) {
  const std::string& id = result.unique_id;
  const std::string json = console_.writes_json() ? run_result_json(result) : "{}";
  console_.emit({EventLevel::kDebug,
                 "NodeFinished",
                 "Finished running node " + id,
                 id,
                 {{"run_result", json}}});
  const bool skips = result.status == NodeStatus::kFail
                         ? options_.tests_skip
                         : run::is_failure(result) || result.status == NodeStatus::kSkipped;
  if (!skips || manifest_.find_source(id) != nullptr) return;
  const std::string_view status = run::status_name(result.status);
  console_.emit(
      {EventLevel::kDebug,
       "MarkSkippedChildren",
       fmt::format("Marking all children of '{}' to be skipped because of status '{}'. "
                   " Reason: {}.",
                   id, status, result.message),
       {},
       {{"run_result", json}, {"status", json_text(status)}, {"unique_id", json_text(id)}}});
}

// "head ........ [status]": the head filled with dots to the printer's width, as dbt.
void RunReporter::tell(EventLevel level, const std::string& name, const std::string& head,
                       const std::string& status, Color color, const std::string& node,
                       std::vector<std::pair<std::string, std::string>> data) {
  std::string line = head + " ";
  const size_t width = display_width(line);
  if (width < options_.printer_width) line.append(options_.printer_width - width, '.');
  const size_t plain = std::min(status.find(" in "), status.size());
  line +=
      " [" + paint(status.substr(0, plain), color, console_.colors()) + status.substr(plain) + "]";
  console_.emit({level, name, line, node, std::move(data)});
}

std::string RunReporter::describe_step(const std::string& unique_id) const {
  if (const compile::Source* source = manifest_.find_source(unique_id))
    return describe_freshness(*source);
  const Node* node = manifest_.find_node(unique_id);
  return node == nullptr ? unique_id : describe_node(*node);
}

void RunReporter::step_started(const plan::Step& step, size_t number, size_t total, size_t worker) {
  {
    std::lock_guard lock(running_mutex_);
    running_[step.unique_id] = {clock_.ticks_ns(), worker};
    num_total_ = total;
  }
  tell_start(step.unique_id);
  if (!options_.tells_steps) return;
  const std::string what = describe_step(step.unique_id);
  tell(console_.has_live_area() ? EventLevel::kDebug : EventLevel::kInfo, "LogStartLine",
       fmt::format("{} of {} START {}", number, total, what), "RUN", Color::kNone, step.unique_id,
       {{"description", json_text(what)},
        {"index", std::to_string(number)},
        {"total", std::to_string(total)}});
}

void RunReporter::step_finished(const plan::Step& step, const NodeResult& result, size_t number,
                                size_t total) {
  bool had_started = false;
  {
    std::lock_guard lock(running_mutex_);
    had_started = running_.erase(step.unique_id) > 0;
    num_total_ = total;
    ++num_finished_;
    if (run::is_failure(result)) ++num_failed_;
  }
  if (!had_started) tell_start(step.unique_id);
  note_progress(step.unique_id, run::status_name(result.status),
                result.status != NodeStatus::kSkipped);
  if (const Node* node = manifest_.find_node(step.unique_id)) {
    if (options_.tells_steps) tell_result(*node, result, number, total);
  } else if (const compile::Source* source = manifest_.find_source(step.unique_id)) {
    tell_freshness(*source, result, number, total);
  }
  tell_end(result);
}

void RunReporter::tell_result(const Node& node, const NodeResult& result, size_t number,
                              size_t total) {
  const EventLevel level = run::is_failure(result)              ? EventLevel::kError
                           : result.status == NodeStatus::kWarn ? EventLevel::kWarning
                                                                : EventLevel::kInfo;
  std::string status = short_status(result);
  if (!result.skipped_because.empty()) status += ": " + result.skipped_because;
  tell(level, event_name(node, result.status),
       fmt::format("{} of {} {}", number, total, headline(node, result)), status + figures(result),
       color_of(result.status), node.unique_id, result_fields(node, result, number, total));
}

void RunReporter::batch_started(const run::BatchEvent& batch) {
  if (!options_.tells_steps) return;
  tell(console_.has_live_area() ? EventLevel::kDebug : EventLevel::kInfo, "LogStartBatch",
       fmt::format("Batch {} of {} START batch {} of {}", batch.number, batch.total, batch.label,
                   relation_of(*batch.node)),
       "RUN", Color::kNone, batch.node->unique_id,
       {{"batch_index", std::to_string(batch.number)},
        {"total_batches", std::to_string(batch.total)},
        {"batch_start", json_text(batch.label)}});
}

void RunReporter::batch_finished(const run::BatchEvent& batch, const NodeResult& result) {
  if (!options_.tells_steps) return;
  const bool failed = run::is_failure(result);
  const bool skipped = result.status == NodeStatus::kSkipped;
  const std::string_view word = failed ? "ERROR creating" : skipped ? "SKIP" : "OK created";
  const std::string_view status = failed ? "ERROR" : skipped ? "SKIPPED" : "OK";
  tell(failed ? EventLevel::kError : EventLevel::kInfo, "LogBatchResult",
       fmt::format("Batch {} of {} {} batch {} of {}", batch.number, batch.total, word, batch.label,
                   relation_of(*batch.node)),
       fmt::format("{} in {:.2f}s", status, result.execution_seconds), color_of(result.status),
       batch.node->unique_id,
       {{"batch_index", std::to_string(batch.number)},
        {"total_batches", std::to_string(batch.total)},
        {"batch_start", json_text(batch.label)},
        {"status", json_text(run::status_name(result.status))},
        {"execution_time", fmt::format("{:.6f}", result.execution_seconds)}});
  if (failed && result.error) console_.error("error" + render(*result.error));
}

void RunReporter::hook_rendered(const run::HookEvent& hook) { tell_injected(hook.node->unique_id); }

void RunReporter::hook_started(const run::HookEvent& hook) {
  note_progress(hook.node->unique_id, "started", false);
  tell(console_.has_live_area() ? EventLevel::kDebug : EventLevel::kInfo, "LogHookStartLine",
       fmt::format("{} of {} START hook: {}", hook.number, hook.total, hook.label), "RUN",
       Color::kNone, hook.node->unique_id,
       {{"statement", json_text(hook.label)},
        {"index", std::to_string(hook.number)},
        {"total", std::to_string(hook.total)}});
}

void RunReporter::hook_finished(const run::HookEvent& hook, const NodeResult& result) {
  note_progress(result.unique_id, run::status_name(result.status), true);
  const char* word = result.status == NodeStatus::kSuccess   ? "OK"
                     : result.status == NodeStatus::kSkipped ? "SKIP"
                                                             : "ERROR";
  tell(run::is_failure(result) ? EventLevel::kError : EventLevel::kInfo, "LogHookEndLine",
       fmt::format("{} of {} {} hook: {}", hook.number, hook.total, word, hook.label),
       fmt::format("{} in {:.2f}s", word, result.execution_seconds), color_of(result.status),
       result.unique_id,
       {{"statement", json_text(hook.label)},
        {"index", std::to_string(hook.number)},
        {"total", std::to_string(hook.total)},
        {"status", json_text(run::status_name(result.status))},
        {"execution_time", fmt::format("{:.6f}", result.execution_seconds)}});
}

std::vector<std::string> RunReporter::live_lines(
    const std::function<std::optional<double>(size_t worker)>& progress) const {
  static constexpr size_t kMostShown = 8;
  const int64_t now_ns = clock_.ticks_ns();
  const auto elapsed = [now_ns](int64_t since_ns) {
    return format_seconds(static_cast<double>(now_ns - since_ns) / 1e9);
  };
  std::lock_guard lock(running_mutex_);
  std::vector<std::string> lines;
  std::string head = fmt::format("[{}/{}] {} running", num_finished_, num_total_, running_.size());
  if (num_failed_ > 0) head += fmt::format(", {} failed", num_failed_);
  lines.push_back(fmt::format("{}, {}", head, elapsed(started_ns_)));
  std::vector<const std::pair<const std::string, Running>*> oldest_first;
  for (const auto& entry : running_) oldest_first.push_back(&entry);
  std::sort(oldest_first.begin(), oldest_first.end(), [](const auto* left, const auto* right) {
    return left->second.started_ns < right->second.started_ns;
  });
  for (size_t index = 0; index < oldest_first.size() && index < kMostShown; ++index) {
    const auto& [id, item] = *oldest_first[index];
    const std::optional<double> percent = progress(item.worker);
    const std::string share =
        percent && *percent > 0 && *percent <= 100 ? fmt::format(" {:.0f}%", *percent) : "";
    lines.push_back(
        fmt::format("  {:>7}  {}{}", elapsed(item.started_ns), describe_step(id), share));
  }
  if (oldest_first.size() > kMostShown)
    lines.push_back(fmt::format("  … and {} more", oldest_first.size() - kMostShown));
  return lines;
}

}  // namespace sluice::cli
