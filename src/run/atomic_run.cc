// --atomic: hooks, models, tests and ledgers of a run in one transaction, published at its end or
// not at all. DuckDB takes definitions of tables into transactions as well as rows, so nothing has
// to be built aside: what comes later in the run reads the new tables on the one connection,
// everybody else the old ones. The price is one worker; the engine's own threads share each
// statement.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "run/atomic_connection.h"
#include "run/project_run.h"

namespace sluice::run {
namespace {

using compile::Node;
using compile::ResourceType;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return text;
}

bool makes_something(const Node& node) {
  switch (node.type) {
    case ResourceType::kModel:
      return !node.is_ephemeral();
    case ResourceType::kSeed:
    case ResourceType::kSnapshot:
    case ResourceType::kFunction:
      return true;
    default:
      return false;
  }
}

Error refusal(const Node& node, std::string what, std::string hint) {
  Error error(ErrorCode::kRunInvalid, std::move(what), std::move(hint));
  error.set_node(node.unique_id).locate(node.span);
  return error;
}

// Of a run that is not published nothing is there, whatever went well before.
void take_back(std::vector<NodeResult>& results, const std::string& because) {
  for (NodeResult& result : results) {
    const bool went_well = result.status == NodeStatus::kSuccess ||
                           result.status == NodeStatus::kPass || result.status == NodeStatus::kWarn;
    if (!went_well) continue;
    result.status = NodeStatus::kSkipped;
    result.skipped_because = "not published: " + because;
    result.message = result.skipped_because;
  }
}

const NodeResult* first_failure(const std::vector<NodeResult>& results) {
  const auto found = std::find_if(results.begin(), results.end(), is_failure);
  return found == results.end() ? nullptr : &*found;
}

}  // namespace

std::vector<const Node*> ProjectRun::planned_nodes() const {
  std::vector<const Node*> nodes;
  for (const plan::Step& step : plan_.steps)
    if (const Node* node = session_.manifest().find_node(step.unique_id)) nodes.push_back(node);
  return nodes;
}

// What one transaction of the engine cannot hold is refused before anything is done.
Status ProjectRun::check_atomic() const {
  const Node* first = nullptr;
  for (const Node* node : planned_nodes()) {
    if (!makes_something(*node)) continue;
    if (node->type == ResourceType::kModel && node->language == "python")
      return fail(refusal(*node, "a Python model cannot be part of an atomic run",
                          "leave it out with --exclude, or run without --atomic"));
    if (node->materialized() == "external")
      return fail(refusal(*node,
                          "the files of an external model are seen as soon as they are written, "
                          "so it cannot be part of an atomic run",
                          "leave it out with --exclude, or run without --atomic"));
    if (first == nullptr) first = node;
    if (lower(first->database) != lower(node->database))
      return fail(refusal(
          *node,
          fmt::format("an atomic run writes to one database, and {} goes to \"{}\" where {} goes "
                      "to \"{}\"",
                      node->unique_id, node->database, first->unique_id, first->database),
          "select the models of one database, or run without --atomic"));
  }
  return {};
}

Status ProjectRun::begin_atomic() {
  SLUICE_TRY(check_atomic());
  SLUICE_ASSIGN(AtomicConnection * atomic, runner_.atomic_connection());
  SLUICE_TRY(atomic->hold());
  SLUICE_ASSIGN(GuardedConnection * connection, runner_.connection(0));
  return watch_.begin(planned_nodes(), *connection);
}

// Empty: nothing stands against it.
std::string ProjectRun::reason_not_to_publish(const ProjectRunReport& start,
                                              const ProjectRunReport& end) {
  if (is_cancelled_) return "the run was cancelled";
  for (const std::vector<NodeResult>* results :
       {&start.results, &std::as_const(steps_), &end.results})
    if (const NodeResult* failure = first_failure(*results)) return failure->unique_id + " failed";
  Result<std::vector<std::string>> moved = moved_sources();
  if (!moved) return moved.error().message();
  if (moved->empty()) return {};
  return fmt::format("{} changed while the run read {}; run again", fmt::join(*moved, ", "),
                     moved->size() == 1 ? "it" : "them");
}

Result<std::vector<std::string>> ProjectRun::moved_sources() {
  SLUICE_ASSIGN(const AtomicConnection* atomic, runner_.atomic_connection());
  if (atomic->is_spoilt()) return fail(ErrorCode::kRunInvalid, "a part of the run was rolled back");
  SLUICE_ASSIGN(GuardedConnection * connection, runner_.connection(0));
  SLUICE_ASSIGN(const std::vector<std::string> files, watch_.moved(*connection));
  std::set<std::string> moved = maintainer_.moved_inputs();
  moved.insert(files.begin(), files.end());
  return std::vector<std::string>(moved.begin(), moved.end());
}

void ProjectRun::tell_published(const ProjectRunReport& report) const {
  EventSink* events = session_.options().events;
  if (events == nullptr) return;
  if (report.unpublished_because.empty())
    events->emit({EventLevel::kInfo, "RunPublished", "published the whole run at once", {}, {}});
  else
    events->emit({EventLevel::kError,
                  "RunNotPublished",
                  fmt::format("nothing of the run was published: {}; all tables are as they were",
                              report.unpublished_because),
                  {},
                  {}});
}

// Everything, or else nothing; why not is added to `because`.
void ProjectRun::publish_or_discard(AtomicConnection& atomic, std::string& because) {
  if (because.empty()) {
    const Status published = atomic.publish();
    if (published) return;
    because = published.error().message();
  }
  // The reason is what is worth telling.
  (void)atomic.discard();
  session_.forget_relations();
}

Result<ProjectRunReport> ProjectRun::run_atomically() {
  SLUICE_TRY(begin_atomic());
  SLUICE_ASSIGN(AtomicConnection * atomic, runner_.atomic_connection());
  Result<ProjectRunReport> started = run_steps();
  if (!started) {
    (void)atomic->discard();
    return started;
  }
  ProjectRunReport end;
  std::string because = reason_not_to_publish(*started, end);
  const bool ends_well = because.empty();
  if (ends_well && runs_hooks()) {
    run_hooks("on-run-end", steps_, end);
    because = reason_not_to_publish(*started, end);
  }
  publish_or_discard(*atomic, because);
  if (!because.empty())
    for (std::vector<NodeResult>* results : {&started->results, &steps_, &end.results})
      take_back(*results, because);
  if (!is_cancelled_) try_account(steps_);
  // Hooks that record how runs went hear of this one too.
  if (!ends_well && runs_hooks() && !is_cancelled_) run_hooks("on-run-end", steps_, end);
  ProjectRunReport report = joined(std::move(*started), std::move(end));
  report.unpublished_because = because;
  tell_published(report);
  return report;
}

}  // namespace sluice::run
