// ProjectParser: from files to a Manifest. One use, one thread calls; it runs the templates of many
// files in parallel. Order of passes: macros, docs, sources, models and the like, generic tests,
// hooks, exposures, references.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "compile/builtin_naming.h"
#include "compile/generic_tests.h"
#include "compile/node_context.h"

namespace sluice::compile {

class ProjectParser {
 public:
  ProjectParser(SharedState& shared, Diagnostics& diagnostics)
      : shared_(shared), diagnostics_(diagnostics) {}
  // False when nothing can go on.
  bool parse();

 private:
  // A node in the making; `errors` are appended in order once a parallel pass is over.
  struct Draft {
    std::unique_ptr<Node> node;
    const project::NodeProperties* properties = nullptr;
    std::unique_ptr<GenericTestDefinition> test;
    Diagnostics errors;
    bool failed = false;
    bool is_unconfigured = false;  // keeps the target's names, whatever dbt_project.yml says
  };

  // project_parser_macros.cc
  void parse_macros();
  // project_parser_docs.cc
  void parse_docs();
  // `blocks`, when given: takes the ids of the docs blocks that it names.
  std::string render_description(const std::string& text, const Span& span,
                                 std::vector<SharedText>* blocks = nullptr);
  void document_macros();
  // project_parser_macro_arguments.cc
  void check_macro_arguments();
  std::vector<Column> make_columns(const std::vector<project::ColumnProperties>& columns);
  // project_parser_sources.cc
  void parse_sources();
  void make_source(const project::SourceProperties& group,
                   const project::SourceTableProperties& table);
  // project_parser_freshness.cc
  void set_loaded_at(Source& source, const project::SourceProperties& group,
                     const project::SourceTableProperties& table);
  void set_freshness(Source& source, const project::SourceProperties& group,
                     const project::SourceTableProperties& table,
                     const jinja::Value& project_config);
  void warn_unmeasurable_source(const Source& source);
  // project_parser_sources.cc
  void parse_exposures();
  void check_exposure(const project::OtherProperties& other);
  void warn_python_models();
  // project_parser_nodes.cc
  void index_properties();
  void parse_files();
  Draft draft_of_file(size_t package, const project::SourceFile& file);
  void take_properties(Draft& draft, std::string_view section);
  // project_parser_functions.cc
  static void take_signature(Draft& draft);
  static Status check_function_config(const Node& node);
  // project_parser_snapshots.cc
  void draft_snapshots(std::vector<Draft>& drafts);
  void draft_snapshots_of_file(size_t package, const project::SourceFile& file,
                               std::vector<Draft>& drafts);
  void draft_snapshot_of_properties(const project::NodeProperties& properties,
                                    std::vector<Draft>& drafts);
  std::unique_ptr<Node> snapshot_node(size_t package, std::string name,
                                      const project::SourceFile& file) const;
  // project_parser_nodes.cc
  void parse_hooks();
  void render_draft(Draft& draft);
  Status finish_node(Draft& draft, NodeContext& ctx, jinja::Interpreter& interpreter);
  // What the node's hooks refer to and call is the node's own, as in dbt.
  static Status take_hook_references(Node& node, NodeContext& ctx, jinja::Interpreter& interpreter);
  Status take_checksum(Node& node);
  Status name_node(Node& node, NodeContext& ctx, jinja::Interpreter& interpreter);
  std::string relation_name_of(const Node& node) const;
  void take(std::vector<Draft>& drafts);
  bool warn_wrong_section(const project::NodeProperties& properties);
  void warn_unused_properties();
  // project_parser_deprecations.cc
  void warn_unused_config_paths();
  void check_names();
  void warn_test_arguments(const GenericTestDefinition& definition, const TestTarget& target,
                           const std::string& file, size_t package, const Span& span,
                           Diagnostics& out) const;
  void report_shared_name(const Node& node, const Node& other);
  void warn_exposure_name(const project::OtherProperties& other);
  // project_parser_versions.cc
  static void take_version(const project::NodeProperties& properties, Node& node);
  void take_deprecation_date(const project::NodeProperties& properties, Node& node);
  void warn_deprecated_models();
  void warn_deprecated_reference(const Node& user, const RefCall& call);
  void check_versions();
  // project_parser_contracts.cc
  Status take_contract(Node& node, bool is_described);
  void resolve_foreign_keys();
  // project_parser_access.cc
  // Who refers, for the check whether it may.
  struct Reference {
    const std::string& unique_id;
    const std::string& name;
    const std::string& group;
    size_t package;
    Span place;
  };
  void check_groups();
  void check_access();
  void check_membership(const Node& node, const std::set<std::string>& groups);
  void check_reference(Reference from, const RefCall& call, const std::vector<bool>& restricted);
  // project_parser_tests.cc
  void parse_generic_tests();
  // The tests of one property entry, and what is wrong with them.
  struct TestDrafts {
    std::vector<Draft> drafts;
    Diagnostics errors;
  };
  void draft_tests_of(const TestTarget& target, SharedText attached, SharedText file,
                      size_t package, const std::vector<project::TestEntry>& tests,
                      const std::vector<project::ColumnProperties>& columns, TestDrafts& out) const;
  void draft_test(const TestTarget& target, SharedText attached, SharedText file, size_t package,
                  const project::TestEntry& entry, const project::ColumnProperties* column,
                  TestDrafts& out) const;
  void draft_node_tests(const project::NodeProperties& properties, const Node& node,
                        TestDrafts& out) const;
  void draft_source_tests(const project::SourceProperties& group,
                          const project::SourceTableProperties& table, TestDrafts& out) const;
  bool take_static_test(Draft& draft, NodeContext& ctx);
  // project_parser_semantic.cc
  void parse_semantic_layer();
  Status parse_semantic_model(const project::OtherProperties& entry);
  Status parse_metric(const project::OtherProperties& entry);
  Status parse_saved_query(const project::OtherProperties& entry);
  std::unique_ptr<SemanticResource> semantic_resource(const project::OtherProperties& entry,
                                                      ResourceType type);
  Status configure(SemanticResource& resource, const jinja::Value& own);
  void add_measure_metrics(const SemanticResource& model, const project::OtherProperties& entry);
  void take(std::unique_ptr<SemanticResource> resource);
  void resolve_semantic_layer();
  Status resolve_semantic_model(SemanticResource& model);
  Status resolve_saved_query(SemanticResource& query);
  // project_parser_unit_tests.cc
  void parse_unit_tests();
  Status parse_unit_test(const project::OtherProperties& entry);
  Result<std::vector<const Node*>> models_of_unit_test(const project::OtherProperties& entry,
                                                       const std::string& name,
                                                       const jinja::Value& versions) const;
  std::unique_ptr<Node> unit_test_node(const project::OtherProperties& entry,
                                       const UnitTestDefinition& test, const Node* model,
                                       const jinja::Value& config);
  // project_parser_references.cc
  void resolve_references();
  bool resolve_node(Node& node);
  void check_duplicates();

