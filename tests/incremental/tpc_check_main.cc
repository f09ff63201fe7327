// TPC-H and TPC-DS as maintained models: every query over facts that are partitioned by month is
// analysed, run after changes of its files and compared with an execution by the engine alone.
//   tpc_check --extensions DIR [--set tpch|tpcds] [--scale 0.01] [--least PERCENT] [--analyse-only]
//             [--steps N] [--query N] [--folder DIR] [--keep]
// DIR holds tpch.duckdb_extension and tpcds.duckdb_extension (tests/incremental/tpc fetches them).
// Prints a line for each query: whether its plan is one that we read, and what its refreshes were.
// With --least it fails when fewer queries are maintained without a full rebuild. The last line is
// "N passed, N failed" over model refreshes.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "program_run.h"
#include "sql/binder.h"
#include "sql/locality.h"
#include "tpc_data.h"
#include "warehouse/warehouse.h"

namespace sluice::incremental_test {
namespace {

struct Settings {
  std::string extensions;
  std::string set = "tpch";
  std::string folder = fast_folder();
  double scale = 0.01;
  double least = 0;
  int query = 0;       // 0: all
  size_t steps = 100;  // changes, if there are as many
  bool analyses_only = false;
  bool keep = false;
};

struct Model {
  std::string name;
  std::string sql;       // over plain names
  std::string not_read;  // what of its plan is not known; empty: all is
  std::set<std::string> losses;
  std::set<std::string> tiers;  // of refreshes after facts changed
  std::string full_reason;
  bool has_limit = false;
};

class TpcCheck {
 public:
  explicit TpcCheck(const Settings& settings, const TpcSet& set)
      : settings_(settings),
        set_(set),
        folder_(fmt::format("{}/sluice_{}_{}", settings.folder, set.name, ::getpid())) {}
  ~TpcCheck() {
    if (!settings_.keep) std::filesystem::remove_all(folder_);
  }
  TpcCheck(const TpcCheck&) = delete;
  TpcCheck& operator=(const TpcCheck&) = delete;

  Result<bool> run();

 private:
  Status prepare();
  Status analyse();
  void write_project() const;
  Status refresh(const std::string& change, bool counts);
  Status compare(Model& model, const std::string& change);
  void fail_with(const Model& model, const std::string& change, const std::string& what);
  bool report() const;
  Result<std::string> fetch_text(const std::string& sql);
  Status execute(const std::string& sql) {
    SLUICE_TRY(oracle_->execute(sql, false));
    return {};
  }

