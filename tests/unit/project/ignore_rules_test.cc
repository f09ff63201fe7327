#include "project/ignore_rules.h"

#include <gtest/gtest.h>

namespace sluice::project {
namespace {

TEST(IgnoreRules, FollowGit) {
  struct Case {
    const char* rules;
    const char* path;
    bool ignored;
  };
  const Case cases[] = {
      {"", "models/a.sql", false},
      {"# models/a.sql\n\n", "models/a.sql", false},
      {"a.sql", "models/a.sql", true},
      {"*.csv", "seeds/deep/x.csv", true},
      {"*.csv\n!keep.csv\n", "seeds/keep.csv", false},
      {"!keep.csv\n*.csv\n", "seeds/keep.csv", true},
      {"gen/", "models/gen/x.sql", true},
      {"gen/", "models/gen", false},
      {"gen", "models/gen/x.sql", true},
      {"models/gen", "models/gen/x.sql", true},
      {"models/gen", "other/models/gen/x.sql", false},
      {"/x.sql", "models/x.sql", false},
      {"/models/x.sql  ", "models/x.sql", true},
      {"models/*.sql", "models/a/x.sql", false},
      {"models/**/x.sql", "models/a/b/x.sql", true},
      {"models/**/x.sql", "models/x.sql", true},
      {"**/x.sql", "models/a/x.sql", true},
      {"models/**", "models/a/x.sql", true},
      {"m?dels/[a-c].sql", "models/b.sql", true},
      {"m?dels/[!a-c].sql", "models/b.sql", false},
      {"[a", "models/[a", true},
      {"\\#x.sql", "models/#x.sql", true},
  };
  for (const Case& one : cases)
    EXPECT_EQ(IgnoreRules(one.rules).ignores(one.path), one.ignored)
        << one.rules << " | " << one.path;
}

}  // namespace
}  // namespace sluice::project
