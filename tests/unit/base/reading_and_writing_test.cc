// What spares work on many files: texts made in parallel, files left as they are, traced inputs.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/parallel.h"
#include "base/scrubbing_file_system.h"
#include "base/tracing_file_system.h"

namespace sluice {
namespace {

TEST(ParallelInOrder, HandsOverInOrderWhateverTheNumberOfWorkers) {
  for (const size_t workers : {1U, 2U, 7U}) {
    std::string out;
    parallel_in_order(
        100, workers, [](size_t index) { return std::to_string(index) + ","; },
        [&](const std::string& text) { out += text; });
    std::string wanted;
    for (int index = 0; index < 100; ++index) wanted += std::to_string(index) + ",";
    EXPECT_EQ(out, wanted);
  }
  parallel_in_order(
      0, 4, [](size_t) { return std::string("x"); }, [](const std::string&) { FAIL(); });
}

// Counts what is written below it.
class CountingFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path) const override { return files_.read(path); }
  Status write_in_pieces(const std::string& path,
                         const std::function<void(const TextSink&)>& produce) override {
    ++num_writes;
    return files_.write_in_pieces(path, produce);
  }
  bool exists(const std::string& path) const override { return files_.exists(path); }
  bool is_directory(const std::string& path) const override { return files_.is_directory(path); }
  Result<FileInfo> info(const std::string& path) const override { return files_.info(path); }
  Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const override {
    return files_.list_recursively(folder);
  }
  Result<std::vector<FileInfo>> list(const std::string& folder) const override {
    return files_.list(folder);
  }
  Status make_directories(const std::string& path) override {
    return files_.make_directories(path);
  }
  Status remove_all(const std::string& path) override { return files_.remove_all(path); }
  int num_writes = 0;

 private:
  MemoryFileSystem files_;
};

TEST(WriteIfChanged, LeavesAFileThatHoldsTheTextAlready) {
  CountingFileSystem files;
  ASSERT_TRUE(files.write_if_changed("a.sql", "select 1"));
  ASSERT_TRUE(files.write_if_changed("a.sql", "select 1"));
  EXPECT_EQ(files.num_writes, 1);
  ASSERT_TRUE(files.write_if_changed("a.sql", "select 2"));
  EXPECT_EQ(files.num_writes, 2);
  EXPECT_EQ(*files.read("a.sql"), "select 2");
}

TEST(WriteIfChanged, ComparesWhatIsLeftAfterScrubbing) {
  CountingFileSystem files;
  SecretScrubber scrubber;
  ScrubbingFileSystem scrubbing(files, scrubber);
  ASSERT_TRUE(scrubbing.write_if_changed("a.sql", "select 'hush'"));
  scrubber.add("hush");
  ASSERT_TRUE(scrubbing.write_if_changed("a.sql", "select 'hush'"));
  EXPECT_EQ(*files.read("a.sql"), "select '*****'");
  ASSERT_TRUE(scrubbing.write_if_changed("a.sql", "select 'hush'"));
  EXPECT_EQ(files.num_writes, 2);
}

TEST(TracingFileSystem, NotesEachQuestionOnceAndSeesContents) {
  MemoryFileSystem below;
  ASSERT_TRUE(below.write_atomically("p/models/a.sql", "one"));
  ASSERT_TRUE(below.write_atomically("p/dbt_project.yml", "name: p"));
  std::atomic<int> num_seen{0};
  const TracingFileSystem files(below, [&](std::string_view) { ++num_seen; });
  EXPECT_TRUE(files.exists("p/dbt_project.yml"));
  EXPECT_TRUE(files.read("p/dbt_project.yml"));
  EXPECT_FALSE(files.exists("p/packages.yml"));
  EXPECT_EQ(files.list_recursively("p/models")->size(), 1U);
  EXPECT_TRUE(files.read("p/models/a.sql"));  // the listing has it
  EXPECT_EQ(num_seen, 2);
  const std::vector<TracedInput> inputs = files.inputs();
  ASSERT_EQ(inputs.size(), 3U);
  for (const TracedInput& input : inputs)
    EXPECT_EQ(state_of_input(below, input.kind, input.path), input.state) << input.path;
  EXPECT_EQ(inputs[1].state, "absent");

  ASSERT_TRUE(below.write_atomically("p/models/a.sql", "longer"));
  ASSERT_TRUE(below.write_atomically("p/packages.yml", "packages: []"));
  EXPECT_EQ(state_of_input(below, inputs[0].kind, inputs[0].path), inputs[0].state);
  EXPECT_NE(state_of_input(below, inputs[1].kind, inputs[1].path), inputs[1].state);
  EXPECT_NE(state_of_input(below, inputs[2].kind, inputs[2].path), inputs[2].state);
}

}  // namespace
}  // namespace sluice
