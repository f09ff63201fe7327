#include "detect/glob.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace sluice::detect {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

enum class Wanted : uint8_t { kFolders, kFiles };

bool has_type(const std::string& path, Wanted wanted) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return false;
  return wanted == Wanted::kFolders ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode);
}

bool has_type(const dirent& entry, const std::string& path, Wanted wanted) {
  if (entry.d_type == DT_REG) return wanted == Wanted::kFiles;
  if (entry.d_type == DT_DIR) return wanted == Wanted::kFolders;
  const bool may_be_either = entry.d_type == DT_LNK || entry.d_type == DT_UNKNOWN;
  return may_be_either && has_type(path, wanted);
}

// Adds the entries of `folder` that match; false: the folder is there and cannot be read.
bool list_matching(const std::string& folder, const std::string& pattern, Wanted wanted,
                   std::vector<std::string>& found) {
  const Folder open(::opendir(folder.empty() ? "." : folder.c_str()));
  if (open == nullptr) return errno == ENOENT || errno == ENOTDIR;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(open.get());
    if (entry == nullptr) return errno == 0;
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || !matches_wildcards(name, pattern)) continue;
    std::string path = folder;
    path += name;
    if (!has_type(*entry, path, wanted)) continue;
    if (wanted == Wanted::kFolders) path += '/';
    found.push_back(std::move(path));
  }
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

std::vector<std::string> split_path(const std::string& pattern) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= pattern.size();) {
    const size_t slash = std::min(pattern.find('/', begin), pattern.size());
    parts.push_back(pattern.substr(begin, slash - begin));
    begin = slash + 1;
  }
  return parts;
}

}  // namespace

bool matches_wildcards(std::string_view name, std::string_view pattern) {
  size_t at = 0, in_pattern = 0;
  size_t star = std::string_view::npos, after_star = 0;
  while (at < name.size()) {
    const char expected = in_pattern < pattern.size() ? pattern[in_pattern] : '\0';
    if (expected == '*') {
      star = in_pattern++;
      after_star = at;
    } else if (in_pattern < pattern.size() && (expected == '?' || expected == name[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

std::optional<std::vector<std::string>> glob_local(const std::string& pattern) {
  const bool is_plain =
      pattern.find("://") == std::string::npos && pattern.find("**") == std::string::npos &&
      pattern.find("//") == std::string::npos &&
      pattern.find_first_of("[]\\~") == std::string::npos && !pattern.ends_with('/');
  if (!is_plain) return std::nullopt;
  std::vector<std::string> found = {""};  // what the parts so far match, with a slash at the end
  const std::vector<std::string> parts = split_path(pattern);
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    const Wanted wanted = is_last ? Wanted::kFiles : Wanted::kFolders;
    std::vector<std::string> next;
    for (const std::string& folder : found) {
      if (has_wildcard(parts[i])) {
        if (!list_matching(folder, parts[i], wanted, next)) return std::nullopt;
        continue;
      }
      std::string path = folder + parts[i];
      if (!is_last) path += '/';
      if (!is_last || has_type(path, wanted)) next.push_back(std::move(path));
    }
    found = std::move(next);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace sluice::detect
