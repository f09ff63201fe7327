#include "detect/objects.h"

#include <gtest/gtest.h>

namespace sluice::detect {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'800'000'000 * kSecond;

TEST(ObjectRecord, OldObjectsAreToldBySizeAndTime) {
  const FileRecord first = object_record(10, kNow - 100 * kSecond, nullptr, kNow);
  EXPECT_TRUE(first.is_settled);
  const FileRecord again = object_record(10, kNow - 100 * kSecond, &first, kNow + kSecond);
  EXPECT_EQ(again, first);
  EXPECT_NE(object_record(11, kNow - 100 * kSecond, &first, kNow).content, first.content);
  EXPECT_NE(object_record(10, kNow - 99 * kSecond, &first, kNow).content, first.content);
}

TEST(ObjectRecord, NewOnesCountAsChangedOnceMore) {
  const FileRecord first = object_record(10, kNow - kSecond, nullptr, kNow);
  EXPECT_FALSE(first.is_settled);
  const FileRecord soon = object_record(10, kNow - kSecond, &first, kNow + kSecond);
  EXPECT_NE(soon.content, first.content);
  const FileRecord later = object_record(10, kNow - kSecond, &soon, kNow + 100 * kSecond);
  EXPECT_NE(later.content, soon.content);
  EXPECT_TRUE(later.is_settled);
  EXPECT_EQ(object_record(10, kNow - kSecond, &later, kNow + 200 * kSecond), later);
  // Within one run, where the moment is the same, nothing moves.
  EXPECT_EQ(object_record(10, kNow - kSecond, &first, kNow), first);
}

}  // namespace
}  // namespace sluice::detect
