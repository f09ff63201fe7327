#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loaded_project.h"

namespace sluice::project {
namespace {

using jinja::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LoadProjectTest, ReadsASmallProject) {
  const auto loaded = load({
      {"models/a.sql", "select 1"},
      {"models/staging/b.py", "def model(dbt, session): pass"},
      {"models/staging/.hidden.sql", "no"},
      {"models/notes.txt", "no"},
      {"seeds/s.csv", "id\n1\n"},
      {"macros/m.sql", "{% macro m() %}{% endmacro %}"},
      {"tests/t.sql", "select 1"},
      {"tests/generic/g.sql", "{% test g() %}{% endtest %}"},
      {"analyses/an.sql", "select 2"},
      {"snapshots/sn.sql", "{% snapshot x %}{% endsnapshot %}"},
      {"models/docs.md",
       "{% docs one %}\n first \n{% enddocs %}{% docs two %}{% raw %}{{ x }}{% endraw %}{% enddocs "
       "%}"},
      {"models/schema.yml", "models: [{name: a}]"},
  });
  EXPECT_EQ(loaded->messages(), "");
  const Project& project = loaded->project();
  EXPECT_EQ(project.root, "/p");
  EXPECT_EQ(project.target_path, "/p/target");
  EXPECT_EQ(project.packages_install_path, "/p/dbt_packages");
  std::vector<std::string> files;
  for (const SourceFile& file : project.root_pkg().files)
    files.push_back(
        fmt::format("{} {} {}", static_cast<int>(file.kind), file.path, file.relative_path));
  EXPECT_THAT(files, ElementsAre("0 models/a.sql a.sql", "1 models/staging/b.py staging/b.py",
                                 "2 macros/m.sql m.sql", "3 tests/t.sql t.sql",
                                 "4 tests/generic/g.sql generic/g.sql", "5 analyses/an.sql an.sql",
                                 "6 snapshots/sn.sql sn.sql", "7 seeds/s.csv s.csv",
                                 "8 models/schema.yml schema.yml", "9 models/docs.md docs.md"));
  EXPECT_EQ(project.root_pkg().files[0].text, "select 1");
  EXPECT_EQ(project.root_pkg().files[7].text, "");
  EXPECT_EQ(project.root_pkg().files[7].size, 5U);
  ASSERT_EQ(project.docs.size(), 2U);
  EXPECT_EQ(project.docs[0].contents, "first");
  EXPECT_EQ(project.docs[1].contents, "{{ x }}");
  EXPECT_EQ(project.profile.database, "shop");
  EXPECT_EQ(project.profile.schema, "main");
  EXPECT_EQ(project.profile.threads, 4);
}

TEST(LoadProjectTest, FindsTheProjectUpwards) {
  LoadOptions options;
  options.working_directory = "/p/models/deep";
  EXPECT_EQ(load({}, options)->project().root, "/p");
  options.working_directory = "/elsewhere";
  EXPECT_EQ(load({}, options)->messages(),
            "[SL0301] no dbt_project.yml in \"/elsewhere\" or any folder above it\n"
            "  hint: change into a project, name one with --project-dir, or make one with init");
  options.project_dir = "../q";
  EXPECT_EQ(load({}, options)->messages(),
            "[SL0301] no dbt_project.yml in \"/q\"\n"
            "  hint: check the folder given with --project-dir");
  options.project_dir = "../p";
  EXPECT_EQ(load({}, options)->messages(), "");
}

const std::vector<Row> kBadProjectFiles = {
    {{{"dbt_project.yml", "- a"}},
     "[SL0302] dbt_project.yml must be a mapping\n  --> dbt_project.yml:1:1\n    1 | - a\n"
     "      | ^\n  hint: begin it with \"name: your_project\""},
    {{{"dbt_project.yml", "name: shop"}},
     "[SL0303] dbt_project.yml names no profile\n"
     "  hint: add a line \"profile: name\", or pass --profile"},
    {{{"dbt_project.yml", "profile: shop"}},
     "[SL0302] dbt_project.yml has no \"name\"\n  --> dbt_project.yml:1:1\n"
     "    1 | profile: shop\n      | ^\n  hint: add a line \"name: your_project\""},
    {{{"dbt_project.yml", "name: my-shop\nprofile: shop"}},
     "[SL0302] \"my-shop\" is no valid project name\n  --> dbt_project.yml:1:7\n"
     "    1 | name: my-shop\n      |       ^^^^^^^\n"
     "  hint: use letters, digits and underscores, beginning with a letter"},
    {{{"dbt_project.yml", "name: shop\nprofile: [shop]"}},
     "[SL0302] \"profile\" must be text, not a list\n  --> dbt_project.yml:2:10\n"
     "    2 | profile: [shop]\n      |          ^^^^^^\n  hint: put the name in quotes"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodel-paths: models"}},
     "[SL0302] \"model-paths\" must be a list, not the text \"models\"\n"
     "  --> dbt_project.yml:3:14\n    3 | model-paths: models\n      |              ^^^^^^\n"
     "  hint: write model-paths: [\"models\"]"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodels: [a]"}},
     "[SL0302] \"models\" must be a mapping, not a list\n  --> dbt_project.yml:3:9\n"
     "    3 | models: [a]\n      |         ^^^\n  hint: write its keys indented below "
     "\"models:\""},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodels: {+enabled: 'yes'}"}},
     "[SL0405] config \"enabled\" must be true or false, not \"'yes'\"\n"
     "  --> dbt_project.yml:3:20\n    3 | models: {+enabled: 'yes'}\n"
     "      |                    ^^^^^\n"
     "  hint: remove the quotes, or end the Jinja expression with | as_bool"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodels: {+tags: 5, +meta: x, +pre-hook: 7}"}},
     "[SL0405] config \"tags\" must be text or a list of texts, not \"5\"\n"
     "  --> dbt_project.yml:3:17\n    3 | models: {+tags: 5, +meta: x, +pre-hook: 7}\n"
     "      |                 ^\n  hint: write tags: [one, two]\n"
     "[SL0405] config \"meta\" must be a mapping, not \"'x'\"\n  --> dbt_project.yml:3:27\n"
     "    3 | models: {+tags: 5, +meta: x, +pre-hook: 7}\n"
     "      |                           ^\n  hint: write \"meta:\" with its keys indented below\n"
     "[SL0405] config \"pre-hook\" must hold texts or mappings, not \"7\"\n"
     "  --> dbt_project.yml:3:41\n    3 | models: {+tags: 5, +meta: x, +pre-hook: 7}\n"
     "      |                                         ^\n"
     "  hint: write the SQL as text, or {sql: \"…\", transaction: false}"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\non-run-start: {a: b}"}},
     "[SL0302] \"on-run-start\" must be text or a list of texts, not a mapping\n"
     "  --> dbt_project.yml:3:15\n    3 | on-run-start: {a: b}\n      |               ^^^^^^\n"
     "  hint: write each statement as text"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\ndispatch: [{macro_namespace: x}]"}},
     "[SL0302] a dispatch rule needs \"macro_namespace\" and \"search_order\"\n"
     "  --> dbt_project.yml:3:12\n    3 | dispatch: [{macro_namespace: x}]\n"
     "      |            ^^^^^^^^^^^^^^^^^^^^\n"
     "  hint: write {macro_namespace: package, search_order: [first, second]}"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\ntests: {a: {}}\ndata_tests: {}"}},
     "[SL0302] \"tests\" and \"data_tests\" cannot both be given\n  --> dbt_project.yml:3:1\n"
     "    3 | tests: {a: {}}\n      | ^^^^^\n"
     "  hint: move all of \"tests\" below \"data_tests\""},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodles: {}\nmy-own-key: 1"}},
     "[SL0302] the key \"modles\" is not allowed here\n  --> dbt_project.yml:3:1\n"
     "    3 | modles: {}\n      | ^^^^^^\n  hint: did you mean \"models\"?\n"
     "[SL0302] the key \"my-own-key\" is not allowed here\n  --> dbt_project.yml:4:1\n"
     "    4 | my-own-key: 1\n      | ^^^^^^^^^^\n"
     "  hint: put values of your own under vars: or under +meta of a folder"},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nsource-paths: [m]"}},
     "warning [SL0302] \"source-paths\" is an old name\n  --> dbt_project.yml:3:1\n"
     "    3 | source-paths: [m]\n      | ^^^^^^^^^^^^\n  hint: rename it to \"model-paths\""},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodels:\n  +schema: {{ target.name }}\n"}},
     "[SL0103] a value that begins with \"{{\" must be quoted\n  --> dbt_project.yml:4:12\n"
     "    4 |   +schema: {{ target.name }}\n      |            ^^^^^^^^^^^^^^^^^\n"
     "  hint: quote it: \"{{ target.name }}\""},
    {{{"dbt_project.yml", "name: shop\nprofile: shop\nmodels: {+alias: \"{{ nope.x }}\"}"}},
     "[SL0202] cannot render this value: 'nope' is undefined\n  --> dbt_project.yml:3:18\n"
     "    3 | models: {+alias: \"{{ nope.x }}\"}\n      |                  ^^^^^^^^^^^^^^"},
    {{{"dbt_project.yml",
       "name: shop\nprofile: shop\nmodels: {+alias: \"{{ env_var('DBT_ENV_SECRET_X') }}\"}"}},
     "[SL0308] cannot render this value: secret env vars are allowed only in profiles.yml or "
     "packages.yml"},
    {{{"packages.yml", "packages: [{package: a/b, version: 1.0.0}, {local: x}]"}},
     "[SL0307] packages.yml names 2 packages, but 0 are installed in \"dbt_packages\"\n"
     "  hint: run: sluice deps"},
    {{{"dbt_packages/x/readme", ""}},
     "[SL0307] the package folder \"dbt_packages/x\" has no dbt_project.yml\n"
     "  hint: remove the folder and run: sluice deps"},
    {{{"dbt_packages/x/dbt_project.yml", "name: shop"}},
     "[SL0302] two packages are named \"shop\"\n  --> dbt_packages/x/dbt_project.yml\n"
     "  --> dbt_project.yml\n"
     "  hint: package names must differ; rename the project or remove one of the packages"},
};

