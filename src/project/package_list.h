// packages.yml and dependencies.yml: what a project says it needs, before anything is fetched. Only
// `deps` reads them whole; the loader counts their entries.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "project/project.h"

namespace sluice::project {

struct WrittenPackage {
  jinja::Value rendered;  // a dict
  jinja::Value written;   // the same without rendering: what lock files hold, so no secret is in it
  Span span;
};

struct PackageList {
  std::string file;  // "packages.yml" or "dependencies.yml"; empty: neither names packages
  std::vector<WrittenPackage> packages;
  jinja::Value document;  // the whole file as written; none when there is no file
};

// The list of the project in `folder`. packages.yml may use env_var() (secrets too) and var();
// dependencies.yml is taken as written, as in dbt. Errors have a place.
Result<PackageList> read_package_list(FileSystem& fs, const std::string& folder,
                                      const LoadOptions& options);

// package-lock.yml at `path`: its `packages`, rendered as those of packages.yml are.
Result<PackageList> read_lock_list(FileSystem& fs, const std::string& path,
                                   const LoadOptions& options);

// `name` of the dbt_project.yml in `folder`. kProjectNotFound when there is none.
Result<std::string> read_project_name(FileSystem& fs, const std::string& folder,
                                      const LoadOptions& options);

}  // namespace sluice::project
