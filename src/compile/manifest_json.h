// manifest.json as dbt writes it (version 12). Deterministic: everything that changes from run to
// run comes in the request. Read-only; must not run while nodes are being compiled.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "compile/manifest.h"

namespace sluice::compile {

struct ManifestJsonRequest {
  std::string dbt_version;  // the version that readers of the file should assume
  std::string invocation_id;
  int64_t generated_at_micros = 0;
  int64_t started_at_micros = 0;                          // of the invocation
  std::map<std::string, std::string> custom_environment;  // DBT_ENV_CUSTOM_ENV_* without the prefix
  size_t parallelism = 1;                                 // threads that write
};

// Writes the document to `sink` in pieces of about a megabyte, cut between resources.
void write_manifest_json(const Manifest& manifest, const ManifestJsonRequest& request,
                         const std::function<void(std::string_view)>& sink);
std::string manifest_to_json(const Manifest& manifest, const ManifestJsonRequest& request);

}  // namespace sluice::compile
