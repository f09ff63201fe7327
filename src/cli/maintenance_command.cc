// plan and explain: what a run would do, and why.
#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/json.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/lineage_text.h"
#include "cli/text_table.h"
#include "cli/workspace.h"
#include "run/guarded_connection.h"
#include "run/maintainer.h"

namespace sluice::cli {
namespace {

// One line of `plan`.
struct PlannedModel {
  const compile::Node* node = nullptr;
  std::string action, reason, remedy;
  uint64_t bytes = 0;
  std::string partitions;  // "2 of 366", of what is read
  bool is_maintained = false;
};

std::string partitions_read(const run::MaintenanceJob& job) {
  size_t read = 0, all = 0;
  for (const plan::ReadSet& reads : job.plan.reads)
    for (const run::ModelInput& leaf : job.inputs.leaves) {
      if (leaf.stub != reads.input) continue;
      all += leaf.state.now.partitions.size();
      read += reads.is_whole ? leaf.state.now.partitions.size() : reads.partitions.size();
    }
  return all == 0 ? std::string() : fmt::format("{} of {}", read, all);
}

Result<PlannedModel> plan_model(Desk& desk, const compile::Node& node,
                                std::set<std::string>& moving) {
  PlannedModel out;
  out.node = &node;
  SLUICE_ASSIGN(out.is_maintained, desk.maintainer.covers(node));
  if (!out.is_maintained) {
    out.action = std::string(node.materialized());
    out.reason = "not maintained: as dbt does";
    moving.insert(node.unique_id);
    return out;
  }
  SLUICE_ASSIGN(const run::MaintenanceJob job, desk.maintainer.plan(node, desk.connection));
  out.action = plan::tier_name(job.plan.tier);
  out.reason = job.plan.reason;
  out.remedy = job.plan.remedy;
  out.partitions = partitions_read(job);
  for (const plan::ReadSet& reads : job.plan.reads) out.bytes += reads.bytes;
  std::string above;
  for (const run::ModelInput& leaf : job.inputs.leaves)
    if (moving.contains(leaf.stub)) above += (above.empty() ? "" : ", ") + leaf.stub;
  if (!above.empty() && job.plan.tier != plan::Tier::kFull) {
    out.reason = fmt::format("{}; decided anew when {} has run", out.reason, above);
    if (job.plan.tier == plan::Tier::kSkip) out.action = "wait";
  }
  if (out.action != "skip") moving.insert(node.unique_id);
  return out;
}

void print_plan(Desk& desk, const std::vector<PlannedModel>& planned) {
  const double price = desk.workspace.price_per_tb();
  if (desk.writes_json()) {
    for (const PlannedModel& model : planned) {
      JsonWriter writer;
      writer.begin_object()
          .field("unique_id", model.node->unique_id)
          .field("action", model.action)
          .field("reason", model.reason)
          .field("remedy", model.remedy)
          .field("maintained", model.is_maintained)
          .field("bytes", static_cast<int64_t>(model.bytes))
          .field("price", scan_price(model.bytes, price))
          .end_object();
      desk.invocation.console.output(writer.text(), "PlannedModel");
    }
    return;
  }
  TextTable table;
  table.columns = {{"model"},       {"action"},      {"partitions", true},
                   {"bytes", true}, {"price", true}, {"reason"}};
  uint64_t bytes = 0;
  for (const PlannedModel& model : planned) {
    bytes += model.bytes;
    const std::string reason =
        model.remedy.empty() ? model.reason : fmt::format("{} ({})", model.reason, model.remedy);
    table.rows.push_back({model.node->name, model.action, model.partitions,
                          model.is_maintained ? format_bytes(model.bytes) : "",
                          model.is_maintained ? format_dollars(scan_price(model.bytes, price)) : "",
                          reason});
  }
  table.rows.push_back(
      {"total", "", "", format_bytes(bytes), format_dollars(scan_price(bytes, price)), ""});
  desk.invocation.console.output(to_plain_text(table, 0), "Plan");
}

std::string end_words(const sql::BandEnd& end, const char* infinite) {
  return end.is_infinite ? infinite : end.offset.empty() ? "0" : end.offset;
}

// "dt = \"dt\"; month = date_trunc('month', \"dt\")"
std::string dependencies(const run::MaintenanceJob& job, size_t scan) {
  std::string out;
  for (const auto& [column, dep] : job.specification.locality->deps[scan]) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : "; ", job.columns[column].name, dep.expr);
    for (const sql::Band& band : dep.bands)
      out += fmt::format(" from {} to {}", end_words(band.low, "the beginning"),
                         end_words(band.high, "the end"));
  }
  return out;
}

