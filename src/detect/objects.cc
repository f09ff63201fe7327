#include "detect/objects.h"

#include <fmt/format.h>

#include "sql/expression_text.h"

namespace sluice::detect {
namespace {

// How far the clock of a store may be from ours.
constexpr int64_t kSettleNs = 60'000'000'000;

Status add_objects(const std::string& pattern, const FileRecords& known, int64_t now_ns,
                   warehouse::Connection& connection, FileRecords& out) {
  Result<warehouse::StatementResult> found = connection.execute(
      fmt::format("select filename, size, epoch_us(last_modified) from read_blob({})",
                  sql::quoted_literal(pattern)),
      true);
  if (!found) {
    // A pattern that matches nothing: there are no files.
    if (found.error().message().find("No files found") != std::string::npos) return {};
    return fail(found.error());
  }
  for (const auto& row : found->table.rows) {
    const auto* path = std::get_if<std::string>(&row[0]);
    const auto* size = std::get_if<int64_t>(&row[1]);
    const auto* modified_us = std::get_if<int64_t>(&row[2]);
    if (path == nullptr || size == nullptr || modified_us == nullptr || *modified_us <= 0)
      return fail(
          ErrorCode::kIo,
          fmt::format("the store of \"{}\" does not tell size and time of its files", pattern),
          "use one that answers HEAD requests with Content-Length and Last-Modified, or "
          "policy: off for this model");
    const auto before = known.find(*path);
    out.emplace(*path, object_record(static_cast<uint64_t>(*size), *modified_us * 1000,
                                     before == known.end() ? nullptr : &before->second, now_ns));
  }
  return {};
}

}  // namespace

FileRecord object_record(uint64_t size, int64_t modified_ns, const FileRecord* known,
                         int64_t now_ns) {
  FileRecord record;
  record.size = size;
  record.mtime_ns = modified_ns;
  record.is_settled = now_ns - modified_ns > kSettleNs;
  const bool is_as_known = known != nullptr && known->is_settled && known->size == size &&
                           known->mtime_ns == modified_ns;
  if (is_as_known) {
    record.content = known->content;
    record.is_settled = true;
    return record;
  }
  record.content = fmt::format("{}@{}", size, modified_ns / 1000);
  // No look at another moment says the same.
  if (!record.is_settled) record.content += fmt::format("~{}", now_ns);
  return record;
}

Result<FileRecords> list_objects(const std::vector<std::string>& patterns, const FileRecords& known,
                                 int64_t now_ns, warehouse::Connection& connection) {
  FileRecords out;
  for (const std::string& pattern : patterns)
    SLUICE_TRY(add_objects(pattern, known, now_ns, connection, out));
  return out;
}

}  // namespace sluice::detect
