#include "run/cost_gate.h"

#include <gtest/gtest.h>

namespace sluice::run {
namespace {

constexpr uint64_t kMega = 1'000'000;
constexpr const char* kModel = "model.shop.orders";

CostGate gate(double full, double stages, int64_t runs_since = 0) {
  ModelHistory history;
  history["full"] = {full, 1000 * kMega, 1};
  history["stages"] = {stages, 1000 * kMega, runs_since};
  return CostGate({{kModel, history}});
}

TEST(CostGate, KnowsNothingOfWhatNeverRan) {
  EXPECT_FALSE(CostGate().objection(kModel, "stages", 1000 * kMega));
  EXPECT_FALSE(gate(1, 9).objection("model.shop.other", "stages", 1000 * kMega));
  EXPECT_FALSE(gate(1, 9).objection(kModel, "keys", 1000 * kMega));
}

TEST(CostGate, LeavesToAFullRebuildWhatTookLonger) {
  EXPECT_TRUE(gate(1, 3).objection(kModel, "stages", 1000 * kMega));
  EXPECT_FALSE(gate(3, 1).objection(kModel, "stages", 1000 * kMega));
  EXPECT_FALSE(gate(0.02, 0.3).objection(kModel, "stages", 1000 * kMega)) << "noise";
}

TEST(CostGate, ScalesTheRebuildByItsInputs) {
  EXPECT_FALSE(gate(1, 3).objection(kModel, "stages", 5000 * kMega));
  EXPECT_TRUE(gate(4, 3).objection(kModel, "stages", 100 * kMega));
}

TEST(CostGate, MindsOnlyWhatReadsMuch) {
  EXPECT_FALSE(gate(1, 3).objection(kModel, "stages", 10 * kMega));
}

TEST(CostGate, TriesAgainAfterSomeRuns) {
  EXPECT_TRUE(gate(1, 3, 9).objection(kModel, "stages", 1000 * kMega));
  EXPECT_FALSE(gate(1, 3, 10).objection(kModel, "stages", 1000 * kMega));
}

}  // namespace
}  // namespace sluice::run
