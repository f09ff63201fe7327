#include "sql/expression_text.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

TEST(HasMonths, SeesThemInCallsAndConstants) {
  EXPECT_TRUE(has_months("to_months(CAST(1 AS INTEGER))"));
  EXPECT_TRUE(has_months(R"("to_months"(CAST("trunc"(CAST(1 AS DOUBLE)) AS INTEGER)))"));
  EXPECT_TRUE(has_months(R"("to_years"(1))"));
  EXPECT_TRUE(has_months("(to_months(2) + to_days(0) + to_microseconds(0))"));
  EXPECT_TRUE(has_months("CAST('1 month' AS INTERVAL)"));
}

TEST(HasMonths, DaysAndNumbersHaveNone) {
  EXPECT_FALSE(has_months("(to_months(0) + to_days(6) + to_microseconds(0))"));
  EXPECT_FALSE(has_months(R"("to_days"(6))"));
  EXPECT_FALSE(has_months("CAST(6 AS BIGINT)"));
  EXPECT_FALSE(has_months(""));
}

}  // namespace
}  // namespace sluice::sql