TEST(LoadProjectTest, ExplainsBadProjectFiles) {
  for (const Row& row : kBadProjectFiles) {
    const std::string got = load(row.files)->messages();
    EXPECT_EQ(got.substr(0, row.want.size()), row.want) << got;
    EXPECT_NE(got, "");
  }
}

TEST(LoadProjectTest, ExplainsBadProfiles) {
  const std::vector<Row> table = {
      {{{"profiles.yml", "-"}},
       "[SL0303] Could not find profile named 'shop'\n"
       "  hint: there is no profiles.yml in \"/p\", \"/home/.dbt\"; put it there or name its "
       "folder with --profiles-dir"},
      {{{"profiles.yml", "shopp: {}"}},
       "[SL0303] Could not find profile named 'shop'\n"
       "  hint: looked in /p/profiles.yml; did you mean \"shopp\"?"},
      {{{"profiles.yml", "aaa: {}\nbbb: {}"}},
       "[SL0303] Could not find profile named 'shop'\n"
       "  hint: looked in /p/profiles.yml; profiles there: \"aaa\", \"bbb\""},
      {{{"profiles.yml", "shop: {}"}},
       "[SL0304] profile \"shop\" has no \"outputs\"\n  --> profiles.yml:1:7\n"
       "    1 | shop: {}\n      |       ^^\n  hint: add \"outputs:\" with one entry per target"},
      {{{"profiles.yml", "shop: {target: prd, outputs: {prod: {type: duckdb}}}"}},
       "[SL0304] The profile 'shop' does not have a target named 'prd'. The valid target names for "
       "this profile are:\n   - prod\n  --> profiles.yml:1:30\n"
       "    1 | shop: {target: prd, outputs: {prod: {type: duckdb}}}\n"
       "      |                              ^^^^^^^^^^^^^^^^^^^^^^\n  hint: did you mean "
       "\"prod\"?"},
      {{{"profiles.yml", "shop: {outputs: {default: {path: x}}}"}},
       "[SL0304] target \"default\" has no \"type\"\n  --> profiles.yml:1:27\n"
       "    1 | shop: {outputs: {default: {path: x}}}\n"
       "      |                           ^^^^^^^^^\n  hint: add \"type: duckdb\""},
      {{{"profiles.yml", "shop: {outputs: {default: {type: duckdb, threads: many}}}"}},
       "[SL0304] \"threads\" must be a number from 1 to 4096, not the text \"many\"\n"
       "  --> profiles.yml:1:51\n    1 | shop: {outputs: {default: {type: duckdb, threads: "
       "many}}}\n"
       "      |                                                   ^^^^\n  hint: write threads: 4"},
      {{{"profiles.yml", "shop: {outputs: {default: {type: duckdb, path: a.db, database: b}}}"}},
       "[SL0304] \"database\" is \"b\", but \"path\" makes it \"a\"\n  --> profiles.yml:1:64\n"
       "    1 | shop: {outputs: {default: {type: duckdb, path: a.db, database: b}}}\n"
       "      |                                                                ^\n"
       "  hint: remove \"database\", or name the file after it"},
      {{{"profiles.yml",
         "shop: {outputs: {default: {type: duckdb, path: \"{{ env_var('NOPE') }}\"}}}"}},
       "[SL0207] cannot render this value: env var required but not provided: 'NOPE'\n"
       "  --> profiles.yml:1:48"},
  };
  for (const Row& row : table) {
    const auto loaded = load(row.files);
    EXPECT_EQ(loaded->messages().substr(0, row.want.size()), row.want) << loaded->messages();
    EXPECT_EQ(loaded->loaded.project, nullptr);
  }
  LoadOptions options;
  options.require_profile = false;
  EXPECT_EQ(load({{"profiles.yml", "-"}}, options)->messages(), "");
}

