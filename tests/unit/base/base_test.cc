#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/secret.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> paths(const Result<std::vector<FileInfo>>& infos) {
  std::vector<std::string> out;
  for (const FileInfo& info : infos.value())
    out.push_back(info.path + (info.is_directory ? "/" : ""));
  return out;
}

// Both file systems must answer alike.
void exercise(FileSystem& fs, const std::string& root) {
  ASSERT_TRUE(fs.write_atomically(join_path(root, "a/b/two.txt"), "2"));
  ASSERT_TRUE(fs.write_atomically(join_path(root, "a/one.txt"), "first"));
  ASSERT_TRUE(fs.write_atomically(join_path(root, "a/one.txt"), "one"));
  ASSERT_TRUE(fs.write_atomically(join_path(root, "a/.hidden/three.txt"), "3"));
  EXPECT_EQ(fs.read(join_path(root, "a/one.txt")).value(), "one");
  EXPECT_EQ(fs.read(join_path(root, "a/none")).error().code(), ErrorCode::kFileNotFound);
  EXPECT_THAT(paths(fs.list_recursively(join_path(root, "a"))),
              ElementsAre("b/two.txt", "one.txt"));
  EXPECT_THAT(paths(fs.list_recursively(join_path(root, "zzz"))), ElementsAre());
  EXPECT_THAT(paths(fs.list(join_path(root, "a"))), ElementsAre(".hidden/", "b/", "one.txt"));
  EXPECT_TRUE(fs.is_directory(join_path(root, "a/b")));
  EXPECT_FALSE(fs.is_directory(join_path(root, "a/one.txt")));
  EXPECT_TRUE(fs.exists(join_path(root, "a")));
  EXPECT_EQ(fs.info(join_path(root, "a/one.txt")).value().size, 3U);
  EXPECT_EQ(fs.info(join_path(root, "nope")).error().code(), ErrorCode::kFileNotFound);
  ASSERT_TRUE(fs.remove_all(join_path(root, "a")));
  ASSERT_TRUE(fs.remove_all(join_path(root, "a")));
  EXPECT_FALSE(fs.exists(join_path(root, "a/one.txt")));
}

TEST(FileSystemTest, MemoryBehaves) {
  MemoryFileSystem fs;
  exercise(fs, "/p");
  exercise(fs, "relative/p");
}

TEST(FileSystemTest, RealBehaves) {
  RealFileSystem fs;
  const std::string root = testing::TempDir() + "/sluice_base_" + std::to_string(getpid());
  exercise(fs, root);
  ASSERT_TRUE(fs.make_directories(root + "/loop/inner"));
  ASSERT_TRUE(fs.write_atomically(root + "/loop/inner/x", "x"));
  ASSERT_EQ(symlink((root + "/loop").c_str(), (root + "/loop/inner/up").c_str()), 0);
  ASSERT_EQ(symlink("nowhere", (root + "/loop/dangling").c_str()), 0);
  EXPECT_THAT(paths(fs.list_recursively(root + "/loop")), ElementsAre("inner/x"));
  EXPECT_EQ(fs.read(root + "/loop").error().code(), ErrorCode::kIo);
  ASSERT_TRUE(fs.remove_all(root));
}

TEST(FileSystemTest, RealWritesOnlyWhatChanged) {
  RealFileSystem fs;
  const std::string root = testing::TempDir() + "/sluice_changed_" + std::to_string(getpid());
  const std::string path = root + "/new/folder/a.sql";
  ASSERT_TRUE(fs.write_if_changed(path, "select 1"));
  const FileInfo first = *fs.info(path);
  ASSERT_TRUE(fs.write_if_changed(path, "select 1"));
  EXPECT_EQ(fs.info(path)->ctime_ns, first.ctime_ns);
  ASSERT_TRUE(fs.write_if_changed(path, "select 2"));
  EXPECT_EQ(*fs.read(path), "select 2");
  EXPECT_NE(fs.info(path)->inode, first.inode);  // who reads the old one sees all of it
  ASSERT_TRUE(fs.write_if_changed(path, "select 345"));
  EXPECT_EQ(*fs.read(path), "select 345");
  ASSERT_TRUE(fs.write_atomically(path, ""));
  ASSERT_TRUE(fs.write_if_changed(path, "select 6"));
  EXPECT_EQ(*fs.read(path), "select 6");
  EXPECT_EQ(fs.write_if_changed("/dev/null/x/y", "text").error().code(), ErrorCode::kIo);
  ASSERT_TRUE(fs.remove_all(root));
}

TEST(FileSystemTest, UnwritablePlaceIsAnError) {
  RealFileSystem fs;
  const Status written = fs.write_atomically("/dev/null/x/y", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), ErrorCode::kIo);
}

TEST(PathTest, Joins) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path("a", ""), "a");
}

