#include "run/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/suggest.h"
#include "compile/contracts.h"
#include "sql/expression_text.h"

namespace sluice::run {
namespace {

using compile::Node;
using compile::ResourceType;
using warehouse::ColumnInfo;

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

const jinja::Value* member(const jinja::Value& dict, std::string_view key) {
  const jinja::Value* found = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return found == nullptr || found->is_none() ? nullptr : found;
}

std::string text_member(const jinja::Value& dict, std::string_view key, std::string otherwise) {
  const jinja::Value* found = member(dict, key);
  return found != nullptr && found->is_string() ? found->as_string() : std::move(otherwise);
}

bool calls_is_incremental(const Node& node) {
  return node.materialized() == "incremental" &&
         std::any_of(node.depends_on_macros.begin(), node.depends_on_macros.end(),
                     [](const std::string& id) { return id.ends_with(".is_incremental"); });
}

// What a table of these columns has: names are there once, and NULL is of some type.
std::vector<ColumnInfo> table_columns(std::vector<ColumnInfo> columns) {
  std::set<std::string> taken;
  for (ColumnInfo& column : columns) {
    if (column.type == "\"NULL\"" || column.type == "NULL") column.type = "INTEGER";
    std::string name = column.name;
    const auto lower = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return text;
    };
    for (int i = 1; !taken.insert(lower(name)).second; ++i)
      name = fmt::format("{}_{}", column.name, i);
    column.name = name;
  }
  return columns;
}

// Questions about names and types have answers without data.
bool asks_for_rows(const std::string& sql) {
  for (const char* catalog : {"information_schema", "duckdb_", "system."})
    if (sql.find(catalog) != std::string::npos) return false;
  std::string start = sql.substr(0, std::min<size_t>(sql.size(), 400));
  std::transform(start.begin(), start.end(), start.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return start.find("select") != std::string::npos || start.find("from") != std::string::npos;
}

bool comes_before(const Error& a, const Error& b) {
  if (a.spans().empty() || b.spans().empty()) return b.spans().empty() < a.spans().empty();
  const Span& x = a.spans().front();
  const Span& y = b.spans().front();
  return std::pair(x.line, x.column) < std::pair(y.line, y.column);
}

}  // namespace

std::string_view check_verdict_name(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kGood:
      return "good";
    case CheckVerdict::kFaulty:
      return "faulty";
    case CheckVerdict::kUnknown:
      return "cannot tell";
  }
  return "";
}

Result<std::vector<NodeCheck>> Checker::check(const std::vector<Node*>& nodes) {
  SLUICE_TRY(prepare(nodes));
  std::vector<NodeCheck> out;
  for (Node* node : nodes) {
    NodeCheck check;
    check.node = node;
    if (node->type == ResourceType::kSeed)
      SLUICE_TRY(learn_seed(*node, check));
    else
      SLUICE_TRY(check_model(*node, check));
    out.push_back(std::move(check));
  }
  // Once more for models that their next run adds to, when all tables are there.
  session_.forget_relations();
  for (NodeCheck& check : out)
    if (check.verdict == CheckVerdict::kGood && calls_is_incremental(*check.node))
      SLUICE_TRY(check_incremental(*check.node, check));
  for (NodeCheck& check : out)
    std::stable_sort(check.faults.begin(), check.faults.end(), comes_before);
  return out;
}

Status Checker::prepare(const std::vector<Node*>& nodes) {
  session_.on_statement = [this](const std::string&, const std::string& sql, const std::string&) {
    reads_data_ |= asks_for_rows(sql);
  };
  for (const auto& node : session_.manifest().nodes)
    has_start_hooks_ |= node->type == ResourceType::kOperation;
  const std::string& database = session_.options().project->profile.database;
  std::set<std::pair<std::string, std::string>> schemas = {{database, "main"}};
  for (const Node* node : nodes)
    if (!node->is_ephemeral()) schemas.emplace(node->database, node->schema);
  for (const auto& [catalog, schema] : schemas) SLUICE_TRY(engine_.make_schema(catalog, schema));
  SLUICE_TRY(engine_.connection().execute("use " + sql::quoted_identifier(database), false));
  return {};
}

