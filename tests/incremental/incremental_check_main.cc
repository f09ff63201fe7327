// Random projects under random changes of their files: after every run each maintained model must
// equal a plain execution of its SQL over the same files by the engine alone.
//   incremental_check --seconds 60 [--seed N] [--projects N] [--folder DIR] [--focus TEXT] [--keep]
//   [--stop]
// The last line is "N passed, N failed" over model refreshes; a failure prints its seed, the change
// and the model.
// The share of models that do without full rebuilds is told for two kinds: those of shapes that the
// planner has rules for (focused_query.h, one step over a table), and those of random SQL of any
// depth. A model counts when it was computed again after the facts changed, and not the dimension
// or its query; it is better than full when none of those computations was full. A model downstream
// of one that is full counts as what it was. Tiers are counted as run; the cost gate is off in two
// projects of three.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "focused_query.h"
#include "program_run.h"
#include "random_data.h"
#include "random_query.h"
#include "warehouse/warehouse.h"

#ifdef SLUICE_PLANTED_BUGS
namespace sluice {
int planted_bug = 0;  // the mutated sources ask for it: see planted_bugs.cmake
}
#endif

namespace sluice::incremental_test {
namespace {

struct Settings {
  double seconds = 60;
  uint64_t first_seed = 1;
  uint64_t projects = 1'000'000'000;
  std::string folder = fast_folder();
  bool keep = false;
  bool stops = false;  // at the first failure
  std::string focus;   // only models of shapes with this text
};

struct Tally {
  uint64_t refreshes = 0, failures = 0, projects = 0;
  std::map<std::string, uint64_t> tiers;
  std::map<std::string, uint64_t> reasons;  // of full refreshes
  uint64_t models[2] = {}, better[2] = {};  // of random SQL, of shapes with rules
};

class Project {
 public:
  Project(uint64_t seed, const Settings& settings, Tally& tally)
      : seed_(seed),
        settings_(settings),
        tally_(tally),
        random_(seed),
        folder_(fmt::format("{}/sluice_incremental_{}/{}", settings.folder, ::getpid(), seed)) {}
  ~Project() {
    if (!settings_.keep) std::filesystem::remove_all(folder_);
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  // False when the engine itself could not execute what was generated.
  Result<bool> run();

 private:
  struct Model {
    std::string name;
    std::string sql;   // over plain names
    std::string body;  // as it is written in the project
    std::vector<Column> columns;
    bool has_rules = false;
    bool was_computed = false, was_full = false;  // after changes of facts
  };
  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  Status make_models();
  static std::string body_of(const std::string& sql);
  std::string edit_model();
  void write_project(const std::vector<Model>& models) const;
  Status execute_plainly();
  Status run_sluice(bool is_subset);
  Status compare(const Model& model, const std::string& change);
  Status count_tiers(const std::string& change);
  void count_models();
  void fail_with(const Model& model, const std::string& change, const std::string& what);
  Result<std::string> fetch_text(const std::string& sql);
  Status execute(const std::string& sql) {
    SLUICE_TRY(oracle_->execute(sql, false));
    return {};
  }

  uint64_t seed_;
  const Settings& settings_;
  Tally& tally_;
  std::mt19937_64 random_;
  std::string folder_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> oracle_;
  std::unique_ptr<RandomData> data_;
  std::vector<Model> models_;
  bool has_cost_gate_ = true;
  std::string history_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

Result<std::string> Project::fetch_text(const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, oracle_->execute(sql, true));
  const auto* text =
      found.table.rows.empty() ? nullptr : std::get_if<std::string>(&found.table.rows[0][0]);
  return text == nullptr ? std::string() : *text;
}

// As it is written in the project.
std::string Project::body_of(const std::string& sql) {
  std::string body = sql;
  for (const char* source : {"orders", "events", "customers"})
    body = replaced(body, fmt::format("src_{}", source),
                    fmt::format("{{{{ source('raw', '{}') }}}}", source));
  for (size_t i = 9; i > 0; --i)
    body =
        replaced(body, fmt::format("from m{} t", i), fmt::format("from {{{{ ref('m{}') }}}} t", i));
  return body;
}

// One model becomes another query with the same columns.
std::string Project::edit_model() {
  Model& model = models_[below(models_.size())];
  model.sql = QueryGenerator(random_, {}).edited({model.sql, model.columns}).sql;
  model.body = body_of(model.sql);
  write_project(models_);
  return fmt::format("{} was edited", model.name);
}

Status Project::make_models() {
  const std::vector<Column> orders = {
      {"dt", ColumnType::kDate},          {"id", ColumnType::kInteger},
      {"customer", ColumnType::kInteger}, {"amount", ColumnType::kDecimal},
      {"kind", ColumnType::kText},        {"due", ColumnType::kDate}};
  const std::vector<Column> events = {{"dt", ColumnType::kDate},
                                      {"customer", ColumnType::kInteger},
                                      {"n", ColumnType::kInteger},
                                      {"kind", ColumnType::kText},
                                      {"shard", ColumnType::kInteger}};
  const std::vector<Column> customers = {{"id", ColumnType::kInteger},
                                         {"segment", ColumnType::kText}};
  std::vector<Readable> readables = {{"src_orders", orders},
                                     {"src_orders", orders},
                                     {"src_events", events},
                                     {"src_customers", customers}};
  const size_t wanted = 1 + below(5);
  for (size_t attempt = 0; models_.size() < wanted && attempt < 200; ++attempt) {
    QueryGenerator generator(random_, readables);
    const size_t kind = settings_.focus.empty() ? below(6) : 0;
    Query query = kind < 2   ? focused_query(random_, settings_.focus)
                  : kind < 3 ? generator.make_plain()
                             : generator.make(1 + static_cast<int>(below(4)));
    Model model;
    model.name = fmt::format("m{}", models_.size() + 1);
    model.has_rules = kind < 3;
    model.sql = query.sql;
    model.columns = query.columns;
    // Valid and not too large.
    const Result<std::string> rows = fetch_text(
        fmt::format("select count(*)::varchar from (select * from ({}) limit 20001)", query.sql));
    if (!rows || std::stoul(*rows) > 20000) continue;
    SLUICE_TRY(execute(fmt::format("create or replace table {} as {}", model.name, model.sql)));
    model.body = body_of(model.sql);
    readables.push_back({model.name, model.columns});
    readables.push_back({model.name, model.columns});
    models_.push_back(std::move(model));
  }
  return {};
}

void Project::write_project(const std::vector<Model>& models) const {
  write_file(folder_ + "/p/dbt_project.yml",
             "name: random\nversion: '1.0'\nprofile: random\nmodels: {random: {+materialized: "
             "incremental}}\n");
  write_file(folder_ + "/p/profiles.yml",
             fmt::format("random: {{target: d, outputs: {{d: {{type: duckdb, path: '{}/w.duckdb', "
                         "threads: 2}}}}}}\n",
                         folder_));
  write_file(folder_ + "/p/sluice.yml",
             "version: 1\nincremental: {policy: auto, on_source_delete: follow, cost_gate: off}\n");
  write_file(
      folder_ + "/p/models/sources.yml",
      fmt::format("sources:\n  - name: raw\n    tables:\n      - name: orders\n        meta: "
                  "{{external_location: \"{}\"}}\n      - name: events\n        meta: "
                  "{{external_location: \"{}\"}}\n      - name: customers\n        meta: "
                  "{{external_location: \"{}\"}}\n",
                  data_->orders(), data_->events(), data_->customers()));
  for (const Model& model : models)
    write_file(fmt::format("{}/p/models/{}.sql", folder_, model.name), model.body);
}

Status Project::execute_plainly() {
  for (const Model& model : models_)
    SLUICE_TRY(execute(fmt::format("create or replace table {} as {}", model.name, model.sql)));
  return {};
}

Status Project::run_sluice(bool is_subset) {
  std::vector<std::string> words = {
      "run", "--project-dir", folder_ + "/p", "--profiles-dir", folder_ + "/p", "--no-use-colors"};
  if (is_subset) {
    words.emplace_back("--select");
    words.push_back(models_[below(models_.size())].name);
  }
  const int exit_code = run_program(words, folder_ + "/log");
  if (exit_code == 0) return {};
  return fail(ErrorCode::kRunInvalid, "sluice run failed:\n" + read_file(folder_ + "/log"));
}

void Project::fail_with(const Model& model, const std::string& change, const std::string& what) {
  ++tally_.failures;
  std::cout << fmt::format("FAIL seed {} model {} after \"{}\": {}\n{}\nhistory:\n{}\n", seed_,
                           model.name, change, what, model.sql, history_);
}

Status Project::compare(const Model& model, const std::string& change) {
  ++tally_.refreshes;
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> expected,
                oracle_->describe_query("select * from " + model.name));
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> actual,
                oracle_->describe_query("select * from w.main." + model.name));
  const auto is_same = [](const warehouse::ColumnInfo& a, const warehouse::ColumnInfo& b) {
    return a.name == b.name && a.type == b.type;
  };
  if (!std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), is_same)) {
    fail_with(model, change, "other columns");
    return {};
  }
  SLUICE_ASSIGN(
      const std::string different,
      fetch_text(fmt::format(
          "select (select count(*) from (select * from {0} except all select * from "
          "w.main.{0}))::varchar || ' rows are missing, ' || (select count(*) from (select * "
          "from w.main.{0} except all select * from {0}))::varchar || ' are too many'",
          model.name)));
  if (different != "0 rows are missing, 0 are too many") fail_with(model, change, different);
  return {};
}

