#include "run/maintainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run/code_identity.h"
#include "run/columns_json.h"
#include "run/maintenance_execution.h"
#include "run/row_hash.h"
#include "sql/expression_text.h"
#include "sql/locality.h"

namespace sluice::run {
namespace {

// Grows when the rules or the ledger change what is computed: older tables are then built anew.
constexpr int kRulesVersion = 4;

// Settings of the engine that decide what a query results in.
constexpr const char* kResultSettings[] = {"TimeZone", "default_collation", "integer_division",
                                           "default_null_order", "default_order"};

const jinja::Value* member(const jinja::Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

// config(meta={'sluice': {'incremental': 'exact'}})
std::optional<std::string> policy_in_meta(const compile::Node& node) {
  const jinja::Value* meta = member(node.config, "meta");
  const jinja::Value* own = meta == nullptr ? nullptr : member(*meta, "sluice");
  const jinja::Value* policy = own == nullptr ? nullptr : member(*own, "incremental");
  if (policy == nullptr || policy->is_none()) return std::nullopt;
  if (policy->is_bool()) return policy->as_bool() ? "auto" : "off";
  return policy->is_string() ? policy->as_string() : std::string("?");
}

bool is_set(const compile::Node& node, std::string_view key) {
  const jinja::Value* value = member(node.config, key);
  return value != nullptr && !value->is_none();
}

// A window, key or strategy by the user's own hand.
bool is_hand_written(const compile::Node& node) {
  for (const std::string_view key :
       {"unique_key", "incremental_strategy", "incremental_predicates", "predicates"})
    if (is_set(node, key)) return true;
  return std::any_of(node.depends_on_macros.begin(), node.depends_on_macros.end(),
                     [](const std::string& id) { return id.ends_with(".is_incremental"); });
}

uint64_t input_bytes(const MaintenanceJob& job) {
  uint64_t bytes = 0;
  for (const ModelInput& leaf : job.inputs.leaves)
    for (const detect::Partition& partition : leaf.state.now.partitions) bytes += partition.bytes;
  return bytes;
}

// Whether the table has the columns that it was built with, in their order.
Result<bool> has_columns(const MaintenanceJob& job, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> now,
                connection.list_columns({job.node->database, job.node->schema, job.node->alias,
                                         warehouse::RelationType::kTable}));
  return std::equal(now.begin(), now.end(), job.columns.begin(), job.columns.end(),
                    [](const warehouse::ColumnInfo& a, const warehouse::ColumnInfo& b) {
                      return a.name == b.name;
                    });
}

Result<bool> has_table(const compile::Node& node, warehouse::Connection& connection) {
  SLUICE_ASSIGN(const std::vector<warehouse::RelationInfo> relations,
                connection.list_relations(node.database, node.schema));
  return std::any_of(relations.begin(), relations.end(),
                     [&node](const warehouse::RelationInfo& relation) {
                       return relation.identifier == node.alias;
                     });
}

}  // namespace

std::set<std::string> unstable_functions(const plan::Specification& specification) {
  std::set<std::string> out = specification.unstable_functions;
  if (!specification.locality) return out;
  const sql::Flags& flags = specification.locality->flags;
  out.insert(flags.volatile_functions.begin(), flags.volatile_functions.end());
  out.insert(flags.runtime_functions.begin(), flags.runtime_functions.end());
  return out;
}

void force_full(MaintenanceJob& job, std::string code, std::string reason) {
  job.plan.tier = plan::Tier::kFull;
  job.plan.code = std::move(code);
  job.plan.reason = std::move(reason);
  job.plan.affected.clear();
  job.plan.keys.reset();
  for (plan::ReadSet& reads : job.plan.reads) reads.is_whole = true;
}

IncrementalPolicy Maintainer::policy_of(const compile::Node& node) const {
  const std::optional<std::string> own = policy_in_meta(node);
  return own ? parse_policy(*own).value_or(IncrementalPolicy::kOff) : settings_.policy;
}

Result<bool> Maintainer::covers(const compile::Node& node) const {
  if (node.type != compile::ResourceType::kModel || node.language == "python") return false;
  if (const std::optional<std::string> own = policy_in_meta(node); own && !parse_policy(*own))
    return fail(Error(ErrorCode::kConfigInvalid,
                      fmt::format("unknown incremental policy '{}' in meta.sluice", *own),
                      "use off, auto, exact or strict")
                    .set_node(node.unique_id)
                    .locate(node.span));
  const IncrementalPolicy policy = policy_of(node);
  if (policy == IncrementalPolicy::kOff) return false;
  const std::string_view made = node.materialized();
  if (made == "table") return settings_.maintains_tables;
  if (made != "incremental") return false;
  return policy != IncrementalPolicy::kAuto || !is_hand_written(node);
}

Status Maintainer::prepare(const std::vector<const compile::Node*>& nodes,
                           warehouse::Connection& connection) {
  for (const auto& node : session_.manifest().nodes)
    if (node->type == compile::ResourceType::kModel)
      read_.insert(node->depends_on_nodes.begin(), node->depends_on_nodes.end());
  std::set<std::string> databases;
  for (const compile::Node* node : nodes)
    if (covers(*node).value_or(false)) databases.insert(node->database);
  for (const std::string& database : databases) {
    SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, database));
    SLUICE_TRY(ledger.upgrade());
    SLUICE_TRY(InputSnapshots(connection, database).prepare());
  }
  return settings_.has_cost_gate ? read_history(connection) : Status();
}

