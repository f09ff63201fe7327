#include "run/code_identity.h"

#include <gtest/gtest.h>

namespace sluice::run {
namespace {

const IdentityParts kParts = {{"rules", "2"}, {"engine", "v1.5.5"}, {"TimeZone", "Europe/Berlin"}};

TEST(CodeIdentity, EqualPartsAndQueriesAreEqual) {
  EXPECT_EQ(code_identity(kParts, "select 1"), code_identity(kParts, "select 1"));
  EXPECT_NE(code_identity(kParts, "select 1"), code_identity(kParts, "select 2"));
  EXPECT_EQ(identity_part(code_identity(kParts, "select 1"), "TimeZone"), "Europe/Berlin");
  EXPECT_EQ(identity_part(code_identity(kParts, "select 1"), "nothing"), "");
}

TEST(CodeIdentity, TellsWhatChanged) {
  const std::string before = code_identity(kParts, "select 1");
  EXPECT_EQ(identity_change(before, code_identity(kParts, "select 2")),
            "its query or its inputs' columns changed");
  EXPECT_EQ(identity_change(
                before, code_identity({{"rules", "2"}, {"engine", "v1.5.6"}, {"TimeZone", "UTC"}},
                                      "select 1")),
            "the engine was \"v1.5.5\" and is \"v1.5.6\", TimeZone was \"Europe/Berlin\" and is "
            "\"UTC\"");
  // A ledger of before the parts were kept.
  EXPECT_EQ(identity_change("0123abc", before), "its query or its inputs' columns changed");
}

}  // namespace
}  // namespace sluice::run
