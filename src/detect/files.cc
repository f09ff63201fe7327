#include "detect/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "detect/glob.h"
#include "detect/objects.h"
#include "sql/expression_text.h"

namespace sluice::detect {
namespace {

using Kind = Json::Kind;

// The text of a constant; nullopt: it is something else.
std::optional<std::string> constant_text(const Json& json) {
  const Json* kind = json.find("class");
  const Json* value = json.find("value");
  if (kind == nullptr || kind->text != "CONSTANT" || value == nullptr) return std::nullopt;
  const Json* text = value->find("value");
  if (text == nullptr || text->kind != Kind::kString) return std::nullopt;
  return text->text;
}

// One path, or a list of paths.
std::optional<std::vector<std::string>> path_argument(const Json& json) {
  if (std::optional<std::string> path = constant_text(json)) return std::vector{std::move(*path)};
  const Json* function = json.find("function_name");
  const Json* children = json.find("children");
  if (function == nullptr || function->text != "list_value" || children == nullptr)
    return std::nullopt;
  std::vector<std::string> paths;
  for (const Json& child : children->items) {
    std::optional<std::string> path = constant_text(child);
    if (!path) return std::nullopt;
    paths.push_back(std::move(*path));
  }
  return paths;
}

// true and 1 are parsed as constants or casts of them.
std::optional<bool> flag_value(const Json& json) {
  const Json* child = json.find("child");
  if (child != nullptr) return flag_value(*child);
  const Json* value = json.find("value");
  const Json* inner = value == nullptr ? nullptr : value->find("value");
  if (inner == nullptr) return std::nullopt;
  if (inner->kind == Kind::kBool) return inner->boolean;
  if (inner->kind == Kind::kInt) return inner->integer != 0;
  if (inner->text == "t" || inner->text == "true") return true;
  if (inner->text == "f" || inner->text == "false") return false;
  return std::nullopt;
}

// name = value among the arguments.
const Json* option_value(const Json& argument, std::string_view name) {
  const Json* left = argument.find("left");
  const Json* names = left == nullptr ? nullptr : left->find("column_names");
  if (names == nullptr || names->items.size() != 1 || names->items[0].text != name) return nullptr;
  return argument.find("right");
}

bool reads_files(std::string_view function) {
  static const std::set<std::string_view> kReaders = {
      "read_parquet",        "parquet_scan",     "read_csv",    "read_csv_auto",
      "read_json",           "read_json_auto",   "read_ndjson", "read_ndjson_auto",
      "read_ndjson_objects", "read_json_objects"};
  return kReaders.contains(function);
}

bool is_remote(std::string_view path) { return path.find("://") != std::string_view::npos; }

// %20 and the like.
std::string decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  ssize_t read(char* buffer, size_t size) const { return ::read(descriptor_, buffer, size); }

 private:
  int descriptor_;
};

struct HashState {
  HashState() : state(XXH3_createState()) { XXH3_128bits_reset(state); }
  ~HashState() { XXH3_freeState(state); }
  HashState(const HashState&) = delete;
  HashState& operator=(const HashState&) = delete;
  std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }
  XXH3_state_t* state;
};

