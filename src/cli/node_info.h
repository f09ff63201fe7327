// What dbt's JSON log says of a node in each of its events, and of what became of it.
#pragma once

#include <cstdint>
#include <string>

#include "compile/manifest.h"
#include "run/node_result.h"

namespace sluice::cli {

// How far a node has come.
struct NodeProgress {
  std::string status = "None";  // "started", "compiling", "executing", then that of its result
  int64_t started_micros = 0;   // 0: not yet
  int64_t finished_micros = 0;
};

// The object `node_info`.
std::string node_info_json(const compile::Manifest& manifest, const compile::Node& node,
                           const NodeProgress& progress);
std::string node_info_json(const compile::Source& source, const NodeProgress& progress);

// The object `run_result`.
std::string run_result_json(const run::NodeResult& result);

}  // namespace sluice::cli
