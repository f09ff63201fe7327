// The shape of each kind of resource in dbt's manifest, told once to a TreeSink: manifest.json,
// `model` and `graph` in templates all come from here. Key sets and order are those of
// dbt-core 1.11 (manifest v12). Read-only; any thread.
#pragma once

#include <string>
#include <vector>

#include "compile/manifest.h"
#include "compile/tree_sink.h"

namespace sluice::compile {

// `primary_key`: columns that tests or constraints make a key; models only.
void describe_node(TreeSink& sink, const Node& node, const std::vector<std::string>& primary_key);
void describe_source(TreeSink& sink, const Manifest& manifest, const Source& source);
void describe_exposure(TreeSink& sink, const Manifest& manifest, const Exposure& exposure);
void describe_macro(TreeSink& sink, const MacroResource& macro);
void describe_doc(TreeSink& sink, const Doc& doc);
// What the property file says of a unit test; describe_node shows what is run.
void describe_unit_test(TreeSink& sink, const Manifest& manifest, const Node& node);
// `file` below the resource folder of its package that holds it: "models/marts/a.yml" →
// "marts/a.yml".
std::string_view below_resource_folder(const Manifest& manifest, size_t package,
                                       std::string_view file);
// An entry under `groups:`.
void describe_group(TreeSink& sink, const Manifest& manifest,
                    const project::OtherProperties& group);

}  // namespace sluice::compile
