#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loaded_project.h"

namespace sluice::project {
namespace {

using jinja::Value;

Value from_json(std::string_view text) { return jinja::from_json(text).value(); }

TEST(ConfigTest, MergesByKey) {
  struct MergeRow {
    std::string base;
    std::string overlay;
    std::string want;
  };
  // As recorded from dbt-core 1.11.16.
  const std::vector<MergeRow> table = {
      {"{}", "{\"a\": 1}", "{'a': 1}"},
      {"{\"a\": 1, \"b\": 2}", "{\"a\": [3]}", "{'a': [3], 'b': 2}"},
      {"{\"tags\": [\"a\"]}", "{\"tags\": \"b\"}", "{'tags': ['a', 'b']}"},
      {"{}", "{\"tags\": \"b\"}", "{'tags': ['b']}"},
      {"{\"tags\": [\"a\"]}", "{\"tags\": [\"a\"]}", "{'tags': ['a', 'a']}"},
      {"{\"tags\": [\"a\"]}", "{\"tags\": null}", "{'tags': ['a']}"},
      {"{\"meta\": {\"a\": 1, \"n\": {\"x\": 1}}}", "{\"meta\": {\"b\": 2, \"n\": {\"y\": 1}}}",
       "{'meta': {'a': 1, 'n': {'y': 1}, 'b': 2}}"},
      {"{\"persist_docs\": {\"relation\": true}}", "{\"persist_docs\": {\"columns\": true}}",
       "{'persist_docs': {'columns': True}}"},
      {"{\"docs\": {\"node_color\": \"red\"}}", "{\"docs\": {\"show\": false}}",
       "{'docs': {'node_color': 'red', 'show': False}}"},
      {"{\"quoting\": {\"identifier\": true}}", "{\"quoting\": {\"schema\": true}}",
       "{'quoting': {'identifier': True, 'schema': True}}"},
      {"{\"grants\": {\"select\": [\"u1\"]}}",
       "{\"grants\": {\"+select\": [\"u2\"], \"insert\": \"u3\"}}",
       "{'grants': {'select': ['u1', 'u2'], 'insert': ['u3']}}"},
      {"{\"grants\": {\"select\": [\"u1\"], \"insert\": [\"u3\"]}}",
       "{\"grants\": {\"select\": [\"u9\"]}}", "{'grants': {'select': ['u9'], 'insert': ['u3']}}"},
      {"{}", "{\"pre_hook\": \"select 1\"}",
       "{'pre-hook': [{'sql': 'select 1', 'transaction': True, 'index': None}]}"},
      {"{\"pre-hook\": [{\"sql\": \"a\", \"transaction\": true, \"index\": null}]}",
       "{\"pre-hook\": [\"b\", {\"sql\": \"c\", \"transaction\": false}]}",
       "{'pre-hook': [{'sql': 'a', 'transaction': True, 'index': None}, "
       "{'sql': 'b', 'transaction': True, 'index': None}, "
       "{'sql': 'c', 'transaction': False, 'index': None}]}"},
      {"{}", "{\"post_hook\": \"{\\\"sql\\\": \\\"x\\\", \\\"transaction\\\": false}\"}",
       "{'post-hook': [{'sql': 'x', 'transaction': False, 'index': None}]}"},
      {"{}", "{\"post_hook\": \"{{ after_commit('x') }}\"}",
       "{'post-hook': [{'sql': \"{{ after_commit('x') }}\", 'transaction': True, 'index': None}]}"},
      {"{}", "{\"post_hook\": []}", "{'post-hook': []}"},
      {"{}", "{\"meta\": null}", "{'meta': {}}"},
      {"{\"meta\": {\"a\": 1}}", "{\"meta\": null}", "{'meta': {'a': 1}}"},
  };
  for (const MergeRow& row : table) {
    Value base = from_json(row.base);
    const Value before = from_json(row.base);
    const Value shared = base.as_dict().empty() ? Value::none() : base.as_dict().entries()[0].value;
    const Status merged = merge_config(base, from_json(row.overlay), ResourceType::kModel);
    ASSERT_TRUE(merged) << render(merged.error());
    EXPECT_EQ(show(base), row.want);
    // What the base shared with others is as it was.
    if (!before.as_dict().empty()) {
      EXPECT_EQ(show(shared), show(before.as_dict().entries()[0].value));
    }
  }
}

TEST(ConfigTest, RefusesWrongShapes) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"{\"enabled\": \"true\"}",
       "[SL0405] config \"enabled\" must be true or false, not \"'true'\"\n"
       "  hint: remove the quotes, or end the Jinja expression with | as_bool"},
      {"{\"enabled\": 1}",
       "[SL0405] config \"enabled\" must be true or false, not \"1\"\n  hint: write true or false"},
      {"{\"schema\": 5}",
       "[SL0405] config \"schema\" must be text, not \"5\"\n  hint: put the value in quotes"},
      {"{\"tags\": [1]}",
       "[SL0405] config \"tags\" must be text or a list of texts, not \"[1]\"\n"
       "  hint: write tags: [one, two]"},
      {"{\"meta\": []}",
       "[SL0405] config \"meta\" must be a mapping, not \"[]\"\n"
       "  hint: write \"meta:\" with its keys indented below"},
      {"{\"pre_hook\": {\"statement\": \"x\"}}",
       "[SL0405] config \"pre-hook\" must have its statement under \"sql\", not \"{'statement': "
       "'x'}\"\n"
       "  hint: write the SQL as text, or {sql: \"…\", transaction: false}"},
      {"{\"pre_hook\": {\"sql\": \"x\", \"transaction\": 1}}",
       "[SL0405] config \"pre-hook\" must have true or false under \"transaction\", not "
       "\"{'sql': 'x', 'transaction': 1}\"\n"
       "  hint: write the SQL as text, or {sql: \"…\", transaction: false}"},
      {"[1]",
       "[SL0405] a config must be a mapping, not \"[1]\"\n"
       "  hint: write the config keys indented below \"config:\""},
  };
  for (const auto& [overlay, want] : table) {
    Value base = Value::dict();
    const Status merged = merge_config(base, from_json(overlay), ResourceType::kModel);
    ASSERT_FALSE(merged) << overlay;
    EXPECT_EQ(render(merged.error()), want);
  }
  Value base = Value::dict();
  EXPECT_TRUE(merge_config(base, Value::none(), ResourceType::kModel));
}

