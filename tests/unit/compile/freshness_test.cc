#include "compile/freshness.h"

#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

using jinja::Value;

constexpr int64_t kHour = 3'600'000'000;

Value threshold(int64_t count, const char* period) {
  Value out = Value::dict();
  out.as_dict().set("count", Value::integer(count));
  out.as_dict().set("period", Value::string(period));
  return out;
}

Value freshness(Value warn_after, Value error_after) {
  Value out = Value::dict();
  out.as_dict().set("warn_after", std::move(warn_after));
  out.as_dict().set("error_after", std::move(error_after));
  return out;
}

TEST(Freshness, JudgesByTheStrictestThresholdExceeded) {
  const Value both = freshness(threshold(12, "hour"), threshold(1, "day"));
  EXPECT_EQ(judge_freshness(both, 12 * kHour), FreshnessStatus::kPass);
  EXPECT_EQ(judge_freshness(both, 12 * kHour + 1), FreshnessStatus::kWarn);
  EXPECT_EQ(judge_freshness(both, 24 * kHour + 1), FreshnessStatus::kError);
  EXPECT_EQ(judge_freshness(both, -kHour), FreshnessStatus::kPass);
}

TEST(Freshness, TakesOneThresholdAlone) {
  EXPECT_EQ(judge_freshness(freshness(threshold(1, "minute"), Value::none()), 400 * kHour),
            FreshnessStatus::kWarn);
  EXPECT_EQ(judge_freshness(freshness(Value::none(), threshold(1, "minute")), kHour),
            FreshnessStatus::kError);
}

TEST(Freshness, NeedsACompleteThreshold) {
  Source source;
  source.freshness = freshness(threshold(1, "day"), Value::none());
  EXPECT_TRUE(has_freshness(source));
  Value incomplete = Value::dict();
  incomplete.as_dict().set("count", Value::integer(3));
  source.freshness = freshness(incomplete, Value::none());
  EXPECT_FALSE(has_freshness(source));
  source.freshness = Value::none();
  EXPECT_FALSE(has_freshness(source));
}

}  // namespace
}  // namespace sluice::compile