std::string hash_text(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// Files whose times say no more than that they are new could be written again within the same tick.
constexpr int64_t kSettleNs = 2'000'000'000;

Result<FileRecord> local_record(const std::string& path, const FileRecords& known, int64_t now_ns,
                                const FileSystem& fs) {
  SLUICE_ASSIGN(const FileInfo info, fs.info(path));
  FileRecord record{info.size, info.mtime_ns, info.ctime_ns, info.inode, false, {}, {}};
  record.is_settled = now_ns - std::max(info.mtime_ns, info.ctime_ns) > kSettleNs;
  const auto found = known.find(path);
  if (found != known.end()) {
    const FileRecord& old = found->second;
    const bool is_untouched = old.is_settled && old.size == info.size &&
                              old.mtime_ns == info.mtime_ns && old.ctime_ns == info.ctime_ns &&
                              old.inode == info.inode;
    if (is_untouched) {
      record.content = old.content;
      return record;
    }
  }
  SLUICE_ASSIGN(record.content, hash_file(path));
  return record;
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

Result<std::vector<std::string>> expand(const std::vector<std::string>& patterns,
                                        warehouse::Connection& connection) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    if (is_remote(pattern)) continue;
    if (!has_wildcard(pattern)) {
      paths.push_back(pattern);
      continue;
    }
    // The engine looks in more places (file_search_path) when there is nothing here.
    std::optional<std::vector<std::string>> local = glob_local(pattern);
    if (local && !local->empty()) {
      paths.insert(paths.end(), local->begin(), local->end());
      continue;
    }
    SLUICE_ASSIGN(const warehouse::StatementResult found,
                  connection.execute(fmt::format("select file from glob({}) order by 1",
                                                 sql::quoted_literal(pattern)),
                                     true));
    for (const auto& row : found.table.rows)
      if (const auto* path = std::get_if<std::string>(&row[0])) paths.push_back(*path);
  }
  return paths;
}

std::vector<std::string> remote_patterns(const FileReader& reader) {
  std::vector<std::string> out;
  std::copy_if(reader.patterns.begin(), reader.patterns.end(), std::back_inserter(out), is_remote);
  return out;
}

// The keys that every path has, in the same order, and that are columns of the result.
std::vector<std::string> common_keys(const std::vector<std::string>& paths,
                                     const std::vector<std::string>& columns) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < paths.size(); ++i) {
    std::vector<std::string> own;
    for (const auto& [key, value] : path_keys(paths[i]))
      if (std::find(columns.begin(), columns.end(), key) != columns.end()) own.push_back(key);
    if (i == 0)
      keys = std::move(own);
    else if (own != keys)
      return {};
  }
  return keys;
}

}  // namespace

namespace {

// FROM 'orders.parquet'
std::optional<FileReader> reader_of_path(const Json& from_table) {
  constexpr std::array<std::string_view, 7> kEndings = {".parquet", ".csv",   ".csv.gz", ".tsv",
                                                        ".json",    ".jsonl", ".ndjson"};
  const Json* name = from_table.find("table_name");
  if (name == nullptr) return std::nullopt;
  const bool is_file = std::any_of(kEndings.begin(), kEndings.end(), [name](std::string_view end) {
    return std::string_view(name->text).ends_with(end);
  });
  if (!is_file) return std::nullopt;
  return FileReader{{}, {name->text}, {}, false};
}

// FROM read_parquet(…)
std::optional<FileReader> reader_of_call(const Json& function) {
  const Json* name = function.find("function_name");
  const Json* arguments = function.find("children");
  if (name == nullptr || !reads_files(name->text) || arguments == nullptr ||
      arguments->items.empty())
    return std::nullopt;
  std::optional<std::vector<std::string>> paths = path_argument(arguments->items[0]);
  if (!paths) return std::nullopt;
  FileReader reader{name->text, std::move(*paths), {}, false};
  for (size_t i = 1; i < arguments->items.size(); ++i) {
    const Json& argument = arguments->items[i];
    const Json* hive = option_value(argument, "hive_partitioning");
    if (hive == nullptr) {
      const bool is_harmless = option_value(argument, "union_by_name") != nullptr ||
                               option_value(argument, "filename") != nullptr;
      reader.has_options = reader.has_options || !is_harmless;
      continue;
    }
    reader.hive = flag_value(*hive);
    if (!reader.hive) return std::nullopt;
  }
  return reader;
}

}  // namespace

std::optional<FileReader> file_reader(const Json& from_table) {
  const Json* type = from_table.find("type");
  if (type == nullptr) return std::nullopt;
  if (type->text == "BASE_TABLE") return reader_of_path(from_table);
  const Json* function = type->text == "TABLE_FUNCTION" ? from_table.find("function") : nullptr;
  return function == nullptr ? std::nullopt : reader_of_call(*function);
}

