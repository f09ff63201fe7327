#include "cli/run_artifacts.h"

#include <map>
#include <string>
#include <string_view>

#include "base/parallel.h"
#include "cli/invocation_arguments.h"
#include "compile/manifest_json.h"
#include "compile/semantic_manifest_json.h"
#include "run/catalog_json.h"
#include "run/run_results_json.h"
#include "run/sources_json.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kCustomPrefix = "DBT_ENV_CUSTOM_ENV_";

std::map<std::string, std::string> custom_environment(const Invocation& invocation) {
  std::map<std::string, std::string> out;
  for (const auto& [name, content] : invocation.environment)
    if (name.starts_with(kCustomPrefix)) out[name.substr(kCustomPrefix.size())] = content;
  return out;
}

}  // namespace

bool write_manifest_artifact(Invocation& invocation, Workspace& workspace) {
  if (!invocation.options.write_json) return true;
  compile::ManifestJsonRequest request;
  request.dbt_version = kDbtVersion;
  request.invocation_id = invocation.invocation_id;
  request.generated_at_micros = invocation.clock.now_micros();
  request.started_at_micros = invocation.started_at_micros;
  request.custom_environment = custom_environment(invocation);
  request.parallelism = default_parallelism();
  const bool written =
      workspace.write_artifact_in_pieces("manifest.json", [&](const FileSystem::TextSink& sink) {
        compile::write_manifest_json(workspace.session().manifest(), request, sink);
      });
  return workspace.write_artifact("semantic_manifest.json", compile::semantic_manifest_to_json(
                                                                workspace.session().manifest())) &&
         written;
}

namespace {

run::RunResultsRequest artifact_request(const Invocation& invocation, Workspace& workspace,
                                        double elapsed_seconds) {
  run::RunResultsRequest request;
  request.dbt_version = kDbtVersion;
  request.invocation_id = invocation.invocation_id;
  request.generated_at_micros = invocation.clock.now_micros();
  request.started_at_micros = invocation.started_at_micros;
  request.elapsed_seconds = elapsed_seconds;
  request.arguments = recorded_arguments(invocation.options, workspace.project());
  request.custom_environment = custom_environment(invocation);
  request.parallelism = default_parallelism();
  return request;
}

}  // namespace

bool write_run_results_artifact(Invocation& invocation, Workspace& workspace,
                                const std::vector<run::NodeResult>& results,
                                double elapsed_seconds) {
  if (!invocation.options.write_json) return true;
  const run::RunResultsRequest request = artifact_request(invocation, workspace, elapsed_seconds);
  return workspace.write_artifact_in_pieces(
      "run_results.json", [&](const FileSystem::TextSink& sink) {
        run::write_run_results_json(workspace.session().manifest(), results, request, sink);
      });
}

bool write_run_artifacts(Invocation& invocation, Workspace& workspace,
                         const std::vector<run::NodeResult>& results, double elapsed_seconds) {
  const bool manifest_written = write_manifest_artifact(invocation, workspace);
  return write_run_results_artifact(invocation, workspace, results, elapsed_seconds) &&
         manifest_written;
}

bool write_catalog_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<std::string>& unique_ids,
                            const compile::Catalog& catalog) {
  if (!invocation.options.write_json) return true;
  return workspace.write_artifact(
      "catalog.json", run::catalog_to_json(workspace.session().manifest(), unique_ids, catalog,
                                           artifact_request(invocation, workspace, 0)));
}

bool write_sources_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<run::NodeResult>& results, double elapsed_seconds) {
  const std::string text =
      run::sources_to_json(workspace.session().manifest(), results,
                           artifact_request(invocation, workspace, elapsed_seconds));
  const std::string& output = invocation.options.output;
  if (output.empty()) return workspace.write_artifact("sources.json", text);
  // The folder where the command was given is no longer the working one.
  const Status written = invocation.fs.write_atomically(
      join_path(invocation.working_directory, output), invocation.scrubber.scrub(text));
  if (!written) report_error(invocation, written.error());
  return written.has_value();
}

}  // namespace sluice::cli
