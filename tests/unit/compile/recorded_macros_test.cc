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
  RecordedProject(const std::vector<Json>& calls, const std::string& target, bool may_fail = false,
                  bool only_executing = false) {
    folder_ = fs::temp_directory_path() / ("sluice_recorded_" + target + "_" + random_uuid());
    fs::create_directories(folder_ / "models");
    write("dbt_project.yml", "name: x1\nversion: '1.0'\nprofile: x1\n");
    const std::string output =
        target == "dev" ? "type: duckdb, path: '" + (folder_ / "x1.duckdb").string() + "'"
                        : "type: " + target + ", database: x1";
    write("profiles.yml",
          "x1:\n  outputs:\n    " + target + ": {" + output + ", schema: main, threads: 1}\n");
    const std::string before = only_executing ? "{% if execute %}" : "";
    const std::string after = only_executing ? "{% endif %}" : "";
    for (size_t i = 0; i < calls.size(); ++i)
      write("models/" + model_name(i) + ".sql",
            before + "{{ " + calls[i].find("call")->text + " }}" + after);
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
  const Manifest& manifest() const { return session_->manifest(); }

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

// `text` with the name of the model that makes the call.
std::string with_model(std::string text, const std::string& model) {
  constexpr std::string_view kMark = "{model}";
  for (size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at))
    text.replace(at, kMark.size(), model);
  return text;
}

void replay(const std::string& file, const std::string& target, bool only_executing = false) {
  std::vector<Json> calls = read_lines(file);
  ASSERT_FALSE(calls.empty());
  // Calls that fail may fail while parsing, so each has a project of its own.
  for (const Json& call : calls) {
    if (!call.find("error")) continue;
    RecordedProject alone({call}, target, /*may_fail=*/true, only_executing);
    EXPECT_TRUE(!alone.ok() || !alone.compile(0)) << call.find("call")->text;
  }
  std::erase_if(calls, [](const Json& call) { return call.find("error") != nullptr; });
  RecordedProject project(calls, target, /*may_fail=*/false, only_executing);
  ASSERT_TRUE(project.ok());
  for (size_t i = 0; i < calls.size(); ++i) {
    const std::string& call = calls[i].find("call")->text;
    Result<std::string> out = project.compile(i);
    const Json* ours = calls[i].find("ours");
    if (!out)
      ADD_FAILURE() << call << "\n" << render(out.error());
    else
      EXPECT_EQ(*out, with_model((ours ? ours : calls[i].find("expect"))->text,
                                 RecordedProject::model_name(i)))
          << call;
  }
}

TEST(RecordedMacros, DuckDbTextIsDbts) { replay("probes.jsonl", "dev"); }

TEST(RecordedMacros, MembersAreDbts) { replay("members.jsonl", "dev", /*only_executing=*/true); }

// A macro of dbt's, with its arguments; "": there and alike.
std::string macro_difference(const Manifest& manifest, const Json& line) {
  const std::string& name = line.find("macro")->text;
  for (const auto& macro : manifest.macros) {
    if (macro->name != name) continue;
    if (name.starts_with("materialization_") || name.starts_with("test_")) return "";
    std::string ours, theirs;
    for (const auto& parameter : macro->macro->parameters) ours += parameter.name + " ";
    for (const Json& argument : line.find("arguments")->items) theirs += argument.text + " ";
    return ours == theirs ? "" : name + " takes " + ours + "and not " + theirs;
  }
  return name + " is missing";
}

// Each name that dbt has for templates is known here, or is an exception with its reason: macros
// with their arguments, methods of `adapter`, names of the context; what relations and columns
// have is called in the recorded calls.
TEST(RecordedMacros, NamesAreDbts) {
  const std::vector<Json> names = read_lines("names.jsonl");
  const fs::path folder = fs::path(SLUICE_TEST_DATA) / "macros";
  const std::string calls =
      read_file(folder / "members.jsonl") + read_file(folder / "probes.jsonl");
  std::vector<Json> lookups;
  for (const Json& line : names)
    for (const char* kind : {"adapter", "context"})
      if (const Json* name = line.find(kind); name && !line.find("exception")) {
        const std::string what =
            kind == std::string("adapter") ? "adapter." + name->text : name->text;
        Json call;
        call.kind = Json::Kind::kString;
        call.text = "'" + what + " ' ~ (" + what + " is defined)";
        Json lookup;
        lookup.kind = Json::Kind::kObject;
        lookup.fields.emplace_back("call", std::move(call));
        lookups.push_back(std::move(lookup));
      }
  RecordedProject project(lookups, "dev", /*may_fail=*/false, /*only_executing=*/true);
  ASSERT_TRUE(project.ok());
  for (size_t i = 0; i < lookups.size(); ++i)
    EXPECT_TRUE(project.compile(i).value_or("").ends_with(" True"))
        << lookups[i].find("call")->text;
  for (const Json& line : names) {
    if (line.find("exception")) continue;
    if (line.find("macro")) {
      EXPECT_EQ(macro_difference(project.manifest(), line), "");
    }
    for (const char* kind : {"relation", "column"})
      if (const Json* name = line.find(kind)) {
        EXPECT_NE(calls.find("." + name->text), std::string::npos) << kind << "." << name->text;
      }
  }
}

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