std::vector<std::pair<std::string, PartitionValue>> path_keys(std::string_view path) {
  std::vector<std::pair<std::string, PartitionValue>> out;
  size_t begin = 0;
  for (size_t slash = path.find('/'); slash != std::string_view::npos;
       begin = slash + 1, slash = path.find('/', begin)) {
    const std::string_view folder = path.substr(begin, slash - begin);
    const size_t equals = folder.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string value = decoded(folder.substr(equals + 1));
    const bool is_null = value == "NULL" || value == "__HIVE_DEFAULT_PARTITION__";
    out.emplace_back(std::string(folder.substr(0, equals)),
                     is_null ? PartitionValue() : PartitionValue(std::move(value)));
  }
  return out;
}

Result<std::string> hash_file(const std::string& path) {
  const OpenFile file(path);
  constexpr size_t kChunk = size_t{1} << 18;
  const auto buffer = std::make_unique<char[]>(kChunk);
  HashState hash;
  while (file.is_open()) {
    const ssize_t count = file.read(buffer.get(), kChunk);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    if (count == 0) return hash.hex();
    XXH3_128bits_update(hash.state, buffer.get(), static_cast<size_t>(count));
  }
  return fail(ErrorCode::kIo, fmt::format("cannot read \"{}\": {}", path, std::strerror(errno)),
              "see that the file is there and may be read");
}

Result<FileRecords> look_at_files(const FileReader& reader, const FileSystem& fs,
                                  warehouse::Connection& connection) {
  SLUICE_ASSIGN(const std::vector<std::string> paths, expand(reader.patterns, connection));
  // One moment for all looks: what an object is told by is then its size and time alone.
  constexpr int64_t kAnyMoment = 0;
  SLUICE_ASSIGN(FileRecords records,
                list_objects(remote_patterns(reader), {}, kAnyMoment, connection));
  for (const std::string& path : paths) {
    SLUICE_ASSIGN(const FileInfo info, fs.info(path));
    FileRecord record;
    record.size = info.size;
    record.mtime_ns = info.mtime_ns;
    record.ctime_ns = info.ctime_ns;
    record.inode = info.inode;
    records.emplace(path, std::move(record));
  }
  return records;
}

Result<FileListing> list_files(const FileReader& reader, const std::vector<std::string>& columns,
                               const FileRecords& known, int64_t now_ns, const FileSystem& fs,
                               warehouse::Connection& connection) {
  FileListing listing;
  SLUICE_ASSIGN(std::vector<std::string> paths, expand(reader.patterns, connection));
  for (const std::string& path : paths) {
    SLUICE_ASSIGN(FileRecord record, local_record(path, known, now_ns, fs));
    listing.records.emplace(path, std::move(record));
  }
  SLUICE_ASSIGN(FileRecords remote,
                list_objects(remote_patterns(reader), known, now_ns, connection));
  for (auto& [path, record] : remote) {
    paths.push_back(path);
    listing.records.emplace(path, std::move(record));
  }
  const std::vector<std::string> keys =
      reader.hive.value_or(true) ? common_keys(paths, columns) : std::vector<std::string>();
  // Without keys in the paths each file is a partition by its name.
  listing.manifest.columns = keys.empty() ? std::vector<std::string>{"filename"} : keys;
  std::map<std::string, Partition> partitions;
  std::map<std::string, std::string> contents;
  for (const std::string& path : paths) {
    std::vector<PartitionValue> values;
    for (const auto& [key, value] : path_keys(path))
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) values.push_back(value);
    if (keys.empty()) values = {path};
    const std::string key = partition_key(values);
    const auto record = listing.records.find(path);
    if (record == listing.records.end())
      return fail(ErrorCode::kIo, fmt::format("\"{}\" went away while it was looked at", path),
                  "run again");
    Partition& partition = partitions[key];
    partition.values = std::move(values);
    partition.files.push_back(path);
    partition.bytes += record->second.size;
    contents[key] += fmt::format("{}:{}={};", path.size(), path, record->second.content);
  }
  for (auto& [key, partition] : partitions) {
    partition.version = hash_text(contents[key]);
    listing.manifest.partitions.push_back(std::move(partition));
  }
  return listing;
}

}  // namespace sluice::detect
