// How rows find each other, as in the table comparison that dbt prints (found by experiments with
// random tables): rows that are equal and there once on each side; then rows whose values in some
// of the columns are found once on each side; then equal rows next to pairs, and last any equal
// rows. What remains was added or is missing. Both sides are sorted before, so the outcome does not
// depend on the engine's order.
#include "compile/unit_test_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

struct Row {
  std::vector<Value> cells;
  std::vector<std::string> keys;  // repr of each cell: equal texts are equal cells
  std::optional<size_t> partner;
};

struct Sides {
  std::vector<std::string> columns;
  std::vector<Row> expected, actual;
};

constexpr std::string_view kSideColumn = "actual_or_expected";

Result<std::vector<Value>> items_of(const Value& object, std::string_view attribute) {
  if (!object.is_object()) return std::vector<Value>();
  SLUICE_ASSIGN(const std::optional<Value> list, object.as_object().attribute(attribute));
  if (!list) return std::vector<Value>();
  return jinja::iterate(*list);
}

Result<Sides> split_sides(const Value& table) {
  Sides sides;
  SLUICE_ASSIGN(const std::vector<Value> names, items_of(table, "column_names"));
  size_t side_at = names.size();
  for (size_t i = 0; i < names.size(); ++i) {
    SLUICE_ASSIGN(std::string name, jinja::to_str(names[i]));
    if (name == kSideColumn)
      side_at = i;
    else
      sides.columns.push_back(std::move(name));
  }
  SLUICE_ASSIGN(const std::vector<Value> rows, items_of(table, "rows"));
  for (const Value& item : rows) {
    SLUICE_ASSIGN(const std::vector<Value> cells, jinja::iterate(item));
    Row row;
    bool is_actual = true;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i == side_at) {
        is_actual = cells[i].is_string() && cells[i].as_string() == "actual";
        continue;
      }
      SLUICE_ASSIGN(std::string key, jinja::to_repr(cells[i]));
      row.keys.push_back(std::move(key));
      row.cells.push_back(cells[i]);
    }
    (is_actual ? sides.actual : sides.expected).push_back(std::move(row));
  }
  return sides;
}

// Nulls last, numbers by value, anything else by its text.
int compare_cells(const Row& a, const Row& b, size_t column) {
  const Value& left = a.cells[column];
  const Value& right = b.cells[column];
  if (left.is_none() || right.is_none())
    return static_cast<int>(left.is_none()) - static_cast<int>(right.is_none());
  return jinja::compare(left, right).value_or(0);
}

void sort_rows(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    for (size_t column = 0; column < a.cells.size(); ++column)
      if (const int order = compare_cells(a, b, column); order != 0) return order < 0;
    return false;
  });
}

std::vector<std::vector<std::string>> sorted_keys(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> keys;
  for (const Row& row : rows) keys.push_back(row.keys);
  std::sort(keys.begin(), keys.end());
  return keys;
}

void pair_up(Sides& sides, size_t expected, size_t actual) {
  sides.expected[expected].partner = actual;
  sides.actual[actual].partner = expected;
}

using Columns = std::vector<size_t>;

// The cells of some columns as one key; empty where all of them are null.
std::string key_of(const Row& row, const Columns& columns) {
  std::string key;
  bool has_value = false;
  for (const size_t column : columns) {
    key += row.keys[column] + '\n';
    has_value = has_value || !row.cells[column].is_none();
  }
  return has_value ? key : std::string();
}

struct Occurrences {
  size_t expected = 0, actual = 0;            // number of rows
  size_t last_expected = 0, last_actual = 0;  // the last of them
};
using Occurrence = std::map<std::string, Occurrences>;

Occurrence occurrences(const Sides& sides, const Columns& columns) {
  Occurrence found;
  for (size_t i = 0; i < sides.expected.size(); ++i) {
    Occurrences& of_key = found[key_of(sides.expected[i], columns)];
    ++of_key.expected;
    of_key.last_expected = i;
  }
  for (size_t i = 0; i < sides.actual.size(); ++i) {
    Occurrences& of_key = found[key_of(sides.actual[i], columns)];
    ++of_key.actual;
    of_key.last_actual = i;
  }
  found.erase(std::string());
  return found;
}

void pair_single(Sides& sides, const Occurrence& found) {
  for (const auto& [key, rows] : found) {
    if (rows.expected != 1 || rows.actual != 1) continue;
    if (sides.expected[rows.last_expected].partner || sides.actual[rows.last_actual].partner)
      continue;
    pair_up(sides, rows.last_expected, rows.last_actual);
  }
}

