// "Did you mean": distances and the nearest name.
#include "base/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace sluice {
namespace {

struct DistanceRow {
  std::string_view a;
  std::string_view b;
  size_t limit;
  size_t expected;
};

constexpr DistanceRow kDistances[] = {
    {"", "", 3, 0},           {"run", "run", 3, 0},        {"run", "RUN", 3, 0},
    {"biuld", "build", 3, 1}, {"orders", "order", 3, 1},   {"kitten", "sitting", 3, 3},
    {"ca", "abc", 3, 3},      {"kitten", "sitting", 1, 2}, {"a", "abcdef", 3, 4},
};

TEST(EditDistance, CountsSlips) {
  for (const DistanceRow& row : kDistances) {
    SCOPED_TRACE(std::string(row.a) + " " + std::string(row.b));
    EXPECT_EQ(edit_distance(row.a, row.b, row.limit), row.expected);
    EXPECT_EQ(edit_distance(row.b, row.a, row.limit), row.expected);
  }
}

struct NearestRow {
  std::string_view wrong;
  std::string_view expected;
};

constexpr NearestRow kNearest[] = {
    {"biuld", "build"},
    {"selct", "select"},
    {"SELECT", "select"},
    {"deselct", "deselect"},
    {"build", ""},  // known already
    {"x", ""},
    {"", ""},
    {"complete_nonsense", ""},
};

TEST(NearestName, ForgivesOneSlipInThreeLetters) {
  constexpr std::array<std::string_view, 4> kNames = {"build", "select", "deselect", "exclude"};
  for (const NearestRow& row : kNearest) {
    SCOPED_TRACE(row.wrong);
    EXPECT_EQ(nearest_name(row.wrong, kNames), row.expected);
  }
}

TEST(NearestName, TakesTheFirstOfEquals) {
  constexpr std::array<std::string_view, 2> kNames = {"cart", "cast"};
  EXPECT_EQ(nearest_name("caxt", kNames), "cart");
}

}  // namespace
}  // namespace sluice
