// duckdb profiles → settings.
#include "run/profile_warehouse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jinja/ops.h"

namespace sluice::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

project::Project project_with(const std::string& credentials_yaml) {
  project::Project project;
  project.root = "/shop";
  project.profile.profile_name = "shop";
  project.profile.target_name = "dev";
  project.profile.adapter_type = "duckdb";
  project.profile.database = "shop";
  project.profile.schema = "main";
  auto credentials = jinja::from_yaml(credentials_yaml);
  EXPECT_TRUE(credentials);
  if (credentials) project.profile.credentials = *credentials;
  return project;
}

TEST(ProfileWarehouse, PathIsRelativeToTheProject) {
  EXPECT_EQ(duckdb_settings(project_with("{path: data/shop.duckdb}"))->path,
            "/shop/data/shop.duckdb");
  EXPECT_EQ(duckdb_settings(project_with("{path: /tmp/x.duckdb}"))->path, "/tmp/x.duckdb");
  EXPECT_EQ(duckdb_settings(project_with("{type: duckdb}"))->path, ":memory:");
}

TEST(ProfileWarehouse, SettingsAndExtensions) {
  const auto settings = duckdb_settings(
      project_with("{settings: {memory_limit: 2GB, threads: 3, preserve_insertion_order: false},"
                   " config_options: {allow_unsigned_extensions: true}, extensions: [httpfs, "
                   "{name: h3, repo: community}]}"));
  ASSERT_TRUE(settings);
  EXPECT_THAT(settings->settings,
              ElementsAre(Pair("allow_unsigned_extensions", "true"), Pair("memory_limit", "2GB"),
                          Pair("threads", "3"), Pair("preserve_insertion_order", "false")));
  EXPECT_THAT(settings->extensions, ElementsAre("httpfs", "h3"));
}

TEST(ProfileWarehouse, SecretsAndAttachedDatabases) {
  const auto settings = duckdb_settings(
      project_with("{secrets: [{type: s3, region: eu, key_id: o'k, scope: [s3://a, s3://b]}],"
                   " attach: [{path: other.duckdb, alias: other, read_only: true},"
                   " {path: 'sqlite:x.db', type: sqlite}]}"));
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->start_statements.size(), 3U);
  EXPECT_THAT(settings->start_statements[0].sql, HasSubstr("SECRET \"_dbt_secret_1\""));
  EXPECT_THAT(settings->start_statements[0].sql, HasSubstr("'o''k'"));
  EXPECT_THAT(settings->start_statements[0].sql, HasSubstr("['s3://a', 's3://b']"));
  EXPECT_EQ(settings->start_statements[0].what, "creating the secret \"_dbt_secret_1\"");
  EXPECT_THAT(settings->start_statements[1].sql, HasSubstr("'/shop/other.duckdb'"));
  EXPECT_THAT(settings->start_statements[1].sql, HasSubstr("READ_ONLY"));
  EXPECT_EQ(settings->start_statements[1].what, "attaching \"other\"");
  EXPECT_THAT(settings->start_statements[2].sql, HasSubstr("'sqlite:x.db'"));
}

TEST(ProfileWarehouse, OneSecretMayStandAlone) {
  const auto settings = duckdb_settings(
      project_with("{secrets: {type: s3, name: mine, persistent: true, storage: local_file,"
                   " secret_provider: config}}"));
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->start_statements.size(), 1U);
  EXPECT_EQ(settings->start_statements[0].sql,
            "CREATE OR REPLACE PERSISTENT SECRET \"mine\" IN \"local_file\" (TYPE \"s3\", "
            "\"provider\" 'config')");
}

TEST(ProfileWarehouse, ExtensionFolderRetriesAndPlugins) {
  const EnvironmentMap home = {{"HOME", "/users/ann"}};
  EXPECT_EQ(duckdb_settings(project_with("{type: duckdb}"), home)->extension_directory,
            "/users/ann/.duckdb/extensions");
  EXPECT_EQ(duckdb_settings(project_with("{type: duckdb}"), {{"SLUICE_EXTENSION_DIR", "/x"}})
                ->extension_directory,
            "/x");
  EXPECT_EQ(duckdb_settings(project_with("{settings: {extension_directory: ~/e}}"), home)
                ->extension_directory,
            "/users/ann/e");
  EXPECT_EQ(duckdb_settings(project_with("{path: ~/a/b.duckdb}"), home)->path,
            "/users/ann/a/b.duckdb");
  const auto retries = duckdb_settings(project_with(
      "{retries: {connect_attempts: 3, query_attempts: 2, retryable_exceptions: [HTTPException]},"
      " disable_transactions: true, keep_open: true, module_paths: [lib]}"));
  ASSERT_TRUE(retries);
  EXPECT_EQ(retries->connect_attempts, 3);
  EXPECT_EQ(retries->query_attempts, 2);
  EXPECT_THAT(retries->retryable_exceptions, ElementsAre("HTTPException"));
  EXPECT_TRUE(retries->disable_transactions);
  const auto plugins = duckdb_settings(project_with("{plugins: [{module: excel}]}"));
  ASSERT_TRUE(plugins);
  EXPECT_THAT(plugins->extensions, ElementsAre("excel"));
}

TEST(ProfileWarehouse, WrongOrUnsupportedKeysAreErrors) {
  for (const char* yaml :
       {"{path: 3}", "{path: 'md:x'}", "{settings: [a]}", "{settings: {a: [1]}}", "{extensions: x}",
        "{attach: [{alias: x}]}", "{secrets: [{name: x}]}", "{plugins: [{module: gsheet}]}",
        "{plugins: [{module: mine}]}", "{filesystems: [{fs: s3}]}", "{remote: {host: x}}",
        "{motherduck_token: x}", "{attach: [{path: 'md:x'}]}", "{retries: {query_attempts: x}}"}) {
    EXPECT_FALSE(duckdb_settings(project_with(yaml))) << yaml;
  }
  EXPECT_TRUE(duckdb_settings(project_with("{plugins: [], filesystems: null, remote: {}}")));
}

TEST(ProfileWarehouse, UnknownAdaptersCompileAsPlainSql) {
  project::Project project = project_with("{}");
  project.profile.adapter_type = "oracle";
  MemoryFileSystem fs;
  const auto opened = open_warehouse(fs, project);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->dialect().adapter_type(), "oracle");
}

TEST(ProfileWarehouse, OtherAdaptersCompileOnly) {
  project::Project project = project_with("{}");
  project.profile.adapter_type = "trino";
  MemoryFileSystem fs;
  const auto opened = open_warehouse(fs, project);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->dialect().adapter_type(), "trino");
}

}  // namespace
}  // namespace sluice::run
