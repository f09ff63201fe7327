// compare_databases ACTUAL EXPECTED: do two DuckDB files hold the same relations with the same
// rows? Order of rows does not count; floating point is compared to nine digits, because sums may
// be added in another order. The ledger (schema _sluice) is left out: it tells how often and when
// rows changed, which differs between two ways to the same rows. Prints each difference; exit code
// 0 equal, 1 different, 2 a file cannot be read.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "database.h"

namespace sluice::spec {
namespace {

using Rows = std::vector<std::string>;

constexpr std::size_t kShownRows = 5;

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    result.push_back(c);
    if (c == quote) result.push_back(c);
  }
  result.push_back(quote);
  return result;
}

class Comparison {
 public:
  explicit Comparison(Database& database) : database_(database) {}

  // True when nothing differs.
  bool run() {
    const Rows actual = relations("actual");
    const Rows expected = relations("expected");
    if (actual != expected) {
      report("the relations", actual, expected);
      return false;
    }
    for (const std::string& relation : expected) compare(relation);
    if (equal_ && !failed_) fmt::print("{} relations are equal\n", expected.size());
    return equal_;
  }

  bool failed() const { return failed_; }

 private:
  Rows ask(const std::string& sql) {
    auto rows = database_.query(sql);
    if (rows) return *rows;
    fmt::print(stderr, "compare_databases: {}\n  in: {}\n", rows.error(), sql);
    failed_ = true;
    return {};
  }

  Rows relations(std::string_view catalog) {
    return ask(
        fmt::format("select table_schema || '.' || table_name from information_schema.tables where "
                    "table_catalog = '{}' and table_schema <> '_sluice' order by 1",
                    catalog));
  }

  void compare(const std::string& relation) {
    const std::size_t dot = relation.find('.');
    const std::string schema = relation.substr(0, dot);
    const std::string name = relation.substr(dot + 1);
    const std::string columns_sql =
        "select column_name || ' ' || data_type from information_schema.columns where "
        "table_catalog = '{}' and "
        "table_schema = {} and table_name = {} order by ordinal_position";
    const auto columns = [&](std::string_view catalog) {
      return ask(fmt::format(fmt::runtime(columns_sql), catalog, quoted(schema, '\''),
                             quoted(name, '\'')));
    };
    const Rows expected = columns("expected");
    if (const Rows actual = columns("actual"); actual != expected)
      return report(relation + ": the columns", actual, expected);
    std::string list;
    for (const std::string& column : expected) list += (list.empty() ? "" : ", ") + rounded(column);
    const auto difference = [&](std::string_view one, std::string_view other) {
      const std::string place = quoted(schema, '"') + "." + quoted(name, '"');
      return ask(fmt::format("select {0} from {1}.{3} except all select {0} from {2}.{3} limit {4}",
                             list, one, other, place, kShownRows));
    };
    const Rows too_many = difference("actual", "expected");
    const Rows missing = difference("expected", "actual");
    if (!too_many.empty() || !missing.empty()) report(relation + ": rows", too_many, missing);
  }

  // "name TYPE" of a column as an expression without the noise of floating point.
  static std::string rounded(const std::string& column) {
    const std::size_t blank = column.rfind(' ');
    const std::string type = column.substr(blank + 1);
    const std::string name = quoted(column.substr(0, blank), '"');
    return type == "DOUBLE" || type == "FLOAT" ? fmt::format("printf('%.9g', {0}) as {0}", name)
                                               : name;
  }

  void report(const std::string& what, const Rows& actual, const Rows& expected) {
    equal_ = false;
    fmt::print("{} differ (- expected, + came)\n", what);
    for (const std::string& row : expected) fmt::print("  - {}\n", row);
    for (const std::string& row : actual) fmt::print("  + {}\n", row);
  }

  Database& database_;
  bool equal_ = true;
  bool failed_ = false;
};

int compare_files(const std::string& actual, const std::string& expected) {
  auto database = Database::open("", Access::kWrite, ".");
  if (!database) return fmt::print(stderr, "compare_databases: {}\n", database.error()), 2;
  const std::string attach =
      fmt::format("attach {} as actual (read_only); attach {} as expected (read_only)",
                  quoted(actual, '\''), quoted(expected, '\''));
  if (auto done = database->execute(attach); !done) {
    fmt::print(stderr, "compare_databases: {}\n", done.error());
    return 2;
  }
  Comparison comparison(*database);
  const bool equal = comparison.run();
  if (comparison.failed()) return 2;
  return equal ? 0 : 1;
}

}  // namespace

int compare_databases(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: compare_databases ACTUAL EXPECTED\n");
    return 2;
  }
  return compare_files(argv[1], argv[2]);
}

}  // namespace sluice::spec

int main(int argc, char** argv) { return sluice::spec::compare_databases(argc, argv); }
