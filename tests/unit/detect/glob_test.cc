#include "detect/glob.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::detect {
namespace {

namespace stdfs = std::filesystem;

TEST(Wildcards, MatchAsInTheShell) {
  EXPECT_TRUE(matches_wildcards("a.parquet", "*.parquet"));
  EXPECT_TRUE(matches_wildcards(".a.parquet", "*.parquet"));
  EXPECT_TRUE(matches_wildcards("dt=2024-01-01", "dt=*-01"));
  EXPECT_TRUE(matches_wildcards("", "*"));
  EXPECT_TRUE(matches_wildcards("ab", "??"));
  EXPECT_TRUE(matches_wildcards("aXbXc", "a*b*c"));
  EXPECT_FALSE(matches_wildcards("abc", "??"));
  EXPECT_FALSE(matches_wildcards("a.parquet.tmp", "*.parquet"));
  EXPECT_FALSE(matches_wildcards("a", "a?"));
}

class Glob : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sluice_glob_XXXXXX";
    root_ = ::mkdtemp(name);
    for (const char* folder : {"dt=1", "dt=2", ".hidden", "dt=1/folder.parquet"})
      stdfs::create_directories(root_ / folder);
    for (const char* file : {"dt=1/b.parquet", "dt=1/.a.parquet", "dt=1/c.csv", "dt=2/a.parquet",
                             ".hidden/a.parquet", "d.parquet"})
      std::ofstream(root_ / file) << "x";
    stdfs::create_symlink("b.parquet", root_ / "dt=1/link.parquet");
    stdfs::create_symlink("nowhere", root_ / "dt=1/broken.parquet");
    stdfs::create_directory_symlink("dt=2", root_ / "dt=3");
    ::mkfifo((root_ / "dt=1/pipe.parquet").c_str(), 0600);
  }
  void TearDown() override { stdfs::remove_all(root_); }

  std::vector<std::string> find(const std::string& pattern) const {
    std::vector<std::string> out =
        glob_local(root_ / pattern).value_or(std::vector{std::string("?")});
    for (std::string& path : out)
      if (path.starts_with(root_.string())) path = path.substr(root_.string().size() + 1);
    return out;
  }

  stdfs::path root_;
};

using Paths = std::vector<std::string>;

TEST_F(Glob, ListsRegularFilesHiddenOnesTooAndFollowsLinks) {
  EXPECT_EQ(find("*/*.parquet"), (Paths{".hidden/a.parquet", "dt=1/.a.parquet", "dt=1/b.parquet",
                                        "dt=1/link.parquet", "dt=2/a.parquet", "dt=3/a.parquet"}));
  EXPECT_EQ(find("dt=?/a.parquet"), (Paths{"dt=2/a.parquet", "dt=3/a.parquet"}));
  EXPECT_EQ(find("dt=1/*.csv"), (Paths{"dt=1/c.csv"}));
  EXPECT_EQ(find("nowhere/*.parquet"), Paths{});
  EXPECT_EQ(find("*"), (Paths{"d.parquet"}));
}

TEST_F(Glob, LeavesWhatItDoesNotKnowToTheEngine) {
  EXPECT_FALSE(glob_local("s3://bucket/*.parquet"));
  EXPECT_FALSE(glob_local("/data/**/x.parquet"));
  EXPECT_FALSE(glob_local("/data/[ab].parquet"));
  EXPECT_FALSE(glob_local("~/data/*.parquet"));
}

}  // namespace
}  // namespace sluice::detect
