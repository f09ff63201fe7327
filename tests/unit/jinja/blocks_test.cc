#include <gtest/gtest.h>

#include "jinja/template.h"

namespace sluice::jinja {
namespace {

TEST(Blocks, FindsTopLevelBlocks) {
  std::string text =
      "{% set x = 1 %}{# {% macro no() %} #}\n"
      "{% raw %}{% macro no() %}{% endraw %}\n"
      "  {%- macro one(a, b='%}') -%}\n{{ '{% endmacro %}' }}{%- endmacro -%}\n"
      "{% docs about %}text {{ stray }} {% enddocs %}\n"
      "{% test unique(model) %}select{% endtest %}{% materialization table, adapter='x' %}{% "
      "endmaterialization %}"
      "{% snapshot s %}body{% endsnapshot %}{% data_test d(m) %}{% enddata_test %}";
  auto blocks = split_blocks(text, "f.sql",
                             {"macro", "docs", "test", "materialization", "snapshot", "data_test"});
  ASSERT_TRUE(blocks) << blocks.error().message();
  std::string found;
  for (const Block& block : *blocks) {
    found += block.type + " " + block.name + " " + std::to_string(block.line) + ":" +
             std::to_string(block.column) + "\n";
  }
  EXPECT_EQ(found,
            "macro one 3:3\ndocs about 5:1\ntest unique 6:1\nmaterialization table 6:44\nsnapshot "
            "s 6:108\n"
            "data_test d 6:145\n");
  EXPECT_EQ((*blocks)[1].body, "text {{ stray }} ");
  EXPECT_EQ((*blocks)[4].full, "{% snapshot s %}body{% endsnapshot %}");
}

TEST(Blocks, SkipsUnwantedTypes) {
  auto blocks =
      split_blocks("{% macro m() %}{% endmacro %}{% docs d %}{% enddocs %}", "f.md", {"docs"});
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 1U);
  EXPECT_EQ(blocks->front().name, "d");
}

TEST(Blocks, ReportsMistakes) {
  struct Row {
    std::string_view text;
    std::string_view message;
  };
  const Row rows[] = {
      {"{% macro m() %}", "block 'macro' is not closed"},
      {"{% endif %}", "'endif' has no 'if' before it"},
      {"{% if x %}{% macro m() %}{% endmacro %}{% endif %}",
       "a 'macro' block is inside the 'if' of line 1"},
      {"{% macro m() %}{% test t() %}{% endtest %}{% endmacro %}",
       "a 'test' block is inside the 'macro' block of line 1"},
      {"{# x", "comment is not closed"},
      {"{% macro m(", "tag 'macro' is not closed"},
      {"{% raw %}", "raw block is not closed"},
  };
  for (const Row& row : rows) {
    auto blocks = split_blocks(row.text, "f.sql", {"macro"});
    ASSERT_FALSE(blocks) << row.text;
    EXPECT_EQ(blocks.error().message(), row.message);
  }
}

TEST(Blocks, IgnoresStrayEndTags) {
  auto blocks = split_blocks(
      "{% endmacro %}{% macro m() %}{% if x %}{% endmacro %}{% macro n() %}{% endmacro %}", "f",
      {"macro"});
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->size(), 2U);
}

TEST(Blocks, CompileToMacros) {
  std::string text =
      "\n{% macro f(a, b: list[str] = [], c=1) %}{% endmacro %}\n"
      "{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}{% "
      "endmaterialization %}\n"
      "{% materialization view, default %}{% endmaterialization %}\n"
      "{% test t(model) %}{{ other(model) }}{{ pkg.deep(1) }}{{ adapter.dispatch('d', 'p')(2) }}{% "
      "endtest %}";
  auto blocks = split_blocks(text, "f.sql", {"macro", "materialization", "test"});
  ASSERT_TRUE(blocks);
  std::vector<std::shared_ptr<const Macro>> macros;
  for (const Block& block : *blocks) {
    auto macro = compile_macro(block, "f.sql");
    ASSERT_TRUE(macro) << macro.error().message();
    macros.push_back(*macro);
  }
  EXPECT_EQ(macros[0]->name, "f");
  EXPECT_EQ(macros[0]->line, 2U);
  ASSERT_EQ(macros[0]->parameters.size(), 3U);
  EXPECT_EQ(macros[0]->parameters[1].annotation, "list[str]");
  EXPECT_TRUE(macros[0]->parameters[1].has_default);
  EXPECT_FALSE(macros[0]->parameters[0].has_default);
  EXPECT_EQ(macros[1]->name, "materialization_table_duckdb");
  EXPECT_EQ(macros[1]->supported_languages, "['sql', 'python']");
  EXPECT_EQ(macros[2]->name, "materialization_view_default");
  EXPECT_EQ(macros[3]->name, "test_t");
  auto calls = static_macro_calls(*macros[3]);
  std::string shown;
  for (const StaticCall& call : calls)
    shown += call.package + "/" + call.name + (call.is_dispatch ? "!" : "") + " ";
  EXPECT_EQ(shown, "/other pkg/deep p/d! ");
}

}  // namespace
}  // namespace sluice::jinja
