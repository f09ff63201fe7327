#include "cli/process_events.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <string>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/invocation_arguments.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

std::string json_text(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.take();
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void tell_resources(Invocation& invocation, bool success, double elapsed_seconds) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::string& command = invocation.options.command_name;
  const double user = seconds_of(usage.ru_utime);
  const double kernel = seconds_of(usage.ru_stime);
  invocation.console.emit(
      {EventLevel::kDebug,
       "ResourceReport",
       fmt::format("Resource report: {} took {:.2f}s, {:.2f} CPU seconds, {} kB of memory at most",
                   command, elapsed_seconds, user + kernel, usage.ru_maxrss),
       {},
       {{"command_name", json_text(command)},
        {"command_success", success ? "true" : "false"},
        {"command_wall_clock_time", fmt::format("{:.6f}", elapsed_seconds)},
        {"process_in_blocks", json_text(std::to_string(usage.ru_inblock))},
        {"process_kernel_time", fmt::format("{:.6f}", kernel)},
        {"process_mem_max_rss", json_text(std::to_string(usage.ru_maxrss))},
        {"process_out_blocks", json_text(std::to_string(usage.ru_oublock))},
        {"process_user_time", fmt::format("{:.6f}", user)}}});
}

}  // namespace

void tell_start(Invocation& invocation) {
  invocation.console.emit({EventLevel::kInfo,
                           "MainReportVersion",
                           "Running with sluice=" + version_number(),
                           {},
                           {{"version", "\"=" + version_number() + "\""}, {"log_version", "3"}}});
  JsonWriter arguments;
  arguments.begin_object();
  const jinja::Value all = invocation_arguments(invocation.options);
  for (const auto& entry : all.as_dict().entries())
    arguments.field(entry.key.as_string(), jinja::to_str(entry.value).value_or(""));
  arguments.end_object();
  invocation.console.emit({EventLevel::kDebug,
                           "MainReportArgs",
                           "Command: sluice " + invocation.options.invocation_command,
                           {},
                           {{"args", arguments.take()}}});
}

void tell_end(Invocation& invocation, int exit_code) {
  const bool success = exit_code == kExitOk;
  const int64_t now_micros = invocation.clock.now_micros();
  const double elapsed =
      static_cast<double>(invocation.clock.ticks_ns() - invocation.started_ns) / 1e9;
  tell_resources(invocation, success, elapsed);
  const std::string command = "sluice " + invocation.options.command_name;
  invocation.console.emit(
      {EventLevel::kDebug,
       "CommandCompleted",
       fmt::format("Command `{}` {} at {} after {:.2f} seconds (exit code {})", command,
                   success ? "succeeded" : "failed", iso_timestamp(now_micros).substr(11, 15),
                   elapsed, exit_code),
       {},
       {{"command", json_text(command)},
        {"completed_at", json_text(iso_timestamp(now_micros))},
        {"elapsed", fmt::format("{:.6f}", elapsed)},
        {"success", success ? "true" : "false"}}});
}

}  // namespace sluice::cli
