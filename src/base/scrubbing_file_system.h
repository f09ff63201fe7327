// A FileSystem that takes secrets out of everything it writes: compiled SQL and artifacts go
// through it. Both it refers to must outlive it. As thread-safe as the file system below.
#pragma once

#include "base/file_system.h"
#include "base/secret.h"

namespace sluice {

class ScrubbingFileSystem final : public FileSystem {
 public:
  ScrubbingFileSystem(FileSystem& below, const SecretScrubber& scrubber)
      : below_(below), scrubber_(scrubber) {}

  Status write_in_pieces(const std::string& path,
                         const std::function<void(const TextSink&)>& produce) override {
    return below_.write_in_pieces(path, [&](const TextSink& sink) {
      std::string scrubbed;
      produce([&](std::string_view piece) { sink(scrubber_.scrub_into(piece, scrubbed)); });
    });
  }
  Status write_if_changed(const std::string& path, std::string_view content) override {
    std::string scrubbed;
    return below_.write_if_changed(path, scrubber_.scrub_into(content, scrubbed));
  }
  Result<std::string> read(const std::string& path) const override { return below_.read(path); }
  bool exists(const std::string& path) const override { return below_.exists(path); }
  bool is_directory(const std::string& path) const override { return below_.is_directory(path); }
  Result<FileInfo> info(const std::string& path) const override { return below_.info(path); }
  Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const override {
    return below_.list_recursively(folder);
  }
  Result<std::vector<FileInfo>> list(const std::string& folder) const override {
    return below_.list(folder);
  }
  Status make_directories(const std::string& path) override {
    return below_.make_directories(path);
  }
  Status remove_all(const std::string& path) override { return below_.remove_all(path); }

 private:
  FileSystem& below_;
  const SecretScrubber& scrubber_;
};

}  // namespace sluice
