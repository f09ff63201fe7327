#include "cli/text_table.h"

#include <algorithm>
#include <numeric>

#include "cli/terminal.h"

namespace sluice::cli {
namespace {

constexpr size_t kNarrowest = 6;  // a column is not shrunk below this

std::string one_line(const std::string& text) {
  std::string out;
  for (char byte : text) {
    if (byte == '\n') {
      out += "⏎";
    } else if (byte == '\t') {
      out += ' ';
    } else if (byte != '\r') {
      out += byte;
    }
  }
  return out;
}

// Widths of the columns; the widest are shrunk first until all fit.
std::vector<size_t> column_widths(const TextTable& table, size_t width, size_t overhead) {
  std::vector<size_t> widths;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    size_t widest = display_width(table.columns[column].title);
    for (const auto& row : table.rows)
      widest = std::max(widest, display_width(one_line(row[column])));
    widths.push_back(widest);
  }
  if (width == 0) return widths;
  size_t total = std::accumulate(widths.begin(), widths.end(), overhead);
  while (total > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (widest == widths.end() || *widest <= kNarrowest) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string cell(const std::string& text, size_t width, bool right_aligned) {
  const std::string shown = fit_to_width(one_line(text), width);
  const std::string blanks(width - std::min(width, display_width(shown)), ' ');
  return right_aligned ? blanks + shown : shown + blanks;
}

}  // namespace

std::string to_bordered_text(const TextTable& table, size_t width) {
  const std::vector<size_t> widths = column_widths(table, width, 3 * table.columns.size() + 1);
  std::string out = "|";
  for (size_t column = 0; column < widths.size(); ++column)
    out += " " +
           cell(table.columns[column].title, widths[column], table.columns[column].right_aligned) +
           " |";
  out += "\n|";
  for (size_t column_width : widths) out += " " + std::string(column_width, '-') + " |";
  for (const auto& row : table.rows) {
    out += "\n|";
    for (size_t column = 0; column < widths.size(); ++column)
      out += " " + cell(row[column], widths[column], table.columns[column].right_aligned) + " |";
  }
  return out + "\n";
}

std::string to_plain_text(const TextTable& table, size_t width) {
  const std::vector<size_t> widths = column_widths(table, width, 2 * table.columns.size());
  const auto line = [&](const auto& text_of) {
    std::string text;
    for (size_t column = 0; column < widths.size(); ++column)
      text += (column == 0 ? "" : "  ") +
              cell(text_of(column), widths[column], table.columns[column].right_aligned);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string out = line([&](size_t column) { return table.columns[column].title; });
  for (const auto& row : table.rows) out += line([&](size_t column) { return row[column]; });
  return out;
}

}  // namespace sluice::cli
