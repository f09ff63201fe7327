#include "base/tracing_file_system.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace sluice {

namespace {

void append_identity(const FileInfo& info, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}:{}:{}:{}:{}", info.is_directory ? "d" : "f",
                 info.size, info.mtime_ns, info.ctime_ns, info.inode);
}

std::string state_of(const Result<FileInfo>& info) {
  if (!info) return "absent";
  std::string out;
  append_identity(*info, out);
  return out;
}

std::string state_of(const Result<std::vector<FileInfo>>& files, bool names_only) {
  if (!files) return "absent";
  std::string text;
  for (const FileInfo& file : *files) {
    text.append(file.path).append("\n");
    // A folder's own times change with what is below it, which is listed for itself.
    if (!names_only) append_identity(file, text);
    text.append(names_only && file.is_directory ? "/\n" : "\n");
  }
  return sha256_hex(text);
}

}  // namespace

std::string state_of_input(const FileSystem& fs, TracedInput::Kind kind, const std::string& path) {
  switch (kind) {
    case TracedInput::Kind::kListing:
      return state_of(fs.list_recursively(path), false);
    case TracedInput::Kind::kFolder:
      return state_of(fs.list(path), true);
    case TracedInput::Kind::kFile:
      break;
  }
  const Result<FileInfo> info = fs.info(path);
  if (info && info->is_directory) return "folder";
  return state_of(info);
}

Result<std::string> TracingFileSystem::read(const std::string& path) const {
  trace(TracedInput::Kind::kFile, path);
  Result<std::string> content = below_.read(path);
  if (content) look_at_(*content);
  return content;
}

bool TracingFileSystem::exists(const std::string& path) const {
  trace(TracedInput::Kind::kFile, path);
  return below_.exists(path);
}

bool TracingFileSystem::is_directory(const std::string& path) const {
  trace(TracedInput::Kind::kFile, path);
  return below_.is_directory(path);
}

Result<FileInfo> TracingFileSystem::info(const std::string& path) const {
  trace(TracedInput::Kind::kFile, path);
  return below_.info(path);
}

Result<std::vector<FileInfo>> TracingFileSystem::list_recursively(const std::string& folder) const {
  Result<std::vector<FileInfo>> files = below_.list_recursively(folder);
  std::string state = state_of(files, false);
  if (files) note_changes(*files);
  std::lock_guard lock(inputs_mutex_);
  inputs_.push_back({TracedInput::Kind::kListing, folder, std::move(state)});
  return files;
}

Result<std::vector<FileInfo>> TracingFileSystem::list(const std::string& folder) const {
  Result<std::vector<FileInfo>> files = below_.list(folder);
  std::string state = state_of(files, true);
  std::lock_guard lock(inputs_mutex_);
  inputs_.push_back({TracedInput::Kind::kFolder, folder, std::move(state)});
  return files;
}

// A file below a listed folder is in that listing with its identity; hidden ones are not.
void TracingFileSystem::trace(TracedInput::Kind kind, const std::string& path) const {
  {
    std::lock_guard lock(inputs_mutex_);
    for (const TracedInput& known : inputs_) {
      if (known.path == path && known.kind == kind) return;
      const bool is_below = known.kind == TracedInput::Kind::kListing &&
                            path.size() > known.path.size() && path.starts_with(known.path) &&
                            path[known.path.size()] == '/';
      if (is_below && known.state != "absent" &&
          path.find("/.", known.path.size()) == std::string::npos)
        return;
    }
  }
  std::string state = state_of_input(below_, kind, path);
  if (const Result<FileInfo> info = below_.info(path); info && !info->is_directory)
    note_changes({*info});
  std::lock_guard lock(inputs_mutex_);
  inputs_.push_back({kind, path, std::move(state)});
}

void TracingFileSystem::note_changes(const std::vector<FileInfo>& files) const {
  int64_t newest = 0;
  for (const FileInfo& file : files) newest = std::max({newest, file.mtime_ns, file.ctime_ns});
  std::lock_guard lock(inputs_mutex_);
  newest_change_ns_ = std::max(newest_change_ns_, newest);
}

std::vector<TracedInput> TracingFileSystem::inputs() const {
  std::lock_guard lock(inputs_mutex_);
  return inputs_;
}

int64_t TracingFileSystem::newest_change_ns() const {
  std::lock_guard lock(inputs_mutex_);
  return newest_change_ns_;
}

}  // namespace sluice