// What the run says that it did for each model.
Status Project::count_tiers(const std::string& change) {
  SLUICE_ASSIGN(const std::vector<ModelOutcome> outcomes,
                read_outcomes(folder_ + "/p/target/run_results.json"));
  for (const ModelOutcome& outcome : outcomes) {
    history_ += fmt::format("    {}: {}\n", outcome.model, outcome.message);
    ++tally_.tiers[outcome.tier];
    if (outcome.tier == "full") ++tally_.reasons[outcome.reason.substr(0, 90)];
    const bool is_new = outcome.reason.starts_with("its ") || change == "first build";
    const bool has_other_changes = change.find("customers") != std::string::npos;
    if (is_new || has_other_changes || outcome.tier == "skip" || outcome.tier.empty()) continue;
    for (Model& model : models_) {
      if (model.name != outcome.model) continue;
      model.was_computed = true;
      model.was_full = model.was_full || outcome.tier == "full";
    }
  }
  return {};
}

void Project::count_models() {
  for (const Model& model : models_) {
    if (!model.was_computed) continue;
    ++tally_.models[model.has_rules ? 1 : 0];
    if (!model.was_full) ++tally_.better[model.has_rules ? 1 : 0];
  }
}

Result<bool> Project::run() {
  std::filesystem::create_directories(folder_);
  warehouse::WarehouseSettings memory;
  memory.path = ":memory:";
  memory.database = "memory";
  memory.schema = "main";
  memory.threads = 1;
  SLUICE_ASSIGN(warehouse_, warehouse::open_duckdb(memory));
  SLUICE_ASSIGN(oracle_, warehouse_->connect());
  data_ = std::make_unique<RandomData>(folder_ + "/data", random_, *oracle_);
  SLUICE_TRY(data_->create());
  SLUICE_TRY(execute("create view src_orders as select * from " + data_->orders()));
  SLUICE_TRY(execute("create view src_events as select * from " + data_->events()));
  SLUICE_TRY(execute("create view src_customers as select * from " + data_->customers()));
  SLUICE_TRY(make_models());
  if (models_.empty()) return false;
  has_cost_gate_ = below(3) == 0;
  write_project(models_);
  std::string change = "first build";
  for (size_t step = 0; step < 6; ++step) {
    if (step > 0) {
      SLUICE_ASSIGN(change, data_->mutate());
      for (size_t others = below(3); others > 0; --others) {
        SLUICE_ASSIGN(const std::string more, data_->mutate());
        change += "; " + more;
      }
      if (below(6) == 0) change += "; " + edit_model();
    }
    history_ += fmt::format("  {}\n", change);
    const bool is_subset = step > 0 && step < 5 && below(6) == 0;
    if (!execute_plainly()) return false;  // the change made it overflow, or the like
    SLUICE_TRY(run_sluice(is_subset));
    SLUICE_TRY(count_tiers(change));
    if (is_subset) continue;
    SLUICE_TRY(execute(fmt::format("attach '{}/w.duckdb' as w (read_only)", folder_)));
    for (const Model& model : models_) SLUICE_TRY(compare(model, change));
    SLUICE_TRY(execute("detach w"));
  }
  count_models();
  return true;
}

