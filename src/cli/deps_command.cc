#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/run_artifacts.h"
#include "cli/workspace.h"
#include "jinja/ops.h"
#include "packages/package_set.h"

namespace sluice::cli {
namespace {

using jinja::Value;
using packages::PackageSpec;
using project::WrittenPackage;

constexpr std::string_view kRegistry = "https://hub.getdbt.com/";
constexpr std::string_view kLockFile = "package-lock.yml";

// The entry that --add-package asks for.
Result<Value> added_entry(const std::string& text, const std::string& source) {
  const size_t at = text.find('@', source == "git" ? text.rfind('/') + 1 : 0);
  const std::string name = text.substr(0, at);
  const std::string version = at == std::string::npos ? "" : text.substr(at + 1);
  Value entry = Value::dict();
  if (source == "hub") {
    if (version.empty())
      return fail(ErrorCode::kBadArgument,
                  fmt::format("--add-package has no version: \"{}\"", text),
                  "write e.g. --add-package dbt-labs/dbt_utils@1.3.0");
    entry.as_dict().set("package", Value::string(name));
    if (version.find(',') == std::string::npos) {
      entry.as_dict().set("version", Value::string(version));
    } else {
      std::vector<Value> bounds;
      for (size_t begin = 0; begin <= version.size();) {
        const size_t end = std::min(version.find(',', begin), version.size());
        bounds.push_back(Value::string(version.substr(begin, end - begin)));
        begin = end + 1;
      }
      entry.as_dict().set("version", Value::list(std::move(bounds)));
    }
  } else if (source == "git") {
    entry.as_dict().set("git", Value::string(name));
    if (!version.empty()) entry.as_dict().set("revision", Value::string(version));
  } else {
    entry.as_dict().set("local", Value::string(name));
  }
  return entry;
}

// Whether an entry is about the package that another one adds.
bool is_same_package(const Value& entry, const Value& added) {
  for (const std::string_view key : {"package", "git", "local"}) {
    const Value* left = entry.as_dict().find(key);
    const Value* right = added.as_dict().find(key);
    if (left != nullptr && right != nullptr && jinja::equals(*left, *right)) return true;
  }
  return false;
}

class Installer {
 public:
  explicit Installer(Invocation& invocation, Workspace& workspace)
      : invocation_(invocation),
        workspace_(workspace),
        load_(workspace.load_options({.packages = false, .profile = false, .resources = false})),
        http_(packages::make_http_client("sluice/" + version_number())) {}

  Status run() {
    const Options& options = invocation_.options;
    if (!options.add_package.empty()) SLUICE_TRY(add_package());
    SLUICE_ASSIGN(const project::PackageList list,
                  project::read_package_list(invocation_.fs, root(), load_));
    if (list.packages.empty()) {
      invocation_.console.warn("No packages were found in packages.yml", "DepsNoPackagesFound");
      return {};
    }
    packages::PackageSet set(invocation_.fs, *http_, invocation_.console, set_options());
    SLUICE_ASSIGN(const std::string hash, packages::package_list_hash(list.packages));
    SLUICE_ASSIGN(const packages::LockFile lock, read_lock());
    std::vector<packages::ResolvedPackage> resolved;
    if (!options.upgrade && lock.hash == hash) {
      if (options.lock) return {};
      SLUICE_ASSIGN(resolved, set.resolve(lock.specs, false));
    } else {
      SLUICE_ASSIGN(resolved, resolve_list(set, list.packages));
      invocation_.console.info("Updating lock file in file path: " + lock_path(),
                               "DepsLockUpdating");
      SLUICE_TRY(packages::write_lock_file(invocation_.fs, lock_path(), resolved, hash));
    }
    return options.lock ? Status() : set.install(resolved);
  }

 private:
  const std::string& root() const { return workspace_.project().root; }
  std::string lock_path() const { return join_path(root(), kLockFile); }

  // A lock file that cannot be read is no reason to stop --upgrade, which makes it anew.
  Result<packages::LockFile> read_lock() const {
    if (invocation_.options.upgrade) return packages::LockFile{};
    return packages::read_lock_file(invocation_.fs, lock_path(), load_);
  }

  packages::PackageSetOptions set_options() const {
    packages::PackageSetOptions out;
    out.project_root = root();
    out.project_name = workspace_.project().root_pkg().name;
    out.install_folder = workspace_.project().packages_install_path;
    const auto hub = invocation_.environment.find("DBT_PACKAGE_HUB_URL");
    out.registry_url = hub == invocation_.environment.end() || hub->second.empty()
                           ? std::string(kRegistry)
                           : hub->second;
    if (!out.registry_url.ends_with('/')) out.registry_url += '/';
    if (invocation_.options.version_check) out.dbt_version = kDbtVersion;
    out.load = load_;
    return out;
  }

  static Result<std::vector<packages::ResolvedPackage>> resolve_list(
      packages::PackageSet& set, const std::vector<WrittenPackage>& written) {
    std::vector<PackageSpec> specs;
    for (const WrittenPackage& entry : written) {
      SLUICE_ASSIGN(PackageSpec spec, packages::parse_package(entry));
      specs.push_back(std::move(spec));
    }
    return set.resolve(specs, true);
  }

  // Rewrites the file that holds the list (packages.yml when there is none), comments are lost.
  Status add_package() {
    const Options& options = invocation_.options;
    SLUICE_ASSIGN(const Value added, added_entry(options.add_package, options.package_source));
    SLUICE_ASSIGN(const project::PackageList list,
                  project::read_package_list(invocation_.fs, root(), load_));
    std::vector<Value> entries;
    for (const WrittenPackage& known : list.packages) {
      if (is_same_package(known.written, added)) {
        invocation_.console.info(fmt::format("Found duplicate package in {}, removing: {}",
                                             list.file, jinja::to_repr(known.written).value_or("")),
                                 "DepsFoundDuplicatePackage");
        continue;
      }
      entries.push_back(known.written);
    }
    entries.push_back(added);
    SLUICE_ASSIGN(std::string text, packages::package_list_yaml(entries));
    if (list.document.is_dict())
      for (const auto& entry : list.document.as_dict().entries()) {
        if (jinja::to_str(entry.key).value_or("") == "packages") continue;
        Value other = Value::dict();
        other.as_dict().set(entry.key, entry.value);
        SLUICE_ASSIGN(const std::string yaml, jinja::to_yaml(other));
        text += yaml;
      }
    const std::string path = join_path(root(), list.file.empty() ? "packages.yml" : list.file);
    SLUICE_TRY(invocation_.fs.write_atomically(path, text));
    invocation_.console.info(fmt::format("Added new package {} to {}", options.add_package, path),
                             "DepsAddPackage");
    return {};
  }

  Invocation& invocation_;
  Workspace& workspace_;
  const project::LoadOptions load_;
  const std::unique_ptr<packages::HttpClient> http_;
};

}  // namespace

int deps_command(Invocation& invocation) {
  Workspace workspace(invocation);
  if (!workspace.load({.packages = false, .profile = false, .resources = false})) return kExitUsage;
  const Status status = Installer(invocation, workspace).run();
  return status ? kExitOk : report_error(invocation, status.error());
}

}  // namespace sluice::cli
