// The config trees of one dbt_project.yml (models:, seeds:, …), precomputed: each folder holds the
// merged config of itself and all folders above it, so a node costs one walk along its fqn.
// Internal to project/. Immutable once built.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "jinja/value.h"
#include "project/project.h"
#include "yaml/node.h"

namespace sluice::project {

class ConfigTrees {
 public:
  // `project_config` is the rendered file; `document` knows the places.
  static std::shared_ptr<const ConfigTrees> build(const jinja::Value& project_config,
                                                  const yaml::Document& document,
                                                  Diagnostics& diagnostics);
  // Merged config along `fqn`: shared, not to be changed. None when the section is absent.
  const jinja::Value& find(ResourceType type, const std::vector<std::string>& fqn) const;

 private:
  struct Folder {
    jinja::Value merged;
    std::map<std::string, std::unique_ptr<Folder>, std::less<>> below;
  };
  static std::unique_ptr<Folder> build_folder(const jinja::Value& tree, const yaml::Node* node,
                                              const jinja::Value& above,
                                              const yaml::Document& document,
                                              Diagnostics& diagnostics);
  std::map<std::string, std::unique_ptr<Folder>, std::less<>> sections_;
  jinja::Value nothing_;
};

}  // namespace sluice::project
