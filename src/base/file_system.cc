#include "base/file_system.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

std::string join_path(std::string_view left, std::string_view right) {
  if (right.empty()) return std::string(left);
  if (left.empty() || right.front() == '/') return std::string(right);
  std::string out(left);
  if (out.back() != '/') out += '/';
  return out.append(right);
}

std::string normalize_path(std::string_view path) {
  if (path.empty()) return ".";
  const bool absolute = path.front() == '/';
  std::vector<std::string_view> parts;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(part);
    }
  }
  std::string out = absolute ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out.append(parts[i]);
  }
  return out.empty() ? "." : out;
}

std::string relative_path(std::string_view path, std::string_view base) {
  while (base.size() > 1 && base.back() == '/') base.remove_suffix(1);
  if (path == base) return ".";
  if (base == "/") return std::string(path.substr(path.starts_with('/') ? 1 : 0));
  if (!base.empty() && path.size() > base.size() && path.starts_with(base) &&
      path[base.size()] == '/')
    return std::string(path.substr(base.size() + 1));
  return std::string(path);
}

namespace {

// True when a part of the path below the listed folder begins with a dot.
bool has_hidden_part(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

FileInfo memory_info(std::string path, const std::string& content) {
  FileInfo info;
  info.path = std::move(path);
  info.size = content.size();
  return info;
}

std::string folder_prefix(const std::string& folder) {
  std::string prefix = normalize_path(folder);
  if (prefix == ".") return "";
  if (prefix.back() != '/') prefix += '/';
  return prefix;
}

}  // namespace

Result<std::string> MemoryFileSystem::read(const std::string& path) const {
  std::lock_guard lock(files_mutex_);
  auto found = files_.find(normalize_path(path));
  if (found == files_.end())
    return fail(ErrorCode::kFileNotFound, fmt::format("file not found: \"{}\"", path));
  return found->second;
}

Status FileSystem::write_atomically(const std::string& path, std::string_view content) {
  return write_in_pieces(path, [content](const TextSink& sink) { sink(content); });
}

Status FileSystem::write_if_changed(const std::string& path, std::string_view content) {
  const Result<std::string> known = read(path);
  if (known && *known == content) return {};
  return write_atomically(path, content);
}

Status MemoryFileSystem::write_in_pieces(const std::string& path,
                                         const std::function<void(const TextSink&)>& produce) {
  std::string content;
  produce([&](std::string_view piece) { content += piece; });
  std::lock_guard lock(files_mutex_);
  files_[normalize_path(path)] = std::move(content);
  return {};
}

bool MemoryFileSystem::exists(const std::string& path) const {
  {
    std::lock_guard lock(files_mutex_);
    if (files_.contains(normalize_path(path))) return true;
  }
  return is_directory(path);
}

bool MemoryFileSystem::is_directory(const std::string& path) const {
  std::lock_guard lock(files_mutex_);
  const std::string prefix = folder_prefix(path);
  auto found = files_.lower_bound(prefix);
  return found != files_.end() && found->first.starts_with(prefix);
}

Result<FileInfo> MemoryFileSystem::info(const std::string& path) const {
  {
    std::lock_guard lock(files_mutex_);
    auto found = files_.find(normalize_path(path));
    if (found != files_.end()) return memory_info(path, found->second);
  }
  if (!is_directory(path))
    return fail(ErrorCode::kFileNotFound, fmt::format("file not found: \"{}\"", path));
  FileInfo folder;
  folder.path = path;
  folder.is_directory = true;
  return folder;
}

Result<std::vector<FileInfo>> MemoryFileSystem::list_recursively(const std::string& folder) const {
  std::lock_guard lock(files_mutex_);
  const std::string prefix = folder_prefix(folder);
  std::vector<FileInfo> found;
  for (auto it = files_.lower_bound(prefix); it != files_.end() && it->first.starts_with(prefix);
       ++it) {
    std::string rest = it->first.substr(prefix.size());
    if (!has_hidden_part(rest)) found.push_back(memory_info(std::move(rest), it->second));
  }
  return found;
}

Result<std::vector<FileInfo>> MemoryFileSystem::list(const std::string& folder) const {
  std::lock_guard lock(files_mutex_);
  const std::string prefix = folder_prefix(folder);
  std::map<std::string, FileInfo> found;
  for (auto it = files_.lower_bound(prefix); it != files_.end() && it->first.starts_with(prefix);
       ++it) {
    std::string rest = it->first.substr(prefix.size());
    const size_t slash = rest.find('/');
    if (slash == std::string::npos) {
      found[rest] = memory_info(rest, it->second);
      continue;
    }
    FileInfo below;
    below.path = rest.substr(0, slash);
    below.is_directory = true;
    found[below.path] = below;
  }
  std::vector<FileInfo> out;
  out.reserve(found.size());
  for (auto& [name, item] : found) out.push_back(std::move(item));
  return out;
}

Status MemoryFileSystem::make_directories(const std::string& /*path*/) { return {}; }

Status MemoryFileSystem::remove_all(const std::string& path) {
  std::lock_guard lock(files_mutex_);
  files_.erase(normalize_path(path));
  const std::string prefix = folder_prefix(path);
  auto begin = files_.lower_bound(prefix);
  auto end = begin;
  while (end != files_.end() && end->first.starts_with(prefix)) ++end;
  files_.erase(begin, end);
  return {};
}

}  // namespace sluice
