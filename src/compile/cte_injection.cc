#include "compile/cte_injection.h"

#include <cctype>

namespace sluice::compile {

namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

size_t skip_spaces(std::string_view sql, size_t at) {
  while (at < sql.size() && is_space(sql[at])) ++at;
  return at;
}

// Past whitespace and comments (-- to the end of the line, /* */ which DuckDB and PostgreSQL nest).
size_t skip_blank(std::string_view sql, size_t at) {
  for (;;) {
    at = skip_spaces(sql, at);
    if (sql.substr(at, 2) == "--") {
      size_t newline = sql.find('\n', at);
      if (newline == std::string_view::npos) return sql.size();
      at = newline + 1;
    } else if (sql.substr(at, 2) == "/*") {
      int depth = 0;
      do {
        if (sql.substr(at, 2) == "/*") {
          ++depth;
          at += 2;
        } else if (sql.substr(at, 2) == "*/") {
          --depth;
          at += 2;
        } else {
          ++at;
        }
      } while (depth > 0 && at < sql.size());
    } else {
      return at;
    }
  }
}

// Length of `keyword` (lower case) at `at` as a whole word, else 0.
size_t match_keyword(std::string_view sql, size_t at, std::string_view keyword) {
  if (sql.size() - at < keyword.size()) return 0;
  for (size_t i = 0; i < keyword.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(sql[at + i])) != keyword[i]) return 0;
  size_t end = at + keyword.size();
  return end < sql.size() && is_word(sql[end]) ? 0 : keyword.size();
}

}  // namespace

Injection inject_ctes(std::string_view sql, const std::vector<ExtraCte>& ctes) {
  std::string joined;
  for (const ExtraCte& cte : ctes) {
    if (!joined.empty()) joined += ", ";
    joined += cte.sql;
  }
  Injection out;
  size_t first_keyword = skip_blank(sql, 0);
  size_t with = first_keyword < sql.size() ? match_keyword(sql, first_keyword, "with") : 0;
  std::string added;
  size_t resume;
  if (with == 0) {
    out.at = resume = skip_spaces(sql, 0);
    added = "with" + joined + " ";
  } else {
    size_t end = first_keyword + with;
    size_t next = skip_blank(sql, end);
    size_t recursive = next < sql.size() ? match_keyword(sql, next, "recursive") : 0;
    if (recursive != 0) end = next + recursive;
    out.at = resume = skip_spaces(sql, end);
    added = joined + ", ";
  }
  out.bytes = added.size();
  out.sql.reserve(sql.size() + added.size());
  out.sql.append(sql.substr(0, out.at)).append(added).append(sql.substr(resume));
  return out;
}

}  // namespace sluice::compile
