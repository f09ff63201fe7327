// package-lock.yml, as dbt writes and reads it.
#include <fmt/format.h>

#include "jinja/ops.h"
#include "packages/package_set.h"

namespace sluice::packages {
namespace {

using jinja::Value;
using Kind = PackageSpec::Kind;

Value lock_entry(const ResolvedPackage& package) {
  Value entry = Value::dict();
  const auto set = [&](std::string_view key, const std::string& text) {
    entry.as_dict().set(key, Value::string(text));
  };
  // Keys in the order of the alphabet.
  switch (package.spec.kind) {
    case Kind::kRegistry:
      set("name", package.name);
      set("package", package.spec.location);
      set("version", package.version);
      break;
    case Kind::kGit:
      set("git", package.spec.written);
      set("name", package.name);
      set("revision", package.version);
      if (!package.spec.subdirectory.empty()) set("subdirectory", package.spec.subdirectory);
      break;
    case Kind::kTarball:
      set("name", package.name);
      set("tarball", package.spec.written);
      break;
    case Kind::kLocal:
      set("local", package.spec.location);
      set("name", package.name);
      break;
  }
  return entry;
}

}  // namespace

Result<LockFile> read_lock_file(FileSystem& fs, const std::string& path,
                                const project::LoadOptions& options) {
  LockFile lock;
  if (!fs.exists(path)) return lock;
  SLUICE_ASSIGN(const project::PackageList list, project::read_lock_list(fs, path, options));
  const Value* hash = list.document.is_dict() ? list.document.as_dict().find("sha1_hash") : nullptr;
  if (hash != nullptr && hash->is_string()) lock.hash = std::string(hash->as_string());
  for (const project::WrittenPackage& written : list.packages) {
    SLUICE_ASSIGN(PackageSpec spec, parse_package(written));
    spec.warns_unpinned = false;
    lock.specs.push_back(std::move(spec));
  }
  return lock;
}

Status write_lock_file(FileSystem& fs, const std::string& path,
                       const std::vector<ResolvedPackage>& packages, const std::string& hash) {
  std::vector<Value> entries;
  for (const ResolvedPackage& package : packages) entries.push_back(lock_entry(package));
  SLUICE_ASSIGN(const std::string list, package_list_yaml(entries));
  return fs.write_atomically(path, fmt::format("{}sha1_hash: {}\n", list, hash));
}

}  // namespace sluice::packages
