// avg() from sums and counts, to the bit: the engine divides the sum of the unscaled integers by
// the count times the scale. For arguments of up to 16 bits it divides doubles; for wider ones it
// divides numbers of 64 significant bits and rounds the quotient a second time, to a double. A
// division of doubles in SQL gives another last bit then (4867323553696 / 9973), so that is done in
// integers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sql {

// How the engine averages arguments of a type.
struct AverageKind {
  int scale = 0;         // digits behind the point
  bool is_wide = false;  // divides with 64 significant bits
};

// nullopt: of floating-point numbers, of more than 18 digits, or what this machine rounds
// otherwise.
std::optional<AverageKind> average_kind(std::string_view argument_type);

// An average among the columns c0, c1, … of a query.
struct Average {
  AverageKind kind;
  size_t column = 0;  // holds the sum; becomes the average
  size_t count = 0;   // holds the count
};

// A query of the first `width` columns of `query`, the averages finished.
std::string with_averages(const std::string& query, size_t width,
                          const std::vector<Average>& averages);

}  // namespace sluice::sql
