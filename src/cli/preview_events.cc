#include "cli/preview_events.h"

#include <fmt/format.h>

#include "base/thread_name.h"
#include "run/statement_events.h"

namespace sluice::cli {

PreviewEvents::PreviewEvents(Console& console, const Clock& clock, compile::Session& session)
    : console_(console), clock_(clock), session_(session) {
  console_.describe_nodes_with([this](const std::string& unique_id) {
    return node_ == nullptr || node_->unique_id != unique_id
               ? std::string()
               : node_info_json(session_.manifest(), *node_, progress_);
  });
  session_.on_statement = [this](const std::string& node, const std::string&,
                                 const std::string& sent) {
    console_.emit(run::statement_event(node, sent));
  };
  session_.on_statement_end = [this](const std::string& node, double seconds) {
    console_.emit(run::statement_end_event(node, seconds));
  };
}

PreviewEvents::~PreviewEvents() {
  console_.describe_nodes_with(nullptr);
  session_.on_statement = nullptr;
  session_.on_statement_end = nullptr;
}

void PreviewEvents::note(std::string_view status) {
  progress_.status = status;
  if (progress_.started_micros == 0) progress_.started_micros = clock_.now_micros();
}

void PreviewEvents::tell(const std::string& name, const std::string& message) {
  console_.emit({EventLevel::kDebug, name, message, node_->unique_id, {}});
}

void PreviewEvents::started(const compile::Node& node) {
  node_ = &node;
  progress_ = {};
  note("started");
  tell("NodeStart", "Began running node " + node.unique_id);
  note("compiling");
  tell("NodeCompiling", "Began compiling node " + node.unique_id);
}

void PreviewEvents::compiled() {
  tell("WritingInjectedSQLForNode",
       fmt::format("Writing injected SQL for node \"{}\"", node_->unique_id));
}

void PreviewEvents::executing() {
  note("executing");
  tell("NodeExecuting", "Began executing node " + node_->unique_id);
}

void PreviewEvents::statement(const std::string& sql) {
  console_.emit(run::statement_event(node_->unique_id, sql));
}

void PreviewEvents::statement_ended(double seconds) {
  console_.emit(run::statement_end_event(node_->unique_id, seconds));
}

void PreviewEvents::finished(const run::NodeResult& result) {
  note(run::status_name(result.status));
  progress_.finished_micros = clock_.now_micros();
  const std::string json = console_.writes_json() ? run_result_json(result) : "{}";
  console_.emit({EventLevel::kDebug,
                 "NodeFinished",
                 "Finished running node " + node_->unique_id,
                 node_->unique_id,
                 {{"run_result", json}}});
  node_ = nullptr;
}

}  // namespace sluice::cli
