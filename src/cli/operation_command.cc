#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/run_artifacts.h"
#include "cli/signal_watcher.h"
#include "cli/workspace.h"
#include "jinja/ops.h"
#include "run/guarded_connection.h"

namespace sluice::cli {
namespace {

// --args as a dict; none at all is an empty one.
Result<jinja::Value> parse_arguments(const std::string& text) {
  if (text.empty()) return jinja::Value::dict();
  Result<jinja::Value> parsed = jinja::from_yaml(text);
  if (parsed && parsed->is_none()) return jinja::Value::dict();
  if (!parsed || !parsed->is_dict())
    return fail(ErrorCode::kBadArgument, fmt::format("--args is not a YAML mapping: \"{}\"", text),
                "write e.g. --args '{days: 3}'");
  return parsed;
}

Status run_and_commit(compile::Session& session, const std::string& name,
                      const jinja::Value& arguments, run::GuardedConnection& connection) {
  Result<jinja::Value> result = session.run_operation(name, arguments, connection);
  if (!result) {
    if (connection.in_transaction()) (void)connection.rollback();
    return tl::unexpected<Error>(std::move(result.error()));
  }
  return connection.in_transaction() ? connection.commit() : Status();
}

}  // namespace

int run_operation_command(Invocation& invocation) {
  const Options& options = invocation.options;
  const Result<jinja::Value> arguments = parse_arguments(options.args);
  if (!arguments) return report_error(invocation, arguments.error());
  SignalWatcher signals;
  Workspace workspace(invocation);
  if (!workspace.open_project()) return kExitUsage;
  if (!workspace.open_warehouse()) return kExitUsage;
  Result<std::unique_ptr<warehouse::Connection>> opened = workspace.warehouse()->connect();
  if (!opened) return report_error(invocation, opened.error());
  run::GuardedConnection connection(std::move(*opened));
  signals.on_first([&connection] { connection.interrupt(); });
  const int64_t started_micros = invocation.clock.now_micros();
  Status status = run_and_commit(workspace.session(), options.name, *arguments, connection);
  signals.on_first(nullptr);

  run::NodeResult result;
  result.unique_id = "macro." + options.name;
  for (const auto& macro : workspace.session().manifest().macros)
    if (macro->name == options.name || macro->package_name + "." + macro->name == options.name)
      result.unique_id = macro->unique_id;
  result.thread_id = "MainThread";
  result.timing.push_back({"execute", started_micros, invocation.clock.now_micros()});
  result.execution_seconds =
      static_cast<double>(invocation.clock.now_micros() - started_micros) / 1e6;
  result.failures = 0;
  int exit_code = kExitOk;
  if (!status) {
    const bool cancelled = status.error().code() == ErrorCode::kCancelled;
    exit_code = cancelled ? kExitCancelled : kExitFailed;
    // An unknown macro is the caller's mistake, not a failure of the macro.
    if (status.error().code() == ErrorCode::kUnknownMacro) exit_code = kExitUsage;
    report_error(invocation, status.error());
    result.status = run::NodeStatus::kError;
    result.message = status.error().message();
    result.failures = 1;
  }
  const bool written =
      write_run_artifacts(invocation, workspace, {result}, result.execution_seconds);
  return exit_code == kExitOk && !written ? kExitUsage : exit_code;
}

}  // namespace sluice::cli
