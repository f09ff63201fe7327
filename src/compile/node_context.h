// NodeContext: the names that a template of one node can see – dbt's context – and what the
// template did with them. One evaluation, one thread. SharedState is the part that all contexts of
// a Session share; read-only after parse save what says otherwise.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compile/macro_registry.h"
#include "compile/manifest.h"
#include "compile/query_comment.h"
#include "compile/relation.h"
#include "compile/relation_cache.h"
#include "compile/session.h"

namespace sluice::compile {

// How nodes are found by ref() and source().
class ReferenceIndex {
 public:
  void build(const Manifest& manifest);
  // The node that ref(package?, name, version?) means for code of `package`; null when there is
  // none.
  Node* find_ref(const RefCall& call, size_t package) const;
  Source* find_source(const SourceCall& call, size_t package) const;
  Node* find_function(const RefCall& call, size_t package) const;
  // All versions of the model that the call names, for messages.
  std::vector<const Node*> versions_of(const RefCall& call) const;
  // The same among disabled ones, for the error text.
  const Node* find_disabled_ref(const RefCall& call) const;
  const Source* find_disabled_source(const SourceCall& call) const;
  const Node* find_disabled_function(const RefCall& call) const;
  std::vector<std::string_view> ref_names() const;
  std::vector<std::string_view> function_names() const;
  std::vector<std::string> source_names() const;

 private:
  using Candidates = std::unordered_map<std::string_view, std::vector<Node*>>;

  // Among those of the name: of the package that is given, else the root project's, the calling
  // package's, any.
  Node* find_named(const Candidates& all, const RefCall& call, size_t package) const;

  const project::Project* project_ = nullptr;
  Candidates nodes_, functions_;
  std::unordered_map<std::string, std::vector<Source*>> sources_;
  std::unordered_map<std::string_view, Node*> disabled_nodes_, disabled_functions_;
  std::unordered_map<std::string, Source*> disabled_sources_;
};

struct SharedState {
  SessionOptions options;
  Manifest manifest;
  MacroRegistry macros;
  ReferenceIndex references;
  const warehouse::Dialect* dialect = nullptr;
  RelationPolicy default_quote;  // of the root project's `quoting`
  warehouse::Warehouse* warehouse = nullptr;
  RelationCache relations;  // thread-safe
  std::unordered_map<std::string_view, jinja::Value>
      globals;                                   // functions and constants, the same for every node
  std::unordered_set<std::string> selected_ids;  // unique ids; written before nodes run
  std::mutex graph_mutex;
  std::optional<jinja::Value> graph;  // guarded by graph_mutex
  std::atomic<bool> cancelled{false};
  std::mutex warned_mutex;
  std::set<std::string> warned;  // guarded by warned_mutex; messages of warn_once
  QueryComment query_comment;
  std::function<void(const std::string&, const std::string&, const std::string&)> on_statement;
  std::function<void(const std::string&, double)> on_statement_end;

  const project::Project& project() const { return *options.project; }
  void emit(EventLevel level, std::string name, std::string message,
            const std::string& node = {}) const;
};

class UnitTestCompiler;       // unit_test_compiler.h
class SpecificationCompiler;  // specification.h

// Key of NodeContext::results under which adapter.execute leaves its rows for store_result; no
// template can spell it.
inline constexpr const char* kLastData =
    "\x01"
    "last_data";

enum class Phase : uint8_t { kParse, kCompile, kRun };

class NodeContext final : public jinja::Scope {
 public:
  // `node` may be null (run-operation, inline text of the project).
  NodeContext(SharedState& shared, Node* node, size_t package, Phase phase,
              warehouse::Connection* connection);

  bool lookup(std::string_view name, jinja::Value& out) const override;
  // The same without macros, which may hide a built-in name.
  bool lookup_builtin(std::string_view name, jinja::Value& out) const;
  std::vector<std::string> names() const override;

  static NodeContext& of(jinja::Interpreter& interpreter) {
    return *static_cast<NodeContext*>(interpreter.host);
  }

  bool executing() const { return phase != Phase::kParse; }
  // Error when there is no engine to ask.
  Result<warehouse::Connection*> require_connection() const;
  // Runs SQL for the template; begins a transaction first when asked and none is open.
  Result<warehouse::StatementResult> execute(const std::string& sql, bool auto_begin, bool fetch,
                                             int64_t limit = -1);

  // Resolved text or relation of ref()/source(); checks depends_on; records ephemeral models that
  // it met.
  Result<jinja::Value> resolve_ref(const RefCall& call);
  Result<jinja::Value> resolve_source(const SourceCall& call);
  Result<jinja::Value> resolve_function(const RefCall& call);
  Result<jinja::Value> find_variable(const std::string& name, const jinja::Value* fallback,
                                     jinja::Interpreter& interpreter);