std::vector<ColumnInfo> Checker::declared_columns(const std::vector<compile::Column>& columns) {
  std::vector<ColumnInfo> out;
  for (const compile::Column& column : columns) {
    if (column.data_type.empty()) return {};
    out.push_back({column.name.text(), column.data_type.text()});
  }
  return out;
}

Result<Checker::Known> Checker::find_source(const compile::Source& source) {
  Known out;
  SLUICE_ASSIGN(const compile::SourceReader reader, session_.source_reader(source));
  const std::string query = "select * from " + reader.relation;
  warehouse::Connection* asked = reader.is_external ? &engine_.connection() : catalog_;
  if (asked != nullptr) {
    Result<std::vector<ColumnInfo>> columns = asked->describe_query(query);
    if (columns) {
      out.columns = std::move(*columns);
      out.knowledge = Knowledge::kExact;
      return out;
    }
    if (columns.error().code() == ErrorCode::kCancelled) return fail(std::move(columns.error()));
    out.reason = columns.error().message().substr(0, columns.error().message().find('\n'));
  } else {
    out.reason = "the database is not there";
  }
  out.columns = declared_columns(source.columns);
  if (!out.columns.empty()) out.knowledge = Knowledge::kGuessed;
  out.reason = fmt::format(
      "the columns of source {}.{} are not known ({}); give all of them with name and data_type "
      "in its property file",
      source.source_name, source.name, out.reason);
  return out;
}

Status Checker::learn_source(const std::string& unique_id) {
  if (known_.contains(unique_id)) return {};
  const compile::Source* source = session_.manifest().find_source(unique_id);
  if (source == nullptr) return {};
  SLUICE_ASSIGN(Known known, find_source(*source));
  if (known.knowledge != Knowledge::kNone) {
    const Status defined = engine_.define_table(
        {source->database, source->schema, source->identifier}, table_columns(known.columns));
    if (!defined) {
      known.knowledge = Knowledge::kNone;
      known.reason = fmt::format("source {}.{}: {}", source->source_name, source->name,
                                 defined.error().message());
    }
  }
  known_.emplace(unique_id, std::move(known));
  return {};
}

Status Checker::define(const Node& node, Known known) {
  if (known.knowledge != Knowledge::kNone && !node.is_ephemeral()) {
    const Status defined = engine_.define_table({node.database, node.schema, node.alias},
                                                table_columns(known.columns));
    if (!defined) {
      known.knowledge = Knowledge::kNone;
      known.reason = defined.error().message();
    }
  }
  known_[node.unique_id] = std::move(known);
  return {};
}

// Nothing is known of the node but what a property file says.
Status Checker::give_up(const Node& node, std::string reason, NodeCheck& out) {
  out.verdict = CheckVerdict::kUnknown;
  out.reason = reason;
  Known known{Knowledge::kNone, std::move(reason), declared_columns(node.columns),
              out.because_of.empty() ? node.unique_id : out.because_of};
  if (!known.columns.empty())
    known.knowledge =
        compile::has_enforced_contract(node) ? Knowledge::kExact : Knowledge::kGuessed;
  return define(node, std::move(known));
}

Status Checker::learn_seed(const Node& seed, NodeCheck& out) {
  Result<std::vector<ColumnInfo>> columns = session_.seed_columns(seed);
  if (columns) return define(seed, {Knowledge::kExact, {}, std::move(*columns)});
  out.verdict = CheckVerdict::kFaulty;
  columns.error().set_node(seed.unique_id).locate(seed.span);
  out.faults.push_back(std::move(columns.error()));
  known_[seed.unique_id] = {Knowledge::kNone, seed.unique_id + " is faulty", {}, seed.unique_id};
  return {};
}

Result<Checker::Knowledge> Checker::inputs_of(const Node& node, NodeCheck& out) {
  Knowledge least = Knowledge::kExact;
  for (const SharedText& id : node.depends_on_nodes) {
    SLUICE_TRY(learn_source(id.text()));
    const auto found = known_.find(id.text());
    if (found == known_.end()) continue;
    const Known& known = found->second;
    if (known.knowledge == Knowledge::kNone && out.reason.empty()) {
      out.reason = known.reason;
      out.because_of = known.because_of;
    }
    least = std::max(least, known.knowledge);
  }
  return least;
}

Status Checker::compile(Node& node) {
  reads_data_ = false;
  Status compiled = session_.compile_node(node, &engine_.connection());
  if (engine_.connection().in_transaction()) SLUICE_TRY(engine_.connection().rollback());
  return compiled;
}