// Line and column of a place in the specification.
std::string place_words(const std::string& sql, size_t place) {
  if (place == sql::kNoPlace || place > sql.size()) return {};
  size_t line = 1, column = 1;
  for (size_t i = 0; i < place; ++i) {
    column = sql[i] == '\n' ? 1 : column + 1;
    if (sql[i] == '\n') ++line;
  }
  return fmt::format(" at line {}, column {} of the query", line, column);
}

// An input that no column follows: whose rows its rows matter to.
void explain_ties(const run::MaintenanceJob& job, size_t scan, std::string& out) {
  const sql::Locality& locality = *job.specification.locality;
  for (const sql::Link& link : locality.links)
    for (const run::ModelInput& leaf : job.inputs.leaves)
      if (link.dimension == scan && leaf.name == locality.scans[link.fact].table)
        out += fmt::format("    tied to {}: {} = {}\n", leaf.stub, link.dimension_key.expr,
                           link.fact_key.expr);
}

void explain_inputs(const run::MaintenanceJob& job, std::string& out) {
  const sql::Locality& locality = *job.specification.locality;
  for (size_t scan = 0; scan < locality.scans.size(); ++scan) {
    const sql::Scan& entry = locality.scans[scan];
    const std::string known = dependencies(job, scan);
    for (const run::ModelInput& leaf : job.inputs.leaves)
      if (leaf.name == entry.table)
        out += fmt::format("  reads {}\n    partitions: {} by {}\n", leaf.stub,
                           leaf.state.now.partitions.size(),
                           leaf.state.now.columns.empty()
                               ? std::string("nothing")
                               : fmt::format("{}", fmt::join(leaf.state.now.columns, ", ")));
    if (!known.empty())
      out += fmt::format("    followed by: {}\n", known);
    else
      explain_ties(job, scan, out);
    if (entry.loss)
      out += fmt::format("    lost: {} ({}){}\n", sql::loss_code(entry.loss->reason),
                         entry.loss->operation,
                         place_words(job.inputs.specification.sql, entry.loss->place));
  }
}

Result<std::string> explain_model(Desk& desk, const compile::Node& node) {
  SLUICE_ASSIGN(const bool is_maintained, desk.maintainer.covers(node));
  if (!is_maintained)
    return fmt::format(
        "{}\n  not maintained: it is built as dbt builds it\n  hint: materialized='incremental' "
        "and "
        "`incremental: {{policy: auto}}` in sluice.yml let it be kept exactly\n",
        node.unique_id);
  SLUICE_ASSIGN(const run::MaintenanceJob job, desk.maintainer.plan(node, desk.connection));
  std::string keys;
  for (const size_t column : job.plan.key.columns)
    keys += (keys.empty() ? "" : ", ") + job.columns[column].name;
  std::string out =
      fmt::format("{}\n  now: {}{}\n  kept in partitions by: {}\n", node.unique_id,
                  run::describe(job), place_words(job.inputs.specification.sql, job.plan.place),
                  keys.empty() ? "nothing; the table is one partition" : keys);
  if (!job.plan.remedy.empty()) out += fmt::format("  hint: {}\n", job.plan.remedy);
  if (job.specification.locality)
    explain_inputs(job, out);
  else
    out +=
        fmt::format("  not analysed: the query holds {}{}\n", job.specification.unsupported,
                    place_words(job.inputs.specification.sql, job.specification.unsupported_place));
  for (size_t i = 0; i < job.stages.size(); ++i) {
    const run::MaintenanceJob& stage = job.stages[i];
    std::string told;
    for (const size_t column : stage.given_key->columns)
      told += (told.empty() ? "" : ", ") + stage.columns[column].name;
    out += fmt::format("  part {} of the query is kept in {} by {}: {}\n", i + 1, stage.relation,
                       told, stage.inputs.specification.sql);
    if (stage.additive)
      out += fmt::format(
          "  what changed dimensions make of part {} is added to it as a difference\n", i + 1);
  }
  if (!job.plan.affected.empty()) out += fmt::format("  recomputes: {}\n", job.plan.affected);
  return out + lineage_text(job);
}

