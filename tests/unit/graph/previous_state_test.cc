#include "graph/previous_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/artifact_methods.h"
#include "graph/contract_changes.h"
#include "jinja/ops.h"

namespace sluice::graph {
namespace {

std::string artifact(const std::string& kind, int version, const std::string& rest) {
  return R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/)" + kind + "/v" +
         std::to_string(version) + R"(.json"}, )" + rest + "}";
}

TEST(PreviousState, IsEmptyForAMissingFolder) {
  MemoryFileSystem fs;
  const Result<PreviousState> state = read_previous_state(fs, "/nowhere", "/target");
  ASSERT_TRUE(state.has_value());
  EXPECT_TRUE(state->manifest.is_none());
  EXPECT_EQ(state->find("model.a.b"), nullptr);
}

TEST(PreviousState, FindsResourcesOfEachKind) {
  MemoryFileSystem fs;
  ASSERT_TRUE(fs.write_atomically(
      "/s/manifest.json", artifact("manifest", 12,
                                   R"("nodes": {"model.a.b": {}}, "sources": {"source.a.s.t":
                                              {}}, "macros": {"macro.a.m": {}})")));
  const Result<PreviousState> state = read_previous_state(fs, "/s", "/target");
  ASSERT_TRUE(state.has_value());
  EXPECT_NE(state->find("model.a.b"), nullptr);
  EXPECT_NE(state->find("source.a.s.t"), nullptr);
  EXPECT_EQ(state->find("macro.a.m"), nullptr);
  EXPECT_NE(state->find_macro("macro.a.m"), nullptr);
}

TEST(PreviousState, RenamesWhatOldManifestsCallSql) {
  MemoryFileSystem fs;
  ASSERT_TRUE(fs.write_atomically(
      "/s/manifest.json",
      artifact("manifest", 5, R"("nodes": {"model.a.b": {"raw_sql": "select 1"}})")));
  const Result<PreviousState> state = read_previous_state(fs, "/s", "/target");
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->find("model.a.b")->as_dict().find("raw_code")->as_string(), "select 1");
}

TEST(PreviousState, RefusesWhatItCannotRead) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "as JSON"},
      {"{}", "no schema version"},
      {artifact("manifest", 3, R"("nodes": {})"), "manifest/v3.json"},
      {artifact("manifest", 13, R"("nodes": {})"), "manifest/v13.json"},
      {artifact("run-results", 6, R"("nodes": {})"), "run-results/v6.json"},
  };
  for (const auto& [text, message] : cases) {
    MemoryFileSystem fs;
    ASSERT_TRUE(fs.write_atomically("/s/manifest.json", text));
    const Result<PreviousState> state = read_previous_state(fs, "/s", "/target");
    ASSERT_FALSE(state.has_value()) << text;
    EXPECT_EQ(state.error().code(), ErrorCode::kStateInvalid);
    EXPECT_THAT(state.error().message(), testing::HasSubstr(message));
  }
}

PreviousState with_sources(const std::string& before, const std::string& now) {
  PreviousState state;
  state.sources = *jinja::from_json(before);
  state.current_sources = *jinja::from_json(now);
  return state;
}

TEST(SourceStatus, ComparesTimesAndCountsWhatWasNotLoadedBefore) {
  const PreviousState state = with_sources(
      R"({"results": [{"unique_id": "same", "max_loaded_at": "2026-01-01T00:00:00Z"},
                      {"unique_id": "later", "max_loaded_at": "2026-01-01T00:00:00Z"},
                      {"unique_id": "older", "max_loaded_at": "2026-01-02T00:00:00Z"},
                      {"unique_id": "failed", "status": "runtime error"}]})",
      R"({"results": [{"unique_id": "same", "max_loaded_at": "2026-01-01T00:00:00+00:00"},
                      {"unique_id": "later", "max_loaded_at": "2026-01-01T00:00:00.5Z"},
                      {"unique_id": "older", "max_loaded_at": "2026-01-01T00:00:00Z"},
                      {"unique_id": "failed", "max_loaded_at": "2026-01-01T00:00:00Z"},
                      {"unique_id": "broken", "status": "runtime error"}]})");
  const Result<IdSet> ids = ids_with_source_status(state, "fresher");
  ASSERT_TRUE(ids.has_value());
  EXPECT_THAT(*ids, testing::UnorderedElementsAre("later", "failed"));
  EXPECT_TRUE(ids_with_source_status(state, "stale")->empty());
}

jinja::Value model(const std::string& materialized, const std::string& columns,
                   const std::string& constraints = "[]", bool enforced = true) {
  return *jinja::from_json(R"({"config": {"materialized": ")" + materialized +
                           R"(", "contract": {"enforced": )" + (enforced ? "true" : "false") +
                           R"(}}, "columns": )" + columns + R"(, "constraints": )" + constraints +
                           "}");
}

std::string column(const std::string& name, const std::string& type,
                   const std::string& constraints = "[]") {
  return "\"" + name + R"(": {"name": ")" + name + R"(", "data_type": ")" + type +
         R"(", "constraints": )" + constraints + "}";
}

TEST(ContractChange, TellsWhatBreaks) {
  const jinja::Value before =
      model("table",
            "{" + column("a", "int", R"([{"type": "not_null"}])") + "," + column("b", "text") + "}",
            R"([{"type": "primary_key", "columns": ["a"]}])");
  const auto changes = [&before](const jinja::Value& after) {
    return compare_contracts(before, after);
  };
  EXPECT_TRUE(changes(before).is_same);
  const ContractChange all = changes(model("view", "{" + column("a", "bigint") + "}", "[]", false));
  EXPECT_FALSE(all.is_same);
  EXPECT_THAT(
      all.breaking,
      testing::ElementsAre(
          testing::HasSubstr("Contract enforcement was removed"), "Columns were removed: \n    - b",
          "Columns with data_type changes: \n    - a (int -> bigint)",
          "Enforced column level constraints were removed: \n    - "
          "'ConstraintType.not_null' constraint on column a",
          "Enforced model level constraints were removed: \n    - "
          "'ConstraintType.primary_key' constraint on columns ['a']",
          "Materialization changed with enforced constraints: \n    - table -> view"));
}

TEST(ContractChange, AdditionsDoNotBreak) {
  const jinja::Value before = model("view", "{" + column("a", "int") + "}");
  const jinja::Value after =
      model("view", "{" + column("b", "text") + "," + column("a", "int") + "}");
  const ContractChange change = compare_contracts(before, after);
  EXPECT_FALSE(change.is_same);
  EXPECT_TRUE(change.breaking.empty());
  EXPECT_TRUE(compare_contracts(model("view", "{}", "[]", false), model("view", "{}", "[]", false))
                  .is_same);
}

}  // namespace
}  // namespace sluice::graph
