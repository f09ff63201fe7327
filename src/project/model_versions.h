// `versions:` of a model: from what each version says to complete properties. Internal to
// project/. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "project/project.h"
#include "project/shape.h"
#include "yaml/node.h"

namespace sluice::project {

// `columns:` of a version: which of the model's it takes, and its own on top.
struct VersionColumns {
  bool has_include_element = false;
  std::optional<std::vector<std::string>> included;  // nullopt: all
  std::vector<std::string> excluded;
  std::vector<ColumnProperties> own;
};

// What an entry of `versions:` says.
struct VersionProperties {
  jinja::Value version;
  std::string text;  // `version` as names show it
  std::optional<std::string> defined_in;
  std::optional<std::string> description;
  jinja::Value entry;   // rendered, without tests and columns
  jinja::Value config;  // dict
  std::optional<VersionColumns> columns;
  std::optional<std::vector<TestEntry>> tests;
  Span span;
};

// Whether version `a` is older than `b`: dbt makes `a` the type of `b` to compare, failing that
// `b` the type of `a`, failing that both text.
bool is_older_version(const jinja::Value& a, const jinja::Value& b);

// One NodeProperties for each version. Reports a version that is there twice and a latest_version
// that is not there. `latest` may be null.
std::vector<NodeProperties> expand_versions(const NodeProperties& model,
                                            std::vector<VersionProperties> versions,
                                            const yaml::Node* latest, ShapeReader& shapes);

}  // namespace sluice::project