int check(const Settings& settings) {
  Tally tally;
  const auto started = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  for (uint64_t seed = settings.first_seed;
       seed < settings.first_seed + settings.projects && elapsed() < settings.seconds &&
       !(settings.stops && tally.failures > 0);
       ++seed) {
    Project project(seed, settings, tally);
    const Result<bool> done = project.run();
    ++tally.projects;
    if (!done) {
      ++tally.failures;
      std::cout << fmt::format("FAIL seed {}: {}\n", seed, done.error().message());
    }
  }
  if (!settings.keep)
    std::filesystem::remove_all(
        fmt::format("{}/sluice_incremental_{}", settings.folder, ::getpid()));
  std::cout << fmt::format("{} projects, {} refreshes in {:.0f} s ({:.1f} a second)\n",
                           tally.projects, tally.refreshes, elapsed(),
                           static_cast<double>(tally.refreshes) / elapsed());
  for (const size_t kind : {size_t{1}, size_t{0}})
    std::cout << fmt::format("{}: {} of {} computed models are better than full\n",
                             kind == 1 ? "shapes with rules" : "random SQL", tally.better[kind],
                             tally.models[kind]);
  for (const auto& [tier, count] : tally.tiers) std::cout << fmt::format("  {} {}\n", count, tier);
  std::multimap<uint64_t, std::string, std::greater<>> reasons;
  for (const auto& [reason, count] : tally.reasons) reasons.emplace(count, reason);
  for (const auto& [count, reason] : reasons)
    std::cout << fmt::format("    {} full: {}\n", count, reason);
  std::cout << fmt::format("{} passed, {} failed\n",
                           tally.refreshes - std::min(tally.failures, tally.refreshes),
                           tally.failures);
  return tally.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::incremental_test

int main(int argc, char** argv) {
  sluice::incremental_test::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : "0"; };
    if (word == "--seconds")
      settings.seconds = std::stod(value());
    else if (word == "--seed")
      settings.first_seed = std::stoull(value());
    else if (word == "--projects")
      settings.projects = std::stoull(value());
    else if (word == "--folder")
      settings.folder = value();
    else if (word == "--keep")
      settings.keep = true;
    else if (word == "--focus")
      settings.focus = value();
#ifdef SLUICE_PLANTED_BUGS
    else if (word == "--bug")
      sluice::planted_bug = std::stoi(value());
#endif
    else if (word == "--stop")
      settings.stops = true;
    else {
      std::cerr << "incremental_check: unknown word \"" << word
                << "\"; use --seconds, --seed, --projects, --folder, --focus, --keep, "
                   "--stop\n";
      return 2;
    }
  }
  return sluice::incremental_test::check(settings);
}