Status Checker::check_model(Node& node, NodeCheck& out) {
  constexpr const char* kReadsData = "its template depends on rows that it asks for";
  if (node.language == "python") return give_up(node, "it is a Python model", out);
  SLUICE_ASSIGN(const Knowledge inputs, inputs_of(node, out));
  if (inputs == Knowledge::kNone) return give_up(node, out.reason, out);
  if (Status compiled = compile(node); !compiled) {
    if (compiled.error().code() == ErrorCode::kCancelled) return compiled;
    if (reads_data_) return give_up(node, kReadsData, out);
    out.verdict = CheckVerdict::kFaulty;
    out.faults.push_back(std::move(compiled.error()));
    known_[node.unique_id] = {Knowledge::kNone, node.unique_id + " is faulty", {}, node.unique_id};
    return {};
  }
  SLUICE_ASSIGN(QueryBinding binding,
                bind_query(node.compiled_code, engine_.connection(),
                           [this](const std::string& name) { return find_table(name); }));
  if (!binding.faults.empty() && reads_data_) return give_up(node, kReadsData, out);
  return judge(node, std::move(binding), inputs, out);
}

// What cannot be held against the user: types over guessed columns, tables that the database may
// have, functions that hooks or other nodes may make.
void Checker::drop_unsure(std::vector<QueryFault>& faults, const Node& node, Knowledge inputs,
                          NodeCheck& out) const {
  const bool calls_functions =
      std::any_of(node.depends_on_nodes.begin(), node.depends_on_nodes.end(),
                  [](const SharedText& id) { return id.text().starts_with("function."); });
  std::erase_if(faults, [&](const QueryFault& fault) {
    std::string reason;
    if (fault.kind == FaultKind::kOther && inputs == Knowledge::kGuessed)
      reason = "the types of what it reads are not known";
    else if (fault.kind == FaultKind::kFunction && (has_start_hooks_ || calls_functions))
      reason = fmt::format(
          "it calls {}, which the engine does not have before the project's hooks "
          "or functions have made it",
          fault.identifier);
    else if (fault.kind == FaultKind::kTable && catalog_ == nullptr &&
             fault.identifier.find('.') != std::string::npos)
      reason = fmt::format(
          "it reads {} by its name and the database is not there; use ref() or "
          "source()",
          fault.identifier);
    if (!reason.empty()) out.reason = reason;
    return !reason.empty();
  });
}

Status Checker::judge(Node& node, QueryBinding binding, Knowledge inputs, NodeCheck& out) {
  const bool binds = binding.faults.empty();
  drop_unsure(binding.faults, node, inputs, out);
  if (!out.reason.empty()) out.verdict = CheckVerdict::kUnknown;
  if (!binding.faults.empty()) out.verdict = CheckVerdict::kFaulty;
  for (QueryFault& fault : binding.faults) out.faults.push_back(located(std::move(fault), node));
  if (binds && compile::has_enforced_contract(node)) check_contract(node, out);
  Known known{binds ? inputs : Knowledge::kGuessed, {}, std::move(binding.columns)};
  if (compile::has_enforced_contract(node) && !binds)
    known.columns = declared_columns(node.columns);
  if (known.columns.empty() || (node.is_ephemeral() && !binds))
    known = {Knowledge::kNone,
             fmt::format("{} {}", node.unique_id,
                         out.verdict == CheckVerdict::kFaulty ? "is faulty" : "cannot be told"),
             {},
             node.unique_id};
  if (node.type == ResourceType::kSnapshot)
    known.columns = snapshot_columns(node, std::move(known.columns));
  return define(node, std::move(known));
}

Error Checker::located(QueryFault fault, const Node& node) const {
  if (fault.kind == FaultKind::kTable) {
    std::vector<std::string_view> names;
    for (const auto& other : session_.manifest().nodes)
      if (other->is_refable()) names.push_back(other->name);
    const std::string nearest = nearest_name(fault.identifier, names);
    fault.error.set_hint(
        nearest.empty()
            ? "neither a WITH of the query nor the database has it; read models with ref(), other "
              "tables with source()"
            : fmt::format("did you mean {{{{ ref('{}') }}}}?", nearest));
  }
  const Error placed = session_.located(std::move(fault.error), node);
  // The compiled text is written nowhere: its place is of no use.
  Error out(placed.code(), placed.message(), placed.hint());
  out.set_node(placed.node()).set_excerpt(placed.excerpt());
  if (!placed.spans().empty()) out.add_span(placed.spans().front());
  return out;
}

