#include "cli/warning_options.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

Result<WarningPolicy> policy_of(const std::string& yaml) {
  Options options;
  options.warn_error_options = yaml;
  return read_warning_policy(options);
}

// What dbt does with the warning ExposureNameDeprecation, then with NoNodeForYamlKey.
TEST(WarningOptions, TheClosestNameCounts) {
  using enum WarningVerdict;
  struct Case {
    const char* options;
    WarningVerdict deprecation;
    WarningVerdict other;
  };
  const Case cases[] = {
      {"{error: all}", kError, kError},
      {"{error: '*'}", kError, kError},
      {"{error: all, warn: [Deprecations]}", kWarn, kError},
      {"{error: all, warn: [NoNodeForYamlKey]}", kError, kWarn},
      {"{error: [NoNodeForYamlKey], silence: [NoNodeForYamlKey]}", kWarn, kSilent},
      {"{error: [Deprecations], warn: [ExposureNameDeprecation]}", kWarn, kWarn},
      {"{error: [Deprecations], silence: [ExposureNameDeprecation]}", kSilent, kWarn},
      {"{error: [ExposureNameDeprecation], silence: [Deprecations]}", kError, kWarn},
      {"{error: all, silence: [Deprecations]}", kSilent, kError},
      {"{warn: [Deprecations], silence: [Deprecations]}", kSilent, kWarn},
      {"{error: all, warn: [ExposureNameDeprecation], silence: [Deprecations]}", kWarn, kError},
      {"{error: all, silence: [ExposureNameDeprecation], warn: [Deprecations]}", kSilent, kError},
      {"{error: [Deprecations], warn: [Deprecations]}", kWarn, kWarn},
      {"{include: all, exclude: [NoNodeForYamlKey]}", kError, kWarn},
  };
  for (const Case& one : cases) {
    const Result<WarningPolicy> policy = policy_of(one.options);
    ASSERT_TRUE(policy) << one.options;
    EXPECT_EQ(policy->verdict("ExposureNameDeprecation"), one.deprecation) << one.options;
    EXPECT_EQ(policy->verdict("NoNodeForYamlKey"), one.other) << one.options;
  }
}

TEST(WarningOptions, RefusesWhatDbtRefuses) {
  for (const char* options :
       {"{error: [all]}", "{error: [Nope]}", "{error: NoNodeForYamlKey}", "[]", "{warn: all}",
        "{error: [NoNodeForYamlKey], warn: [NoNodeForYamlKey]}", "{error: all, include: all}",
        "{error: [ExposureNameDeprecation], warn: [Deprecations]}"})
    EXPECT_FALSE(policy_of(options)) << options;
}

}  // namespace
}  // namespace sluice::cli