// One object for each input that the query reads, as often as it reads it.
void write_scans(JsonWriter& writer, const run::MaintenanceJob& job) {
  writer.key("inputs").begin_array();
  const sql::Locality& locality = *job.specification.locality;
  for (size_t scan = 0; scan < locality.scans.size(); ++scan)
    for (const run::ModelInput& leaf : job.inputs.leaves) {
      if (leaf.name != locality.scans[scan].table) continue;
      writer.begin_object().field("input", leaf.stub);
      writer.field("partitions", static_cast<int64_t>(leaf.state.now.partitions.size()));
      writer.key("partitioned_by").begin_array();
      for (const std::string& column : leaf.state.now.columns) writer.string(column);
      writer.end_array().key("followed_by").begin_object();
      for (const auto& [column, dep] : locality.deps[scan])
        writer.field(job.columns[column].name, dep.expr);
      writer.end_object();
      const std::optional<sql::Loss>& loss = locality.scans[scan].loss;
      if (loss) writer.field("lost", sql::loss_code(loss->reason));
      writer.end_object();
    }
  writer.end_array();
}

Result<std::string> explain_as_json(Desk& desk, const compile::Node& node) {
  JsonWriter writer;
  SLUICE_ASSIGN(const bool is_maintained, desk.maintainer.covers(node));
  writer.begin_object().field("unique_id", node.unique_id).field("maintained", is_maintained);
  if (is_maintained) {
    SLUICE_ASSIGN(const run::MaintenanceJob job, desk.maintainer.plan(node, desk.connection));
    writer.field("action", plan::tier_name(job.plan.tier))
        .field("code", job.plan.code)
        .field("reason", job.plan.reason)
        .field("remedy", job.plan.remedy)
        .field("recomputes", job.plan.affected);
    writer.key("key").begin_array();
    for (const size_t column : job.plan.key.columns) writer.string(job.columns[column].name);
    writer.end_array();
    if (job.specification.locality) write_scans(writer, job);
    write_lineage(writer, job);
  }
  return writer.end_object().take();
}

}  // namespace

// A model that cannot be planned keeps no other from being planned; each such is told.
int plan_command(Invocation& invocation) {
  return at_desk(invocation, [](Desk& desk) {
    int exit_code = kExitOk;
    std::vector<PlannedModel> planned;
    std::set<std::string> moving;
    for (const compile::Node* node : desk.models) {
      Result<PlannedModel> model = plan_model(desk, *node, moving);
      if (!model) {
        exit_code = report_error(desk.invocation, model.error());
        if (model.error().code() == ErrorCode::kCancelled) return exit_code;
        const std::string& told = model.error().message();
        planned.push_back({node, "error", told.substr(0, told.find('\n')), {}, 0, {}, true});
        moving.insert(node->unique_id);
        continue;
      }
      planned.push_back(std::move(*model));
    }
    print_plan(desk, planned);
    return exit_code;
  });
}

int explain_command(Invocation& invocation) {
  return at_desk(invocation, [](Desk& desk) {
    int exit_code = kExitOk;
    for (const compile::Node* node : desk.models) {
      const Result<std::string> text =
          desk.writes_json() ? explain_as_json(desk, *node) : explain_model(desk, *node);
      if (text)
        desk.invocation.console.output(*text, "Explanation");
      else
        exit_code = report_error(desk.invocation, text.error());
    }
    return exit_code;
  });
}

}  // namespace sluice::cli
