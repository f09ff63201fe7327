// What of its inputs a node reads: everything, nothing (--empty), a batch's window, a sample's.
#include <fmt/format.h>

#include <algorithm>

#include "compile/batches.h"
#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// Tests judge what is there, so a sample does not narrow what they read.
bool reads_samples(const Node& node) {
  return node.type == ResourceType::kModel || node.type == ResourceType::kSnapshot;
}

bool asks_full_refresh(const SharedState& shared, const Node& node) {
  const Value* own = node.config.is_dict() ? node.config.as_dict().find("full_refresh") : nullptr;
  return own != nullptr && own->is_bool() ? own->as_bool() : shared.options.flags.full_refresh;
}

}  // namespace

void restrict_scan(const SharedState& shared, const Node* reader, const Value* event_time,
                   RelationParts& parts) {
  if (shared.options.flags.empty) parts.limit = 0;
  if (reader == nullptr || event_time == nullptr || !event_time->is_string() ||
      event_time->as_string().empty())
    return;
  std::optional<TimeWindow> window;
  if (reader->batch) window = reader->batch->window;
  if (const auto& sample = shared.options.flags.sample; sample && reads_samples(*reader)) {
    if (!window) window = *sample;
    window->start_micros = std::max(window->start_micros, sample->start_micros);
    window->end_micros = std::min(window->end_micros, sample->end_micros);
  }
  if (!window) return;
  parts.filter_column = event_time->as_string();
  parts.filter_window = *window;
}

void warn_unfiltered_batches(const Manifest& manifest, Diagnostics& diagnostics) {
  const auto has_event_time = [](const Value& config) {
    const Value* column = config.is_dict() ? config.as_dict().find("event_time") : nullptr;
    return column != nullptr && jinja::truth(*column).value_or(false);
  };
  for (const auto& node : manifest.nodes) {
    if (!is_microbatch(*node)) continue;
    const bool filters = std::ranges::any_of(node->depends_on_nodes, [&](const std::string& id) {
      if (const Node* input = manifest.find_node(id)) return has_event_time(input->config);
      const Source* source = manifest.find_source(id);
      return source != nullptr && has_event_time(source->config);
    });
    if (filters) continue;
    Error warning(ErrorCode::kConfigInvalid,
                  fmt::format("The microbatch model '{}' has no 'ref' or 'source' input with an "
                              "'event_time' configuration. \nThis means no filtering can be "
                              "applied and can result in unexpected duplicate records in the "
                              "resulting microbatch model.",
                              node->name),
                  "say in the config of an input which column holds its event time");
    warning.add_span(node->span);
    diagnostics.add_warning(std::move(warning), "MicrobatchModelNoEventTimeInputs");
  }
}

bool has_own_microbatch_strategy(const SharedState& shared) {
  const project::Project& project = shared.project();
  const MacroResource* strategy =
      shared.macros.find(project.root_package, "get_incremental_microbatch_sql");
  if (strategy == nullptr || project.packages[strategy->package].builtin) return false;
  const Value* flag =
      project.flags.is_dict()
          ? project.flags.as_dict().find("require_batched_execution_for_custom_microbatch_strategy")
          : nullptr;
  return flag == nullptr || !jinja::truth(*flag).value_or(false);
}

std::vector<Batch> plan_batches_now(const SharedState& shared, const Node& node) {
  const SessionOptions& options = shared.options;
  BatchRequest request = batch_request(node);
  request.now_micros = options.now_micros ? options.now_micros() : options.started_at_micros;
  request.asked = options.flags.sample ? options.flags.sample : options.flags.event_window;
  const auto existing = shared.relations.find(node.database, node.schema, node.alias);
  request.is_incremental = existing && existing->type == warehouse::RelationType::kTable &&
                           !asks_full_refresh(shared, node);
  return plan_batches(request);
}

}  // namespace sluice::compile
