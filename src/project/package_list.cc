#include "project/package_list.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>

#include "project/project_file.h"
#include "project/scopes.h"
#include "project/shape.h"
#include "project/vars.h"
#include "project/yaml_renderer.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Value;

namespace {

constexpr std::string_view kListHint =
    "write a list, e.g. packages: [{package: dbt-labs/dbt_utils, version: 1.3.0}]";

Result<std::unique_ptr<jinja::Scope>> package_scope(const LoadOptions& options, bool with_secrets) {
  ScopeOptions scope;
  scope.load = &options;
  scope.secrets_allowed = with_secrets;
  SLUICE_ASSIGN(scope.vars, parse_cli_vars(options.vars_yaml));
  scope.vars_owner = "--vars";
  return make_yaml_scope(scope);
}

// The first error of a reader that collects them.
Error first_error(Diagnostics diagnostics) {
  for (const Diagnostic& item : diagnostics.items())
    if (item.severity == Severity::kError) return item.error;
  return Error(ErrorCode::kProjectInvalid, "the file cannot be read");
}

// A mapping with values as written; Jinja stays text.
Result<yaml::Document> read_mapping(FileSystem& fs, const std::string& folder,
                                    std::string_view file) {
  Diagnostics diagnostics;
  std::optional<yaml::Document> document =
      read_yaml(fs, join_path(folder, file), std::string(file), diagnostics);
  if (!document) return fail(first_error(std::move(diagnostics)));
  return std::move(*document);
}

Status check_keys(const yaml::Document& document) {
  for (const auto& [key, value] : document.root().entries)
    if (key->text != "packages" && key->text != "projects")
      return fail(error_at(ErrorCode::kProjectInvalid, document, *key,
                           fmt::format("\"{}\" is no key of this file", key->text),
                           "its keys are packages and projects"));
  return {};
}

Result<std::vector<WrittenPackage>> read_entries(const yaml::Document& document,
                                                 const yaml::Node& list, bool renders,
                                                 const LoadOptions& options) {
  SLUICE_ASSIGN(const std::unique_ptr<jinja::Scope> scope, package_scope(options, renders));
  YamlRenderer renderer(*scope, document);
  std::vector<WrittenPackage> out;
  for (const yaml::Node* item : list.items) {
    if (!item->is_mapping())
      return fail(
          error_at(ErrorCode::kProjectInvalid, document, *item,
                   fmt::format("an entry of packages must be a mapping, not {}", describe(*item)),
                   std::string(kListHint)));
    WrittenPackage package;
    package.written = to_value(*item);
    package.rendered = package.written;
    if (renders) {
      SLUICE_ASSIGN(package.rendered, renderer.render(*item));
    }
    package.span = document.span(*item);
    out.push_back(std::move(package));
  }
  return out;
}

}  // namespace

Result<PackageList> read_package_list(FileSystem& fs, const std::string& folder,
                                      const LoadOptions& options) {
  PackageList list;
  for (const std::string_view file : {"packages.yml", "dependencies.yml"}) {
    if (!fs.exists(join_path(folder, file))) continue;
    SLUICE_ASSIGN(const yaml::Document document, read_mapping(fs, folder, file));
    if (document.root().is_null()) continue;
    if (!document.root().is_mapping())
      return fail(error_at(ErrorCode::kProjectInvalid, document, document.root(),
                           fmt::format("{} must be a mapping", file), std::string(kListHint)));
    SLUICE_TRY(check_keys(document));
    const yaml::Node* packages = ShapeReader::find(document.root(), "packages");
    if (packages == nullptr) continue;
    if (!packages->is_sequence())
      return fail(error_at(ErrorCode::kProjectInvalid, document, *packages,
                           fmt::format("packages must be a list, not {}", describe(*packages)),
                           std::string(kListHint)));
    if (!list.file.empty())
      return fail(error_at(ErrorCode::kProjectInvalid, document, *packages,
                           "the 'packages' key cannot be specified in both packages.yml and "
                           "dependencies.yml",
                           "keep one of the lists"));
    SLUICE_ASSIGN(list.packages,
                  read_entries(document, *packages, file == "packages.yml", options));
    list.file = file;
    list.document = to_value(document.root());
  }
  return list;
}

Result<PackageList> read_lock_list(FileSystem& fs, const std::string& path,
                                   const LoadOptions& options) {
  const size_t slash = path.rfind('/');
  SLUICE_ASSIGN(const yaml::Document document,
                read_mapping(fs, path.substr(0, slash), path.substr(slash + 1)));
  PackageList list;
  list.file = path.substr(slash + 1);
  list.document = to_value(document.root());
  const yaml::Node* packages =
      document.root().is_mapping() ? ShapeReader::find(document.root(), "packages") : nullptr;
  if (packages == nullptr || !packages->is_sequence())
    return fail(error_at(ErrorCode::kProjectInvalid, document, document.root(),
                         fmt::format("{} has no list of packages", list.file),
                         "make it anew with: sluice deps --upgrade"));
  SLUICE_ASSIGN(list.packages, read_entries(document, *packages, true, options));
  return list;
}

Result<std::string> read_project_name(FileSystem& fs, const std::string& folder,
                                      const LoadOptions& options) {
  constexpr std::string_view kFile = "dbt_project.yml";
  if (!fs.exists(join_path(folder, kFile)))
    return fail(ErrorCode::kProjectNotFound, fmt::format("no dbt_project.yml in \"{}\"", folder),
                "each package is a dbt project: check the path, or the subdirectory");
  SLUICE_ASSIGN(const yaml::Document document, read_mapping(fs, folder, kFile));
  const yaml::Node* name =
      document.root().is_mapping() ? ShapeReader::find(document.root(), "name") : nullptr;
  if (name == nullptr)
    return fail(error_at(ErrorCode::kProjectInvalid, document, document.root(),
                         fmt::format("the dbt_project.yml in \"{}\" has no name", folder),
                         "add a line \"name: …\""));
  SLUICE_ASSIGN(const std::unique_ptr<jinja::Scope> scope, package_scope(options, false));
  YamlRenderer renderer(*scope, document);
  SLUICE_ASSIGN(const Value rendered, renderer.render(*name));
  if (!rendered.is_string())
    return fail(error_at(ErrorCode::kProjectInvalid, document, *name,
                         fmt::format("the name of a project must be text, not {}", describe(*name)),
                         "write letters, digits and _"));
  return std::string(rendered.as_string());
}

}  // namespace sluice::project
