#include "project/project_root.h"

#include "base/diagnostics.h"
#include "project/project_file.h"
#include "project/shape.h"
#include "project/yaml_value.h"

namespace sluice::project {
namespace {

constexpr const char* kProjectFile = "dbt_project.yml";

}  // namespace

std::optional<std::string> find_project_root(FileSystem& fs, const std::string& working_directory,
                                             const std::string& project_dir) {
  std::string folder = normalize_path(join_path(working_directory, project_dir));
  while (true) {
    if (fs.exists(join_path(folder, kProjectFile))) return folder;
    const size_t slash = folder.rfind('/');
    if (!project_dir.empty() || slash == std::string::npos || folder == "/") return std::nullopt;
    folder = slash == 0 ? "/" : folder.substr(0, slash);
  }
}

jinja::Value read_project_flags(FileSystem& fs, const std::string& root) {
  Diagnostics reported_later;
  const std::optional<yaml::Document> document =
      read_yaml(fs, join_path(root, kProjectFile), kProjectFile, reported_later);
  if (!document || !document->root().is_mapping()) return jinja::Value::dict();
  const yaml::Node* flags = ShapeReader::find(document->root(), "flags");
  if (flags == nullptr || !flags->is_mapping()) return jinja::Value::dict();
  return to_value(*flags);
}

bool has_profile(FileSystem& fs, const std::vector<std::string>& folders, const std::string& name) {
  for (const std::string& folder : folders) {
    const std::string path = join_path(folder, "profiles.yml");
    if (!fs.exists(path)) continue;
    Diagnostics ignored;  // a file that cannot be read has no profile
    const std::optional<yaml::Document> document = read_yaml(fs, path, "profiles.yml", ignored);
    if (document && document->root().is_mapping() &&
        ShapeReader::find(document->root(), name) != nullptr)
      return true;
  }
  return false;
}

}  // namespace sluice::project