// Columns in which a value repeats too often say nothing about which row is which.
bool tells_rows_apart(const Sides& sides, const Occurrence& found) {
  size_t most = 1;
  for (const auto& [key, rows] : found) most = std::max({most, rows.expected, rows.actual});
  const size_t lines = std::max(sides.expected.size(), sides.actual.size()) + 1;
  return 10 * most < lines + 20;
}

// At most five columns, those with the most values that are there once.
Columns telling_columns(const Sides& sides) {
  constexpr size_t kMost = 5;
  std::vector<std::pair<size_t, size_t>> single;  // number of single values, column
  for (size_t column = 0; column < sides.columns.size(); ++column) {
    size_t count = 0;
    for (const auto& [key, rows] : occurrences(sides, {column}))
      count += static_cast<size_t>(rows.expected == 1) + static_cast<size_t>(rows.actual == 1);
    single.emplace_back(count, column);
  }
  std::stable_sort(single.begin(), single.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Columns chosen;
  for (size_t i = 0; i < std::min(kMost, single.size()); ++i) chosen.push_back(single[i].second);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

void pair_by_columns(Sides& sides) {
  Columns all(sides.columns.size());
  std::iota(all.begin(), all.end(), size_t{0});
  pair_single(sides, occurrences(sides, all));
  const Columns columns = telling_columns(sides);
  for (size_t mask = 1; mask < size_t{1} << columns.size(); ++mask) {
    Columns some;
    for (size_t i = 0; i < columns.size(); ++i)
      if ((mask >> i & 1) != 0) some.push_back(columns[i]);
    const Occurrence found = occurrences(sides, some);
    if (tells_rows_apart(sides, found)) pair_single(sides, found);
  }
}

// Equal rows that stand next to a pair (or to the end), downwards or upwards.
void pair_neighbours(Sides& sides, bool is_downwards) {
  const size_t expected = sides.expected.size(), actual = sides.actual.size();
  size_t next = 0;  // counted from the end that the walk begins at
  for (size_t i = 0; i < expected && next < actual; ++i) {
    const size_t row = is_downwards ? i : expected - 1 - i;
    if (const std::optional<size_t> partner = sides.expected[row].partner) {
      next = (is_downwards ? *partner : actual - 1 - *partner) + 1;
      continue;
    }
    const size_t other = is_downwards ? next : actual - 1 - next;
    if (sides.actual[other].partner || sides.expected[row].keys != sides.actual[other].keys)
      continue;
    pair_up(sides, row, other);
    ++next;
  }
}

void pair_equal_rows(Sides& sides) {
  std::map<std::vector<std::string>, std::vector<size_t>> open;
  for (size_t i = sides.actual.size(); i-- > 0;)
    if (!sides.actual[i].partner) open[sides.actual[i].keys].push_back(i);
  for (size_t i = 0; i < sides.expected.size(); ++i) {
    const auto found = open.find(sides.expected[i].keys);
    if (sides.expected[i].partner || found == open.end() || found->second.empty()) continue;
    pair_up(sides, i, found->second.back());
    found->second.pop_back();
  }
}

// A cell as it is printed, and the text whose width counts when columns are lined up: dbt's table
// measures plain texts and prints the values of rows that one side has as Python shows them.
struct Cell {
  std::string text;
  std::string measured;
};
using Line = std::vector<Cell>;

// As a CSV field.
std::string quoted(std::string text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// A null is NULL, so the text NULL is told apart by an underscore.
Result<std::string> plain_text(const Value& value) {
  SLUICE_ASSIGN(std::string text, jinja::to_str(value));
  if (text == "None") return std::string("NULL");
  if (std::string_view(text).substr(std::min(text.find_first_not_of('_'), text.size())) == "NULL")
    return "_" + text;
  return text;
}

// Blanks at the ends of a cell that differs can be seen.
std::string with_visible_blanks(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const size_t end = begin == text.size() ? text.size() : text.find_last_not_of(' ') + 1;
  std::string out;
  for (size_t i = 0; i < begin; ++i) out += "␣";
  out += text.substr(begin, end - begin);
  for (size_t i = end; i < text.size(); ++i) out += "␣";
  return out;
}

Cell cell_of(std::string text) {
  text = quoted(std::move(text));
  return {text, text};
}

Result<Line> lone_line(std::string mark, const Row& row) {
  Line line = {cell_of(std::move(mark))};
  for (const Value& value : row.cells) {
    SLUICE_ASSIGN(const std::string measured, jinja::to_str(value));
    std::string text = measured;
    if (value.is_none()) text = "null";
    if (value.is_bool()) text = value.as_bool() ? "true" : "false";
    if (value.is_object()) {
      SLUICE_ASSIGN(text, jinja::to_repr(value));
      // A time of day and a length of time are plain text in a result.
      if (text.starts_with("datetime.time(") || text.starts_with("datetime.timedelta("))
        text = measured;
    }
    line.push_back({quoted(std::move(text)), quoted(measured)});
  }
  return line;
}

Result<Line> paired_line(const Row& expected, const Row& actual) {
  Line line = {cell_of(expected.keys == actual.keys ? "" : "→")};
  for (size_t i = 0; i < expected.cells.size(); ++i) {
    SLUICE_ASSIGN(std::string text, plain_text(expected.cells[i]));
    if (expected.keys[i] != actual.keys[i]) {
      SLUICE_ASSIGN(const std::string other, plain_text(actual.cells[i]));
      text = with_visible_blanks(text) + "→" + with_visible_blanks(other);
    }
    line.push_back(cell_of(std::move(text)));
  }
  return line;
}

// The lines of the table in the order of the actual rows; a row that is missing stands at its place
// among the expected ones. Rows that are the same are left out when they are not next to one that
// is not.
class Lines {
 public:
  explicit Lines(const Sides& sides) : sides_(sides) {
    Line header = {cell_of("@@")};
    for (const std::string& name : sides.columns) header.push_back(cell_of(name));
    lines_.push_back(std::move(header));
  }

  Result<std::vector<Line>> make() {
    for (const Row& row : sides_.actual) {
      if (row.partner) SLUICE_TRY(add_missing(*row.partner));
      SLUICE_ASSIGN(Line line, row.partner ? paired_line(sides_.expected[*row.partner], row)
                                           : lone_line("+++", row));
      add(std::move(line));
    }
    SLUICE_TRY(add_missing(sides_.expected.size()));
    return shorten();
  }

 private:
  void add(Line line) { lines_.push_back(std::move(line)); }

  Status add_missing(size_t end) {
    for (; next_expected_ < end; ++next_expected_) {
      if (sides_.expected[next_expected_].partner) continue;
      SLUICE_ASSIGN(Line line, lone_line("---", sides_.expected[next_expected_]));
      add(std::move(line));
    }
    return {};
  }

  bool differs(size_t line) const {
    return line > 0 && line < lines_.size() && !lines_[line].front().text.empty();
  }

  std::vector<Line> shorten() const {
    std::vector<Line> shown = {lines_.front()};
    bool is_gap = false;
    for (size_t i = 1; i < lines_.size(); ++i) {
      const bool is_near = differs(i - 1) || differs(i) || differs(i + 1);
      if (is_near)
        shown.push_back(lines_[i]);
      else if (!is_gap)
        shown.push_back(Line(lines_.front().size(), cell_of("...")));
      is_gap = !is_near;
    }
    return shown;
  }

  const Sides& sides_;
  std::vector<Line> lines_;
  size_t next_expected_ = 0;
};

// Number of characters, not bytes.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// The width of the longest cell that is no outlier (mean and two standard deviations), and at least
// that of the header.
size_t column_width(const std::vector<Line>& lines, size_t column) {
  double sum = 0, sum_of_squares = 0;
  for (const Line& line : lines) {
    const auto width = static_cast<double>(width_of(line[column].measured));
    sum += width;
    sum_of_squares += width * width;
  }
  const auto count = static_cast<double>(lines.size());
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, sum_of_squares / count - mean * mean));
  const auto limit = static_cast<size_t>(mean + 2 * deviation + 0.5);
  size_t widest = width_of(lines.front()[column].measured);
  for (const Line& line : lines)
    if (const size_t width = width_of(line[column].measured); width <= limit)
      widest = std::max(widest, width);
  return widest;
}

std::string layout(const std::vector<Line>& lines) {
  constexpr size_t kWidest = 130;  // a wider table is not lined up
  std::vector<size_t> widths;
  size_t total = lines.front().size() - 1;
  for (size_t i = 0; i < lines.front().size(); ++i) {
    widths.push_back(column_width(lines, i));
    total += widths.back();
  }
  const bool lines_up = total <= kWidest;
  std::string out;
  for (const Line& line : lines) {
    size_t at = 0, target = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (lines_up && target > at) {
        out.append(target - at, ' ');
        at = target;
      }
      if (i > 0) out += ',';
      out += line[i].text;
      at += width_of(line[i].measured);
      target += widths[i];
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

Result<std::string> unit_test_difference(const Value& table) {
  SLUICE_ASSIGN(Sides sides, split_sides(table));
  sort_rows(sides.expected);
  sort_rows(sides.actual);
  if (sorted_keys(sides.expected) == sorted_keys(sides.actual)) return std::string();
  pair_by_columns(sides);
  pair_neighbours(sides, true);
  pair_neighbours(sides, false);
  pair_equal_rows(sides);
  SLUICE_ASSIGN(const std::vector<Line> lines, Lines(sides).make());
  return layout(lines);
}

}  // namespace sluice::compile
