// One property file (schema.yml) → typed entries. Internal to project/. Files are read in parallel:
// nothing is shared.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "jinja/template.h"
#include "project/project.h"

namespace sluice::project {

struct PropertyFile {
  std::vector<NodeProperties> nodes;
  std::vector<SourceProperties> sources;
  std::vector<OtherProperties> others;
  Diagnostics diagnostics;
};

struct PropertyFileName {
  std::string path;        // relative to the package
  std::string shown_path;  // what errors name
  size_t package = 0;
  bool warn_misspelt = true;  // not for installed packages: their users cannot mend them
};

// Reads the text; every error of the file is in `diagnostics`, what is right is kept.
PropertyFile read_property_file(std::string text, const PropertyFileName& name,
                                const jinja::Scope& scope);

}  // namespace sluice::project
