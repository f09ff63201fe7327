// Replays tests/macros: what dbt printed for macro calls, and the types it gave to seed columns.
// Each recorded call is a view model of a project, as it was when it was recorded.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "compile/seed_types.h"
#include "compile/session.h"
#include "project/project.h"

namespace sluice::compile {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Json> read_lines(const std::string& name) {
  std::vector<Json> out;
  std::ifstream in(fs::path(SLUICE_TEST_DATA) / "macros" / name);
  for (std::string line; std::getline(in, line);) out.push_back(*parse_json(line));
  return out;
}

std::vector<std::pair<std::string, std::string>> builtin_macros() {
  std::vector<std::pair<std::string, std::string>> out;
  fs::path root = fs::path(SLUICE_TEST_DATA).parent_path() / "macros";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    std::string ending = entry.path().extension();
    if (ending == ".sql" || (ending == ".md" && entry.path().filename() != "README.md"))
      out.emplace_back(fs::relative(entry.path(), root).string(), read_file(entry.path()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

class RecordedProject {
 public:
  RecordedProject(const std::vector<Json>& calls, const std::string& target,
                  bool may_fail = false) {
    folder_ = fs::temp_directory_path() / ("sluice_recorded_" + target + "_" + random_uuid());
    fs::create_directories(folder_ / "models");
    write("dbt_project.yml", "name: x1\nversion: '1.0'\nprofile: x1\n");
    const std::string output =
        target == "dev" ? "type: duckdb, path: '" + (folder_ / "x1.duckdb").string() + "'"
                        : "type: " + target + ", database: x1";
    write("profiles.yml",
          "x1:\n  outputs:\n    " + target + ": {" + output + ", schema: main, threads: 1}\n");
    for (size_t i = 0; i < calls.size(); ++i)
      write("models/" + model_name(i) + ".sql", "{{ " + calls[i].find("call")->text + " }}");
    project::LoadOptions load;
    load.project_dir = load.working_directory = load.profiles_dir = folder_.string();
    load.target_name = target;
    load.parallelism = 1;
    load.invocation_id = "recorded";
    load.builtin_macros = [](std::string_view) { return builtin_macros(); };
    loaded_ = project::load_project(file_system_, load, scrubber_);
    report(loaded_.diagnostics);
    SessionOptions options;
    options.project = loaded_.project;
    options.flags.which = "run";
    options.fs = &file_system_;
    options.now_micros = [] { return int64_t{0}; };
    options.parallelism = 1;
    session_ = std::make_unique<Session>(std::move(options));
    Diagnostics diagnostics;
    ok_ = session_->parse(diagnostics) && !diagnostics.has_errors();
    if (!may_fail) report(diagnostics);
    if (target != "dev") return;
    warehouse::WarehouseSettings settings;
    settings.path = (folder_ / "x1.duckdb").string();
    settings.database = "x1";
    settings.schema = "main";
    settings.threads = 1;
    warehouse_ = std::move(*warehouse::open_duckdb(settings));
    connection_ = std::move(*warehouse_->connect());
    session_->set_warehouse(warehouse_.get());
  }
  ~RecordedProject() {
    connection_.reset();
    warehouse_.reset();
    fs::remove_all(folder_);
  }
  static std::string model_name(size_t i) { return "m" + std::to_string(10000 + i).substr(1); }

  Result<std::string> compile(size_t i) {
    Node* node = session_->manifest().find_node("model.x1." + model_name(i));
    if (!node) return fail(ErrorCode::kInternal, "the model is missing");
    SLUICE_TRY(session_->compile_node(*node, connection_.get()));
    return node->compiled_code;
  }
  bool ok() const { return ok_; }

 private:
  void write(const std::string& path, const std::string& text) {
    std::ofstream(folder_ / path) << text;
  }
  static void report(const Diagnostics& diagnostics) {
    for (const Diagnostic& item : diagnostics.items())
      if (item.severity == Severity::kError) ADD_FAILURE() << render(item.error);
  }

  fs::path folder_;
  RealFileSystem file_system_;
  SecretScrubber scrubber_;
  project::LoadedProject loaded_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<warehouse::Connection> connection_;
  bool ok_ = false;
};

void replay(const std::string& file, const std::string& target) {
  std::vector<Json> calls = read_lines(file);
  ASSERT_FALSE(calls.empty());
  // Calls that fail may fail while parsing, so each has a project of its own.
  for (const Json& call : calls) {
    if (!call.find("error")) continue;
    RecordedProject alone({call}, target, /*may_fail=*/true);
    EXPECT_TRUE(!alone.ok() || !alone.compile(0)) << call.find("call")->text;
  }
  std::erase_if(calls, [](const Json& call) { return call.find("error") != nullptr; });
  RecordedProject project(calls, target);
  ASSERT_TRUE(project.ok());
  for (size_t i = 0; i < calls.size(); ++i) {
    const std::string& call = calls[i].find("call")->text;
    Result<std::string> out = project.compile(i);
    const Json* ours = calls[i].find("ours");
    if (!out)
      ADD_FAILURE() << call << "\n" << render(out.error());
    else
      EXPECT_EQ(*out, (ours ? ours : calls[i].find("expect"))->text) << call;
  }
}

TEST(RecordedMacros, DuckDbTextIsDbts) { replay("probes.jsonl", "dev"); }

class OtherAdapters : public ::testing::TestWithParam<const char*> {};
TEST_P(OtherAdapters, CompileWithoutAConnection) {
  replay(std::string(GetParam()) + ".jsonl", GetParam());
}
INSTANTIATE_TEST_SUITE_P(RecordedMacros, OtherAdapters,
                         ::testing::Values("postgres", "redshift", "snowflake", "bigquery", "spark",
                                           "trino", "athena", "sqlserver", "fabric", "clickhouse"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(RecordedMacros, SeedColumnTypesAreDbts) {
  const warehouse::Dialect& dialect = *warehouse::find_dialect("duckdb");
  for (const Json& line : read_lines("seed_types.jsonl")) {
    std::vector<std::string_view> values;
    std::string shown;
    for (const Json& value : line.find("values")->items) {
      values.push_back(value.text);
      shown += "'" + value.text + "' ";
    }
    EXPECT_EQ(dialect.seed_type(seed_type_name(infer_seed_type(values))), line.find("type")->text)
        << shown;
  }
}

}  // namespace
}  // namespace sluice::compile
