// libarchive reads; the writing is ours, so that no entry can choose where it lands. Links are made
// last: nothing is ever written through one.
#include "packages/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_system.h"

namespace sluice::packages {
namespace {

constexpr uint64_t kMostBytes = uint64_t{2} << 30;

struct ArchiveCleanup {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ArchiveCleanup>;

// "./a//b/" → "a/b"; nullopt when it leaves the folder.
std::optional<std::string> safe_path(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) return std::nullopt;
  std::string out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part == "..") return std::nullopt;
    if (part.empty() || part == ".") continue;
    out += (out.empty() ? "" : "/") + std::string(part);
  }
  return out;
}

// Whether a link at `path` to `target` stays inside, read as text: "..", as far as the link lies
// deep, then names.
bool is_inside(const std::string& path, std::string_view target) {
  if (target.empty() || target.starts_with('/')) return false;
  auto depth = std::count(path.begin(), path.end(), '/');
  bool went_down = false;
  while (!target.empty()) {
    const size_t end = std::min(target.find('/'), target.size());
    const std::string_view part = target.substr(0, end);
    target.remove_prefix(std::min(end + 1, target.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      went_down = true;
    } else if (went_down || --depth < 0) {
      return false;
    }
  }
  return true;
}

struct Entry {
  std::string path;
  bool is_folder = false;
  std::string link_target;  // of a symbolic link
};

class Unpacker {
 public:
  Unpacker(std::string_view bytes, std::string folder, std::string shown)
      : bytes_(bytes), folder_(std::move(folder)), shown_(std::move(shown)) {}

  Status unpack() {
    SLUICE_TRY(find_common_folder());
    return write_all();
  }

 private:
  tl::unexpected<Error> broken(std::string_view why) const {
    return fail(ErrorCode::kIo, fmt::format("cannot unpack {}: {}", shown_, why),
                "is it the archive of a dbt package (.tar.gz)?");
  }

  Result<Reader> open() const {
    Reader reader(archive_read_new());
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), bytes_.data(), bytes_.size()) != ARCHIVE_OK)
      return broken(reason(reader));
    return reader;
  }

  static std::string reason(const Reader& reader) {
    const char* text = archive_error_string(reader.get());
    return text != nullptr ? text : "unknown reason";
  }

  // nullopt at the end.
  Result<std::optional<Entry>> next(const Reader& reader) const {
    archive_entry* raw = nullptr;
    const int code = archive_read_next_header(reader.get(), &raw);
    if (code == ARCHIVE_EOF) return std::optional<Entry>();
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return broken(reason(reader));
    const char* name = archive_entry_pathname(raw);
    const std::optional<std::string> path = safe_path(name != nullptr ? name : "/");
    if (!path)
      return broken(fmt::format("the entry \"{}\" leads out of it", name != nullptr ? name : "?"));
    Entry entry;
    entry.path = *path;
    const auto type = archive_entry_filetype(raw);
    entry.is_folder = type == AE_IFDIR;
    if (archive_entry_hardlink(raw) != nullptr ||
        (type != AE_IFDIR && type != AE_IFREG && type != AE_IFLNK))
      return broken(fmt::format("the entry \"{}\" is no file, folder or symbolic link", *path));
    if (type == AE_IFLNK) {
      const char* target = archive_entry_symlink(raw);
      entry.link_target = target != nullptr ? target : "";
    }
    return std::optional<Entry>(std::move(entry));
  }

  // The first part of all paths, when they share it and it is a folder.
  Status find_common_folder() {
    SLUICE_ASSIGN(const Reader reader, open());
    bool is_first = true;
    while (true) {
      SLUICE_ASSIGN(const std::optional<Entry> entry, next(reader));
      if (!entry) break;
      if (entry->path.empty()) continue;
      const size_t slash = entry->path.find('/');
      if (slash == std::string::npos && !entry->is_folder) return set_common({});
      const std::string top = entry->path.substr(0, slash);
      if (!is_first && top != common_) return set_common({});
      common_ = top;
      is_first = false;
    }
    return is_first ? Status(broken("it is empty")) : Status();
  }

  Status set_common(std::string common) {
    common_ = std::move(common);
    return {};
  }

  std::string below_common(const std::string& path) const {
    if (common_.empty()) return path;
    return path.size() <= common_.size() ? std::string() : path.substr(common_.size() + 1);
  }

  Status write_all() {
    SLUICE_ASSIGN(const Reader reader, open());
    std::vector<std::pair<std::string, std::string>> links;
    std::error_code failure;
    std::filesystem::create_directories(folder_, failure);
    while (!failure) {
      SLUICE_ASSIGN(const std::optional<Entry> entry, next(reader));
      if (!entry) break;
      const std::string path = below_common(entry->path);
      if (path.empty()) continue;
      const std::filesystem::path place = std::filesystem::path(folder_) / path;
      if (entry->is_folder) {
        std::filesystem::create_directories(place, failure);
      } else if (!entry->link_target.empty()) {
        if (!is_inside(path, entry->link_target))
          return broken(fmt::format("the link \"{}\" leads out of it", path));
        links.emplace_back(path, entry->link_target);
      } else {
        std::filesystem::create_directories(place.parent_path(), failure);
        if (!failure) SLUICE_TRY(write_file(reader, place));
      }
    }
    for (const auto& [path, target] : links) {
      if (failure) break;
      const std::filesystem::path place = std::filesystem::path(folder_) / path;
      std::filesystem::create_directories(place.parent_path(), failure);
      if (!failure) std::filesystem::create_symlink(target, place, failure);
    }
    if (!failure) return {};
    return fail(ErrorCode::kIo,
                fmt::format("cannot write below \"{}\": {}", folder_, failure.message()));
  }

  Status write_file(const Reader& reader, const std::filesystem::path& place) {
    std::ofstream file(place, std::ios::binary | std::ios::trunc);
    std::array<char, size_t{64} << 10> buffer;
    while (file) {
      const la_ssize_t count = archive_read_data(reader.get(), buffer.data(), buffer.size());
      if (count < 0) return broken(reason(reader));
      if (count == 0) break;
      num_bytes_ += static_cast<uint64_t>(count);
      if (num_bytes_ > kMostBytes) return broken("it holds more than 2 GiB");
      file.write(buffer.data(), static_cast<std::streamsize>(count));
    }
    file.close();
    if (file) return {};
    return fail(ErrorCode::kIo, fmt::format("cannot write \"{}\"", place.string()),
                "is the disk full?");
  }

  const std::string_view bytes_;
  const std::string folder_;
  const std::string shown_;
  std::string common_;
  uint64_t num_bytes_ = 0;
};

}  // namespace

Status unpack_archive(std::string_view bytes, const std::string& folder, const std::string& shown) {
  return Unpacker(bytes, folder, shown).unpack();
}

}  // namespace sluice::packages