void Checker::check_contract(Node& node, NodeCheck& out) {
  Status kept = session_.check_contract(node, engine_.connection());
  if (kept) return;
  out.verdict = CheckVerdict::kFaulty;
  out.faults.push_back(std::move(kept.error()));
}

// The query of a run that adds to the table, and whether it still gives the table's columns.
Status Checker::check_incremental(const Node& node, NodeCheck& out) {
  Node copy = node;
  copy.compiled = false;
  copy.source_map.clear();
  copy.extra_ctes.clear();
  copy.injected_at = copy.injected_bytes = 0;
  Status compiled = compile(copy);
  QueryBinding binding;
  if (compiled) {
    SLUICE_ASSIGN(binding,
                  bind_query(copy.compiled_code, engine_.connection(),
                             [this](const std::string& name) { return find_table(name); }));
  } else if (compiled.error().code() == ErrorCode::kCancelled) {
    return compiled;
  } else {
    binding.faults.push_back({FaultKind::kOther, std::move(compiled.error()), 0, {}});
  }
  const Known& known = known_[node.unique_id];
  if (binding.faults.empty()) {
    for (const ColumnInfo& column : known.columns) {
      const bool is_there = std::any_of(
          binding.columns.begin(), binding.columns.end(),
          [&](const ColumnInfo& other) { return is_same_name(other.name, column.name); });
      if (is_there) continue;
      Error error(ErrorCode::kSqlError,
                  fmt::format("the table has a column \"{}\" that incremental runs do not give",
                              column.name),
                  "select it in both branches of is_incremental()");
      error.set_node(node.unique_id).add_span(node.span);
      binding.faults.push_back({FaultKind::kColumn, std::move(error), 0, {}});
    }
  } else if (reads_data_) {
    out.verdict = CheckVerdict::kUnknown;
    out.reason = "its incremental query depends on rows that its template asks for";
    return {};
  } else {
    drop_unsure(binding.faults, node, known.knowledge, out);
    if (!out.reason.empty()) out.verdict = CheckVerdict::kUnknown;
    for (QueryFault& fault : binding.faults) {
      if (compiled) fault.error = located(fault, copy);
      fault.error.set_message(fault.error.message() + "\n(when is_incremental() is true)");
    }
  }
  for (QueryFault& fault : binding.faults) out.faults.push_back(std::move(fault.error));
  if (!out.faults.empty()) out.verdict = CheckVerdict::kFaulty;
  return {};
}

// A table that a query names itself: the database may have it.
bool Checker::find_table(const std::string& name) {
  if (catalog_ == nullptr) return false;
  const auto columns = catalog_->describe_query("select * from " + name);
  if (!columns) return false;
  std::string list;
  for (const ColumnInfo& column : table_columns(*columns))
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", sql::quoted_identifier(column.name),
                        column.type);
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos &&
      !engine_.connection().execute("create schema if not exists " + name.substr(0, dot), false))
    return false;
  return engine_.connection()
      .execute(fmt::format("create table {} ({})", name, list), false)
      .has_value();
}

std::vector<ColumnInfo> Checker::snapshot_columns(const Node& node,
                                                  std::vector<ColumnInfo> columns) {
  const jinja::Value* names = member(node.config, "snapshot_meta_column_names");
  const auto name = [&](const char* standard) {
    return names == nullptr ? std::string(standard) : text_member(*names, standard, standard);
  };
  const std::string updated_at = text_member(node.config, "updated_at", "");
  std::string type = "TIMESTAMP";
  for (const ColumnInfo& column : columns)
    if (is_same_name(column.name, updated_at)) type = column.type;
  columns.push_back({name("dbt_scd_id"), "VARCHAR"});
  for (const char* moment : {"dbt_updated_at", "dbt_valid_from", "dbt_valid_to"})
    columns.push_back({name(moment), type});
  if (text_member(node.config, "hard_deletes", "") == "new_record")
    columns.push_back({name("dbt_is_deleted"), "VARCHAR"});
  return columns;
}

}  // namespace sluice::run
