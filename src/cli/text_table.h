// Text tables: columns as wide as their content, shrunk to the terminal, numbers to the right.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::cli {

struct TableColumn {
  std::string title;
  bool right_aligned = false;
};

struct TextTable {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns; line breaks shown as ⏎
};

// "| id | name |" with a rule below the titles, as dbt prints `show`. `width` 0: no limit.
std::string to_bordered_text(const TextTable& table, size_t width);
// Columns two blanks apart, titles first, for summaries.
std::string to_plain_text(const TextTable& table, size_t width);

}  // namespace sluice::cli
