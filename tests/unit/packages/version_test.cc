#include "packages/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "packages/package_spec.h"

namespace sluice::packages {
namespace {

std::vector<Requirement> requirements(const std::vector<std::string>& texts) {
  std::vector<Requirement> out;
  for (const std::string& text : texts) out.push_back(parse_requirement(text).value());
  return out;
}

std::vector<Version> versions(const std::vector<std::string>& texts) {
  std::vector<Version> out;
  for (const std::string& text : texts) out.push_back(parse_version(text).value());
  return out;
}

TEST(Version, OrdersAsSemverDoes) {
  const std::vector<std::string> rising = {
      "0.9.9",        "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-alpha.beta",
      "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
      "1.2.0",        "1.10.0",        "10.0.0"};
  for (size_t i = 0; i + 1 < rising.size(); ++i)
    EXPECT_LT(*parse_version(rising[i]), *parse_version(rising[i + 1])) << rising[i];
  EXPECT_EQ(*parse_version("1.0.0+one"), *parse_version("1.0.0+two"));
}

TEST(Version, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-a..b", "1.0.x"})
    EXPECT_FALSE(parse_version(text)) << text;
  for (const char* text : {"~=1.0.0", ">=1.0", "abc", ">=1.0.0,<2.0.0"})
    EXPECT_FALSE(parse_requirement(text)) << text;
}

TEST(Version, SaysWhichRequirementsContradict) {
  EXPECT_TRUE(can_be_met(requirements({">=1.0.0", "<2.0.0"})));
  EXPECT_TRUE(can_be_met(requirements({">=1.0.0", "<=1.0.0"})));
  EXPECT_TRUE(can_be_met(requirements({"1.1.0", ">1.0.0"})));
  EXPECT_FALSE(can_be_met(requirements({">1.0.0", "<1.0.0"})));
  EXPECT_FALSE(can_be_met(requirements({">=1.0.0", "<=1.0.0", "<1.0.0"})));
  EXPECT_FALSE(can_be_met(requirements({"=1.0.0", "=1.1.0"})));
  EXPECT_FALSE(can_be_met(requirements({"=1.2.0", ">=1.0.0", "<1.2.0"})));
}

TEST(Version, ChoosesTheNewestThatFits) {
  const std::vector<Version> all = versions({"0.9.0", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc1"});
  EXPECT_EQ(choose_version(requirements({">=1.0.0", "<1.10.0"}), all, false).best->text(), "1.2.0");
  EXPECT_EQ(choose_version(requirements({">=1.0.0"}), all, false).best->text(), "1.10.0");
  EXPECT_EQ(choose_version(requirements({">=1.0.0"}), all, true).best->text(), "2.0.0-rc1");
  EXPECT_EQ(choose_version(requirements({"2.0.0-rc1"}), all, false).best->text(), "2.0.0-rc1");
  EXPECT_FALSE(choose_version(requirements({"5.0.0"}), all, false).best);
  EXPECT_EQ(choose_version(requirements({"1.0.0"}), all, false).newest->text(), "1.10.0");
}

project::WrittenPackage written(std::initializer_list<std::pair<std::string, std::string>> fields) {
  project::WrittenPackage package;
  package.rendered = jinja::Value::dict();
  for (const auto& [key, text] : fields)
    package.rendered.as_dict().set(key, jinja::Value::string(text));
  package.written = package.rendered;
  return package;
}

// Recorded with dbt-core 1.11.16.
TEST(PackageList, HashesAsDbtDoes) {
  EXPECT_EQ(package_list_hash({written({{"local", "../local_pkg"}})}).value(),
            "8e5e27300340b88e332fd67d472568a827afd99e");
  EXPECT_EQ(package_list_hash({written({{"package", "acme/util"}, {"version", "1.0.0"}})}).value(),
            "f140e3a7f52da30d09a291914c23f294d58a7287");
  EXPECT_EQ(package_list_hash({written({{"git", "https://example.org/pkg.git"}})}).value(),
            "19ecf7e675bd1a0dade3108a962686484300482d");
  EXPECT_EQ(package_list_hash({written({{"local", "../local_pkg"}}),
                               written({{"package", "acme/util"}, {"version", "1.0.0"}})})
                .value(),
            "1bb8a7e2773ee581a87602682e8c94d2f15bb425");
}

TEST(PackageList, RefusesEntriesThatSayTooLittle) {
  for (const auto& entry :
       {written({{"package", "acme/util"}}), written({{"package", "util"}, {"version", "1.0.0"}}),
        written({{"tarball", "http://h/x.tar.gz"}}), written({{"private", "acme/util"}}),
        written({{"local", "a"}, {"revision", "main"}}), written({{"somewhere", "else"}})})
    EXPECT_FALSE(parse_package(entry));
}

}  // namespace
}  // namespace sluice::packages
