// Files as inputs: what a reader such as read_parquet('…/*.parquet') lists, the partitions that the
// paths tell, and a version for each from the content of its files. A file is read again only when
// its size, times or inode moved; equal content under new times is no change.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/json.h"
#include "base/result.h"
#include "detect/manifest.h"
#include "warehouse/warehouse.h"

namespace sluice::detect {

// A table function over files, as it stands in FROM.
struct FileReader {
  std::string function;               // "read_parquet"
  std::vector<std::string> patterns;  // paths and globs, as they are written
  std::optional<bool> hive;           // hive_partitioning, when it is given
  bool has_options = false;           // others than those that say which files and columns
};

// Of the parsed FROM entry (json_serialize_sql); nullopt: it reads no files, or names them by
// something else than constants.
std::optional<FileReader> file_reader(const Json& from_table);

// What is known of a file from an earlier look.
struct FileRecord {
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  uint64_t inode = 0;
  // Changed so shortly before that look that another write may bear the same times.
  bool is_settled = false;
  std::string content;  // hash of the bytes; of a remote file what the store says of its version
  std::string ranges;   // what its columns lie between (ranges.h); empty: nobody looked
  bool operator==(const FileRecord&) const = default;
};
using FileRecords = std::map<std::string, FileRecord>;  // by path

struct FileListing {
  Manifest manifest;
  FileRecords records;  // of every file listed
};

// `columns` are those of the reader's result: a key of the paths that is none of them tells no
// partition. `now_ns` decides what is settled. Errors: kIo when a file vanishes meanwhile.
Result<FileListing> list_files(const FileReader& reader, const std::vector<std::string>& columns,
                               const FileRecords& known, int64_t now_ns, const FileSystem& fs,
                               warehouse::Connection& connection);

// Sizes, times and inodes of what the reader lists; nothing is opened and no record has a content,
// but for remote files what the store says of them. kIo.
Result<FileRecords> look_at_files(const FileReader& reader, const FileSystem& fs,
                                  warehouse::Connection& connection);

// key=value folders of a path, decoded; a value is nullopt for NULL as the engine reads it.
std::vector<std::pair<std::string, PartitionValue>> path_keys(std::string_view path);

// Hash of a file's bytes (XXH3, 128 bits, hexadecimal). kIo.
Result<std::string> hash_file(const std::string& path);

}  // namespace sluice::detect
