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
  EXPECT_THAT(settings->start_statements[0], HasSubstr("SECRET"));
  EXPECT_THAT(settings->start_statements[0], HasSubstr("'o''k'"));
  EXPECT_THAT(settings->start_statements[0], HasSubstr("['s3://a', 's3://b']"));
  EXPECT_THAT(settings->start_statements[1], HasSubstr("'/shop/other.duckdb'"));
  EXPECT_THAT(settings->start_statements[1], HasSubstr("READ_ONLY"));
  EXPECT_THAT(settings->start_statements[2], HasSubstr("'sqlite:x.db'"));
}

TEST(ProfileWarehouse, WrongOrUnsupportedKeysAreErrors) {
  for (const char* yaml :
       {"{path: 3}", "{path: 'md:x'}", "{settings: [a]}", "{settings: {a: [1]}}", "{extensions: x}",
        "{attach: [{alias: x}]}", "{secrets: [{name: x}]}", "{plugins: [{module: excel}]}",
        "{filesystems: [{fs: s3}]}", "{remote: {host: x}}"}) {
    EXPECT_FALSE(duckdb_settings(project_with(yaml))) << yaml;
  }
  EXPECT_TRUE(duckdb_settings(project_with("{plugins: [], filesystems: null, remote: {}}")));
}

TEST(ProfileWarehouse, UnknownAdapterSuggestsTheNearest) {
  project::Project project = project_with("{}");
  project.profile.adapter_type = "duckbd";
  MemoryFileSystem fs;
  const auto opened = open_warehouse(fs, project);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kProfileInvalid);
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
