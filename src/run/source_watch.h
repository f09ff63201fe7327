// SourceWatch: whether the files of sources stay as they are while a run reads them, by size, times
// and inode; nothing is opened. One thread.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "compile/session.h"
#include "detect/files.h"

namespace sluice::run {

class SourceWatch {
 public:
  SourceWatch(compile::Session& session, const FileSystem& fs) : session_(session), fs_(fs) {}

  // Looks at every source of files that these nodes read, themselves or through views and ephemeral
  // models.
  Status begin(const std::vector<const compile::Node*>& nodes, warehouse::Connection& connection);
  // Looks again: the sources (unique ids) that are not what they were.
  Result<std::vector<std::string>> moved(warehouse::Connection& connection) const;

 private:
  struct Watched {
    std::string unique_id;
    detect::FileReader reader;
    detect::FileRecords records;
  };
  compile::Session& session_;
  const FileSystem& fs_;
  std::vector<Watched> watched_;
};

}  // namespace sluice::run
