// A DuckDB file as a stock client sees it: opened by the runner itself, not through sluice, so that
// a wrong answer of `sluice show` cannot hide a wrong table. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sluice::spec {

enum class Access { kRead, kWrite };

class Database {
 public:
  // An empty path is a database in memory. Relative paths in SQL are looked up in `directory`.
  static tl::expected<Database, std::string> open(const std::string& path, Access access,
                                                  const std::string& directory);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs one or more statements; rows are dropped.
  tl::expected<void, std::string> execute(const std::string& sql);

  // Rows as text, one line each, columns joined by " | ". NULL is `NULL`, an empty text `(empty)`,
  // a newline `\n`.
  tl::expected<std::vector<std::string>, std::string> query(const std::string& sql);

 private:
  struct Handles;
  explicit Database(std::unique_ptr<Handles> handles);

  std::unique_ptr<Handles> handles_;
};

}  // namespace sluice::spec