TEST(LoadProjectTest, ChoosesTheTarget) {
  const std::string profiles =
      "shop:\n  target: \"{{ env_var('T', 'dev') }}\"\n  outputs:\n"
      "    dev: {type: duckdb, path: \"{{ env_var('DBT_ENV_SECRET_P') }}\", threads: \"{{ 2 }}\",\n"
      "          secrets: [{type: s3, secret: hush}], attach: [{path: x.db}]}\n"
      "    bad: {type: duckdb, path: \"{{ env_var('NOPE') }}\"}\n"
      "    mem: {type: duckdb}\n    tr: {type: trino, schema: s, database: hive, password: pw}\n";
  LoadOptions options;
  options.environment["DBT_ENV_SECRET_P"] = "/tmp/dir/my.shop.duckdb";
  const auto dev = load({{"profiles.yml", profiles}}, options);
  ASSERT_EQ(dev->messages(), "");
  EXPECT_EQ(dev->project().profile.database, "my.shop");
  EXPECT_EQ(dev->project().profile.threads, 2);
  EXPECT_EQ(dev->scrubber.scrub("hush s3 /tmp/dir/my.shop.duckdb"), "***** s3 *****");
  EXPECT_EQ(
      show(dev->project().profile.target),
      "{'database': 'my.shop', 'schema': 'main', 'path': '/tmp/dir/my.shop.duckdb', "
      "'config_options': None, 'extensions': None, 'settings': {}, 'external_root': '.', "
      "'use_credential_provider': None, 'attach': [{'path': 'x.db', 'type': None, 'alias': None, "
      "'secret': None, 'read_only': False, 'options': None, 'is_ducklake': None}], "
      "'filesystems': None, 'remote': None, 'plugins': None, 'disable_transactions': False, "
      "'type': 'duckdb', 'threads': 2, 'name': 'dev', 'target_name': 'dev', 'profile_name': "
      "'shop'}");
  options.target_name = "mem";
  options.threads = 9;
  const auto memory = load({{"profiles.yml", profiles}}, options);
  EXPECT_EQ(memory->project().profile.database, "memory");
  EXPECT_EQ(memory->project().profile.threads, 9);
  options.target_name = "tr";
  EXPECT_THAT(show(load({{"profiles.yml", profiles}}, options)->project().profile.target),
              testing::AllOf(HasSubstr("'database': 'hive'"), testing::Not(HasSubstr("pw"))));
  options.profiles_dir = "conf";
  options.profile_name = "other";
  options.target_name = "";
  const Files elsewhere = {{"conf/profiles.yml", "other: {outputs: {default: {type: duckdb}}}"}};
  EXPECT_EQ(load(elsewhere, options)->project().profile.profile_name, "other");
}

