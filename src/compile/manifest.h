// Manifest: every resource of the project, resolved against each other. Built by parse_project();
// afterwards only the compile products of a node change (compiled_code…), each node by one thread
// at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/shared_text.h"
#include "jinja/template.h"
#include "jinja/value.h"
#include "project/project.h"

namespace sluice::compile {

using project::ResourceType;

struct RefCall {
  SharedText package;  // empty: not given
  SharedText name;
  SharedText version;  // empty: not given
  bool version_is_text = false;
  uint32_t line = 0;  // of the call within raw_code; 0: inside a macro or unknown
};

struct SourceCall {
  SharedText source;
  SharedText table;
  uint32_t line = 0;
};

struct Column {
  SharedText name;
  std::string description;
  SharedText data_type;  // empty: not given
  std::optional<bool> quote;
  std::vector<std::string> tags;
  jinja::Value meta;                   // dict
  jinja::Value entry;                  // whole YAML entry as a dict
  std::vector<SharedText> doc_blocks;  // what its description takes: "doc.shop.orders"
};

struct TestMetadata {
  SharedText name;             // "unique"
  SharedText macro_namespace;  // package named before the dot; empty when none
  jinja::Value kwargs;         // dict, as dbt writes it to the manifest
};

struct UnitTestDefinition;  // unit_test.h

struct ExtraCte {
  std::string id;   // unique id of the ephemeral model
  std::string sql;  // " __dbt__cte__x as (\n…\n)"
};

// A span of event time, UTC, in microseconds since 1970-01-01: start <= t < end.
struct TimeWindow {
  int64_t start_micros = 0;
  int64_t end_micros = 0;
};

// One batch of a microbatch model.
struct Batch {
  std::string id;     // "20240101"
  std::string label;  // "2024-01-01"
  TimeWindow window;
  // The table is there, so building this batch adds to it even in a full refresh.
  bool adds_to_table = false;
};

// A model, seed, snapshot, test, analysis, function or operation.
struct Node {
  ResourceType type = ResourceType::kModel;
  std::string unique_id;
  std::string name;
  std::string alias;
  SharedText package_name;
  size_t package = 0;  // index into Project::packages
  std::vector<std::string> fqn;
  std::string path;               // relative to the resource path, dbt's `path`
  SharedText original_file_path;  // relative to the package root
  SharedText patch_path;          // "pkg://models/schema.yml"; empty: none
  SharedText language = "sql";
  std::string_view raw_code;  // view into Project (or owned_raw_code)
  std::string owned_raw_code;
  Span template_span;             // file and first line of raw_code, when it is another file's
  std::string checksum;           // sha256 of the stripped raw code, as dbt
  bool checksum_is_path = false;  // a large seed: `checksum` is its path
  SharedText database, schema;
  std::string
      relation_name;  // rendered; empty for what has no relation (tests, ephemerals, analyses)
  std::string description;
  std::vector<SharedText> doc_blocks;  // what its description takes
  std::vector<Column> columns;
  std::vector<std::string> tags;
  jinja::Value meta;               // dict
  jinja::Value docs;               // dict
  jinja::Value config;             // final dict, all of dbt's keys with defaults; nodes share
                                   // theirs with each other: replace it, never change it in place
  jinja::Value set_config;         // what config.set() changed while compiling; dict or none
  jinja::Value unrendered_config;  // dict
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<RefCall> metrics;              // calls of metric()
  std::vector<RefCall> functions;            // calls of function()
  std::vector<SharedText> depends_on_nodes;  // unique ids, first mention first
  std::vector<SharedText> depends_on_macros;
  int64_t created_at_micros = 0;
  Span span;  // of the definition (line 1 of a file, or the YAML entry)
  // Generic tests.
  std::optional<TestMetadata> test_metadata;
  jinja::Value test_kwargs;  // rendered kwargs the test macro is called with; dict
  SharedText column_name;
  SharedText file_key_name;  // "models.stg_orders"
  SharedText attached_node;
  bool is_singular_test = false;
  // Seeds.
  SharedText root_path;  // absolute folder of the package
  // Access and versions as written; the whole language comes with properties.
  SharedText access = "protected";
  SharedText group;
  // Versioned models: as written (int, float or string); none: not versioned.
  jinja::Value version, latest_version;
  jinja::Value deprecation_date;  // ISO text or none
  int64_t deprecated_at_micros = 0;
  jinja::Value constraints;       // of the model, list of dicts; none: none given
  jinja::Value defer_relation;    // what an earlier run built for it, as templates see it; or none
  bool has_foreign_keys = false;  // that say `to: ref(…)` or source(…)
  std::string contract_checksum;  // empty: no enforced contract
  jinja::Value time_spine;        // of the model's entry, in its full shape; none
  // Unit tests: what is given and expected; null for others. `raw_code` is the tested model's.
  std::shared_ptr<const UnitTestDefinition> unit_test;
  // Functions: what they take and return, in the full shape of a manifest.
  jinja::Value arguments, returns;  // list of dicts, dict
  // Operations (on-run-start/end): position in its list.
  int hook_index = 0;
  // The batch that this copy of a microbatch model builds.
  std::shared_ptr<const Batch> batch;

  // Compile products.
  bool compiled = false;
  std::string compiled_code;
  std::string compiled_path;  // relative to the project root
  std::vector<ExtraCte> extra_ctes;
  bool extra_ctes_injected = false;
  // Unit tests: the queries that stand in for inputs, with the files that show them.
  std::vector<std::pair<std::string, std::string>> fixture_files;
  std::vector<jinja::SourceMapEntry> source_map;  // compiled text → raw_code places
  std::string uninjected_code;  // rendered text before CTEs were put in; only when it differs or
                                // the node is ephemeral
  size_t injected_at = 0;       // where CTE injection put text into compiled_code,
  size_t injected_bytes = 0;    // and how much

