// FileSystem: the only door to files. RealFileSystem for the product, MemoryFileSystem for tests.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

namespace sluice {

struct FileInfo {
  std::string path;  // as asked for, or relative to the listed folder
  bool is_directory = false;
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  uint64_t inode = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // kFileNotFound, kIo.
  virtual Result<std::string> read(const std::string& path) const = 0;
  // Writes beside and renames, so a reader never sees half a file. Makes missing folders. kIo,
  // kNoSpace.
  Status write_atomically(const std::string& path, std::string_view content);
  // The same for content that comes in pieces and is never held whole: `produce` calls the sink for
  // each.
  using TextSink = std::function<void(std::string_view piece)>;
  virtual Status write_in_pieces(const std::string& path,
                                 const std::function<void(const TextSink&)>& produce) = 0;
  // For the many small files that people read and nothing depends on (compiled SQL). A file that
  // holds `content` already stays untouched: reading one costs a fifth of making one. Another file
  // is replaced as by write_atomically(). A new one may have its name while it is still empty: a
  // third of its cost is the name that comes later.
  virtual Status write_if_changed(const std::string& path, std::string_view content);
  virtual bool exists(const std::string& path) const = 0;
  virtual bool is_directory(const std::string& path) const = 0;
  virtual Result<FileInfo> info(const std::string& path) const = 0;
  // Every file below `folder` (not folders), relative paths with '/', sorted; hidden files and
  // folders left out, symbolic links to folders followed. A missing folder gives an empty list.
  virtual Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const = 0;
  // Direct entries, sorted.
  virtual Result<std::vector<FileInfo>> list(const std::string& folder) const = 0;
  virtual Status make_directories(const std::string& path) = 0;
  // Removes a file or a whole folder; absent is fine.
  virtual Status remove_all(const std::string& path) = 0;
};

class RealFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path) const override;
  Status write_in_pieces(const std::string& path,
                         const std::function<void(const TextSink&)>& produce) override;
  Status write_if_changed(const std::string& path, std::string_view content) override;
  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<FileInfo> info(const std::string& path) const override;
  Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const override;
  Result<std::vector<FileInfo>> list(const std::string& folder) const override;
  Status make_directories(const std::string& path) override;
  Status remove_all(const std::string& path) override;
};

// Files in a map; folders exist when a file lies below them.
class MemoryFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path) const override;
  Status write_in_pieces(const std::string& path,
                         const std::function<void(const TextSink&)>& produce) override;
  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<FileInfo> info(const std::string& path) const override;
  Result<std::vector<FileInfo>> list_recursively(const std::string& folder) const override;
  Result<std::vector<FileInfo>> list(const std::string& folder) const override;
  Status make_directories(const std::string& path) override;
  Status remove_all(const std::string& path) override;

 private:
  mutable std::mutex files_mutex_;
  std::map<std::string, std::string> files_;
};

// "a/b" from parts; an absolute right side wins.
std::string join_path(std::string_view left, std::string_view right);
// Lexical clean-up of "." and "..".
std::string normalize_path(std::string_view path);
// `path` relative to `base` when it lies below it, else unchanged.
std::string relative_path(std::string_view path, std::string_view base);

}  // namespace sluice
