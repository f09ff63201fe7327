// SemanticResource: a semantic model, metric or saved query, its entry brought into the full shape
// that dbt's manifest shows: every key there, shorthands spelled out. Built by the parser;
// immutable after.
#pragma once

#include <string_view>

#include "compile/manifest.h"
#include "compile/tree_sink.h"
#include "jinja/value.h"

namespace sluice::compile {

// Full shapes of parts of an entry. What cannot be read is kept as it is, for the validation to
// name; `value` may be null.
jinja::Value where_filter(const jinja::Value* value);   // {where_filters: [{where_sql_template}]}
jinja::Value input_measure(const jinja::Value& value);  // a name or a dict
jinja::Value input_metric(const jinja::Value& value);
// "7 days" → {count: 7, granularity: "day"}; none when it is no such text.
jinja::Value time_window(const jinja::Value* value);
jinja::Value metric_type_params(const jinja::Value& type_params, std::string_view metric_type);
// Parts of a semantic model; `meta` is that of its config, which they inherit.
jinja::Value semantic_entity(const jinja::Value& entry, const jinja::Value& meta);
jinja::Value semantic_dimension(const jinja::Value& entry, const jinja::Value& meta);
jinja::Value semantic_measure(const jinja::Value& entry, const jinja::Value& meta);
jinja::Value saved_query_params(const jinja::Value& entry);

// The shape in manifest.json and `graph`.
void describe_semantic_resource(TreeSink& sink, const Manifest& manifest,
                                const SemanticResource& resource);
jinja::Value semantic_resource_to_value(const Manifest& manifest, const SemanticResource& resource);
// `time_spine` of a model's entry: {standard_granularity_column, custom_granularities}; none.
jinja::Value time_spine_shape(const jinja::Value& time_spine);

}  // namespace sluice::compile
