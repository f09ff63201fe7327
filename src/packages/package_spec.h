// PackageSpec: one entry of a list of packages, typed; and the lock file made of such entries. A
// plain value.
#pragma once

#include <string>
#include <vector>

#include "packages/version.h"
#include "project/package_list.h"

namespace sluice::packages {

struct PackageSpec {
  enum class Kind : uint8_t { kRegistry, kGit, kTarball, kLocal };
  Kind kind = Kind::kLocal;
  std::string location;               // "acme/util", URL or path
  std::string written;                // the location before rendering: what the lock file holds
  std::vector<Requirement> versions;  // registry
  bool with_prereleases = false;      // registry
  std::string revision;               // git; empty: the default branch
  std::string subdirectory;           // git
  bool warns_unpinned = true;         // git
  std::string name;                   // tarball, and all that come from a lock file
  Span span;
};

// What makes two entries the same package: they must then agree.
std::string package_key(const PackageSpec& spec);

// Errors name the entry's place and what is wrong with it.
Result<PackageSpec> parse_package(const project::WrittenPackage& written);

// dbt's sha1_hash of a list: a lock file with another one is made anew.
Result<std::string> package_list_hash(const std::vector<project::WrittenPackage>& packages);

// `items` (dicts) as YAML below "packages:", in the style of dbt's files.
Result<std::string> package_list_yaml(const std::vector<jinja::Value>& items);

}  // namespace sluice::packages