constexpr std::string_view kTrees = R"(name: shop
profile: shop
models:
  +tags: [top]
  +materialized: "{{ 'table' }}"
  shop:
    meta: {is: a folder}
    +meta: {a: 1}
    staging:
      schema: stg
      +tags: stg
      orders: {+enabled: false}
  lib: {+tags: from_root, core: {+schema: root}}
seeds: {shop: {+quote_columns: true}}
tests: {+severity: warn}
)";

TEST(ConfigTest, WalksTheTrees) {
  const auto loaded = load({{"dbt_project.yml", std::string(kTrees)},
                            {"dbt_packages/lib/dbt_project.yml",
                             "name: lib\nmodels: {lib: {+tags: own, +materialized: view}}"}});
  ASSERT_EQ(loaded->messages(), "");
  const Project& project = loaded->project();
  const auto config = [&](ResourceType type, const std::vector<std::string>& fqn,
                          size_t package = 0) {
    return show(project_config(project, package, type, fqn));
  };
  EXPECT_EQ(config(ResourceType::kModel, {"other", "x"}),
            "{'tags': ['top'], 'materialized': 'table'}");
  EXPECT_EQ(config(ResourceType::kModel, {"shop", "x"}),
            "{'tags': ['top'], 'materialized': 'table', 'meta': {'a': 1}}");
  EXPECT_EQ(config(ResourceType::kModel, {"shop", "staging", "orders"}),
            "{'tags': ['top', 'stg'], 'materialized': 'table', 'meta': {'a': 1}, 'schema': 'stg', "
            "'enabled': False}");
  EXPECT_EQ(config(ResourceType::kModel, {"shop", "marts", "orders"}),
            config(ResourceType::kModel, {"shop", "x"}));
  EXPECT_EQ(config(ResourceType::kSeed, {"shop", "s"}), "{'quote_columns': True}");
  EXPECT_EQ(config(ResourceType::kTest, {"shop", "t"}), "{'severity': 'warn'}");
  EXPECT_EQ(config(ResourceType::kSnapshot, {"shop", "t"}), "{}");
  EXPECT_EQ(config(ResourceType::kModel, {"lib", "core", "m"}, 1),
            "{'tags': ['own'], 'materialized': 'view'}");
  EXPECT_EQ(show(root_config(project, 1, ResourceType::kModel, {"lib", "core", "m"})),
            "{'tags': ['top', 'from_root'], 'materialized': 'table', 'schema': 'root'}");
  EXPECT_EQ(show(root_config(project, 0, ResourceType::kModel, {"shop", "x"})), "{}");
  // A caller may change what it got.
  Value first = project_config(project, 0, ResourceType::kModel, {"shop", "x"});
  first.as_dict().find("tags")->as_items().clear();
  EXPECT_EQ(config(ResourceType::kModel, {"shop", "x"}),
            "{'tags': ['top'], 'materialized': 'table', 'meta': {'a': 1}}");
}

TEST(ConfigTest, NamesResources) {
  EXPECT_EQ(resource_type_name(ResourceType::kSqlOperation), "sql_operation");
  EXPECT_EQ(resource_type_name(ResourceType::kFunction), "function");
  EXPECT_EQ(config_section(ResourceType::kAnalysis), "models");
  EXPECT_EQ(config_section(ResourceType::kSavedQuery), "saved-queries");
}

}  // namespace
}  // namespace sluice::project
