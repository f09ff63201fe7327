// Checker: binds all models of a project over empty tables, without data: a table stands in for
// each thing that is read, with the columns that binding (or a catalog, a file, a property file)
// gives it. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compile/session.h"
#include "run/query_binding.h"
#include "sql/binder.h"

namespace sluice::run {

enum class CheckVerdict : uint8_t {
  kGood,
  kFaulty,
  kUnknown,  // what it reads is not known well enough: `reason`
};
std::string_view check_verdict_name(CheckVerdict verdict);

struct NodeCheck {
  const compile::Node* node = nullptr;
  CheckVerdict verdict = CheckVerdict::kGood;
  std::vector<Error> faults;  // in the order of their places
  std::string reason;
  std::string
      because_of;  // what it reads that is faulty or not known; empty: the reason is its own
};

class Checker {
 public:
  // `catalog` is the project's own database, for the columns of sources; null: it is not there or
  // cannot be opened.
  Checker(compile::Session& session, sql::Binder& engine, warehouse::Connection* catalog)
      : session_(session), engine_(engine), catalog_(catalog) {}

  // Models, seeds, snapshots and functions, each after what it reads. Fails only when the engine
  // does, or was interrupted.
  Result<std::vector<NodeCheck>> check(const std::vector<compile::Node*>& nodes);

 private:
  // What is known of the columns of something that is read.
  enum class Knowledge : uint8_t {
    kExact,
    kGuessed,  // of names: types may be others
    kNone,
  };
  struct Known {
    Knowledge knowledge = Knowledge::kNone;
    std::string reason;  // of kNone: "its schema is not known"
    std::vector<warehouse::ColumnInfo> columns;
    std::string because_of = {};  // of kNone, when it is so because of something else
  };

  Status prepare(const std::vector<compile::Node*>& nodes);
  Status learn_source(const std::string& unique_id);
  Result<Known> find_source(const compile::Source& source);
  Status learn_seed(const compile::Node& seed, NodeCheck& out);
  // Leaves no transaction behind, as templates that ask may.
  Status compile(compile::Node& node);
  Status check_model(compile::Node& node, NodeCheck& out);
  Status judge(compile::Node& node, QueryBinding binding, Knowledge inputs, NodeCheck& out);
  Status check_incremental(const compile::Node& node, NodeCheck& out);
  void check_contract(compile::Node& node, NodeCheck& out);
  // The least that is known of what the node reads; when that is nothing, `out` says why.
  Result<Knowledge> inputs_of(const compile::Node& node, NodeCheck& out);
  Status define(const compile::Node& node, Known known);
  Status give_up(const compile::Node& node, std::string reason, NodeCheck& out);
  Error located(QueryFault fault, const compile::Node& node) const;
  void drop_unsure(std::vector<QueryFault>& faults, const compile::Node& node, Knowledge inputs,
                   NodeCheck& out) const;
  bool find_table(const std::string& name);
  static std::vector<warehouse::ColumnInfo> declared_columns(
      const std::vector<compile::Column>& columns);
  static std::vector<warehouse::ColumnInfo> snapshot_columns(
      const compile::Node& node, std::vector<warehouse::ColumnInfo> columns);

  compile::Session& session_;
  sql::Binder& engine_;
  warehouse::Connection* const catalog_;
  std::map<std::string, Known> known_;  // by unique id
  bool has_start_hooks_ = false;        // which may make functions
  bool reads_data_ = false;             // the template that runs now asked for rows
};

}  // namespace sluice::run
