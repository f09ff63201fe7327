#include "run/node_files.h"

namespace sluice::run {
namespace {

// dbt's rule: a node whose file is not its own (YAML tests) lies in a folder named after the file;
// hooks lie below dbt_project.yml/hooks.
std::string path_in_package(const compile::Node& node) {
  const std::string& file = node.original_file_path;
  const bool owns_file = file.size() >= node.path.size() &&
                         std::string_view(file).substr(file.size() - node.path.size()) == node.path;
  return owns_file ? file : join_path(file, node.path);
}

// The part of compiled_path below ".../compiled/"; empty when it has none.
std::string below_compiled(const std::string& compiled_path) {
  static constexpr std::string_view kMark = "/compiled/";
  const size_t at = compiled_path.find(kMark);
  return at == std::string::npos ? std::string() : compiled_path.substr(at + kMark.size());
}

}  // namespace

std::string node_file(const compile::Manifest& manifest, const compile::Node& node,
                      std::string_view kind) {
  std::string below = below_compiled("/" + node.compiled_path);
  if (below.empty()) below = join_path(node.package_name, path_in_package(node));
  return join_path(join_path(manifest.project->target_path, kind), below);
}

Status write_compiled_file(FileSystem& fs, const compile::Manifest& manifest,
                           const compile::Node& node) {
  // As in dbt, the compiled query of a snapshot is only in its artifacts.
  if (!node.compiled || node.type == compile::ResourceType::kSeed ||
      node.type == compile::ResourceType::kSnapshot)
    return {};
  // A hook that only logs has nothing to show, nor has a function without a body.
  if (node.compiled_code.empty() && (node.type == compile::ResourceType::kOperation ||
                                     node.type == compile::ResourceType::kFunction))
    return {};
  return fs.write_if_changed(node_file(manifest, node, "compiled"), node.compiled_code);
}

Status write_fixture_file(FileSystem& fs, const compile::Manifest& manifest,
                          const std::string& compiled_path, const std::string& text) {
  return fs.write_atomically(join_path(join_path(manifest.project->target_path, "compiled"),
                                       below_compiled("/" + compiled_path)),
                             text);
}

Status write_run_file(FileSystem& fs, const compile::Manifest& manifest, const compile::Node& node,
                      const std::string& sql) {
  if (sql.empty()) return {};
  return fs.write_if_changed(node_file(manifest, node, "run"), sql);
}

}  // namespace sluice::run
