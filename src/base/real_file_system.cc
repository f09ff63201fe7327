// RealFileSystem: POSIX calls, without std::filesystem's per-entry allocations (a project has tens
// of thousands of files).
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/file_system.h"

namespace sluice {

namespace {

// Closes a file descriptor when the scope ends.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Closes now and answers whether that went well (a full disk may show here).
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Error io_error(std::string_view doing, const std::string& path, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  if (error_number == ENOENT)
    return Error(ErrorCode::kFileNotFound, fmt::format("file not found: \"{}\"", path));
  if (error_number == ENOSPC || error_number == EDQUOT)
    return Error(ErrorCode::kNoSpace, fmt::format("no space left to {} \"{}\"", doing, path),
                 "free disk space (or raise the quota) on the volume that holds this path, then "
                 "run again");
  std::string hint;
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS)
    hint = "check the permissions of the file and of the folders above it";
  return Error(ErrorCode::kIo, fmt::format("cannot {} \"{}\": {}", doing, path, reason),
               std::move(hint));
}

FileInfo make_info(std::string path, const struct stat& status) {
  FileInfo info;
  info.path = std::move(path);
  info.is_directory = S_ISDIR(status.st_mode);
  info.size = static_cast<uint64_t>(status.st_size);
  const auto nanoseconds = [](const timespec& moment) {
    return static_cast<int64_t>(moment.tv_sec) * 1'000'000'000 + moment.tv_nsec;
  };
  info.mtime_ns = nanoseconds(status.st_mtim);
  info.ctime_ns = nanoseconds(status.st_ctim);
  info.inode = status.st_ino;
  return info;
}

// One walk below a folder. Remembers the folders it stands in, so a symbolic link to an ancestor
// ends the descent.
class Walker {
 public:
  Status walk(int folder_fd, const std::string& path, const std::string& prefix) {
    Folder folder(::fdopendir(folder_fd));
    if (!folder) return fail(io_error("list", path, errno));
    struct stat status{};
    if (::fstat(folder_fd, &status) != 0) return fail(io_error("list", path, errno));
    const std::pair<dev_t, ino_t> identity{status.st_dev, status.st_ino};
    if (std::find(ancestors_.begin(), ancestors_.end(), identity) != ancestors_.end()) return {};
    ancestors_.push_back(identity);
    while (const dirent* entry = ::readdir(folder.get())) {
      if (entry->d_name[0] == '.') continue;
      SLUICE_TRY(visit(folder_fd, path, prefix + entry->d_name, entry->d_name));
    }
    ancestors_.pop_back();
    return {};
  }
  std::vector<FileInfo> take_sorted() {
    std::sort(found_.begin(), found_.end(),
              [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  Status visit(int folder_fd, const std::string& path, std::string relative, const char* name) {
    struct stat status{};
    if (::fstatat(folder_fd, name, &status, 0) != 0) {
      if (errno == ENOENT || errno == ELOOP) return {};  // a dangling link is no file
      return fail(io_error("read", join_path(path, name), errno));
    }
    if (!S_ISDIR(status.st_mode)) {
      found_.push_back(make_info(std::move(relative), status));
      return {};
    }
    const int below = ::openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::string below_path = join_path(path, name);
    if (below < 0) return fail(io_error("list", below_path, errno));
    return walk(below, below_path, relative + "/");
  }

  std::vector<FileInfo> found_;
  std::vector<std::pair<dev_t, ino_t>> ancestors_;
};

Status write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail(io_error("write", path, errno));
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

namespace {

// A new file of `folder` without a name where the system has such files: a process that is killed
// while it writes leaves nothing behind. Elsewhere a file called `temporary`.
int open_new_file(const std::string& folder, const std::string& temporary) {
#ifdef O_TMPFILE
  static const bool kCanNameLater = ::access("/proc/self/fd", X_OK) == 0;
  if (kCanNameLater) {
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  }
#endif
  return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

// Puts the written file in the place of `path`, at once. False: errno says why.
bool give_name(int fd, const std::string& temporary, const std::string& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return false;
  if (status.st_nlink == 0) {
    const std::string open_file = fmt::format("/proc/self/fd/{}", fd);
    if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return true;
    // Only rename() can replace a file, and it needs a name.
    if (errno != EEXIST ||
        ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return false;
  }
  return ::rename(temporary.c_str(), path.c_str()) == 0;
}

}  // namespace

namespace {

// What an open file holds from its beginning.
Result<std::string> read_all(int fd, const struct stat& status, const std::string& path) {
  // One byte more than the size shows a file that grew meanwhile; special files grow the buffer.
  std::string content(static_cast<size_t>(std::max<off_t>(status.st_size, 0)) + 1, '\0');
  size_t used = 0;
  while (true) {
    const ssize_t got = ::read(fd, content.data() + used, content.size() - used);
    if (got < 0) {
      if (errno == EINTR) continue;
      return fail(io_error("read", path, errno));
    }
    if (got == 0) break;
    used += static_cast<size_t>(got);
    // A regular file gave what its size promised: that is its end.
    if (S_ISREG(status.st_mode) && used + 1 == content.size()) break;
    if (used == content.size()) content.resize(content.size() * 2);
  }
  content.resize(used);
  return content;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Result<std::string> RealFileSystem::read(const std::string& path) const {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return fail(io_error("read", path, errno));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(io_error("read", path, errno));
  if (S_ISDIR(status.st_mode)) return fail(io_error("read", path, EISDIR));
  return read_all(file.get(), status, path);
}

Status RealFileSystem::write_if_changed(const std::string& path, std::string_view content) {
  const auto open_or_make = [&path] {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  };
  int fd = open_or_make();
  if (fd < 0 && errno == ENOENT) {
    SLUICE_TRY(make_directories(folder_of(path)));
    fd = open_or_make();
  }
  Descriptor file(fd);
  struct stat status{};
  // What cannot be opened for writing may be replaceable.
  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return write_atomically(path, content);
  if (status.st_size == 0) {
    Status written = write_all(file.get(), content, path);
    const int late_error = file.close() ? 0 : errno;
    if (written && late_error != 0) written = fail(io_error("write", path, late_error));
    if (!written) ::unlink(path.c_str());
    return written;
  }
  if (static_cast<size_t>(status.st_size) == content.size()) {
    const Result<std::string> known = read_all(file.get(), status, path);
    if (known && *known == content) return {};
  }
  return write_atomically(path, content);
}

Status RealFileSystem::write_in_pieces(const std::string& path,
                                       const std::function<void(const TextSink&)>& produce) {
  static std::atomic<uint64_t> next_temporary{0};  // several threads may write at once
  const std::string folder = folder_of(path);
  // Short, so that a file whose name is as long as names can be is writable too.
  const std::string temporary =
      fmt::format("{}/.sluice-{}-{}.tmp", folder, ::getpid(), next_temporary.fetch_add(1));
  int fd = open_new_file(folder, temporary);
  if (fd < 0 && errno == ENOENT) {
    SLUICE_TRY(make_directories(folder));
    fd = open_new_file(folder, temporary);
  }
  if (fd < 0) return fail(io_error("write", path, errno));
  Descriptor file(fd);
  Status written;
  produce([&](std::string_view piece) {
    if (written) written = write_all(file.get(), piece, path);
  });
  if (written && !give_name(file.get(), temporary, path))
    written = fail(io_error("write", path, errno));
  const int late_error = file.close() ? 0 : errno;
  if (written && late_error != 0) written = fail(io_error("write", path, late_error));
  if (!written) ::unlink(temporary.c_str());
  return written;
}

bool RealFileSystem::exists(const std::string& path) const {
  return ::access(path.c_str(), F_OK) == 0;
}

bool RealFileSystem::is_directory(const std::string& path) const {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<FileInfo> RealFileSystem::info(const std::string& path) const {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(io_error("read", path, errno));
  return make_info(path, status);
}

Result<std::vector<FileInfo>> RealFileSystem::list_recursively(const std::string& folder) const {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::vector<FileInfo>{};
  if (fd < 0) return fail(io_error("list", folder, errno));
  Walker walker;
  SLUICE_TRY(walker.walk(fd, folder, ""));
  return walker.take_sorted();
}

Result<std::vector<FileInfo>> RealFileSystem::list(const std::string& folder) const {
  Folder opened(::opendir(folder.c_str()));
  if (!opened) return fail(io_error("list", folder, errno));
  std::vector<FileInfo> found;
  while (const dirent* entry = ::readdir(opened.get())) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    struct stat status{};
    // A dangling link is still an entry of its folder, so that remove and show can name it.
    if (::fstatat(::dirfd(opened.get()), entry->d_name, &status, 0) != 0 &&
        ::fstatat(::dirfd(opened.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    found.push_back(make_info(entry->d_name, status));
  }
  std::sort(found.begin(), found.end(),
            [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
  return found;
}

Status RealFileSystem::make_directories(const std::string& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) return fail(io_error("make folder", path, code.value()));
  return {};
}

Status RealFileSystem::remove_all(const std::string& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
  if (code && code.value() != ENOENT) return fail(io_error("remove", path, code.value()));
  return {};
}

}  // namespace sluice
