// PackageSet: from a list of packages to folders on disk. It resolves versions, transitive
// packages too, and puts the packages into a folder beside the installed ones, which it then
// replaces in one step: a failure or a kill leaves the old ones as they were. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/event.h"
#include "base/file_system.h"
#include "packages/http_client.h"
#include "packages/package_spec.h"
#include "packages/registry.h"
#include "project/project.h"

namespace sluice::packages {

struct PackageSetOptions {
  std::string project_root;    // absolute
  std::string project_name;    // which no package may share
  std::string install_folder;  // absolute: packages-install-path
  std::string registry_url;    // ends with '/'
  std::string dbt_version;     // which packages must be made for; empty: any
  project::LoadOptions load;   // how package files are read
};

// One package, resolved.
struct ResolvedPackage {
  PackageSpec spec;
  std::string name;     // of its project: its folder below the installed ones
  std::string version;  // registry: the one chosen; git: the commit
  std::string newest;   // registry: of all that may be installed
  std::string tarball_url;
  std::string fetched;               // git, tarball: the folder it was put into
  std::vector<jinja::Value> needed;  // registry: its own packages
};

class PackageSet {
 public:
  // All references outlive the object.
  PackageSet(FileSystem& fs, HttpClient& http, EventSink& events, PackageSetOptions options);
  ~PackageSet();
  PackageSet(const PackageSet&) = delete;
  PackageSet& operator=(const PackageSet&) = delete;

  // Versions that fit together. `with_transitive`: what the packages need themselves comes too;
  // a lock file names all.
  Result<std::vector<ResolvedPackage>> resolve(const std::vector<PackageSpec>& specs,
                                               bool with_transitive);
  // Replaces the installed packages.
  Status install(std::vector<ResolvedPackage>& packages);

 private:
  Result<ResolvedPackage> fetch_metadata(const PackageSpec& spec);
  Result<ResolvedPackage> choose_from_registry(const PackageSpec& spec);
  Status fetch_git(ResolvedPackage& package);
  Status fetch_tarball(ResolvedPackage& package);
  Status place(ResolvedPackage& package, const std::string& folder);
  Result<std::vector<PackageSpec>> packages_of(const ResolvedPackage& package);
  Status check_places(const std::vector<ResolvedPackage>& packages) const;
  Status check_names(const std::vector<ResolvedPackage>& packages) const;
  std::string folder_of(const ResolvedPackage& package) const;
  Result<std::string> staging_folder(const std::string& name);
  Status swap_in(const std::string& folder);
  void tell(const std::string& name, const std::string& message) const;

  FileSystem& fs_;
  HttpClient& http_;
  EventSink& events_;
  const PackageSetOptions options_;
  Registry registry_;
  std::string staging_;                             // made when it is first needed
  std::map<std::string, ResolvedPackage> fetched_;  // by key and revision
  size_t num_staged_ = 0;
};

// Reads one of the lock file's entries back, or says that there is no usable lock file.
struct LockFile {
  std::string hash;
  std::vector<PackageSpec> specs;
};
Result<LockFile> read_lock_file(FileSystem& fs, const std::string& path,
                                const project::LoadOptions& options);
Status write_lock_file(FileSystem& fs, const std::string& path,
                       const std::vector<ResolvedPackage>& packages, const std::string& hash);

}  // namespace sluice::packages