  const Settings& settings_;
  const TpcSet& set_;
  std::string folder_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> oracle_;
  std::unique_ptr<TpcData> data_;
  std::vector<Model> models_;
  size_t refreshes_ = 0, failures_ = 0;
};

Result<std::string> TpcCheck::fetch_text(const std::string& sql) {
  SLUICE_ASSIGN(const warehouse::StatementResult found, oracle_->execute(sql, true));
  const auto* text =
      found.table.rows.empty() ? nullptr : std::get_if<std::string>(&found.table.rows[0][0]);
  return text == nullptr ? std::string() : *text;
}

Status TpcCheck::prepare() {
  warehouse::WarehouseSettings memory;
  memory.path = ":memory:";
  memory.database = "memory";
  memory.schema = "main";
  memory.threads = 1;
  SLUICE_ASSIGN(warehouse_, warehouse::open_duckdb(memory));
  SLUICE_ASSIGN(oracle_, warehouse_->connect());
  data_ = std::make_unique<TpcData>(set_, folder_ + "/data", *oracle_);
  SLUICE_TRY(data_->create(fmt::format("{}/{}.duckdb_extension", settings_.extensions, set_.name),
                           settings_.scale));
  SLUICE_ASSIGN(const std::vector<TpcQuery> queries, data_->queries());
  for (const TpcQuery& query : queries)
    if (settings_.query == 0 || settings_.query == query.number)
      models_.push_back({fmt::format("q{:02}", query.number), query.sql, {}, {}, {}, {}, false});
  return {};
}

// What is known of each query without any data.
Status TpcCheck::analyse() {
  SLUICE_ASSIGN(sql::Binder binder, sql::Binder::open());
  for (const std::string& table : data_->tables()) {
    SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> columns,
                  oracle_->describe_query("select * from " + table));
    SLUICE_TRY(binder.define_table({"", "main", table}, columns));
  }
  for (Model& model : models_) {
    SLUICE_ASSIGN(const sql::BoundQuery bound, binder.bind(model.sql));
    if (!bound.plan) {
      model.not_read = bound.plan.error().what;
      continue;
    }
    const sql::Locality locality = sql::find_locality(*bound.plan, binder.functions());
    model.has_limit = locality.flags.has_limit;
    for (const std::string& name : bound.unstable_functions) model.losses.insert(name + "()");
    for (const sql::Scan& scan : locality.scans)
      if (scan.loss)
        model.losses.insert(
            fmt::format("{} ({})", scan.loss->operation, sql::loss_code(scan.loss->reason)));
  }
  return {};
}

void TpcCheck::write_project() const {
  write_file(folder_ + "/p/dbt_project.yml",
             "name: tpc\nversion: '1.0'\nprofile: tpc\nmodels: {tpc: {+materialized: "
             "incremental}}\n");
  write_file(folder_ + "/p/profiles.yml",
             fmt::format("tpc: {{target: d, outputs: {{d: {{type: duckdb, path: '{}/w.duckdb', "
                         "threads: 2}}}}}}\n",
                         folder_));
  write_file(folder_ + "/p/sluice.yml",
             "version: 1\nincremental: {policy: auto, on_source_delete: follow}\n");
  std::string sources = "sources:\n  - name: tpc\n    tables:\n";
  for (const std::string& table : data_->tables())
    sources += fmt::format("      - name: {}\n        meta: {{external_location: \"{}\"}}\n", table,
                           data_->reader(table));
  write_file(folder_ + "/p/models/sources.yml", sources);
  for (const Model& model : models_)
    write_file(fmt::format("{}/p/models/{}.sql", folder_, model.name),
               with_readers(model.sql, data_->tables(), "{{ source('tpc', '", "') }}"));
}

void TpcCheck::fail_with(const Model& model, const std::string& change, const std::string& what) {
  ++failures_;
  std::cout << fmt::format("FAIL {} {} after \"{}\": {}\n", set_.name, model.name, change, what);
}

// Rows as texts; floating-point numbers to nine digits.
Status TpcCheck::compare(Model& model, const std::string& change) {
  ++refreshes_;
  SLUICE_TRY(execute(
      fmt::format("create or replace temp table expected as select * from ({}) q", model.sql)));
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> columns,
                oracle_->describe_query("select * from expected"));
  SLUICE_ASSIGN(const std::vector<warehouse::ColumnInfo> actual,
                oracle_->describe_query("select * from w.main." + model.name));
  if (columns.size() != actual.size()) {
    fail_with(model, change, "other columns");
    return {};
  }
  std::string list;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string name = fmt::format("c{}", i);
    list += i == 0 ? "" : ", ";
    list += columns[i].type == "DOUBLE" ? fmt::format("printf('%.8e', {})", name) : name;
    if (columns[i].type != actual[i].type) {
      fail_with(model, change, fmt::format("another type of {}", columns[i].name));
      return {};
    }
  }
  std::string names;
  for (size_t i = 0; i < columns.size(); ++i) names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  const std::string wanted = fmt::format("select {} from expected t({})", list, names);
  const std::string found = fmt::format("select {} from w.main.{} t({})", list, model.name, names);
  SLUICE_ASSIGN(const std::string different,
                fetch_text(fmt::format(
                    "select (select count(*) from ({0} except all {1}))::varchar || ' rows are "
                    "missing, ' || (select count(*) from ({1} except all {0}))::varchar || ' are "
                    "too many'",
                    wanted, found)));
  if (different != "0 rows are missing, 0 are too many") fail_with(model, change, different);
  return {};
}

Status TpcCheck::refresh(const std::string& change, bool counts) {
  const std::string project = folder_ + "/p", log = folder_ + "/log";
  run_program({"run", "--project-dir", project, "--profiles-dir", project, "--no-use-colors"}, log);
  SLUICE_ASSIGN(const std::vector<ModelOutcome> outcomes,
                read_outcomes(project + "/target/run_results.json"));
  if (outcomes.size() != models_.size())
    return fail(ErrorCode::kRunInvalid, "sluice run failed:\n" + read_file(log));
  std::map<std::string, ModelOutcome> by_name;
  for (const ModelOutcome& outcome : outcomes) by_name[outcome.model] = outcome;
  SLUICE_TRY(execute(fmt::format("attach '{}/w.duckdb' as w (read_only)", folder_)));
  for (Model& model : models_) {
    const ModelOutcome& outcome = by_name[model.name];
    if (outcome.tier.empty()) {
      ++refreshes_;
      fail_with(model, change, outcome.status + ": " + outcome.message);
      continue;
    }
    if (counts && outcome.tier != "skip") model.tiers.insert(outcome.tier);
    if (counts && outcome.tier == "full" && model.full_reason.empty())
      model.full_reason = outcome.reason;
    SLUICE_TRY(compare(model, change));
  }
  SLUICE_TRY(execute("detach w"));
  return {};
}