  // Config shortcuts.
  std::string_view materialized() const;
  bool is_ephemeral() const;
  // Refables: models, seeds, snapshots.
  bool is_refable() const;
  // Versions as names show them; empty when the model has none.
  std::string version_text() const;
  bool is_latest_version() const;
  // "m", or "m.v2": how messages about versions name it.
  std::string versioned_name() const;
};

struct Source {
  std::string unique_id;
  std::string source_name, name, package_name;
  size_t package = 0;
  std::vector<std::string> fqn;
  std::string path;  // property file
  std::string original_file_path;
  std::string database, schema, identifier;
  std::string relation_name;
  std::string description, source_description, loader;
  std::vector<SharedText> doc_blocks;  // what its description takes
  std::vector<Column> columns;
  std::vector<std::string> tags;
  jinja::Value meta, source_meta, config, quoting, freshness, external;  // dicts or none
  jinja::Value unrendered_config;
  jinja::Value loaded_at_field, loaded_at_query;  // text or none
  int64_t created_at_micros = 0;
  Span span;
};

struct Exposure {
  std::string unique_id, name, package_name, path, original_file_path;
  std::vector<std::string> fqn;
  jinja::Value entry;  // whole YAML entry as a dict
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<RefCall> metrics;
  std::vector<SharedText> depends_on_nodes;
  std::vector<std::string> tags;
  jinja::Value config, unrendered_config;  // dicts
  size_t package = 0;
  int64_t created_at_micros = 0;
  Span span;
};

// A semantic model, metric or saved query; immutable once parsed.
struct SemanticResource {
  ResourceType type = ResourceType::kMetric;
  std::string unique_id, name, package_name, original_file_path;
  size_t package = 0;
  std::vector<std::string> fqn;
  jinja::Value body;  // dict: what its kind has beside the fields here, in dbt's full shape
  jinja::Value config, unrendered_config;  // dicts
  std::string group;
  std::vector<std::string> tags;  // what `tag:` selects by; metrics have none, as in dbt
  std::vector<RefCall> refs;      // of a semantic model: its model
  std::vector<SharedText> depends_on_nodes;
  int64_t created_at_micros = 0;
  Span span;
};

struct MacroArgument {
  std::string name, type, description;
};

struct MacroResource {
  std::string unique_id, name, package_name, path, original_file_path;
  size_t package = 0;
  std::string_view macro_sql;  // whole block
  std::shared_ptr<const jinja::Macro> macro;
  jinja::Value value;  // callable; what scopes hand out
  std::vector<SharedText> depends_on_macros;
  std::string description, patch_path;
  jinja::Value meta, docs;
  std::vector<MacroArgument> arguments;
  bool is_test = false;  // test_* generic test
  int64_t created_at_micros = 0;
};

struct Doc {
  std::string unique_id, name, package_name, path, original_file_path, contents;
};

class Manifest {
 public:
  std::shared_ptr<const project::Project> project;
  std::vector<std::unique_ptr<Node>>
      nodes;  // enabled; sorted by nothing: parse order, deterministic
  std::vector<std::unique_ptr<Source>> sources;
  std::vector<std::unique_ptr<Exposure>> exposures;
  std::vector<std::unique_ptr<MacroResource>> macros;
  std::vector<Doc> docs;
  jinja::Value selectors;  // of selectors.yml, as manifest.json shows them; none: there are none
  // Semantic models, then metrics, then saved queries.
  std::vector<std::unique_ptr<SemanticResource>> semantic_resources;
  std::vector<std::unique_ptr<SemanticResource>> disabled_semantic_resources;
  std::vector<std::unique_ptr<Node>> disabled_nodes;
  std::vector<std::unique_ptr<Source>> disabled_sources;

  // nullptr when absent. Built by index(); refreshed by the parser only.
  Node* find_node(std::string_view unique_id) const;
  Source* find_source(std::string_view unique_id) const;
  Exposure* find_exposure(std::string_view unique_id) const;
  SemanticResource* find_semantic_resource(std::string_view unique_id) const;
  const MacroResource* find_macro(std::string_view unique_id) const;
  void index();

 private:
  std::unordered_map<std::string_view, Node*> node_by_id_;
  std::unordered_map<std::string_view, Source*> source_by_id_;
  std::unordered_map<std::string_view, Exposure*> exposure_by_id_;
  std::unordered_map<std::string_view, SemanticResource*> semantic_by_id_;
  std::unordered_map<std::string_view, MacroResource*> macro_by_id_;
};

// The place in the node's template that byte `offset` of its compiled code comes from; nullopt when
// it is injected text or a macro made it at an unknown place.
std::optional<Span> template_place(const Node& node, size_t offset);

// A node, source, macro as dbt's manifest dict (what `model`, `graph.nodes[…]` and manifest.json
// show).
jinja::Value node_to_value(const Manifest& manifest, const Node& node);
// A unit test as its property file gives it.
jinja::Value unit_test_to_value(const Manifest& manifest, const Node& node);
jinja::Value source_to_value(const Manifest& manifest, const Source& source);
jinja::Value exposure_to_value(const Manifest& manifest, const Exposure& exposure);
// The groups of all packages by id.
jinja::Value groups_to_value(const Manifest& manifest);

}  // namespace sluice::compile