TEST(PathTest, Normalizes) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "."},       {".", "."},        {"/", "/"},      {"a/./b//c/", "a/b/c"},
      {"a/../b", "b"}, {"../a", "../a"},  {"/../a", "/a"}, {"a/b/../../..", ".."},
      {"a/..", "."},   {"/a/b/..", "/a"},
  };
  for (const auto& [input, want] : table) EXPECT_EQ(normalize_path(input), want) << input;
}

TEST(PathTest, MakesRelative) {
  EXPECT_EQ(relative_path("/a/b/c", "/a/b"), "c");
  EXPECT_EQ(relative_path("/a/b/c", "/a/b/"), "c");
  EXPECT_EQ(relative_path("/a/bc", "/a/b"), "/a/bc");
  EXPECT_EQ(relative_path("/a", "/a"), ".");
  EXPECT_EQ(relative_path("/a", "/"), "a");
}

TEST(ClockTest, PrintsTime) {
  EXPECT_EQ(iso_timestamp(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(iso_timestamp(1795255200123456), "2026-11-21T10:00:00.123456Z");
  EXPECT_EQ(iso_timestamp(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(ClockTest, MakesVersionFourIds) {
  const std::string id = random_uuid();
  EXPECT_THAT(id, testing::MatchesRegex(
                      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(id, random_uuid());
}

TEST(ClockTest, ReadsEnvironment) {
  EXPECT_TRUE(read_process_environment().contains("PATH"));
  EXPECT_GT(process_peak_memory_bytes(), 100'000U);
  EXPECT_GE(process_cpu_seconds(), 0.0);
}

TEST(HashTest, KnownValues) {
  EXPECT_EQ(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(JsonWriterTest, Writes) {
  JsonWriter writer;
  writer.begin_object().field("a", "x\"\\\n\x01é").key("b").begin_array();
  writer.integer(-5).number(1.5).number(2.0).number(std::nan("")).boolean(true).null().raw("{}");
  writer.begin_object().end_object().begin_array().end_array().end_array();
  writer.field("c", int64_t{7}).field("d", false).field("e", 0.1).end_object();
  EXPECT_EQ(writer.text(),
            "{\"a\":\"x\\\"\\\\\\n\\u0001é\",\"b\":[-5,1.5,2.0,null,true,null,{},{},[]],"
            "\"c\":7,\"d\":false,\"e\":0.1}");
}

TEST(JsonReaderTest, Reads) {
  const Json json =
      parse_json(R"( {"b":[1,2.5,"\u00e9",null,true,9223372036854775807],"a":{}} )").value();
  EXPECT_EQ(json.fields[0].first, "b");
  const Json& list = *json.find("b");
  EXPECT_EQ(list.items[0].integer, 1);
  EXPECT_EQ(list.items[1].floating, 2.5);
  EXPECT_EQ(list.items[2].text, "é");
  EXPECT_EQ(list.items[3].kind, Json::Kind::kNull);
  EXPECT_TRUE(list.items[4].boolean);
  EXPECT_EQ(list.items[5].integer, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(json.find("nope"), nullptr);
}

TEST(JsonReaderTest, RefusesBadText) {
  for (const char* text :
       {"", " ", "{", "[1", "{\"a\"}", "[1] 2", "nul", "{'a':1}", "[1,]", "\"abc"}) {
    const Result<Json> json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_THAT(json.error().message(), testing::StartsWith("invalid JSON at byte ")) << text;
  }
  EXPECT_EQ(parse_json("[1,]").error().message(), "invalid JSON at byte 3: syntax error");
}

TEST(ParallelTest, VisitsEachIndexOnce) {
  for (size_t workers : {0U, 1U, 2U, 7U}) {
    for (size_t count : {0U, 1U, 3U, 1000U}) {
      std::vector<std::atomic<int>> seen(count);
      std::atomic<size_t> worst{0};
      parallel_for(count, workers, [&](size_t index, size_t worker) {
        seen[index]++;
        if (worker > worst) worst = worker;
      });
      for (const auto& times : seen) EXPECT_EQ(times.load(), 1);
      EXPECT_LT(worst.load(), std::max<size_t>(workers, 1));
    }
  }
}

TEST(SecretTest, NeverShows) {
  EXPECT_EQ(Secret("pw").shown(), "***");
  EXPECT_EQ(Secret("").shown(), "");
  SecretScrubber scrubber;
  scrubber.add("abc");
  scrubber.add("abcdef");
  scrubber.add("");
  scrubber.add(" ");
  EXPECT_EQ(scrubber.scrub("x abcdef abc abcabc y"), "x ***** ***** ********** y");
  EXPECT_EQ(scrubber.scrub("nothing here"), "nothing here");
}

}  // namespace
}  // namespace sluice
