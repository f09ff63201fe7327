#include "graph/wildcard.h"

#include <gtest/gtest.h>

namespace sluice::graph {
namespace {

TEST(Wildcard, MatchesAsPythonsFnmatch) {
  const struct {
    const char* pattern;
    const char* text;
    bool matches;
  } cases[] = {
      {"abc", "abc", true},       {"abc", "abcd", false},   {"*", "", true},
      {"a*c", "abbc", true},      {"a*c", "abbd", false},   {"*a*b*", "xxaxxbxx", true},
      {"?", "é", true},           {"??", "é", false},       {"[abc]x", "bx", true},
      {"[!abc]x", "bx", false},   {"[!abc]x", "dx", true},  {"[a-c]", "b", true},
      {"[c-a]", "b", false},      {"[]]", "]", true},       {"[!]]", "]", false},
      {"[abc", "[abc", true},     {"[a-]", "-", true},      {"a[", "a[", true},
      {"A", "a", false},          {"", "", true},           {"", "a", false},
      {"*.sql", "a.b.sql", true}, {"**", "anything", true}, {"[à-ü]", "é", true},
  };
  for (const auto& item : cases)
    EXPECT_EQ(Wildcard(item.pattern).matches(item.text), item.matches)
        << item.pattern << " " << item.text;
}

TEST(PathPattern, MatchesSegmentBySegment) {
  const struct {
    const char* pattern;
    const char* path;
    bool is_directory;
    bool matches;
  } cases[] = {
      {"models/a.sql", "models/a.sql", false, true},
      {"./models//a.sql", "models/a.sql", false, true},
      {"models/", "models", true, true},
      {"models/*", "models/a.sql", false, true},
      {"models/*", "models/x/a.sql", false, false},
      {"models/**", "models/x", true, true},
      {"models/**", "models", true, true},
      {"models/**", "models/a.sql", false, false},
      {"models/**/*.sql", "models/a.sql", false, true},
      {"models/**/*.sql", "models/x/y/a.sql", false, true},
      {"**/a.sql", "a.sql", false, true},
      {"**/x/**/a.sql", "m/x/y/z/a.sql", false, true},
      {"m?dels/*/a.*", "models/x/a.sql", false, true},
  };
  for (const auto& item : cases)
    EXPECT_EQ(PathPattern(item.pattern).matches(item.path, item.is_directory), item.matches)
        << item.pattern << " " << item.path;
}

}  // namespace
}  // namespace sluice::graph