Status Maintainer::read_history(warehouse::Connection& connection) {
  const std::string& database = session_.manifest().project->profile.database;
  SLUICE_ASSIGN(std::optional<CostLedger> costs, CostLedger::find(connection, database));
  if (!costs) return {};
  SLUICE_ASSIGN(auto history, costs->histories());
  cost_gate_ = CostGate(std::move(history));
  return {};
}

void Maintainer::weigh_costs(MaintenanceJob& job) const {
  const plan::Tier tier = job.plan.tier;
  if (job.builds_anew || tier == plan::Tier::kSkip || tier == plan::Tier::kFull ||
      policy_of(*job.node) == IncrementalPolicy::kStrict)
    return;
  const std::optional<std::string> objection = cost_gate_.objection(
      job.node->unique_id, std::string(plan::tier_name(tier)), input_bytes(job));
  if (!objection) return;
  job.stages.clear();
  job.rest.reset();
  force_full(job, "COST_GATE", *objection);
}

Status Maintainer::check_partial_build(const compile::Node& node,
                                       warehouse::Connection& connection) const {
  SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection, node.database));
  if (!ledger) return {};
  const std::string relation = session_.relation_name(node);
  SLUICE_ASSIGN(const std::optional<ModelEntry> entry, ledger->model(relation));
  if (!entry) return {};
  return fail(Error(ErrorCode::kRunInvalid,
                    fmt::format("--empty and --sample would leave {} without most of its rows, and "
                                "it is kept equal to a full refresh",
                                relation),
                    "use another target or schema for such builds")
                  .set_node(node.unique_id)
                  .locate(node.span));
}

Result<std::string> Maintainer::code_of(const MaintenanceJob& job,
                                        warehouse::Connection& connection) const {
  std::string names, values;
  for (const char* name : kResultSettings) {
    names += fmt::format(", '{}'", name);
    values += fmt::format(", current_setting('{}')::varchar", name);
  }
  SLUICE_ASSIGN(
      const warehouse::StatementResult found,
      connection.execute(
          fmt::format("select unnest(['engine'{}]), unnest([version(){}])", names, values), true));
  IdentityParts parts = {{"rules", std::to_string(kRulesVersion)}};
  for (const auto& row : found.table.rows) {
    const auto* name = std::get_if<std::string>(&row[0]);
    const auto* value = std::get_if<std::string>(&row[1]);
    if (name != nullptr) parts.emplace_back(*name, value == nullptr ? "" : *value);
  }
  std::string text = job.inputs.specification.sql + "\n";
  for (const ViewInput& view : job.inputs.views) text += view.stub + "\n" + view.sql + "\n";
  for (const ModelInput& leaf : job.inputs.leaves)
    text += leaf.stub + "\n" + leaf.relation + "\n" + columns_json(leaf.columns) + "\n";
  return code_identity(parts, text);
}

