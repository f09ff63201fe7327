// How the semantic layer hangs together: finding metrics and measures by name, what a metric
// depends on, and the checks that dbt makes of the whole before it goes on. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "compile/node_context.h"
#include "compile/semantic_resource.h"

namespace sluice::compile {

// The metric that metric(package?, name) means for code of `package`; null: none.
SemanticResource* find_metric(const Manifest& manifest, const RefCall& call, size_t package);
Error unknown_metric_error(const SharedState& shared, const std::string& from, const RefCall& call);

// Fills depends_on_nodes and type_params.input_measures of all metrics.
void resolve_metrics(SharedState& shared, Diagnostics& diagnostics);

// Names, references and settings of all that was parsed; every fault is told.
void validate_semantic_layer(const SharedState& shared, Diagnostics& diagnostics);

// The name of a dict's entry as text; empty when it is none.
std::string text_of(const jinja::Value& dict, std::string_view key);
// Items of a list in a dict; empty when there is none.
const std::vector<jinja::Value>& items_of(const jinja::Value& dict, std::string_view key);

}  // namespace sluice::compile