TEST(LoadProjectTest, ReadsVars) {
  LoadOptions options;
  for (const char* text : {"{a: 1}", "a: 1", "{\"a\": 1}"}) {
    options.vars_yaml = text;
    const auto loaded = load({}, options);
    ASSERT_EQ(loaded->messages(), "") << text;
    EXPECT_EQ(show(loaded->project().cli_vars), "{'a': 1}");
  }
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"a",
       "[SL0801] --vars must be a mapping, not the text \"a\"\n"
       "  hint: write --vars '{name: value}' or --vars 'name: value'"},
      {"[1]",
       "[SL0801] --vars must be a mapping, not a list\n"
       "  hint: write --vars '{name: value}' or --vars 'name: value'"},
      {"{1: 2}",
       "[SL0801] the name of a var must be text, not the number \"1\"\n"
       "  hint: put it in quotes: '1'"},
      {"{a: 1",
       "[SL0801] --vars cannot be read: invalid YAML: did not find expected ',' or '}' "
       "while parsing a flow mapping\n  --> --vars:1:6\n    1 | {a: 1\n      |      ^\n"
       "  hint: check the indentation of this line and the quotes and brackets above it"},
  };
  for (const auto& [text, want] : bad) {
    options.vars_yaml = text;
    EXPECT_EQ(load({}, options)->messages(), want);
  }
}

