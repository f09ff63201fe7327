// Unpacks tar archives, compressed or not, without trusting them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::packages {

// Writes the files of an archive below `folder` (made when missing). The one folder that holds
// everything, as archives of repositories have, is left out of the paths. Refused (kIo): paths and
// links that lead out of `folder`, devices, hard links, more than 2 GiB. `shown` is what errors
// name. On an error the folder may hold some files.
Status unpack_archive(std::string_view bytes, const std::string& folder, const std::string& shown);

}  // namespace sluice::packages