void take_analysis(MaintenanceJob& job, const sql::BoundQuery& bound,
                   const sql::FunctionProperties& functions) {
  plan::Specification& specification = job.specification;
  job.columns = bound.columns;
  specification.columns = bound.columns;
  specification.unstable_functions = bound.unstable_functions;
  if (bound.plan) {
    specification.locality = sql::find_locality(*bound.plan, functions);
    job.lineage = sql::find_lineage(*bound.plan);
    return;
  }
  specification.unsupported = bound.plan.error().what;
  specification.unsupported_place = bound.plan.error().place;
}

Status Maintainer::analyse(MaintenanceJob& job, warehouse::Connection& connection) {
  std::lock_guard lock(binder_mutex_);
  if (!binder_) {
    SLUICE_ASSIGN(sql::Binder binder, sql::Binder::open());
    binder_ = std::move(binder);
  }
  for (const ModelInput& leaf : job.inputs.leaves)
    SLUICE_TRY(binder_->define_table({"temp", "main", leaf.name}, leaf.columns));
  for (const ViewInput& view : job.inputs.views)
    SLUICE_TRY(binder_->define_view({"temp", "main", view.name}, view.sql));
  const Result<sql::BoundQuery> bound = binder_->bind(job.inputs.specification.sql);
  if (!bound) return fail(session_.located(bound.error(), job.inputs.specification));
  take_analysis(job, *bound, binder_->functions());
  SLUICE_TRY(partition_tables(job, connection));
  return bound->plan ? cut(job, *bound->plan, connection) : Status();
}

Result<MaintenanceJob> Maintainer::plan(const compile::Node& node,
                                        warehouse::Connection& connection, Depth depth) {
  Result<MaintenanceJob> job = make_job(node, connection, depth);
  if (!job) job.error().set_node(node.unique_id).locate(node.span);
  return job;
}

Result<MaintenanceJob> Maintainer::make_job(const compile::Node& node,
                                            warehouse::Connection& connection, Depth depth) {
  MaintenanceJob job;
  job.node = &node;
  job.relation = session_.relation_name(node);
  SLUICE_ASSIGN(std::optional<Ledger> ledger, Ledger::find(connection, node.database));
  if (ledger) {
    SLUICE_ASSIGN(job.entry, ledger->model(job.relation));
  }
  SLUICE_ASSIGN(job.inputs,
                snapshots_.inputs_of(node, job.relation, connection, ledger ? &*ledger : nullptr));
  SLUICE_ASSIGN(job.code, code_of(job, connection));
  SLUICE_TRY(guard_sources(job));
  if (depth == Depth::kUnlessUnchanged && is_unchanged(job)) {
    SLUICE_ASSIGN(job.columns, parse_columns_json(job.entry->columns));
    SLUICE_TRY(decide_to_build(job, connection));
    if (!job.builds_anew) {
      job.plan = plan::nothing_to_do();
      return job;
    }
  }
  SLUICE_TRY(analyse(job, connection));
  SLUICE_TRY(decide(job, connection));
  return job;
}

// A path that is wrong, or a bucket that is not there, looks as if everything had been deleted.
Status Maintainer::guard_sources(const MaintenanceJob& job) const {
  if (settings_.on_source_delete != SourceDeletes::kGuard || !job.entry ||
      session_.options().flags.full_refresh)
    return {};
  for (const ModelInput& leaf : job.inputs.leaves) {
    if (!leaf.reader) continue;
    size_t removed = 0;
    for (const detect::Change& change :
         detect::changes_between(leaf.state.consumed, leaf.state.now))
      if (change.kind == detect::Change::Kind::kRemoved) ++removed;
    if (removed * 2 <= leaf.state.consumed.size()) continue;
    return fail(
        Error(ErrorCode::kRunInvalid,
              fmt::format("{} of {} partitions of \"{}\" are gone", removed,
                          leaf.state.consumed.size(), leaf.stub),
              "if that is meant, set on_source_delete: follow under incremental: in sluice.yml, or "
              "run once with --full-refresh; else look at the path and the mount")
            .set_node(job.node->unique_id)
            .locate(job.node->span));
  }
  return {};
}

