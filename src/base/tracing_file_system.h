// TracingFileSystem: reads through to another file system and keeps what was asked and what state
// the answer had, so that a later process can tell whether it would be answered the same. Writes
// pass through untraced. The file system below must outlive it. Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"

namespace sluice {

// One question and the state of its answer: file identities (size, times, inode), never contents.
struct TracedInput {
  enum class Kind : uint8_t { kFile, kListing, kFolder };
  Kind kind = Kind::kFile;
  std::string path;
  std::string state;
};

// The state of an input now, in the words of TracedInput::state.
std::string state_of_input(const FileSystem& fs, TracedInput::Kind kind, const std::string& path);

class TracingFileSystem final : public FileSystem {
 public:
  // `look_at` sees every content that is read, from any thread.
  TracingFileSystem(FileSystem& below, std::function<void(std::string_view content)> look_at)
      : below_(below), look_at_(std::move(look_at)) {}

  Result<std::string> read(const std::string& path) const override;
  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<FileInfo> info(const std::string& path) const override;
  Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const override;
  Result<std::vector<FileInfo>> list(const std::string& folder) const override;

  Status write_in_pieces(const std::string& path,
                         const std::function<void(const TextSink&)>& produce) override {
    return below_.write_in_pieces(path, produce);
  }
  Status make_directories(const std::string& path) override {
    return below_.make_directories(path);
  }
  Status remove_all(const std::string& path) override { return below_.remove_all(path); }

  // What was asked so far, each question once, the states from before it was answered.
  std::vector<TracedInput> inputs() const;
  // The newest change of any file that was asked about; 0: none.
  int64_t newest_change_ns() const;

 private:
  void trace(TracedInput::Kind kind, const std::string& path) const;
  void note_changes(const std::vector<FileInfo>& files) const;

  FileSystem& below_;
  const std::function<void(std::string_view)> look_at_;
  mutable std::mutex inputs_mutex_;
  mutable std::vector<TracedInput> inputs_;
  mutable int64_t newest_change_ns_ = 0;
};

}  // namespace sluice
