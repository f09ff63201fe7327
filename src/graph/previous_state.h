// PreviousState: the artifacts of an earlier invocation that --state names, as template values.
// Written by this program or by dbt. Immutable after read_previous_state(); any thread may read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "jinja/value.h"

namespace sluice::graph {

struct PreviousState {
  std::string folder;            // as it was named
  jinja::Value manifest;         // dict; none when the folder has no manifest.json
  jinja::Value run_results;      // dict or none
  jinja::Value sources;          // sources.json; dict or none
  jinja::Value current_sources;  // sources.json of the target folder; dict or none

  // The dict of a node, source, exposure, metric… of the manifest; null when it has none.
  const jinja::Value* find(std::string_view unique_id) const;
  const jinja::Value* find_macro(std::string_view unique_id) const;
};

// Reads manifest.json, run_results.json and sources.json of `folder`, those that are there, and
// sources.json of `target_folder`.
// kIo for a file that cannot be read as JSON, kStateInvalid for a schema version that is not known.
// Manifests of versions 4 to 11 are brought to the names of version 12.
Result<PreviousState> read_previous_state(const FileSystem& fs, const std::string& folder,
                                          const std::string& target_folder);

// One artifact; none when there is no such file. `kind` is "manifest", "run-results" or "sources".
Result<jinja::Value> read_artifact(const FileSystem& fs, const std::string& path,
                                   std::string_view kind);

}  // namespace sluice::graph