TEST(LoadProjectTest, FindsVarsByPrecedence) {
  LoadOptions options;
  options.vars_yaml = "cli: from_cli";
  const auto loaded =
      load({{"dbt_project.yml", std::string(kProject) +
                                    "vars: {cli: root, all: root, over: root, "
                                    "lib: {over: for_lib, cli: for_lib}, shop: {own: 1}}"},
            {"dbt_packages/lib/dbt_project.yml",
             "name: lib\nvars: {over: lib, only: lib, lib: {only: nested}}"}},
           options);
  ASSERT_EQ(loaded->messages(), "");
  const Project& project = loaded->project();
  const auto find = [&](size_t package, std::string_view name) {
    const Value* value = find_var(project, package, name);
    return value != nullptr ? show(*value) : std::string("absent");
  };
  EXPECT_EQ(find(1, "cli"), "'from_cli'");
  EXPECT_EQ(find(1, "over"), "'for_lib'");
  EXPECT_EQ(find(0, "over"), "'root'");
  EXPECT_EQ(find(1, "all"), "'root'");
  EXPECT_EQ(find(1, "only"), "'nested'");
  EXPECT_EQ(find(0, "only"), "absent");
  EXPECT_EQ(find(0, "own"), "1");
  EXPECT_EQ(find(1, "own"), "absent");
}

TEST(LoadProjectTest, KeepsBuiltinPackagesLast) {
  LoadOptions options;
  options.builtin_macros = [](std::string_view adapter) {
    EXPECT_EQ(adapter, "duckdb");
    return std::vector<std::pair<std::string, std::string>>{
        {"macros/core.sql", "core"}, {"duckdb/own.sql", "own"}, {"readme.txt", "no"}};
  };
  const auto loaded = load({{"dbt_packages/zz/dbt_project.yml", "name: aa"},
                            {"dbt_packages/bb/dbt_project.yml", "name: bb"}},
                           options);
  ASSERT_EQ(loaded->messages(), "");
  std::vector<std::string> names;
  for (const Package& package : loaded->project().packages)
    names.push_back(fmt::format("{} {} {}", package.name, package.builtin, package.files.size()));
  EXPECT_THAT(names, ElementsAre("shop false 0", "aa false 0", "bb false 0", "dbt true 1",
                                 "dbt_duckdb true 1"));
  EXPECT_EQ(loaded->project().package_by_name.at("dbt"), 3U);
}

}  // namespace
}  // namespace sluice::project
