// adopt and state: take tables under the ledger, show what it holds, let it forget.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "base/json.h"
#include "base/suggest.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/text_table.h"
#include "run/adoption.h"
#include "run/ledger.h"

namespace sluice::cli {
namespace {

void print_adoption(Desk& desk, const run::Adoption& adoption) {
  const run::RowDifference& difference = adoption.difference;
  if (desk.writes_json()) {
    JsonWriter writer;
    writer.begin_object()
        .field("unique_id", adoption.unique_id)
        .field("relation", adoption.relation)
        .field("verdict", run::adoption_verdict_name(adoption.verdict))
        .field("rows", difference.rows)
        .field("rows_missing", difference.rows_missing)
        .field("rows_extra", difference.rows_extra)
        .field("note", adoption.note)
        .end_object();
    desk.invocation.console.output(writer.text(), "Adoption");
    return;
  }
  std::string line =
      fmt::format("{}: {}", adoption.unique_id, run::adoption_verdict_name(adoption.verdict));
  if (adoption.verdict == run::AdoptionVerdict::kAdopted)
    line += fmt::format(", equal to a full refresh ({} rows)", format_count(difference.rows));
  if (!difference.is_equal())
    line += fmt::format(": {} rows of a full refresh are missing, {} are too many",
                        format_count(difference.rows_missing), format_count(difference.rows_extra));
  if (!adoption.note.empty()) line += fmt::format("\n  note: {}", adoption.note);
  if (adoption.verdict == run::AdoptionVerdict::kDifferent)
    line += "\n  hint: `sluice audit` shows where; --full-refresh builds the table anew";
  desk.invocation.console.output(line, "Adoption");
}

int adopt_models(Desk& desk) {
  std::vector<const compile::Node*> models;
  for (const compile::Node* node : desk.models) {
    const Result<bool> covered = desk.maintainer.covers(*node);
    if (!covered) return report_error(desk.invocation, covered.error());
    if (*covered) models.push_back(node);
  }
  if (models.empty()) {
    desk.invocation.console.warn(
        "no selected model is maintained: nothing to adopt; see `incremental:` of sluice.yml",
        "NothingToAdopt");
    return kExitOk;
  }
  if (Status prepared = desk.maintainer.prepare(models, desk.connection); !prepared)
    return report_error(desk.invocation, prepared.error());
  int exit_code = kExitOk;
  for (const compile::Node* node : models) {
    const Result<run::Adoption> adoption =
        run::adopt_model(desk.maintainer, *node, desk.connection);
    if (!adoption) return report_error(desk.invocation, adoption.error());
    print_adoption(desk, *adoption);
    if (adoption->verdict == run::AdoptionVerdict::kDifferent ||
        adoption->verdict == run::AdoptionVerdict::kNotExact)
      exit_code = kExitFailed;
  }
  return exit_code;
}

// An open ledger and the models that are in it.
struct LedgerView {
  std::unique_ptr<warehouse::Connection> connection;
  std::string database;
  std::optional<run::Ledger> ledger;
  std::vector<run::LedgerModel> models;
  std::map<std::string, const compile::Node*> nodes;  // by relation, of this project
};

Status open_ledger(Workspace& workspace, LedgerView& out) {
  SLUICE_ASSIGN(out.connection, workspace.warehouse()->connect());
  out.database = workspace.project().profile.database;
  SLUICE_ASSIGN(out.ledger, run::Ledger::find(*out.connection, out.database));
  if (!out.ledger) return {};
  SLUICE_ASSIGN(out.models, out.ledger->report(out.database));
  for (const auto& node : workspace.session().manifest().nodes)
    if (node->type == project::ResourceType::kModel && !node->is_ephemeral())
      out.nodes.emplace(workspace.session().relation_name(*node), node.get());
  return {};
}

std::string model_name(const LedgerView& view, const run::LedgerModel& model) {
  const auto found = view.nodes.find(model.relation);
  return found == view.nodes.end() ? model.relation : found->second->name;
}

// By name, unique id or relation.
const run::LedgerModel* find_model(const LedgerView& view, const std::string& word) {
  for (const run::LedgerModel& model : view.models) {
    const auto node = view.nodes.find(model.relation);
    if (word == model.relation || (node != view.nodes.end() &&
                                   (word == node->second->name || word == node->second->unique_id)))
      return &model;
  }
  return nullptr;
}

Error unknown_model(const LedgerView& view, const std::string& word) {
  std::vector<std::string> names;
  for (const run::LedgerModel& model : view.models) names.push_back(model_name(view, model));
  const std::string nearest =
      nearest_name(word, std::vector<std::string_view>(names.begin(), names.end()));
  return Error(ErrorCode::kBadArgument, fmt::format("the ledger holds no model \"{}\"", word),
               nearest.empty() ? std::string("`sluice state` lists what it holds")
                               : fmt::format("did you mean \"{}\"?", nearest));
}

void print_model_json(Console& console, const LedgerView& view, const run::LedgerModel& model) {
  JsonWriter writer;
  const auto node = view.nodes.find(model.relation);
  writer.begin_object()
      .field("unique_id", node == view.nodes.end() ? std::string_view()
                                                   : std::string_view(node->second->unique_id))
      .field("relation", model.relation)
      .field("generation", model.generation)
      .field("changed_at", model.changed_at)
      .field("last_action", model.tier)
      .field("is_reset", model.is_reset)
      .field("partitions", model.partitions)
      .field("rows", model.rows)
      .field("parts", static_cast<int64_t>(model.parts))
      .field("rows_of_parts", model.rows_of_parts)
      .key("key")
      .begin_array();
  for (const std::string& column : model.key) writer.string(column);
  writer.end_array().key("inputs").begin_array();
  for (const run::LedgerInput& input : model.inputs)
    writer.begin_object()
        .field("name", input.name)
        .field("partitions", input.partitions)
        .field("files", input.files)
        .field("bytes", static_cast<int64_t>(input.bytes))
        .end_object();
  writer.end_array().end_object();
  console.output(writer.text(), "ModelState");
}

void print_models(Console& console, const LedgerView& view,
                  const std::vector<const run::LedgerModel*>& models) {
  TextTable table;
  table.columns = {
      {"model"},       {"kept by"}, {"partitions", true}, {"rows", true},  {"changed at"},
      {"last action"}, {"reads"},   {"partitions", true}, {"files", true}, {"bytes", true}};
  for (const run::LedgerModel* model : models) {
    std::vector<std::string> row = {
        model_name(view, *model),
        model->key.empty() ? "-" : fmt::format("{}", fmt::join(model->key, ", ")),
        format_count(model->partitions),
        format_count(model->rows),
        model->changed_at,
        model->is_reset ? "reset" : model->tier};
    if (model->inputs.empty()) {
      row.insert(row.end(), {"-", "", "", ""});
      table.rows.push_back(row);
    }
    for (const run::LedgerInput& input : model->inputs) {
      row.resize(6);
      row.insert(row.end(), {input.name, format_count(input.partitions),
                             input.files == 0 ? "" : format_count(input.files),
                             input.files == 0 ? "" : format_bytes(input.bytes)});
      table.rows.push_back(row);
      row.assign(6, "");
    }
    if (model->parts > 0)
      table.rows.push_back(
          {fmt::format("  from {} hidden table{}", model->parts, model->parts == 1 ? "" : "s"), "",
           "", format_count(model->rows_of_parts), "", "", "", "", "", ""});
  }
  console.output(to_plain_text(table, 0), "State");
}

int reset_models(Invocation& invocation, LedgerView& view,
                 const std::vector<const run::LedgerModel*>& models) {
  std::vector<std::string> names;
  for (const run::LedgerModel* model : models) names.push_back(model_name(view, *model));
  if (!invocation.options.yes)
    return report_error(
        invocation,
        Error(ErrorCode::kBadArgument,
              fmt::format("the ledger would forget {}; their next run would build them anew",
                          fmt::join(names, ", ")),
              "add --yes to do it"));
  const auto reset = [&]() -> Status {
    SLUICE_TRY(view.connection->begin());
    for (const run::LedgerModel* model : models) {
      // A table that no model makes any more is nobody's.
      SLUICE_TRY(view.ledger->reset(view.database, model->relation));
      if (!view.nodes.contains(model->relation)) SLUICE_TRY(view.ledger->remove(model->relation));
    }
    return view.connection->commit();
  };
  if (Status done = reset(); !done) return report_error(invocation, done.error());
  for (const std::string& name : names)
    invocation.console.output(fmt::format("{}: forgotten; its next run builds it anew", name),
                              "StateReset");
  return kExitOk;
}

}  // namespace

int adopt_command(Invocation& invocation) { return at_desk(invocation, adopt_models); }

namespace {

Status check_words(const Options& options) {
  const bool resets = options.name == "reset";
  if (!resets && !options.name.empty() && options.name != "show")
    return fail(Error(ErrorCode::kBadArgument,
                      fmt::format("\"state\" knows no \"{}\"", options.name),
                      "write: sluice state, sluice state show MODEL, or sluice state reset MODEL "
                      "--yes"));
  if (resets && options.names.empty())
    return fail(Error(ErrorCode::kBadArgument, "state reset needs models",
                      "name them: sluice state reset daily_revenue --yes"));
  return {};
}

// Those that are named, else all.
Result<std::vector<const run::LedgerModel*>> wanted_models(const LedgerView& view,
                                                           const std::vector<std::string>& words) {
  std::vector<const run::LedgerModel*> models;
  for (const std::string& word : words) {
    const run::LedgerModel* model = find_model(view, word);
    if (model == nullptr) return fail(unknown_model(view, word));
    models.push_back(model);
  }
  if (words.empty())
    for (const run::LedgerModel& model : view.models) models.push_back(&model);
  return models;
}

int show_models(Invocation& invocation, const LedgerView& view,
                const std::vector<const run::LedgerModel*>& models) {
  if (invocation.options.output != "json") {
    print_models(invocation.console, view, models);
    return kExitOk;
  }
  for (const run::LedgerModel* model : models) print_model_json(invocation.console, view, *model);
  return kExitOk;
}

}  // namespace

int state_command(Invocation& invocation) {
  const Options& options = invocation.options;
  if (Status words = check_words(options); !words) return report_error(invocation, words.error());
  Workspace workspace(invocation);
  if (!workspace.open_project() || !workspace.open_warehouse()) return kExitUsage;
  LedgerView view;
  if (Status opened = open_ledger(workspace, view); !opened)
    return report_error(invocation, opened.error());
  const auto models = wanted_models(view, options.names);
  if (!models) return report_error(invocation, models.error());
  if (models->empty()) {
    invocation.console.warn("the ledger holds no model; see `incremental:` of sluice.yml",
                            "EmptyLedger");
    return kExitOk;
  }
  if (options.name == "reset") return reset_models(invocation, view, *models);
  return show_models(invocation, view, *models);
}

}  // namespace sluice::cli
