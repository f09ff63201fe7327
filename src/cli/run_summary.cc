#include "cli/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/file_system.h"
#include "base/json.h"
#include "cli/amounts.h"
#include "cli/node_info.h"
#include "cli/text_table.h"
#include "run/node_files.h"

namespace sluice::cli {
namespace {

using compile::Node;
using compile::ResourceType;
using run::NodeResult;
using run::NodeStatus;

constexpr size_t kMostTableRows = 40;

std::string json_text(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.take();
}

// " in 0 hours 1 minutes and 5.09 seconds", as dbt.
std::string duration_text(double seconds) {
  const auto minutes = static_cast<int64_t>(seconds / 60);
  return fmt::format(" in {} hours {} minutes and {:.2f} seconds", minutes / 60, minutes % 60,
                     seconds - static_cast<double>(minutes * 60));
}

struct Counts {
  size_t pass = 0, warn = 0, error = 0, skip = 0, no_op = 0;
  size_t partial = 0;  // of the errors: microbatch models with some batches built
  size_t cut_off = 0;  // of the skipped: for an error in an ephemeral model
  size_t total() const { return pass + warn + error + skip + no_op; }
};

Counts count_results(const std::vector<NodeResult>& results) {
  Counts counts;
  for (const NodeResult& result : results) {
    switch (result.status) {
      case NodeStatus::kSuccess:
      case NodeStatus::kPass:
        ++counts.pass;
        break;
      case NodeStatus::kWarn:
        ++counts.warn;
        break;
      case NodeStatus::kError:
      case NodeStatus::kFail:
      case NodeStatus::kRuntimeError:
        ++counts.error;
        break;
      case NodeStatus::kSkipped:
        ++counts.skip;
        if (run::is_failure(result)) ++counts.cut_off;
        break;
      case NodeStatus::kNoOp:
        ++counts.no_op;
        break;
      case NodeStatus::kPartial:
        ++counts.error;
        ++counts.partial;
        break;
    }
  }
  return counts;
}

std::string plural(size_t count, const std::string& name) {
  return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
}

// "1 incremental model, 3 project hooks, 1 seed, 4 data tests" as dbt's last but one line.
std::string kinds_text(const compile::Manifest& manifest, const std::vector<NodeResult>& results) {
  std::map<std::string, size_t> counts;
  for (const NodeResult& result : results) {
    const Node* node = manifest.find_node(result.unique_id);
    if (node == nullptr) continue;
    if (node->type == ResourceType::kModel) {
      ++counts[fmt::format("{} model", node->materialized())];
    } else if (node->type == ResourceType::kOperation) {
      ++counts["project hook"];
    } else if (node->type == ResourceType::kTest) {
      ++counts["data test"];
    } else if (node->type == ResourceType::kUnitTest) {
      ++counts["unit test"];
    } else {
      ++counts[std::string(project::resource_type_name(node->type))];
    }
  }
  std::string text;
  for (const auto& [name, count] : counts) text += (text.empty() ? "" : ", ") + plural(count, name);
  return text;
}

struct Totals {
  warehouse::ScanMetrics scan;
  int64_t rows = 0;
  uint64_t full_bytes = 0;  // of full refreshes; of what is not maintained as it was read
};

Totals add_up(const std::vector<NodeResult>& results) {
  Totals totals;
  for (const NodeResult& result : results) {
    totals.scan.rows_read += result.scan.rows_read;
    totals.scan.bytes_read += result.scan.bytes_read;
    totals.scan.files_read += result.scan.files_read;
    totals.scan.estimated |= result.scan.estimated;
    totals.full_bytes += result.full_bytes.value_or(result.scan.bytes_read);
    if (result.rows_affected && *result.rows_affected > 0) totals.rows += *result.rows_affected;
  }
  return totals;
}

std::string bytes_text(const warehouse::ScanMetrics& scan) {
  if (scan.bytes_read == 0) return "-";
  return (scan.estimated ? "~" : "") + format_bytes(scan.bytes_read);
}

std::string price_text(const warehouse::ScanMetrics& scan, double price_per_tb) {
  return scan.bytes_read == 0 ? "-" : format_dollars(scan_price(scan.bytes_read, price_per_tb));
}

std::string count_text(int64_t count) { return count <= 0 ? "-" : format_count(count); }

// Models, seeds and snapshots; of many, the ones worth a look: failures first, then the slowest.
std::vector<const NodeResult*> table_rows(const compile::Manifest& manifest,
                                          const std::vector<NodeResult>& results, size_t& num_all) {
  std::vector<const NodeResult*> shown;
  for (const NodeResult& result : results) {
    const Node* node = manifest.find_node(result.unique_id);
    if (node != nullptr && node->is_refable()) shown.push_back(&result);
  }
  num_all = shown.size();
  if (num_all <= kMostTableRows) return shown;
  const auto is_worse = [](const NodeResult* left, const NodeResult* right) {
    const bool left_failed = run::is_failure(*left);
    const bool right_failed = run::is_failure(*right);
    return left_failed != right_failed ? left_failed
                                       : left->execution_seconds > right->execution_seconds;
  };
  std::stable_sort(shown.begin(), shown.end(), is_worse);
  shown.resize(kMostTableRows);
  return shown;
}

std::string bytes_text(uint64_t bytes) { return bytes == 0 ? "-" : format_bytes(bytes); }

std::string price_text(uint64_t bytes, double price_per_tb) {
  return bytes == 0 ? "-" : format_dollars(scan_price(bytes, price_per_tb));
}

std::vector<std::string> table_row(const Node& node, const NodeResult& result,
                                   double price_per_tb) {
  const bool skipped = result.status == NodeStatus::kSkipped;
  return {node.name,
          std::string(run::status_name(result.status)),
          skipped ? "-" : format_seconds(result.execution_seconds),
          result.rows_affected && *result.rows_affected >= 0 ? format_count(*result.rows_affected)
                                                             : "-",
          count_text(static_cast<int64_t>(result.scan.rows_read)),
          bytes_text(result.scan),
          price_text(result.scan, price_per_tb)};
}

void print_lines(Console& console, const std::string& text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    console.info(text.substr(at, end - at), "RunSummaryLine");
    at = end + 1;
  }
}

void print_table(Console& console, const compile::Manifest& manifest,
                 const std::vector<NodeResult>& results, const RunSummaryOptions& options) {
  size_t num_all = 0;
  const std::vector<const NodeResult*> shown = table_rows(manifest, results, num_all);
  if (shown.empty()) return;
  TextTable table;
  table.columns = {{"model", false},    {"status", false},    {"time", true}, {"rows", true},
                   {"rows read", true}, {"bytes read", true}, {"price", true}};
  // Only where models are maintained there is something to compare with.
  const bool compares = std::ranges::any_of(
      shown, [](const NodeResult* result) { return result->full_bytes.has_value(); });
  if (compares) {
    table.columns.push_back({"full refresh", true});
    table.columns.push_back({"its price", true});
  }
  for (const NodeResult* result : shown) {
    table.rows.push_back(
        table_row(*manifest.find_node(result->unique_id), *result, options.price_per_tb));
    if (!compares) continue;
    const uint64_t full = result->full_bytes.value_or(result->scan.bytes_read);
    table.rows.back().push_back(bytes_text(full));
    table.rows.back().push_back(price_text(full, options.price_per_tb));
  }
  const Totals totals = add_up(results);
  table.rows.push_back({"total", "", format_seconds(options.elapsed_seconds),
                        count_text(totals.rows),
                        count_text(static_cast<int64_t>(totals.scan.rows_read)),
                        bytes_text(totals.scan), price_text(totals.scan, options.price_per_tb)});
  if (compares) {
    table.rows.back().push_back(bytes_text(totals.full_bytes));
    table.rows.back().push_back(price_text(totals.full_bytes, options.price_per_tb));
  }
  static constexpr size_t kTimePrefix = 10;  // what the console puts in front of a line
  const Terminal& terminal = console.terminal();
  const bool is_limited = terminal.is_terminal && terminal.width > kTimePrefix;
  print_lines(console, to_plain_text(table, is_limited ? terminal.width - kTimePrefix : 0));
  if (num_all > shown.size())
    console.info(fmt::format("({} more; all of them in run_results.json)", num_all - shown.size()),
                 "RunSummaryLine");
}

std::string compiled_place(const compile::Manifest& manifest, const Node& node,
                           const RunSummaryOptions& options) {
  return relative_path(run::node_file(manifest, node, "compiled"), options.root);
}

std::string indented(std::string_view text) {
  std::string out;
  for (const char byte : text) out += byte == '\n' ? std::string("\n  ") : std::string(1, byte);
  return out;
}

// An error begins with dbt's line, "Compilation Error in model x (models/x.sql)"; then comes ours.
std::string problem_text(const NodeResult& result) {
  if (!result.error) return result.message;
  const std::string error = "error" + render(*result.error);
  const size_t end = result.message.find('\n');
  if (end == std::string::npos) return error;
  return result.message.substr(0, end) + "\n  " + indented(error);
}

// A failed or warning node again, whole, in dbt's events.
void print_problem(Console& console, const compile::Manifest& manifest, const NodeResult& result,
                   const RunSummaryOptions& options) {
  const Node* node = manifest.find_node(result.unique_id);
  // A node that is skipped for an error has it from an ephemeral model.
  if (result.status == NodeStatus::kSkipped) node = manifest.find_node(result.error->node());
  if (node == nullptr) return;
  const bool is_warning = result.status == NodeStatus::kWarn;
  const EventLevel level = is_warning ? EventLevel::kWarning : EventLevel::kError;
  const std::string info = node_info_json(manifest, *node, {});
  const std::string_view type = project::resource_type_name(node->type);
  const std::string title = fmt::format("{} in {} {} ({})", is_warning ? "Warning" : "Failure",
                                        type, node->name, node->original_file_path);
  console.info("", "Formatting");
  console.emit({level,
                is_warning ? "RunResultWarning" : "RunResultFailure",
                paint(title, is_warning ? Color::kYellow : Color::kRed, console.colors()),
                node->unique_id,
                {{"node_info", info},
                 {"node_name", json_text(node->name)},
                 {"path", json_text(node->original_file_path)},
                 {"resource_type", json_text(type)}}});
  const std::string text = "  " + indented(problem_text(result));
  console.emit({level,
                is_warning ? "RunResultWarningMessage" : "RunResultError",
                text,
                node->unique_id,
                {{"node_info", info}, {"msg", json_text(result.message)}}});
  if (!node->compiled || node->type == ResourceType::kSeed) return;
  const std::string path = compiled_place(manifest, *node, options);
  console.info("", "Formatting");
  console.emit({EventLevel::kInfo,
                "SQLCompiledPath",
                "  compiled code at " + path,
                node->unique_id,
                {{"node_info", info}, {"path", json_text(path)}}});
  if (!result.error && node->type == ResourceType::kTest)
    console.info("  hint: see the failing rows with: sluice show --select " + node->name);
}

std::string completion_text(const Counts& counts, bool cancelled) {
  if (cancelled) return "Cancelled: what ran was rolled back, the rest was not started";
  const size_t num_errors = counts.error + counts.cut_off;
  if (num_errors == 0 && counts.warn == 0) return "Completed successfully";
  const std::string partial =
      fmt::format("{} partial success{}", counts.partial, counts.partial == 1 ? "" : "es");
  if (counts.partial > 0 && counts.partial == num_errors)
    return fmt::format("Completed with {} and {}:", partial, plural(counts.warn, "warning"));
  return fmt::format("Completed with {}, {}, and {}:", plural(num_errors - counts.partial, "error"),
                     partial, plural(counts.warn, "warning"));
}

}  // namespace

