// Which files a package has, by resource path and kind, and their texts. Internal to project/.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "project/project.h"

namespace sluice::project {

// Lists the files of all resource paths of `package` (no texts yet), sorted by kind and path, each
// path once.
Status list_package_files(FileSystem& fs, Package& package);

// Files of a built-in package, from texts that the binary carries.
void add_builtin_files(std::vector<std::pair<std::string, std::string>> files, Package& package);

// Reads the texts of all files save seeds, on `num_workers` threads.
void read_package_files(FileSystem& fs, std::vector<Package>& packages, size_t num_workers,
                        Diagnostics& diagnostics);

}  // namespace sluice::project
