// Files of object stores and web servers (s3://, http://, gcs://…): what the engine's listing says
// of them, without a byte of their content. Stores tell the time of the last change in seconds: a
// file that was changed so shortly before the look that it might be changed again in the same
// second counts as changed once more when it is looked at the next time.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "detect/files.h"
#include "warehouse/warehouse.h"

namespace sluice::detect {

// One listing a pattern, one request a file that is named in full. Errors: kIo where the store
// tells neither size nor time, kSqlError where it does not answer.
Result<FileRecords> list_objects(const std::vector<std::string>& patterns, const FileRecords& known,
                                 int64_t now_ns, warehouse::Connection& connection);

// What is known of an object of that size and time of change.
FileRecord object_record(uint64_t size, int64_t modified_ns, const FileRecord* known,
                         int64_t now_ns);

}  // namespace sluice::detect
