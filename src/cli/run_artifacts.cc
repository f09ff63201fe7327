#include "cli/run_artifacts.h"

#include <map>
#include <string>
#include <string_view>

#include "base/parallel.h"
#include "compile/batches.h"
#include "compile/manifest_json.h"
#include "compile/sample_window.h"
#include "compile/semantic_manifest_json.h"
#include "jinja/ops.h"
#include "run/catalog_json.h"
#include "run/run_results_json.h"
#include "run/sources_json.h"

namespace sluice::cli {
namespace {

using jinja::Value;

constexpr std::string_view kCustomPrefix = "DBT_ENV_CUSTOM_ENV_";

std::map<std::string, std::string> custom_environment(const Invocation& invocation) {
  std::map<std::string, std::string> out;
  for (const auto& [name, content] : invocation.environment)
    if (name.starts_with(kCustomPrefix)) out[name.substr(kCustomPrefix.size())] = content;
  return out;
}

Value list_of(const std::vector<std::string>& words) {
  std::vector<Value> items;
  for (const std::string& word : words) items.push_back(Value::string(word));
  return Value::list(std::move(items));
}

// A YAML option as a dict; what does not parse was refused before.
Value dict_of(const std::string& yaml) {
  if (yaml.empty()) return Value::dict();
  Result<Value> parsed = jinja::from_yaml(yaml);
  return parsed && parsed->is_dict() ? std::move(*parsed) : Value::dict();
}

// As an ISO time; what does not parse was refused before.
void set_time(jinja::Dict& arguments, std::string_view key, const std::string& text) {
  if (text.empty()) return;
  const Result<int64_t> micros = compile::parse_event_time(key, text);
  if (!micros) return;
  const std::string iso = compile::moment_iso_text(*micros);
  arguments.set(key, Value::string(iso.substr(0, iso.find('+'))));
}

void set_paths(jinja::Dict& arguments, const Options& options) {
  const auto set_text = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) arguments.set(key, Value::string(text));
  };
  set_text("project_dir", options.project_dir);
  set_text("profiles_dir", options.profiles_dir);
  set_text("profile", options.profile);
  set_text("target", options.target);
  set_text("target_path", options.target_path);
  set_text("log_path", options.log_path);
  set_text("selector", options.selector);
  set_text("state", options.state);
  set_text("defer_state", options.defer_state);
}

}  // namespace

Value invocation_arguments(const Options& options) {
  Value out = Value::dict();
  jinja::Dict& arguments = out.as_dict();
  arguments.set("which", Value::string(options.command_name));
  arguments.set("invocation_command", Value::string("sluice " + options.invocation_command));
  arguments.set("select", list_of(options.select));
  arguments.set("exclude", list_of(options.exclude));
  arguments.set("indirect_selection", Value::string(options.indirect_selection));
  arguments.set("vars", dict_of(options.vars));
  arguments.set("full_refresh", Value::boolean(options.full_refresh));
  arguments.set("fail_fast", Value::boolean(options.fail_fast));
  arguments.set("store_failures", Value::boolean(options.store_failures));
  arguments.set("empty", Value::boolean(options.empty));
  set_time(arguments, "event_time_start", options.event_time_start);
  set_time(arguments, "event_time_end", options.event_time_end);
  if (!options.sample.empty()) arguments.set("sample", Value::string(options.sample));
  arguments.set("warn_error", Value::boolean(options.warn_error));
  arguments.set("write_json", Value::boolean(options.write_json));
  arguments.set("quiet", Value::boolean(options.quiet));
  arguments.set("debug", Value::boolean(options.debug));
  arguments.set("print", Value::boolean(options.print));
  arguments.set("use_colors", Value::boolean(options.use_colors));
  arguments.set("log_format", Value::string(options.log_format));
  arguments.set("log_level", Value::string(options.log_level));
  arguments.set("introspect", Value::boolean(options.introspect));
  arguments.set("version_check", Value::boolean(options.version_check));
  arguments.set("partial_parse", Value::boolean(options.partial_parse));
  arguments.set("static_parser", Value::boolean(options.static_parser));
  arguments.set("populate_cache", Value::boolean(options.populate_cache));
  arguments.set("cache_selected_only", Value::boolean(options.cache_selected_only));
  arguments.set("defer", Value::boolean(options.defer));
  arguments.set("favor_state", Value::boolean(options.favor_state));
  arguments.set("printer_width", Value::integer(options.printer_width));
  if (options.threads > 0) arguments.set("threads", Value::integer(options.threads));
  if (!options.resource_types.empty())
    arguments.set("resource_types", list_of(options.resource_types));
  if (!options.exclude_resource_types.empty())
    arguments.set("exclude_resource_types", list_of(options.exclude_resource_types));
  if (options.command == Command::kRunOperation) {
    arguments.set("macro", Value::string(options.name));
    arguments.set("args", dict_of(options.args));
  }
  set_paths(arguments, options);
  return out;
}

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

run::RunResultsRequest artifact_request(const Invocation& invocation, double elapsed_seconds) {
  run::RunResultsRequest request;
  request.dbt_version = kDbtVersion;
  request.invocation_id = invocation.invocation_id;
  request.generated_at_micros = invocation.clock.now_micros();
  request.started_at_micros = invocation.started_at_micros;
  request.elapsed_seconds = elapsed_seconds;
  request.arguments = invocation_arguments(invocation.options);
  request.custom_environment = custom_environment(invocation);
  request.parallelism = default_parallelism();
  return request;
}

}  // namespace

bool write_run_artifacts(Invocation& invocation, Workspace& workspace,
                         const std::vector<run::NodeResult>& results, double elapsed_seconds) {
  if (!invocation.options.write_json) return true;
  const run::RunResultsRequest request = artifact_request(invocation, elapsed_seconds);
  const bool manifest_written = write_manifest_artifact(invocation, workspace);
  return workspace.write_artifact_in_pieces(
             "run_results.json",
             [&](const FileSystem::TextSink& sink) {
               run::write_run_results_json(workspace.session().manifest(), results, request, sink);
             }) &&
         manifest_written;
}

bool write_catalog_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<std::string>& unique_ids,
                            const compile::Catalog& catalog) {
  if (!invocation.options.write_json) return true;
  return workspace.write_artifact(
      "catalog.json", run::catalog_to_json(workspace.session().manifest(), unique_ids, catalog,
                                           artifact_request(invocation, 0)));
}

bool write_sources_artifact(Invocation& invocation, Workspace& workspace,
                            const std::vector<run::NodeResult>& results, double elapsed_seconds) {
  const std::string text = run::sources_to_json(workspace.session().manifest(), results,
                                                artifact_request(invocation, elapsed_seconds));
  const std::string& output = invocation.options.output;
  if (output.empty()) return workspace.write_artifact("sources.json", text);
  // The folder where the command was given is no longer the working one.
  const Status written = invocation.fs.write_atomically(
      join_path(invocation.working_directory, output), invocation.scrubber.scrub(text));
  if (!written) report_error(invocation, written.error());
  return written.has_value();
}

}  // namespace sluice::cli
