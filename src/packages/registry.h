// Registry: dbt's package registry, over HTTP: an index of names, a document per package. Each is
// asked for once. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "jinja/value.h"
#include "packages/http_client.h"
#include "packages/version.h"

namespace sluice::packages {

struct RegistryVersion {
  Version version;
  std::string name;  // of the project
  std::string tarball_url;
  std::vector<std::string> dbt_requirements;  // require_dbt_version
  std::vector<jinja::Value> packages;         // what it needs itself, as packages.yml has it
};

struct RegistryPackage {
  std::vector<RegistryVersion> versions;
  std::string moved_to;  // "namespace/name" when the registry says so; empty: it stays
};

class Registry {
 public:
  // `base_url` ends with '/'. Both outlive the registry.
  Registry(HttpClient& http, std::string base_url) : http_(http), base_url_(std::move(base_url)) {}

  // kProjectInvalid when the index does not have it.
  Result<const RegistryPackage*> package(const std::string& name);

 private:
  Status load_index();

  HttpClient& http_;
  const std::string base_url_;
  std::optional<std::set<std::string>> index_;
  std::map<std::string, RegistryPackage> packages_;
};

}  // namespace sluice::packages