  // The relation that this node makes.
  jinja::Value this_relation() const;
  jinja::Value model_value() const;

  SharedState& shared;
  Node* node;
  std::string resource_id;  // what statements are for when there is no node
  size_t package;
  Phase phase;
  warehouse::Connection* connection;
  const UnitTestCompiler* unit_test = nullptr;     // while the model of a unit test is rendered
  SpecificationCompiler* specification = nullptr;  // while a maintained model's query is rendered

  // What the template did.
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<RefCall> metrics;
  std::vector<RefCall> functions;
  std::vector<SharedText> macro_ids;
  jinja::Value in_file_config;           // dict
  jinja::Value written_config;           // the same as config() was given it; dict
  std::vector<Node*> ephemerals;         // in order of first ref
  NameMap results;                       // load_result
  RelationCache::Journal cache_changes;  // of the open transaction
  std::string written;                   // text of statement('main')
  std::string main_message, main_code;   // adapter response of 'main'
  std::optional<int64_t> main_rows;
  std::vector<const MacroResource*> macro_stack;  // the macros that are being called
  // Names that only this evaluation has: sql, compiled_code, results…
  NameMap extra;

 private:
  bool lookup_node_name(std::string_view name, jinja::Value& out) const;
  Result<std::string> query_comment();
  jinja::Value hooks(std::string_view key) const;
  mutable jinja::Value model_;  // lazily made
  mutable bool has_model_ = false;
  std::optional<std::string> query_comment_;  // rendered with the first statement
};

// Runs `f` with an interpreter over the context.
jinja::Environment environment_for(const SharedState& shared, Phase phase);

// Fills SharedState::globals.
void add_global_names(SharedState& shared);

// A callable for a macro of the manifest that records the dependency.
jinja::Value make_macro_callable(const MacroResource& macro);

// Relation of a node or source as ref()/source() give it.
RelationParts node_relation_parts(const SharedState& shared, const Node& node);
Result<jinja::Value> source_relation(const SharedState& shared, const Source& source,
                                     const Node* reader);
// Names and types of the table that a seed makes; the file is read.
Result<std::vector<warehouse::ColumnInfo>> seed_table_columns(const SharedState& shared,
                                                              const Node& seed);
// Narrows what `reader` (may be null) reads of a relation whose config says `event_time` (may be
// null): no row with --empty, else its batch's window or the sample's.
void restrict_scan(const SharedState& shared, const Node* reader, const jinja::Value* event_time,
                   RelationParts& parts);
// The batches of a microbatch model as things stand: flags, clock, and whether its table exists.
std::vector<Batch> plan_batches_now(const SharedState& shared, const Node& node);
// True when a project or package replaces get_incremental_microbatch_sql and no flag asks for
// batches all the same.
bool has_own_microbatch_strategy(const SharedState& shared);

// The error of a ref(), source() or function() that names nothing, or something disabled.
Error unknown_ref_error(const SharedState& shared, const Node* node, const RefCall& call);
Error unknown_source_error(const SharedState& shared, const Node* node, const SourceCall& call);
Error unknown_function_error(const SharedState& shared, const Node* node, const RefCall& call);

// Says so when a ref without a version means an older one than there is
// (project_parser_versions.cc).
void tell_of_prerelease(const SharedState& shared, const Node* node, const RefCall& call,
                        const Node& target);

// What `graph` has, also while it is being made.
inline constexpr std::string_view kGraphKeys[] = {"exposures",       "functions",    "groups",
                                                  "metrics",         "nodes",        "sources",
                                                  "semantic_models", "saved_queries"};

// A dict made on first use: `model`, `graph`, `node`.
jinja::Value make_lazy_dict(std::function<jinja::Value()> make);
// node_to_value on first use; the node outlives the value.
jinja::Value make_node_dict(const Manifest& manifest, const Node& node);

// The response of a statement: prints as its message, has code and rows_affected.
jinja::Value make_response(std::string message, jinja::Value code,
                           jinja::Value rows_affected);          // globals.cc
jinja::Value make_adapter(const jinja::Value& project_flags);    // adapter_object.cc
jinja::Value make_behaviour(const jinja::Value& project_flags);  // behaviour_object.cc
jinja::Value make_exceptions();                                  // exceptions_object.cc
jinja::Value make_config();                                      // config_object.cc
jinja::Value make_context(const NodeContext& ctx);               // context_object.cc
jinja::Value make_builtins(const NodeContext& ctx);              // context_object.cc
jinja::Value make_load_agate_table();                            // seed_table.cc

// Calls a macro by name for its effect or value, with the context of `interpreter`.
Result<jinja::Value> call_macro_named(jinja::Interpreter& interpreter, std::string_view name,
                                      std::vector<jinja::Value> args);

}  // namespace sluice::compile
