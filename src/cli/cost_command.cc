// cost: what runs have read, and what full refreshes would have read in their place.
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <memory>
#include <optional>

#include "base/json.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/text_table.h"
#include "cli/workspace.h"
#include "run/cost_ledger.h"

namespace sluice::cli {
namespace {

// "0000-00-00" or "0000-00-00T00:00:00" by its form.
bool is_moment(const std::string& text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() != 10 && text.size() != kForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    const bool is_separator = text[i] == kForm[i] || (kForm[i] == 'T' && text[i] == ' ');
    if (kForm[i] == '0' ? !is_digit : !is_separator) return false;
  }
  return true;
}

std::optional<std::string_view> unit_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  for (const std::string_view unit : {"minute", "hour", "day", "week", "month"})
    if (!text.empty() &&
        (text == unit || text == fmt::format("{}s", unit) || text == unit.substr(0, 1)))
      return unit;
  return std::nullopt;
}

// A timestamp in SQL; nullopt: neither a moment nor a span of time.
std::optional<std::string> since_sql(const std::string& text) {
  if (is_moment(text)) return fmt::format("timestamp '{}'", text);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = unit_of({end, static_cast<size_t>(text.data() + text.size() - end)});
  if (error != std::errc() || number < 0 || !unit) return std::nullopt;
  return fmt::format("now()::timestamp - interval {} {}", number, *unit);
}

void print_json(Console& console, const run::CostTotal& total) {
  JsonWriter writer;
  writer.begin_object()
      .field("unique_id", total.unique_id)
      .field("runs", total.runs)
      .field("bytes_read", static_cast<int64_t>(total.bytes_read))
      .field("price", total.price)
      .field("full_refresh_bytes", static_cast<int64_t>(total.full_bytes))
      .field("full_refresh_price", total.full_price)
      .end_object();
  console.output(writer.text(), "ModelCost");
}

void print_table(Console& console, const std::vector<run::CostTotal>& totals) {
  TextTable table;
  table.columns = {{"model"},       {"runs", true},           {"bytes read", true},
                   {"price", true}, {"full refreshes", true}, {"their price", true},
                   {"saved", true}};
  run::CostTotal sum;
  const auto row = [&table](const std::string& name, const run::CostTotal& total) {
    const double saved = total.full_bytes == 0
                             ? 0
                             : 100 * (1 - static_cast<double>(total.bytes_read) /
                                              static_cast<double>(total.full_bytes));
    table.rows.push_back({name, total.runs == 0 ? "" : format_count(total.runs),
                          format_bytes(total.bytes_read), format_dollars(total.price),
                          format_bytes(total.full_bytes), format_dollars(total.full_price),
                          fmt::format("{:.0f} %", saved)});
  };
  for (const run::CostTotal& total : totals) {
    row(total.unique_id.substr(total.unique_id.rfind('.') + 1), total);
    sum.bytes_read += total.bytes_read;
    sum.full_bytes += total.full_bytes;
    sum.price += total.price;
    sum.full_price += total.full_price;
  }
  row("total", sum);
  console.output(to_plain_text(table, 0), "Costs");
}

}  // namespace

int cost_command(Invocation& invocation) {
  std::string since;
  if (!invocation.options.since.empty()) {
    const std::optional<std::string> parsed = since_sql(invocation.options.since);
    if (!parsed)
      return report_error(
          invocation, Error(ErrorCode::kBadArgument,
                            fmt::format("--since is neither a moment nor a span of time: \"{}\"",
                                        invocation.options.since),
                            "write e.g. 2026-01-31, 2026-01-31T12:00:00, 7d or \"24 hours\""));
    since = *parsed;
  }
  Workspace workspace(invocation);
  if (!workspace.open_project() || !workspace.open_warehouse()) return kExitUsage;
  auto connection = workspace.warehouse()->connect();
  if (!connection) return report_error(invocation, connection.error());
  auto ledger = run::CostLedger::find(**connection, workspace.project().profile.database);
  if (!ledger) return report_error(invocation, ledger.error());
  std::vector<run::CostTotal> totals;
  if (*ledger) {
    auto found = (*ledger)->totals(since);
    if (!found) return report_error(invocation, found.error());
    totals = std::move(*found);
  }
  if (totals.empty()) {
    invocation.console.warn(
        "no run of maintained models is on record: nothing to add up; see `incremental:` of "
        "sluice.yml",
        "NoCosts");
    return kExitOk;
  }
  if (invocation.options.output != "json") {
    print_table(invocation.console, totals);
    return kExitOk;
  }
  for (const run::CostTotal& total : totals) print_json(invocation.console, total);
  return kExitOk;
}

}  // namespace sluice::cli
