// Session: one invocation's language side – parse the project into a Manifest, compile nodes to
// SQL, run their materializations through macros. run/ schedules; this module renders.
//
// A Session is shared by all threads. compile_node and materialize may run at the same time for
// different nodes, each with a Connection of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/event.h"
#include "base/file_system.h"
#include "base/warning_policy.h"
#include "compile/maintenance.h"
#include "compile/manifest.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

// What templates see as `flags` and what changes rendering.
struct Flags {
  std::string which;  // "run", "build", "compile"…
  bool full_refresh = false;
  bool fail_fast = false;
  bool store_failures = false;
  bool empty = false;
  // --event-time-start and --event-time-end: the batches to build.
  std::optional<TimeWindow> event_window;
  // --sample: what models read of anything that has an event time.
  std::optional<TimeWindow> sample;
  bool quiet = false;
  bool warn_error = false;
  WarningPolicy warnings;             // exceptions.warn() may raise
  bool inject_ephemeral_ctes = true;  // false: compiled SQL names them only
  bool defer = false;                 // ref() may read what an earlier run built
  bool favor_state = false;           // and does so for all that is not selected
  // source() is a name for nodes even where the source is a file: tables stand in for all.
  bool sources_by_name = false;
  std::string invocation_command;  // the words after the program's name
  jinja::Value arguments;          // invocation_args_dict: a dict
};

// `flags` as templates see it. `project` adds its own settings and paths; null while it is not
// loaded yet.
jinja::Value command_flags(const Flags& flags, const project::Project* project);

struct SessionOptions {
  std::shared_ptr<const project::Project> project;
  Flags flags;
  FileSystem* fs = nullptr;
  EventSink* events = nullptr;
  std::map<std::string, std::string> environment;
  std::string invocation_id;
  int64_t started_at_micros = 0;
  std::function<int64_t()> now_micros;
  size_t parallelism = 2;
};

// What a materialization told.
struct MaterializationResult {
  std::string message;  // adapter response: "OK"
  std::string code;
  std::optional<int64_t> rows_affected;
  // Relations it made: (database, schema, identifier) rendered, for the log.
  std::vector<std::string> relations;
  std::string executed_sql;  // text of the main statement, for target/run
};

// What a test found.
struct TestOutcome {
  int64_t failures = 0;
  bool should_warn = false;
  bool should_error = false;
  std::string message;
};

// How new a source is.
struct FreshnessMeasure {
  int64_t max_loaded_at_micros = 0;   // UTC; year 1 when the source has no row
  int64_t snapshotted_at_micros = 0;  // the engine's time when it looked
  std::string message;                // adapter response: "OK"
};

// What the engine's catalog says of a relation.
struct CatalogColumn {
  std::string name, type;
  jinja::Value index, comment;  // a number; text or none
};
struct CatalogTable {
  std::string database, schema, name;
  std::string type;             // the engine's word: "BASE TABLE"
  jinja::Value comment, owner;  // text or none
  std::vector<CatalogColumn> columns;
};
struct Catalog {
  std::vector<CatalogTable> tables;
  std::vector<Error> errors;  // one for each database that could not be asked
};

// What a unit test found.
struct UnitTestOutcome {
  std::string difference;  // actual against expected rows as a table; empty: the test passes
  std::string message;     // adapter response
};

// An input of a maintained model and the stub that stands for it in the specification.
struct SpecificationInput {
  std::string stub;      // its unique id
  std::string name;      // of the stub in the text: temp.main."name"
  std::string relation;  // what stands there in a full refresh: a name, or a table function
  const Node* node = nullptr;
  const Source* source = nullptr;
};

// The names of the stubs that a model and the views below it read: the identifier of each relation,
// by which SQL qualifies its columns; its unique id where another has that name already.
class StubNames {
 public:
  const std::string& name_of(const std::string& unique_id, const std::string& identifier);

 private:
  std::map<std::string, std::string> names_;  // by unique id
  std::set<std::string> taken_;               // in lower case
};

// What stands in FROM where a source is read: a name, or the text of an external location.
struct SourceReader {
  std::string relation;
  bool is_external = false;
};

// The query of a full refresh over stubs.
struct Specification {
  std::string sql;
  std::shared_ptr<const Node> rendered;    // the model with this query in place of its own
  std::vector<SpecificationInput> inputs;  // in order of first use
};

class Session {
 public:
  explicit Session(SessionOptions options);
  ~Session();

  // Parses everything; all errors are collected. False when errors leave no manifest to work with.
  bool parse(Diagnostics& diagnostics);

  Manifest& manifest();
  const Manifest& manifest() const;
  const SessionOptions& options() const;

