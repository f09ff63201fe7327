#include "run/atomic_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sluice::run {
namespace {

bool is_word_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

size_t behind(std::string_view sql, std::string_view end, size_t from) {
  const size_t found = sql.find(end, from);
  return found == std::string_view::npos ? sql.size() : found + end.size();
}

// Behind the comment, literal or quoted name that begins at `at`; `at` itself where none does.
size_t skip_opaque(std::string_view sql, size_t at) {
  const std::string_view two = sql.substr(at, 2);
  if (two == "--") return behind(sql, "\n", at);
  if (two == "/*") return behind(sql, "*/", at + 2);
  if (sql[at] == '\'' || sql[at] == '"') return behind(sql, sql.substr(at, 1), at + 1);
  if (sql[at] != '$' || (at > 0 && is_word_byte(sql[at - 1]))) return at;
  size_t end = at + 1;
  while (end < sql.size() && is_word_byte(sql[end])) ++end;
  if (end == sql.size() || sql[end] != '$') return at;
  return behind(sql, sql.substr(at, end + 1 - at), end + 1);
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 6> kTransactionWords = {"begin", "start",    "commit",
                                                               "end",   "rollback", "abort"};
constexpr std::array<std::string_view, 10> kReadingWords = {
    "select",  "with",      "from",   "values", "describe",
    "explain", "summarize", "pragma", "show",   "set"};

}  // namespace

std::vector<std::string> statement_words(std::string_view sql) {
  std::vector<std::string> words;
  bool is_at_start = true;
  for (size_t at = 0; at < sql.size();) {
    const size_t next = skip_opaque(sql, at);
    if (next != at) {
      at = next;
    } else if (sql[at] == ';') {
      is_at_start = true;
      ++at;
    } else if (is_at_start && is_word_byte(sql[at])) {
      std::string word;
      for (; at < sql.size() && is_word_byte(sql[at]); ++at)
        word.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(sql[at]))));
      words.push_back(std::move(word));
      is_at_start = false;
    } else {
      ++at;
    }
  }
  return words;
}

Status AtomicConnection::hold() {
  SLUICE_TRY(inner_->begin());
  if (!inner_->in_transaction())
    return fail(ErrorCode::kRunInvalid,
                "an atomic run is one transaction, and the profile switches transactions off",
                "remove disable_transactions from the profile, or run without --atomic");
  is_held_ = true;
  is_spoilt_ = is_in_node_transaction_ = has_written_ = false;
  return {};
}

Status AtomicConnection::publish() {
  SLUICE_CHECK(is_held_ && !is_spoilt_);
  is_held_ = false;
  return inner_->commit();
}

Status AtomicConnection::discard() {
  if (!std::exchange(is_held_, false)) return {};
  return inner_->rollback();
}

Result<warehouse::StatementResult> AtomicConnection::execute(const std::string& sql, bool fetch,
                                                             int64_t limit) {
  if (!is_held_) return inner_->execute(sql, fetch, limit);
  for (const std::string& word : statement_words(sql)) {
    if (is_one_of(word, kTransactionWords))
      return fail(
          ErrorCode::kRunInvalid,
          fmt::format("the statement \"{}\" would end the one transaction of an atomic run", word),
          "take it out of the hook, macro or model, or run without --atomic");
    has_written_ = has_written_ || !is_one_of(word, kReadingWords);
  }
  Result<warehouse::StatementResult> result = inner_->execute(sql, fetch, limit);
  if (!inner_->in_transaction()) is_spoilt_ = true;
  return result;
}

Status AtomicConnection::begin() {
  if (!is_held_) return inner_->begin();
  is_in_node_transaction_ = true;
  has_written_ = false;
  return {};
}

Status AtomicConnection::commit() {
  if (!is_held_) return inner_->commit();
  is_in_node_transaction_ = false;
  return {};
}

Status AtomicConnection::rollback() {
  if (!is_held_) return inner_->rollback();
  const bool was_open = std::exchange(is_in_node_transaction_, false);
  if (was_open && has_written_ && !forgives_rollback_) is_spoilt_ = true;
  return {};
}

}  // namespace sluice::run
