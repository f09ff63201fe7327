// Which batches an earlier run left to do.
#include "run/previous_batches.h"

#include <gtest/gtest.h>

#include "compile/batches.h"
#include "jinja/ops.h"

namespace sluice::run {
namespace {

TEST(PreviousBatches, OnlyWhatHasBatchesOfBothKindsIsContinued) {
  const jinja::Value results = jinja::from_yaml(R"({results: [
    {unique_id: model.a, status: partial success, batch_results: {
      successful: [['2024-01-01T00:00:00+00:00', '2024-01-02T00:00:00+00:00']],
      failed: [['2024-01-02T00:00:00+00:00', '2024-01-03T00:00:00+00:00'], [x, y], 3]}},
    {unique_id: model.b, status: error, batch_results: {successful: [], failed: [['2024-01-02', '2024-01-03']]}},
    {unique_id: model.c, status: success, batch_results: null}]})")
                                   .value();
  const auto batches = batches_to_retry(results);
  ASSERT_EQ(batches.size(), 1U);
  const BatchResults& a = batches.at("model.a");
  ASSERT_EQ(a.successful.size(), 1U);
  ASSERT_EQ(a.failed.size(), 1U);
  EXPECT_EQ(a.failed[0].start_micros, compile::parse_iso_moment("2024-01-02").value());
  EXPECT_EQ(a.failed[0].end_micros, compile::parse_iso_moment("2024-01-03").value());
}

TEST(PreviousBatches, NothingToReadIsNothingToRetry) {
  EXPECT_TRUE(batches_to_retry(jinja::Value::none()).empty());
  EXPECT_TRUE(batches_to_retry(jinja::Value::dict()).empty());
}

}  // namespace
}  // namespace sluice::run