// Nothing that the model reads has changed, nor has its query; and the query is one whose result
// does not change by itself.
bool Maintainer::is_unchanged(const MaintenanceJob& job) {
  return job.entry && job.entry->code == job.code && job.entry->is_deterministic &&
         std::all_of(job.inputs.leaves.begin(), job.inputs.leaves.end(),
                     [](const ModelInput& leaf) {
                       return !plan::is_repartitioned(leaf.state) &&
                              detect::changes_between(leaf.state.consumed, leaf.state.now).empty();
                     });
}

// The key that the table was built with: it was chosen by the same rules.
plan::OutputKey Maintainer::key_of(const MaintenanceJob& job,
                                   const std::vector<plan::InputState>& states) const {
  if (job.given_key) return *job.given_key;
  if (!job.entry || job.entry->code != job.code) return plan::choose_key(job.specification, states);
  plan::OutputKey key;
  for (const std::string& name : job.entry->key)
    for (size_t i = 0; i < job.columns.size(); ++i)
      if (job.columns[i].name == name) key.columns.push_back(i);
  key.has_bands = plan::has_bands(job.specification, states, key);
  return key;
}

Status Maintainer::choose_plan(MaintenanceJob& job, warehouse::Connection& connection) const {
  const plan::OutputKey key = key_of(job, states_of(job));
  std::string dimensions;
  if (job.rest == nullptr) {
    SLUICE_TRY(find_changed_rows(job, key, connection));
    SLUICE_ASSIGN(dimensions, follow_dimensions(job, key, connection));
  }
  const std::vector<plan::InputState> states = states_of(job);
  SLUICE_ASSIGN(job.plan, plan::plan_maintenance(job.specification, key, states, connection));
  job.plan.key = key;
  if (!dimensions.empty()) tell_dimensions(job, dimensions);
  return {};
}

Status Maintainer::decide(MaintenanceJob& job, warehouse::Connection& connection) {
  SLUICE_TRY(choose_plan(job, connection));
  const std::set<std::string> unstable = unstable_functions(job.specification);
  job.is_deterministic = unstable.empty();
  SLUICE_TRY(decide_to_build(job, connection));
  if (!job.builds_anew && !job.is_deterministic)
    force_full(job, "NOT_DETERMINISTIC",
               fmt::format("the query calls {}", fmt::join(unstable, ", ")));
  SLUICE_TRY(decide_stages(job, connection));
  SLUICE_TRY(decide_keys(job, connection));
  weigh_costs(job);
  return {};
}

// Whether the table has to be made anew, whatever changed.
Status Maintainer::decide_to_build(MaintenanceJob& job, warehouse::Connection& connection) const {
  SLUICE_ASSIGN(const bool is_there, has_table(*job.node, connection));
  const auto build = [&job](std::string code, std::string reason) {
    job.builds_anew = true;
    force_full(job, std::move(code), std::move(reason));
    return Status();
  };
  if (!is_there) return build("FIRST_BUILD", "its table is not there");
  if (session_.options().flags.full_refresh)
    return build("FULL_REFRESH", "a full refresh was asked for");
  if (!job.entry)
    return fail(Error(ErrorCode::kRunInvalid,
                      fmt::format("the table {} was not built by a maintained model", job.relation),
                      "`sluice adopt` takes it over if it equals its full refresh, --full-refresh "
                      "builds it anew; else set policy: off for it")
                    .set_node(job.node->unique_id)
                    .locate(job.node->span));
  if (job.entry->code.empty()) return build("RESET", "its state was reset");
  if (job.entry->code != job.code)
    return build("CODE_CHANGED", identity_change(job.entry->code, job.code));
  if (job.entry->content == kQuarantined)
    return build("QUARANTINED", "verify found its table different from a full refresh");
  SLUICE_ASSIGN(const bool has_own_columns, has_columns(job, connection));
  if (!has_own_columns)
    return build("TABLE_CHANGED", "the columns of its table were changed by somebody else");
  SLUICE_ASSIGN(const RowHash now, hash_rows(connection, job.relation, job.columns, {}));
  if (now.text() != job.entry->content)
    return build("TABLE_CHANGED", "its table was changed by somebody else");
  return {};
}

