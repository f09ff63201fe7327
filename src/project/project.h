// Project: what the files say, typed, before anything is rendered into SQL. Made once by
// load_project(); immutable after. Everything that templates may see is kept as jinja::Value;
// everything that an error may name keeps its Span.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/file_system.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/shared_text.h"
#include "jinja/template.h"
#include "jinja/value.h"

namespace sluice::project {

// dbt's resource types; the text of each is resource_type_name().
enum class ResourceType : uint8_t {
  kModel,
  kSeed,
  kSnapshot,
  kTest,
  kUnitTest,
  kAnalysis,
  kOperation,
  kSqlOperation,
  kSource,
  kExposure,
  kMetric,
  kSemanticModel,
  kSavedQuery,
  kGroup,
  kMacro,
  kDoc,
  kFunction,
};
std::string_view resource_type_name(ResourceType type);  // "model", "sql_operation"…
// Key of dbt_project.yml that configures it: "models", "seeds", "data_tests"…
std::string_view config_section(ResourceType type);

// One file of a package, its text loaded (seeds: not loaded, they may be large).
struct SourceFile {
  enum class Kind : uint8_t {
    kModel,
    kPythonModel,
    kMacro,
    kTest,
    kGenericTest,
    kAnalysis,
    kSnapshot,
    kSeed,
    kProperties,
    kDocs,
    kFixture,   // rows of unit tests: tests/fixtures/x.csv, x.sql
    kFunction,  // SQL or Python
  };
  Kind kind;
  std::string path;           // relative to the package root: "models/staging/stg_orders.sql"
  std::string relative_path;  // below its resource path: "staging/stg_orders.sql"
  std::string text;
  uint64_t size = 0;
  std::string checksum = {};  // of a property file that may define snapshots: sha256, stripped
};

struct TestEntry {
  jinja::Value definition;  // a string or a one-entry dict, as in YAML, strings not rendered
  Span span;
};

struct ColumnProperties {
  SharedText name;
  std::string description;  // not rendered (docs render late)
  jinja::Value entry;       // whole entry as a dict (data_type, quote, tags, meta, constraints,
                            // config…), rendered
  std::vector<TestEntry> tests;
  Span span;
};

// An entry under models:, seeds:, snapshots:, analyses:, functions:.
struct NodeProperties {
  SharedText yaml_key;  // "models"…
  std::string name;
  std::string description;
  jinja::Value entry;  // whole entry as a dict, rendered, without tests and columns
  jinja::Value
      config;  // its `config:` dict with the shorthand keys merged in; never none (empty dict)
  std::vector<ColumnProperties> columns;
  std::vector<TestEntry> tests;
  SharedText file;  // property file, relative to the package root
  Span span;
  size_t package = 0;  // index into Project::packages
  // A model with `versions:` has one of these for each version, columns and tests worked out.
  jinja::Value version, latest_version;  // as written; none: not versioned
  std::string version_text;              // "3.1"
  jinja::Value version_config;           // its own config, on top of `config`; dict or none
  // The stem of the file that holds it; without `defined_in:` the latest version may also be in a
  // file of the model's own name.
  std::string file_stem;
  bool may_be_unsuffixed = false;
};

struct SourceTableProperties {
  std::string name;
  std::string description;
  jinja::Value entry;   // rendered, without tests and columns
  jinja::Value config;  // dict
  std::vector<ColumnProperties> columns;
  std::vector<TestEntry> tests;
  Span span;
};

struct SourceProperties {
  std::string name;
  std::string description;
  jinja::Value entry;  // rendered, without tables
  jinja::Value config;
  std::vector<SourceTableProperties> tables;
  std::string file;
  Span span;
  size_t package = 0;
};

// Macros (documentation), exposures, groups, metrics, unit tests, …: kept whole for the stage that
// needs them.
struct OtherProperties {
  std::string yaml_key;  // "macros", "exposures", "groups", "unit_tests", "data_tests"…
  std::string name;
  jinja::Value entry;  // strings not rendered for unit_tests and descriptions; rendered otherwise
  std::string file;
  Span span;
  size_t package = 0;
};

struct DocBlock {
  std::string name;
  std::string contents;  // stripped
  std::string file;      // "models/docs.md"
  std::string relative_path;
  size_t package = 0;
};

struct Hook {
  std::string sql;
  Span span;
};

class ConfigTrees;  // config_trees.h

struct Package {
  std::string name;
  std::string root;  // folder; "" for the built-in packages
  std::string version;
  bool builtin = false;  // `dbt` and `dbt_<adapter>`: text embedded in the binary
  std::vector<std::string> model_paths, seed_paths, test_paths, analysis_paths, macro_paths,
      snapshot_paths, docs_paths, asset_paths, function_paths;
  jinja::Value config;  // dbt_project.yml as a dict; rendered save vars, hooks and the config
                        // sections' hooks
  jinja::Value written_config;  // the config sections of dbt_project.yml as they are written
  jinja::Value vars;            // its `vars:` dict, not rendered
  std::vector<Hook> on_run_start, on_run_end;
  jinja::Value quoting;  // dict
  std::vector<SourceFile> files;
  std::shared_ptr<const ConfigTrees> config_trees;  // what project_config() walks
};

struct DispatchRule {
  std::string macro_namespace;
  std::vector<std::string> search_order;
};

// The chosen output of profiles.yml.
struct Profile {
  std::string profile_name;
  std::string target_name;
  std::string file;          // profiles.yml that was read
  std::string adapter_type;  // "duckdb", "trino"…
  jinja::Value credentials;  // all keys of the output, rendered; secrets in plain text: never
                             // print, see `target`
  jinja::Value
      target;  // what templates see as `target`: no secrets (name, schema, type, threads, …)
  SharedText database;  // as the adapter understands it: duckdb: `database` or the stem of `path`
  SharedText schema;
  int threads = 1;
};

// dbt's behaviour flags that change what is found or said; all others are only answered to
// adapter.behavior (behaviour_flags.h).
struct BehaviourFlags {
  bool require_generic_test_arguments_property = true;
  bool require_ref_searches_node_package_before_root = false;
  bool require_resource_names_without_spaces = true;
  bool require_unique_project_resource_names = false;
  bool skip_nodes_if_on_run_start_fails = false;
  bool validate_macro_args = false;
};

struct Project {
  std::string root;               // folder of dbt_project.yml, absolute
  size_t root_package = 0;        // index into packages
  std::vector<Package> packages;  // root first, then installed ones sorted by name, then built-ins
  std::map<std::string, size_t, std::less<>> package_by_name;
  Profile profile;
  jinja::Value cli_vars;    // --vars as a dict
  std::string target_path;  // absolute
  std::string log_path;
  std::string packages_install_path;
  std::vector<std::string> clean_targets;
  std::vector<DispatchRule> dispatch;
  jinja::Value flags;  // dbt_project.yml `flags:`
  BehaviourFlags behaviour_flags;
  jinja::Value query_comment;  // as written; none when absent
  bool has_query_comment = false;
  std::vector<NodeProperties> node_properties;
  std::vector<SourceProperties> sources;
  std::vector<OtherProperties> others;
  std::vector<DocBlock> docs;
  jinja::Value selectors;            // selectors.yml, rendered; none when there is none
  std::vector<Span> selector_spans;  // of the entries of its list
  const Package& root_pkg() const { return packages[root_package]; }
};

struct LoadOptions {
  std::string project_dir;        // "" = search upwards from the working directory
  std::string working_directory;  // absolute
  std::string profiles_dir;  // flag or DBT_PROFILES_DIR; "" = working dir, project dir, then ~/.dbt
  std::string profile_name;  // --profile
  std::string target_name;   // --target
  std::string target_path;   // --target-path or DBT_TARGET_PATH
  std::string log_path;
  std::string vars_yaml;         // --vars text
  int threads = 0;               // --threads; 0 = profile
  size_t parallelism = 2;        // threads for parsing
  bool require_packages = true;  // false for `deps`, `clean`, `debug`
  bool require_profile = true;
  bool settings_only = false;  // dbt_project.yml alone: no packages, no resources
  std::map<std::string, std::string> environment;  // for env_var()
  jinja::Value flags = jinja::Value::dict();       // what YAML sees as `flags`
  std::string invocation_id;
  int64_t started_at_micros = 0;
  std::function<std::vector<std::pair<std::string, std::string>>(std::string_view adapter)>
      builtin_macros;  // {path, text}
};

struct LoadedProject {
  std::shared_ptr<const Project>
      project;  // null when errors were found that leave nothing to go on with
  Diagnostics diagnostics;
};

// Reads dbt_project.yml, profiles.yml, installed packages, property files and all template files.
// All errors are collected. Secrets found in profiles and DBT_ENV_SECRET_* are registered with
// `scrubber`.
LoadedProject load_project(FileSystem& fs, const LoadOptions& options, SecretScrubber& scrubber);

// Config of a resource from the trees of its own package's dbt_project.yml, least to most specific
// folder. `fqn` begins with the package name. Returns a new dict; keys without '+'. Hooks are
// normalised to lists of {'sql', 'transaction', 'index'} dicts under 'pre-hook' and 'post-hook'.
jinja::Value project_config(const Project& project, size_t package, ResourceType type,
                            const std::vector<std::string>& fqn);
// What the root project says about a resource of an installed package; empty for the root's own.
// dbt puts it on top of everything, so it is merged last, after the property file's and the file's
// own config.
jinja::Value root_config(const Project& project, size_t package, ResourceType type,
                         const std::vector<std::string>& fqn);

// The same as they are written, with Jinja: what manifest.json calls `unrendered_config`. Of each
// key the most specific folder's value.
jinja::Value written_config(const Project& project, size_t package, ResourceType type,
                            const std::vector<std::string>& fqn);

// Adds `overlay` (a dict) to `base` (a dict, changed in place) by dbt's merge rules per key: `tags`
// accumulate, `meta` and `docs` merge, hooks append, `grants` clobber unless '+', the rest
// clobbers. Normalises pre_hook → pre-hook, a string of tags → list, and so on. Errors
// (kConfigInvalid) name the key.
Status merge_config(jinja::Value& base, const jinja::Value& overlay, ResourceType type);

// Folders of the root project's config trees that hold config, as (section, path below it):
// {"models", {"shop", "staging"}}. In the order of the file.
std::vector<std::pair<std::string, std::vector<std::string>>> config_paths(const Project& project);

// A var by dbt's precedence for code of `package`: CLI, root vars.<package>, root global, the
// package's own. Null: absent.
const jinja::Value* find_var(const Project& project, size_t package, std::string_view name);

}  // namespace sluice::project
