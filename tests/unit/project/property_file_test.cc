#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loaded_project.h"

namespace sluice::project {
namespace {

using jinja::Value;

std::unique_ptr<Loaded> load_properties(const std::string& text, const std::string& more = "") {
  LoadOptions options;
  options.environment["E"] = "env";
  return load(
      {{"models/s.yml", text},
       {"dbt_project.yml",
        std::string(kProject) + "vars: {v: 5, text: '{{ target.name }}', d: 2020-02-03}\n" + more}},
      options);
}

TEST(PropertyFileTest, ReadsNodes) {
  const auto loaded = load_properties(R"yml(
models:
  - name: a
    description: "{{ doc('x') }}"
    config: {materialized: table, tags: ["{{ 't' ~ var('v') }}"], pre_hook: "{{ this }}"}
    meta: {k: "{{ var('v') }}", raw: "{{ var('text') }}", day: "{{ var('d') }}"}
    docs: {show: false}
    access: public
    owner_note: "{{ env_var('E') }}-{{ target.name }}"
    data_tests: [{unique_rows: {columns: ["{{ x }}"]}}]
    columns:
      - name: id
        description: "{{ not rendered }}"
        data_type: "{{ 'int' }}"
        meta: {n: "{{ [1] }}"}
        tests: [not_null, {accepted_values: {values: ["{{ y }}"]}}]
      - name: plain
seeds: [{name: s}]
snapshots: [{name: sn, relation: "source('a', '{{ target.name }}')"}]
)yml");
  ASSERT_EQ(loaded->messages(), "");
  const Project& project = loaded->project();
  ASSERT_EQ(project.node_properties.size(), 3U);
  const NodeProperties& a = project.node_properties[0];
  EXPECT_EQ(a.yaml_key, "models");
  EXPECT_EQ(a.description, "{{ doc('x') }}");
  EXPECT_EQ(show(a.config),
            "{'materialized': 'table', 'tags': ['t5'], 'pre_hook': '{{ this }}', "
            "'meta': {'k': 5, 'raw': '{{ target.name }}', 'day': datetime.date(2020, 2, 3)}, "
            "'docs': {'show': False}, 'access': 'public'}");
  EXPECT_EQ(show(*a.entry.as_dict().find("owner_note")), "'env-dev'");
  EXPECT_EQ(show(*a.entry.as_dict().find("description")), "\"{{ doc('x') }}\"");
  EXPECT_EQ(a.entry.as_dict().find("columns"), nullptr);
  ASSERT_EQ(a.tests.size(), 1U);
  EXPECT_EQ(show(a.tests[0].definition), "{'unique_rows': {'columns': ['{{ x }}']}}");
  ASSERT_EQ(a.columns.size(), 2U);
  EXPECT_EQ(a.columns[0].description, "{{ not rendered }}");
  EXPECT_EQ(show(a.columns[0].entry), "{'data_type': 'int', 'meta': {'n': '[1]'}}");
  EXPECT_EQ(show(a.columns[0].tests[1].definition), "{'accepted_values': {'values': ['{{ y }}']}}");
  EXPECT_EQ(a.columns[0].tests[1].span.line, 16U);
  EXPECT_EQ(a.columns[0].tests[1].span.file, "models/s.yml");
  EXPECT_EQ(a.span.line, 3U);
  EXPECT_EQ(show(*project.node_properties[2].entry.as_dict().find("relation")),
            "\"source('a', 'dev')\"");
}

TEST(PropertyFileTest, ReadsSources) {
  const auto loaded = load_properties(R"yml(
version: 2
sources:
  - name: raw
    description: "{{ d }}"
    schema: "{{ target.schema }}"
    config: {enabled: "{{ var('v') == 5 }}"}
    tables:
      - name: orders
        identifier: "o_{{ var('v') }}"
        external: {location: "x/{name}.parquet"}
        columns: [{name: id, tests: [unique]}]
        tests: [some_test]
      - name: items
)yml");
  ASSERT_EQ(loaded->messages(), "");
  const SourceProperties& raw = loaded->project().sources.at(0);
  EXPECT_EQ(
      show(raw.entry),
      "{'name': 'raw', 'description': '{{ d }}', 'schema': 'main', 'config': {'enabled': True}}");
  EXPECT_EQ(show(raw.config), "{'enabled': True}");
  ASSERT_EQ(raw.tables.size(), 2U);
  EXPECT_EQ(
      show(raw.tables[0].entry),
      "{'name': 'orders', 'identifier': 'o_5', 'external': {'location': 'x/{name}.parquet'}}");
  EXPECT_EQ(raw.tables[0].columns[0].tests.size(), 1U);
  EXPECT_EQ(raw.tables[0].tests.size(), 1U);
}

TEST(PropertyFileTest, KeepsOthersWhole) {
  const auto loaded = load_properties(R"yml(
unit_tests: [{name: u, model: a, given: [{input: "ref('x')", rows: [{a: "{{ 1 }}"}]}]
}]
macros: [{name: m, description: "{{ d }}", arguments: [{name: a, description: "{{ e }}"}]}]
exposures: [{name: e, url: "{{ target.name }}"}]
groups: [{name: g, owner: {email: x}}]
)yml");
  ASSERT_EQ(loaded->messages(), "");
  std::vector<std::string> others;
  for (const OtherProperties& other : loaded->project().others)
    others.push_back(other.yaml_key + " " + show(other.entry));
  EXPECT_THAT(others,
              testing::UnorderedElementsAre(
                  "unit_tests {'name': 'u', 'model': 'a', 'given': [{'input': \"ref('x')\", "
                  "'rows': [{'a': '1'}]}]}",
                  "macros {'name': 'm', 'description': '{{ d }}', 'arguments': [{'name': 'a', "
                  "'description': '{{ e }}'}]}",
                  "exposures {'name': 'e', 'url': 'dev'}",
                  "groups {'name': 'g', 'owner': {'email': 'x'}}"));
}

const std::vector<std::pair<std::string, std::string>> kBadPropertyFiles = {
    {"- a",
     "[SL0305] a property file must be a mapping, not a list\n  --> models/s.yml:1:1\n"
     "    1 | - a\n      | ^\n  hint: begin it with a key such as \"models:\""},
    {"models:",
     "[SL0305] \"models\" must be a list, not nothing\n  --> models/s.yml:1:1\n    1 | models:\n"
     "      | ^^^^^^\n  hint: begin each entry with \"- name: …\", or remove the key"},
    {"models: {name: a}",
     "[SL0305] \"models\" must be a list, not a mapping\n  --> models/s.yml:1:9\n"
     "    1 | models: {name: a}\n      |         ^^^^^^^^^\n"
     "  hint: begin each entry with \"- name: …\", or remove the key"},
    {"models: [a]",
     "[SL0305] an entry of \"models\" must be a mapping, not the text \"a\"\n"
     "  --> models/s.yml:1:10\n    1 | models: [a]\n      |          ^\n"
     "  hint: write \"- name: a\""},
    {"models: [{description: x}]",
     "[SL0305] an entry of \"models\" has no name\n  --> models/s.yml:1:10\n"
     "    1 | models: [{description: x}]\n      |          ^^^^^^^^^^^^^^^^\n"
     "  hint: add \"name:\" as its first key"},
    {"models: [{name: 12}]",
     "[SL0305] \"name\" must be text, not the number \"12\"\n  --> models/s.yml:1:17\n"
     "    1 | models: [{name: 12}]\n      |                 ^^\n"
     "  hint: put it in quotes: name: \"12\""},
    {"models: [{name: a, description: 5}]",
     "[SL0305] \"description\" must be text, not the number \"5\"\n  --> models/s.yml:1:33\n"
     "    1 | models: [{name: a, description: 5}]\n"
     "      |                                 ^\n  hint: put it in quotes: description: \"5\""},
    {"models: [{name: a, config: table}]",
     "[SL0305] \"config\" must be a mapping, not the text \"table\"\n  --> models/s.yml:1:28\n"
     "    1 | models: [{name: a, config: table}]\n"
     "      |                            ^^^^^\n  hint: write its keys indented below "
     "\"config:\""},
    {"models: [{name: a, columns: {id: 1}}]",
     "[SL0305] \"columns\" must be a list, not a mapping\n  --> models/s.yml:1:29\n"
     "    1 | models: [{name: a, columns: {id: 1}}]\n"
     "      |                             ^^^^^^^\n  hint: begin each entry with \"- \""},
    {"models: [{name: a, columns: [id]}]",
     "[SL0305] an entry of \"columns\" must be a mapping, not the text \"id\"\n"
     "  --> models/s.yml:1:30\n    1 | models: [{name: a, columns: [id]}]\n"
     "      |                              ^^\n  hint: write \"- name: id\""},
    {"models: [{name: a, tests: unique}]",
     "[SL0305] \"tests\" must be a list, not the text \"unique\"\n  --> models/s.yml:1:27\n"
     "    1 | models: [{name: a, tests: unique}]\n"
     "      |                           ^^^^^^\n  hint: write tests: [\"unique\"]"},
    {"models: [{name: a, tests: [5]}]",
     "[SL0305] a test must be a name or a mapping, not the number \"5\"\n  --> "
     "models/s.yml:1:28\n"
     "    1 | models: [{name: a, tests: [5]}]\n      |                            ^\n"
     "  hint: write \"- not_null\" or \"- accepted_values: {values: […]}\""},
    {"models: [{name: a, tests: [x], data_tests: [x]}]",
     "[SL0305] \"tests\" and \"data_tests\" cannot both be given\n  --> models/s.yml:1:20\n"
     "    1 | models: [{name: a, tests: [x], data_tests: [x]}]\n"
     "      |                    ^^^^^\n  hint: move all tests below \"data_tests\""},
    {"models: [{name: a, meta: {x: 1}, config: {meta: {y: 1}}}]",
     "[SL0305] \"meta\" is given both here and inside \"config\"\n  --> models/s.yml:1:20\n"
     "    1 | models: [{name: a, meta: {x: 1}, config: {meta: {y: 1}}}]\n"
     "      |                    ^^^^\n  hint: keep the one inside \"config\""},
    {"models: [{name: a, config: {alias: \"{{ nope }}\"}}]",
     "[SL0202] cannot render this value: 'nope' is undefined\n  --> models/s.yml:1:36\n"
     "    1 | models: [{name: a, config: {alias: \"{{ nope }}\"}}]\n"
     "      |                                    ^^^^^^^^^^^^"},
    {"models: [{name: a, config: {alias: \"{{ var('zz') }}\"}}]",
     "[SL0207] cannot render this value: required var 'zz' not found in config of package "
     "'shop'\n"
     "  --> models/s.yml:1:36"},
    {"models: [{name: a, config: {alias: \"{{ 1 + }}\"}}]", "[SL0201] cannot render this value: "},
    {"models: [{name: a, config: {alias: {{ x }} }}]",
     "[SL0103] a value that begins with \"{{\" must be quoted\n  --> models/s.yml:1:36"},
    {"models: [{name: a}]\nmodels: [{name: b}]",
     "warning [SL0102] the key \"models\" occurs twice; the last one wins\n  --> "
     "models/s.yml:2:1\n"
     "  --> models/s.yml:1:1"},
    {"modles: []\nmodels: [{name: a, colums: [], custom: 1}]",
     "warning [SL0305] the key \"colums\" is unknown and ignored\n  --> models/s.yml:2:20\n"
     "    2 | models: [{name: a, colums: [], custom: 1}]\n"
     "      |                    ^^^^^^\n  hint: did you mean \"columns\"?"},
    {"modles: []",
     "warning [SL0305] the key \"modles\" is unknown and ignored\n  --> models/s.yml:1:1\n"
     "    1 | modles: []\n      | ^^^^^^\n  hint: did you mean \"models\"?"},
    {"models: [{name: a}, {name: a}]",
     "[SL0306] model \"a\" is described twice\n  --> models/s.yml:1:28\n  --> models/s.yml:1:17\n"
     "  hint: merge the two entries into one"},
    {"sources: [{name: s, tables: [{name: t}, {name: t}]}]",
     "[SL0306] source \"s.t\" is described twice\n  --> models/s.yml:1:48\n"
     "  --> models/s.yml:1:37\n  hint: merge the two entries into one"},
    {"sources: [{tables: []}]",
     "[SL0305] an entry of \"sources\" has no name\n  --> models/s.yml:1:11"},
};

TEST(PropertyFileTest, ExplainsErrors) {
  for (const auto& [text, want] : kBadPropertyFiles) {
    const std::string got = load_properties(text)->messages();
    EXPECT_EQ(got.substr(0, want.size()), want) << got;
  }
}

TEST(PropertyFileTest, ReportsAllErrorsOfAllFiles) {
  const auto loaded = load({{"models/a.yml", "models: [{name: 1}, {name: 2}]"},
                            {"models/b.yml", "models: [{name: 3}, {name: ok}]"},
                            {"models/c.yml", "a: b: c"}});
  EXPECT_EQ(loaded->loaded.diagnostics.num_errors(), 4U);
  EXPECT_EQ(loaded->project().node_properties.size(), 1U);
}

}  // namespace
}  // namespace sluice::project
