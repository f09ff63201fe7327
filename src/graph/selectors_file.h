// SelectorsFile: the named selections of selectors.yml. Pure: made from the rendered file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/selection_tree.h"
#include "project/project.h"

namespace sluice::graph {

struct NamedSelector {
  std::string name;
  SelectionTree tree;
};

struct SelectorsFile {
  std::vector<NamedSelector> selectors;  // in the order of the file
  std::string default_name;              // what a command without a selection uses; empty: none
  jinja::Value manifest_value;           // dict by name, as manifest.json shows it

  // kBadArgument names those that exist.
  Result<const NamedSelector*> find(std::string_view name) const;
};

// Reads Project::selectors. kSelectorSyntax with the place of the selector at fault.
Result<SelectorsFile> read_selectors(const project::Project& project);

}  // namespace sluice::graph
