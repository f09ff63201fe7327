#include "run/guarded_connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sluice::run {
namespace {

Error cancelled_error() { return Error(ErrorCode::kCancelled, "cancelled"); }

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return lower;
}

// First word of a statement, comments before it skipped.
std::string first_word(std::string_view sql) {
  size_t at = 0;
  while (at < sql.size()) {
    if (std::isspace(static_cast<unsigned char>(sql[at])) || sql[at] == ';' || sql[at] == '(') {
      ++at;
    } else if (sql.substr(at, 2) == "--") {
      at = std::min(sql.size(), sql.find('\n', at));
    } else if (sql.substr(at, 2) == "/*") {
      const size_t end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      break;
    }
  }
  size_t end = at;
  while (end < sql.size() && std::isalpha(static_cast<unsigned char>(sql[end]))) ++end;
  return to_lower(sql.substr(at, end - at));
}

}  // namespace

bool is_data_change(std::string_view sql) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "insert", "update", "delete", "merge", "copy", "alter", "truncate", "call", "commit"};
  return std::find(kWords.begin(), kWords.end(), first_word(sql)) != kWords.end();
}

bool is_transaction_conflict(const Error& error) {
  if (error.code() == ErrorCode::kSqlError) {
    const std::string text = to_lower(error.message());
    static constexpr std::array<std::string_view, 4> kSigns = {
        "write-write conflict", "conflict on tuple deletion", "conflict on update",
        "transaction conflict"};
    for (std::string_view sign : kSigns)
      if (text.find(sign) != std::string::npos) return true;
  }
  for (const Error& cause : error.causes())
    if (is_transaction_conflict(cause)) return true;
  return false;
}

GuardedConnection::GuardedConnection(std::unique_ptr<warehouse::Connection> inner)
    : inner_(std::move(inner)) {}

bool GuardedConnection::interrupted() const {
  std::lock_guard lock(running_mutex_);
  return is_interrupted_;
}

void GuardedConnection::resume() {
  std::lock_guard lock(running_mutex_);
  is_interrupted_ = false;
}

void GuardedConnection::interrupt() {
  std::lock_guard lock(running_mutex_);
  is_interrupted_ = true;
  if (is_running_) inner_->interrupt();
}

template <typename Answer, typename Call>
Answer GuardedConnection::guarded(const Call& call) {
  {
    std::lock_guard lock(running_mutex_);
    if (is_interrupted_) return tl::unexpected<Error>(cancelled_error());
    is_running_ = true;
  }
  Answer answer = call();
  std::lock_guard lock(running_mutex_);
  is_running_ = false;
  return answer;
}

Result<warehouse::StatementResult> GuardedConnection::execute(const std::string& sql, bool fetch,
                                                              int64_t limit) {
  auto answer = guarded<Result<warehouse::StatementResult>>(
      [&] { return inner_->execute(sql, fetch, limit); });
  if (answer && !inner_->in_transaction() && is_data_change(sql)) has_side_effects_ = true;
  return answer;
}

Status GuardedConnection::begin() {
  return guarded<Status>([&] { return inner_->begin(); });
}

Status GuardedConnection::commit() {
  Status status = guarded<Status>([&] { return inner_->commit(); });
  if (status) has_side_effects_ = true;
  return status;
}

Result<std::vector<warehouse::RelationInfo>> GuardedConnection::list_relations(
    const std::string& database, const std::string& schema) {
  return guarded<Result<std::vector<warehouse::RelationInfo>>>(
      [&] { return inner_->list_relations(database, schema); });
}

Result<std::vector<warehouse::ColumnInfo>> GuardedConnection::list_columns(
    const warehouse::RelationInfo& relation) {
  return guarded<Result<std::vector<warehouse::ColumnInfo>>>(
      [&] { return inner_->list_columns(relation); });
}

Result<std::vector<std::string>> GuardedConnection::list_schemas(const std::string& database) {
  return guarded<Result<std::vector<std::string>>>([&] { return inner_->list_schemas(database); });
}

Result<std::vector<warehouse::ColumnInfo>> GuardedConnection::describe_query(
    const std::string& sql) {
  return guarded<Result<std::vector<warehouse::ColumnInfo>>>(
      [&] { return inner_->describe_query(sql); });
}

}  // namespace sluice::run
