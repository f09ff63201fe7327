// {% docs name %} … {% enddocs %} blocks of Markdown files. Internal to project/.
#pragma once

#include <vector>

#include "base/diagnostics.h"
#include "project/project.h"

namespace sluice::project {

// The blocks of one file; `shown_path` is what errors name.
std::vector<DocBlock> read_docs_blocks(const SourceFile& file, const std::string& shown_path,
                                       size_t package, Diagnostics& diagnostics);

}  // namespace sluice::project