namespace {

std::string describe(const Model& model) {
  std::string out = model.not_read.empty() ? std::string("read") : "not read: " + model.not_read;
  out += model.tiers.empty() ? std::string("; no change touches it")
                             : fmt::format("; {}", fmt::join(model.tiers, ", "));
  if (!model.full_reason.empty()) out += ": " + model.full_reason;
  if (!model.losses.empty()) out += fmt::format("; lost at {}", fmt::join(model.losses, ", "));
  return out + (model.has_limit ? "; has LIMIT" : "");
}

}  // namespace

// Whether all plans are read and enough models are maintained.
bool TpcCheck::report() const {
  size_t read = 0, better = 0, untouched = 0;
  for (const Model& model : models_) {
    if (model.not_read.empty()) ++read;
    if (model.tiers.empty()) ++untouched;
    if (!model.tiers.contains("full")) ++better;
    std::cout << fmt::format("{} {}: {}\n", set_.name, model.name, describe(model));
  }
  std::cout << fmt::format("{}: {} queries, {} plans read", set_.name, models_.size(), read);
  if (settings_.analyses_only || models_.empty()) {
    std::cout << "\n";
    return read == models_.size();
  }
  const double percent = 100.0 * static_cast<double>(better) / static_cast<double>(models_.size());
  std::cout << fmt::format(
      ", {} maintained without a full rebuild ({:.0f} %), {} of them read no fact\n", better,
      percent, untouched);
  return read == models_.size() && percent >= settings_.least;
}

Result<bool> TpcCheck::run() {
  SLUICE_TRY(prepare());
  SLUICE_TRY(analyse());
  if (!settings_.analyses_only) {
    write_project();
    SLUICE_TRY(refresh("first build", false));
    for (size_t step = 1; step <= settings_.steps; ++step) {
      SLUICE_ASSIGN(const std::string change, data_->change(step));
      if (change.empty()) break;
      SLUICE_TRY(refresh(change, change != "dimensions changed"));
    }
  }
  const bool is_enough = report();
  if (!is_enough) {
    ++refreshes_;
    ++failures_;
  }
  std::cout << fmt::format("{} passed, {} failed\n", refreshes_ - failures_, failures_);
  return failures_ == 0;
}

int check(const Settings& settings) {
  const TpcSet* set = find_tpc_set(settings.set);
  if (set == nullptr) {
    std::cerr << fmt::format("tpc_check: unknown set \"{}\"; use tpch or tpcds\n", settings.set);
    return 2;
  }
  const Result<bool> done = TpcCheck(settings, *set).run();
  if (!done) std::cout << fmt::format("FAIL {}\n0 passed, 1 failed\n", done.error().message());
  return done && *done ? 0 : 1;
}

}  // namespace
}  // namespace sluice::incremental_test

int main(int argc, char** argv) {
  sluice::incremental_test::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : "0"; };
    if (word == "--extensions")
      settings.extensions = value();
    else if (word == "--set")
      settings.set = value();
    else if (word == "--scale")
      settings.scale = std::stod(value());
    else if (word == "--least")
      settings.least = std::stod(value());
    else if (word == "--steps")
      settings.steps = std::stoul(value());
    else if (word == "--query")
      settings.query = std::stoi(value());
    else if (word == "--folder")
      settings.folder = value();
    else if (word == "--analyse-only")
      settings.analyses_only = true;
    else if (word == "--keep")
      settings.keep = true;
    else {
      std::cerr
          << "tpc_check: unknown word \"" << word
          << "\"; use --extensions, --set, --scale, --least, --steps, --query, --analyse-only, "
             "--folder, --keep\n";
      return 2;
    }
  }
  return sluice::incremental_test::check(settings);
}
