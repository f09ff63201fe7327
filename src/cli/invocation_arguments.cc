#include "cli/invocation_arguments.h"

#include <string_view>
#include <utility>
#include <vector>

#include "compile/batches.h"
#include "compile/sample_window.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

using jinja::Value;

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

// dbt's own words where nothing was asked for.
void set_log_options(jinja::Dict& arguments, const Options& options) {
  const auto is_set = [&](std::string_view names) {
    const std::string key(names);
    return options.given.contains(key) || options.from_environment.contains(key);
  };
  arguments.set("log_format", Value::string(is_set("--log-format") || options.log_format == "json"
                                                ? options.log_format
                                                : std::string("default")));
  arguments.set("log_format_file",
                Value::string(options.log_format_file.empty() ? std::string("debug")
                                                              : options.log_format_file));
  arguments.set("log_level", Value::string(options.log_level));
  arguments.set("log_level_file", Value::string(options.log_level_file));
  arguments.set("log_file_max_bytes", Value::integer(options.log_file_max_bytes));
  arguments.set("use_colors", Value::boolean(options.use_colors));
  arguments.set("use_colors_file", Value::boolean(options.use_colors_file));
  arguments.set("printer_width", Value::integer(options.printer_width));
  arguments.set("quiet", Value::boolean(options.quiet));
  arguments.set("debug", Value::boolean(options.debug));
  arguments.set("print", Value::boolean(options.print));
}

// What dbt writes down although it says nothing here.
void set_without_meaning(jinja::Dict& arguments) {
  for (const char* key :
       {"log_cache_events", "macro_debugging", "send_anonymous_usage_stats",
        "show_all_deprecations", "show_resource_report", "strict_mode",
        "upload_to_artifacts_ingest_api", "use_experimental_parser", "use_fast_test_edges"})
    arguments.set(key, Value::boolean(false));
  arguments.set("partial_parse_file_diff", Value::boolean(true));
  Value sqlparse = Value::dict();
  sqlparse.as_dict().set("MAX_GROUPING_DEPTH", Value::none());
  sqlparse.as_dict().set("MAX_GROUPING_TOKENS", Value::none());
  arguments.set("sqlparse", std::move(sqlparse));
}

Value names_of(bool all, const std::set<std::string, std::less<>>& names) {
  if (all) return Value::string("all");
  return list_of({names.begin(), names.end()});
}

void set_warnings(jinja::Dict& arguments, const Options& options) {
  arguments.set("warn_error", Value::boolean(options.warn_error));
  const WarningPolicy& policy = options.warnings;
  Value dict = Value::dict();
  dict.as_dict().set("error", names_of(policy.all_errors && !options.warn_error, policy.errors));
  dict.as_dict().set("warn", names_of(false, policy.warnings));
  dict.as_dict().set("silence", names_of(false, policy.silenced));
  arguments.set("warn_error_options", std::move(dict));
}

// Options that only some commands have.
void set_own_options(jinja::Dict& arguments, const Options& options) {
  // Ours, for `retry`: dbt's artifacts stay as they are without it.
  if (options.atomic) arguments.set("atomic", Value::boolean(true));
  switch (options.command) {
    case Command::kRunOperation:
      arguments.set("macro", Value::string(options.name));
      arguments.set("args", dict_of(options.args));
      return;
    case Command::kBuild:
      arguments.set("export_saved_queries", Value::boolean(false));
      arguments.set("include_saved_query", Value::boolean(false));
      [[fallthrough]];
    case Command::kSeed:
      arguments.set("show", Value::boolean(options.show_rows));
      return;
    case Command::kCompile:
      arguments.set("inject_ephemeral_ctes", Value::boolean(options.inject_ephemeral_ctes));
      arguments.set("output", Value::string(options.output));
      return;
    case Command::kShow:
      arguments.set("limit", Value::integer(options.limit));
      arguments.set("output", Value::string(options.output));
      return;
    case Command::kDocs:
      arguments.set("compile", Value::boolean(options.compile));
      arguments.set("empty_catalog", Value::boolean(options.empty_catalog));
      arguments.set("static", Value::boolean(options.static_page));
      return;
    default:
      return;
  }
}

void set_resource_types(jinja::Dict& arguments, const Options& options) {
  const bool has_them = options.command == Command::kBuild || options.command == Command::kTest ||
                        options.command == Command::kClone || options.command == Command::kList;
  if (!has_them) return;
  arguments.set("resource_types", list_of(options.resource_types));
  arguments.set("exclude_resource_types", list_of(options.exclude_resource_types));
}

struct BehaviourDefault {
  std::string_view name;
  bool standard;
};

// dbt-core 1.11's behaviour flags with their defaults.
constexpr BehaviourDefault kBehaviours[] = {
    {"require_all_warnings_handled_by_warn_error", false},
    {"require_batched_execution_for_custom_microbatch_strategy", false},
    {"require_explicit_package_overrides_for_builtin_materializations", true},
    {"require_generic_test_arguments_property", true},
    {"require_nested_cumulative_type_params", false},
    {"require_ref_searches_node_package_before_root", false},
    {"require_resource_names_without_spaces", true},
    {"require_unique_project_resource_names", false},
    {"require_yaml_configuration_for_mf_time_spines", false},
    {"skip_nodes_if_on_run_start_fails", false},
    {"source_freshness_run_project_hooks", true},
    {"state_modified_compare_more_unrendered_values", false},
    {"state_modified_compare_vars", false},
    {"validate_macro_args", false}};

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
  set_warnings(arguments, options);
  set_log_options(arguments, options);
  arguments.set("write_json", Value::boolean(options.write_json));
  arguments.set("introspect", Value::boolean(options.introspect));
  arguments.set("version_check", Value::boolean(options.version_check));
  arguments.set("partial_parse", Value::boolean(options.partial_parse));
  arguments.set("static_parser", Value::boolean(options.static_parser));
  arguments.set("populate_cache", Value::boolean(options.populate_cache));
  arguments.set("cache_selected_only", Value::boolean(options.cache_selected_only));
  arguments.set("single_threaded", Value::boolean(options.single_threaded));
  arguments.set("defer", Value::boolean(options.defer));
  arguments.set("favor_state", Value::boolean(options.favor_state));
  if (options.threads > 0) arguments.set("threads", Value::integer(options.threads));
  set_without_meaning(arguments);
  set_resource_types(arguments, options);
  set_own_options(arguments, options);
  set_paths(arguments, options);
  return out;
}

Value recorded_arguments(const Options& options, const project::Project& project) {
  Value out = invocation_arguments(options);
  jinja::Dict& arguments = out.as_dict();
  for (const BehaviourDefault& behaviour : kBehaviours) {
    const Value* set =
        project.flags.is_dict() ? project.flags.as_dict().find(behaviour.name) : nullptr;
    arguments.set(behaviour.name,
                  set != nullptr && set->is_bool() ? *set : Value::boolean(behaviour.standard));
  }
  const auto set_missing = [&](std::string_view key, const std::string& text) {
    if (arguments.find(key) == nullptr && !text.empty()) arguments.set(key, Value::string(text));
  };
  set_missing("project_dir", project.root);
  set_missing("log_path", project.log_path);
  const std::string& profiles = project.profile.file;
  set_missing("profiles_dir", profiles.substr(0, profiles.rfind('/')));
  return out;
}

}  // namespace sluice::cli