  SharedState& shared_;
  Diagnostics& diagnostics_;
  std::optional<BuiltinNaming> naming_;  // once the macros are known
  std::unordered_map<std::string, const project::NodeProperties*>
      properties_;  // "models\x01<package>\x01name"
  std::unordered_map<const project::NodeProperties*, bool> used_properties_;
  std::set<std::string> failed_names_;  // their errors are enough: nobody misses them
  std::vector<std::unique_ptr<SemanticResource>> measure_metrics_;  // they come after the metrics
};

// Faults in the config of a snapshot, one at a time.
Status check_snapshot_config(const Node& node);
// Moves a snapshot to its target_database and target_schema.
void place_snapshot(Node& node);
// Where a node calls ref() or source(): the line, and the column of `name` in it. `line` 0: the
// node's own place.
Span call_place(const Node& node, uint32_t line, std::string_view name);

// The texts of a YAML value that is a list or one text; none for null. `value` may be null.
std::vector<std::string> text_items(const jinja::Value* value);

// The kwargs of a generic test as its macro gets them: strings with Jinja rendered natively,
// `ref('x')` evaluated.
Result<jinja::Value> render_test_kwargs(const jinja::Value& kwargs, NodeContext& ctx,
                                        jinja::Interpreter& interpreter);

}  // namespace sluice::compile
