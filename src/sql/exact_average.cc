#include "sql/exact_average.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace sluice::sql {
namespace {

// The divisor, count times 10^scale, must stay below 2^62.
constexpr int kMostScale = 6;
constexpr std::string_view kTwoTo64 = "CAST(18446744073709551616 AS HUGEINT)";

int number_at(std::string_view text, size_t at) {
  int out = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), out);
  return out;
}

std::string sum_text(const Average& average) {
  if (average.kind.scale == 0) return fmt::format("CAST(t.c{} AS HUGEINT)", average.column);
  return fmt::format("CAST(replace(CAST(t.c{} AS VARCHAR), '.', '') AS HUGEINT)", average.column);
}

std::string divisor_text(const Average& average) {
  return fmt::format("CAST(t.c{} AS HUGEINT) * CAST(1{:0>{}} AS HUGEINT)", average.count, "",
                     average.kind.scale);
}

// The steps of a division with 64 significant bits; each reads the columns of the one before.
// {0} is the number of the average, {1} is 2^64.
constexpr const char* kSteps[] = {
    "abs(s{0}) AS a{0}",
    // What is left out of a sum of more than 64 bits.
    "CAST(1 AS HUGEINT) << CAST(greatest(length(bin(a{0})) - 64, 0) AS INTEGER) AS u{0}",
    "CASE WHEN a{0} < {1} THEN a{0} ELSE (a{0} // u{0} + CASE WHEN 2 * (a{0} % u{0}) > u{0} OR "
    "(2 * (a{0} % u{0}) = u{0} AND (a{0} // u{0}) % 2 = 1) THEN 1 ELSE 0 END) * u{0} END AS b{0}",
    "64 - (length(bin(b{0})) - length(bin(d{0}))) AS j{0}",
    "j{0} - CASE WHEN (b{0} * (CAST(1 AS HUGEINT) << CAST(j{0} AS INTEGER))) // d{0} >= {1} THEN 1 "
    "ELSE 0 END AS k{0}",
    "(b{0} * (CAST(1 AS HUGEINT) << CAST(k{0} AS INTEGER))) // d{0} AS q{0}, "
    "(b{0} * (CAST(1 AS HUGEINT) << CAST(k{0} AS INTEGER))) % d{0} AS r{0}",
    "q{0} + CASE WHEN 2 * r{0} > d{0} OR (2 * r{0} = d{0} AND q{0} % 2 = 1) THEN 1 ELSE 0 END AS "
    "m{0}"};

std::string average_text(const Average& average, size_t number) {
  const std::string quotient =
      average.kind.is_wide
          ? fmt::format(
                "sign(s{0}) * (CAST(m{0} AS DOUBLE) * pow(CAST(2 AS DOUBLE), CAST(-k{0} AS "
                "DOUBLE)))",
                number)
          : fmt::format("CAST(s{0} AS DOUBLE) / CAST(d{0} AS DOUBLE)", number);
  return fmt::format(
      "CASE WHEN s{0} IS NULL THEN CAST(NULL AS DOUBLE) WHEN s{0} = 0 THEN CAST(0 AS DOUBLE) ELSE "
      "{1} END",
      number, quotient);
}

}  // namespace

std::optional<AverageKind> average_kind(std::string_view argument_type) {
  AverageKind out;
  if (argument_type.starts_with("DECIMAL(")) {
    const size_t comma = argument_type.find(',');
    const int digits = number_at(argument_type, argument_type.find('(') + 1);
    if (comma == std::string_view::npos) return std::nullopt;
    out.scale = number_at(argument_type, comma + 1);
    if (digits < 1 || digits > 18 || out.scale > kMostScale) return std::nullopt;
    out.is_wide = digits > 4;
  } else if (argument_type == "INTEGER" || argument_type == "BIGINT") {
    out.is_wide = true;
  } else if (argument_type != "SMALLINT") {
    return std::nullopt;
  }
  // Where a long double is another number, the engine rounds otherwise.
  if (out.is_wide && std::numeric_limits<long double>::digits != 64) return std::nullopt;
  return out;
}

std::string with_averages(const std::string& query, size_t width,
                          const std::vector<Average>& averages) {
  std::string from = fmt::format("({}) t", query);
  std::string first;
  for (size_t i = 0; i < averages.size(); ++i)
    first += fmt::format(", {} AS s{}, {} AS d{}", sum_text(averages[i]), i,
                         divisor_text(averages[i]), i);
  from = fmt::format("(select t.*{} from {}) t", first, from);
  for (const char* step : kSteps) {
    std::string columns;
    for (size_t i = 0; i < averages.size(); ++i)
      if (averages[i].kind.is_wide) columns += ", " + fmt::format(fmt::runtime(step), i, kTwoTo64);
    if (!columns.empty()) from = fmt::format("(select t.*{} from {}) t", columns, from);
  }
  std::string list;
  for (size_t column = 0; column < width; ++column) {
    const auto found =
        std::find_if(averages.begin(), averages.end(),
                     [column](const Average& average) { return average.column == column; });
    list += column == 0 ? "" : ", ";
    list += found == averages.end()
                ? fmt::format("t.c{}", column)
                : average_text(*found, static_cast<size_t>(found - averages.begin()));
    list += fmt::format(" as c{}", column);
  }
  return fmt::format("select {} from {}", list, from);
}

}  // namespace sluice::sql