Result<compile::MaterializationResult> Maintainer::run(compile::Node& node,
                                                       warehouse::Connection& connection) {
  SLUICE_ASSIGN(MaintenanceJob job, plan(node, connection, Depth::kUnlessUnchanged));
  if (policy_of(node) == IncrementalPolicy::kStrict && job.plan.tier == plan::Tier::kFull &&
      !job.builds_anew) {
    const std::string hint =
        job.plan.remedy.empty() ? std::string("set policy: exact for it") : job.plan.remedy;
    return fail(Error(ErrorCode::kRunInvalid,
                      fmt::format("the policy is strict and only a full rebuild is exact: {}",
                                  job.plan.reason),
                      hint)
                    .set_node(node.unique_id)
                    .locate(node.span));
  }
  note_work(job);
  if (job.plan.tier == plan::Tier::kSkip) {
    SLUICE_TRY(note_rewritten(job, connection));
    SLUICE_TRY(note_files(job, connection));
    compile::MaterializationResult out;
    out.message = "SKIP (nothing changed)";
    out.code = "SKIP";
    return out;
  }
  MaintenanceExecution execution(*this, job, connection);
  SLUICE_ASSIGN(compile::MaterializationResult made,
                session_.maintain(node, connection, execution));
  made.message = fmt::format("{} ({})", made.message, describe(job));
  return made;
}

// What was learned of files that turned out to be no change: the next run need not open them.
Status Maintainer::note_files(const MaintenanceJob& job, warehouse::Connection& connection) {
  for (const ModelInput& leaf : job.inputs.leaves) {
    if (!snapshots_.has_learned(leaf)) continue;
    SLUICE_TRY(connection.begin());
    SLUICE_ASSIGN(Ledger ledger, Ledger::open(connection, job.node->database));
    const Status saved = snapshots_.save(leaf, ledger);
    if (!saved) {
      SLUICE_TRY(connection.rollback());
      return saved;
    }
    SLUICE_TRY(connection.commit());
  }
  return {};
}

void Maintainer::note_work(const MaintenanceJob& job) {
  MaintenanceWork work{std::string(plan::tier_name(job.plan.tier)), input_bytes(job)};
  std::lock_guard lock(work_mutex_);
  work_[job.node->unique_id] = std::move(work);
}

// What was read is not what the run had looked at: what is recorded of it makes the next run read
// it again.
void Maintainer::tell_moved(const MaintenanceJob& job, const ModelInput& input,
                            const std::set<std::string>& partitions) {
  {
    std::lock_guard lock(work_mutex_);
    if (!moves_.emplace(input.stub, job.node->unique_id).second) return;
  }
  EventSink* events = session_.options().events;
  if (events == nullptr) return;
  events->emit(
      {EventLevel::kWarning,
       "SourceMoved",
       fmt::format("\"{}\" changed while {} read it ({} partition{}): the next run reads it "
                   "again",
                   input.stub, job.node->unique_id, partitions.size(),
                   partitions.size() == 1 ? "" : "s"),
       job.node->unique_id,
       {}});
}

std::set<std::string> Maintainer::moved_inputs() const {
  std::set<std::string> inputs;
  for (const auto& [input, reader] : moves_) inputs.insert(input);
  return inputs;
}

std::string describe(const MaintenanceJob& job) {
  return fmt::format("{}: {}", plan::tier_name(job.plan.tier), job.plan.reason);
}

}  // namespace sluice::run