  // The engine that introspective queries and materializations use. Not owned; may stay null for
  // parse and ls.
  void set_warehouse(warehouse::Warehouse* warehouse);

  // From any thread: templates that run, and those that start until resume(), end with kCancelled.
  void cancel();
  void resume();

  // Node ids in the current selection, for `selected_resources`.
  void set_selected(std::vector<std::string> unique_ids);

  // Fills the relation cache for all schemas of the given nodes and creates missing schemas when
  // `create`.
  Status prepare_schemas(warehouse::Connection& connection, const std::vector<const Node*>& nodes,
                         bool create);

  // Renders the node (and, first, the ephemeral models it uses) and fills its compile products.
  // `connection` may be null when there is no engine: introspective queries then fail with a clear
  // error.
  Status compile_node(Node& node, warehouse::Connection* connection);

  // Compiles a text as an inline node ("sql_operation") against the project.
  Result<std::string> compile_inline(const std::string& text, warehouse::Connection* connection);

  // An engine's error about a specification, with its places in the template and in the query.
  Error located(Error error, const Specification& specification) const;
  // The same of a node's compiled code.
  Error located(Error error, const Node& node) const;

  // For who works without the project's tables: what the run would read and make.
  Result<SourceReader> source_reader(const Source& source) const;
  // Names and types of the table that `seed` makes of the file; the file is read.
  Result<std::vector<warehouse::ColumnInfo>> seed_columns(const Node& seed) const;
  // Whether the compiled query gives what the model's contract declares, by the project's macros.
  Status check_contract(Node& node, warehouse::Connection& connection);
  // Relations are looked for anew.
  void forget_relations();

  // The name of the relation that the node makes, as SQL writes it.
  std::string relation_name(const Node& node) const;

  // The query that a full refresh of the model would run, over stubs of its inputs.
  Result<Specification> specify(const Node& node, StubNames& names,
                                warehouse::Connection* connection);

  // Wraps a query in `limit` by the project's macros (get_show_sql).
  Result<std::string> show_sql(const Node* node, const std::string& compiled_sql, int64_t limit,
                               warehouse::Connection* connection);

  // True for a microbatch model, unless the project brings its own microbatch strategy and does not
  // ask for batches (flag require_batched_execution_for_custom_microbatch_strategy).
  bool runs_in_batches(const Node& node) const;

  // The batches that a microbatch model is built in now, oldest first. The relation cache must hold
  // its schema.
  std::vector<Batch> plan_batches(const Node& node) const;

  // Runs the node's materialization macro: hooks, DDL, commit. The node is compiled already.
  Result<MaterializationResult> materialize(Node& node, warehouse::Connection& connection);

  // The same for a model that `steps` maintains.
  Result<MaterializationResult> maintain(Node& node, warehouse::Connection& connection,
                                         MaintenanceSteps& steps);

  // The `clone` command: makes the node's relation from that of the state it defers to.
  Result<MaterializationResult> clone_node(Node& node, warehouse::Connection& connection);

  // Runs a compiled test node through its materialization and judges warn_if/error_if.
  Result<TestOutcome> run_test(Node& node, warehouse::Connection& connection);

  // Asks the newest row of a source by the project's macros.
  Result<FreshnessMeasure> measure_freshness(const Source& source,
                                             warehouse::Connection& connection);

  // Types, columns and comments of relations by the project's catalog macros.
  Catalog read_catalog(const std::vector<warehouse::RelationInfo>& relations,
                       warehouse::Connection& connection);

  // Runs a compiled unit test through its materialization and compares the rows of both sides.
  Result<UnitTestOutcome> run_unit_test(Node& node, warehouse::Connection& connection);

  // on-run-start / on-run-end text of one hook, rendered and run. `results` is what `results` shows
  // at on-run-end; `on_rendered` is called in between.
  Status run_hook(Node& operation, const jinja::Value& results, warehouse::Connection& connection,
                  const std::function<void()>& on_rendered);

  // run-operation: macro name, optionally "package.name"; args a dict. kUnknownMacro with a
  // suggestion.
  Result<jinja::Value> run_operation(const std::string& macro_name, const jinja::Value& args,
                                     warehouse::Connection& connection);

  // Called before each statement a template executes: with its text, for target/run, and as it is
  // sent, with the query comment, for logs. May be empty.
  std::function<void(const std::string& node_id, const std::string& sql, const std::string& sent)>
      on_statement;

  // Called after each statement that the engine accepted, with the time it took. May be empty.
  std::function<void(const std::string& node_id, double seconds)> on_statement_end;

  // Called with the main statement of a materialization that failed, for target/run. May be empty.
  std::function<void(const Node& node, const std::string& sql)> on_failed_statement;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::compile
