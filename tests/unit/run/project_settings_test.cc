// sluice.yml: the price, unknown keys with suggestions and places.
#include "run/project_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::run {
namespace {

struct Read {
  ProjectSettings settings;
  Diagnostics diagnostics;
};

Read read(const std::string& text) {
  MemoryFileSystem fs;
  EXPECT_TRUE(fs.write_atomically("/shop/sluice.yml", text));
  Read out;
  out.settings = read_project_settings(fs, "/shop", out.diagnostics);
  return out;
}

TEST(ProjectSettings, MissingFileIsFine) {
  const MemoryFileSystem fs;
  Diagnostics diagnostics;
  EXPECT_FALSE(read_project_settings(fs, "/shop", diagnostics).price_per_tb);
  EXPECT_TRUE(diagnostics.items().empty());
}

TEST(ProjectSettings, ReadsThePriceAtBothPlaces) {
  EXPECT_EQ(read("version: 1\nprice_per_tb: 5\n").settings.price_per_tb, 5.0);
  EXPECT_EQ(read("incremental: {policy: auto, price_per_tb: 7.5}\n").settings.price_per_tb, 7.5);
  EXPECT_FALSE(read("version: 1\n").settings.price_per_tb);
  EXPECT_FALSE(read("").diagnostics.has_errors());
}

TEST(ProjectSettings, UnknownKeysNameTheNearestAndThePlace) {
  const Read wrong = read("version: 1\nincremetal: {}\nincremental:\n  polcy: auto\n");
  ASSERT_EQ(wrong.diagnostics.num_errors(), 2U);
  const Error& first = wrong.diagnostics.items()[0].error;
  EXPECT_EQ(first.message(), "unknown key in sluice.yml: \"incremetal\"");
  EXPECT_EQ(first.hint(), "did you mean \"incremental\"?");
  EXPECT_EQ(first.spans().front().line, 2U);
  EXPECT_EQ(wrong.diagnostics.items()[1].error.hint(), "did you mean \"policy\"?");
  EXPECT_EQ(wrong.diagnostics.items()[1].error.spans().front().line, 4U);
}

TEST(ProjectSettings, RefusesAPriceThatIsNone) {
  EXPECT_EQ(read("price_per_tb: cheap\n").diagnostics.num_errors(), 1U);
  EXPECT_EQ(read("price_per_tb: -1\n").diagnostics.num_errors(), 1U);
  EXPECT_EQ(read("[1, 2]\n").diagnostics.num_errors(), 1U);
}

TEST(ProjectSettings, ReadHowIncrementalModelsAreKept) {
  EXPECT_EQ(read("version: 1\n").settings.policy, IncrementalPolicy::kOff);
  EXPECT_EQ(read("incremental: {policy: off}\n").settings.policy, IncrementalPolicy::kOff);
  EXPECT_EQ(read("incremental: {policy: auto}\n").settings.policy, IncrementalPolicy::kAuto);
  EXPECT_EQ(read("incremental: {policy: exact}\n").settings.policy, IncrementalPolicy::kExact);
  EXPECT_EQ(read("incremental: {policy: strict}\n").settings.policy, IncrementalPolicy::kStrict);
  EXPECT_EQ(read("incremental: {policy: always}\n").diagnostics.num_errors(), 1U);
  EXPECT_TRUE(read("incremental: {tables: true}\n").settings.maintains_tables);
  EXPECT_EQ(read("incremental: {on_source_delete: follow}\n").settings.on_source_delete,
            SourceDeletes::kFollow);
  EXPECT_EQ(read("incremental: {on_source_delete: keep}\n").diagnostics.num_errors(), 1U);
  EXPECT_FALSE(read("incremental: {cost_gate: off}\n").settings.has_cost_gate);
  EXPECT_EQ(read("incremental: {cost_gate: maybe}\n").diagnostics.num_errors(), 1U);
}

}  // namespace
}  // namespace sluice::run
