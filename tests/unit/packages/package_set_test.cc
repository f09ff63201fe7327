#include "packages/package_set.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "packages/archive.h"

namespace sluice::packages {
namespace {

namespace disk = std::filesystem;

struct Member {
  std::string path;
  std::string text;
  std::string link = {};
};

std::string make_archive(const std::vector<Member>& members) {
  std::string bytes(size_t{1} << 20, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_pax_restricted(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.path.c_str());
    archive_entry_set_filetype(entry, member.link.empty() ? AE_IFREG : AE_IFLNK);
    if (!member.link.empty()) archive_entry_set_symlink(entry, member.link.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.text.size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, member.text.data(), member.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

class PackageSetTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = disk::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    disk::remove_all(folder_);
    disk::create_directories(folder_);
  }
  void TearDown() override { disk::remove_all(folder_); }

  std::string read(const std::string& path) const {
    std::ifstream file(folder_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  disk::path folder_;
};

TEST_F(PackageSetTest, UnpacksWithoutTheCommonFolder) {
  const std::string bytes =
      make_archive({{"pkg-1.0/dbt_project.yml", "name: pkg\n"}, {"pkg-1.0/a/b.sql", "select 1"}});
  ASSERT_TRUE(unpack_archive(bytes, (folder_ / "out").string(), "x"));
  EXPECT_EQ(read("out/dbt_project.yml"), "name: pkg\n");
  EXPECT_EQ(read("out/a/b.sql"), "select 1");
}

TEST_F(PackageSetTest, RefusesArchivesThatLeadOut) {
  const std::vector<std::vector<Member>> bad = {
      {{"pkg/../../evil", "x"}},
      {{"/evil", "x"}},
      {{"pkg/a", "x"}, {"pkg/link", "", "../../evil"}},
      {{"pkg/a", "x"}, {"pkg/link", "", "/etc/passwd"}},
  };
  for (const auto& members : bad) {
    const Status status = unpack_archive(make_archive(members), (folder_ / "out").string(), "x");
    EXPECT_FALSE(status) << members.back().path;
  }
  EXPECT_FALSE(disk::exists(folder_ / "evil"));
  EXPECT_FALSE(unpack_archive("<html>", (folder_ / "out").string(), "x"));
}

TEST_F(PackageSetTest, KeepsLinksThatStayInside) {
  const std::string bytes = make_archive({{"p/a/one", "1"}, {"p/b/two", "", "../a/one"}});
  ASSERT_TRUE(unpack_archive(bytes, (folder_ / "out").string(), "x"));
  EXPECT_EQ(read("out/b/two"), "1");
}

class Silence final : public EventSink {
 public:
  void emit(const Event& event) override { messages.push_back(event.message); }
  std::vector<std::string> messages;
};

constexpr char kIndex[] = R"(["acme/util", "acme/lib"])";
constexpr char kUtil[] = R"({"name": "util", "versions": {
  "1.0.0": {"name": "util", "packages": [], "require_dbt_version": [">=1.0.0"],
            "downloads": {"tarball": "http://h/util-1.0.0.tar.gz"}},
  "1.1.0": {"name": "util", "packages": [], "require_dbt_version": [">=1.0.0", "<3.0.0"],
            "downloads": {"tarball": "http://h/util-1.1.0.tar.gz"}},
  "1.2.0": {"name": "util", "packages": [], "require_dbt_version": [">=9.0.0"],
            "downloads": {"tarball": "http://h/util-1.2.0.tar.gz"}}}})";
constexpr char kLib[] = R"({"name": "lib", "versions": {
  "1.0.0": {"name": "lib", "packages": [{"package": "acme/util", "version": [">=1.0.0", "<1.1.0"]}],
            "require_dbt_version": [], "downloads": {"tarball": "http://h/lib-1.0.0.tar.gz"}}}})";

PackageSpec registry_spec(const std::string& name, const std::string& requirement) {
  PackageSpec spec;
  spec.kind = PackageSpec::Kind::kRegistry;
  spec.location = spec.written = name;
  spec.versions.push_back(parse_requirement(requirement).value());
  return spec;
}

class RegistryTest : public PackageSetTest {
 protected:
  PackageSetOptions options() const {
    PackageSetOptions out;
    out.project_root = folder_.string();
    out.project_name = "shop";
    out.install_folder = (folder_ / "dbt_packages").string();
    out.registry_url = "http://h/";
    out.dbt_version = "1.11.16";
    return out;
  }

  RealFileSystem fs_;
  Silence events_;
  MemoryHttpClient http_{{
      {"http://h/api/v1/index.json", kIndex},
      {"http://h/api/v1/acme/util.json", kUtil},
      {"http://h/api/v1/acme/lib.json", kLib},
      {"http://h/util-1.0.0.tar.gz", make_archive({{"u/dbt_project.yml", "name: util\n"}})},
      {"http://h/util-1.1.0.tar.gz", make_archive({{"u/dbt_project.yml", "name: util\n"}})},
  }};
};

TEST_F(RegistryTest, TakesTheNewestVersionMadeForThisDbt) {
  PackageSet set(fs_, http_, events_, options());
  auto resolved = set.resolve({registry_spec("acme/util", ">=1.0.0")}, true);
  ASSERT_TRUE(resolved) << resolved.error().message();
  ASSERT_EQ(resolved->size(), 1U);
  EXPECT_EQ(resolved->front().version, "1.1.0");
  ASSERT_TRUE(set.install(*resolved));
  EXPECT_EQ(read("dbt_packages/util/dbt_project.yml"), "name: util\n");
}

TEST_F(RegistryTest, LetsTransitivePackagesNarrowTheChoice) {
  PackageSet set(fs_, http_, events_, options());
  auto resolved = set.resolve(
      {registry_spec("acme/util", ">=1.0.0"), registry_spec("acme/lib", "1.0.0")}, true);
  ASSERT_TRUE(resolved) << resolved.error().message();
  EXPECT_EQ(resolved->front().version, "1.0.0");
}

TEST_F(RegistryTest, SaysWhatContradicts) {
  PackageSet set(fs_, http_, events_, options());
  auto resolved =
      set.resolve({registry_spec("acme/util", "1.1.0"), registry_spec("acme/lib", "1.0.0")}, true);
  ASSERT_FALSE(resolved);
  EXPECT_THAT(resolved.error().message(),
              testing::HasSubstr("options: ['=1.1.0', '>=1.0.0', '<1.1.0']"));
  EXPECT_FALSE(set.resolve({registry_spec("acme/nosuch", "1.0.0")}, true));
  EXPECT_FALSE(set.resolve({registry_spec("acme/util", "5.0.0")}, true));
}

TEST_F(RegistryTest, LeavesTheOldPackagesWhenOneFails) {
  disk::create_directories(folder_ / "dbt_packages/old");
  {
    PackageSet set(fs_, http_, events_, options());
    auto resolved = set.resolve({registry_spec("acme/lib", "1.0.0")}, true);
    ASSERT_TRUE(resolved);
    EXPECT_FALSE(set.install(*resolved));  // lib-1.0.0.tar.gz is not there
  }
  EXPECT_TRUE(disk::exists(folder_ / "dbt_packages/old"));
  size_t num_entries = 0;
  for ([[maybe_unused]] const auto& entry : disk::directory_iterator(folder_)) ++num_entries;
  EXPECT_EQ(num_entries, 1U) << "something was left beside the packages";
}

}  // namespace
}  // namespace sluice::packages