void tell_results(Console& console, const Clock& clock, const std::vector<NodeResult>& results,
                  bool success, double elapsed_seconds) {
  if (!console.writes_json()) return;
  JsonWriter items;
  items.begin_array();
  for (const NodeResult& result : results) items.raw(run_result_json(result));
  items.end_array();
  console.emit({EventLevel::kDebug,
                "EndRunResult",
                "Command end result",
                {},
                {{"elapsed_time", fmt::format("{:.6f}", elapsed_seconds)},
                 {"generated_at", json_text(iso_timestamp(clock.now_micros()))},
                 {"results", items.take()},
                 {"success", success ? "true" : "false"}}});
}

void tell_finished(Console& console, const std::string& kinds, double elapsed_seconds) {
  const std::string duration = duration_text(elapsed_seconds);
  console.emit({EventLevel::kInfo,
                "FinishedRunningStats",
                fmt::format("Finished running {}{} ({:.2f}s).", kinds, duration, elapsed_seconds),
                {},
                {{"execution", json_text(duration)},
                 {"execution_time", fmt::format("{:.6f}", elapsed_seconds)},
                 {"stat_line", json_text(kinds)}}});
}

void print_run_summary(Console& console, const compile::Manifest& manifest,
                       const std::vector<NodeResult>& results, const RunSummaryOptions& options) {
  const Counts counts = count_results(results);
  console.info("", "Formatting");
  if (options.with_table) {
    print_table(console, manifest, results, options);
    console.info("", "Formatting");
  }
  tell_finished(console, kinds_text(manifest, results), options.elapsed_seconds);
  console.info("", "Formatting");
  const bool failed = counts.error + counts.cut_off > 0 || options.cancelled;
  const Color color = failed ? Color::kRed : counts.warn > 0 ? Color::kYellow : Color::kGreen;
  console.emit({EventLevel::kInfo,
                "EndOfRunSummary",
                paint(completion_text(counts, options.cancelled), color, console.colors()),
                {},
                {{"keyboard_interrupt", options.cancelled ? "true" : "false"},
                 {"num_errors", std::to_string(counts.error - counts.partial)},
                 {"num_partial_success", std::to_string(counts.partial)},
                 {"num_warnings", std::to_string(counts.warn)}}});
  for (const NodeResult& result : results)
    if (run::is_failure(result)) print_problem(console, manifest, result, options);
  for (const NodeResult& result : results)
    if (result.status == NodeStatus::kWarn) print_problem(console, manifest, result, options);
  console.info("", "Formatting");
  JsonWriter stats;
  stats.begin_object().field("error", static_cast<int64_t>(counts.error));
  stats.field("noop", static_cast<int64_t>(counts.no_op))
      .field("pass", static_cast<int64_t>(counts.pass));
  stats.field("skip", static_cast<int64_t>(counts.skip))
      .field("total", static_cast<int64_t>(counts.total()));
  stats.field("warn", static_cast<int64_t>(counts.warn)).end_object();
  console.emit({EventLevel::kInfo,
                "StatsLine",
                fmt::format("Done. PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}", counts.pass,
                            counts.warn, counts.error, counts.skip, counts.no_op, counts.total()),
                {},
                {{"stats", stats.take()}}});
}

}  // namespace sluice::cli
