// The command line: dbt's flags, the environment, suggestions.
#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ParsedCommandLine parse(const std::vector<std::string>& words,
                        const std::map<std::string, std::string>& environment = {}) {
  return parse_command_line(words, environment);
}

TEST(CommandLine, SelectTakesSeveralWordsAndRepeats) {
  const auto parsed = parse({"run", "--select", "a", "+b", "-s", "tag:x,c+", "--exclude", "d"});
  ASSERT_FALSE(parsed.finished) << parsed.text;
  EXPECT_EQ(parsed.options.command, Command::kRun);
  EXPECT_THAT(parsed.options.select, ElementsAre("a", "+b", "tag:x,c+"));
  EXPECT_THAT(parsed.options.exclude, ElementsAre("d"));
}

TEST(CommandLine, CommonFlagsStandBeforeAndAfterTheCommand) {
  const auto before = parse({"--quiet", "--log-format", "json", "--no-use-colors", "build", "-x"});
  ASSERT_FALSE(before.finished) << before.text;
  EXPECT_TRUE(before.options.quiet);
  EXPECT_EQ(before.options.log_format, "json");
  EXPECT_FALSE(before.options.use_colors);
  EXPECT_TRUE(before.options.use_colors_given);
  EXPECT_TRUE(before.options.fail_fast);
  const auto after = parse(
      {"build", "-q", "--threads", "3", "--no-write-json", "--no-partial-parse", "-t", "prod"});
  ASSERT_FALSE(after.finished) << after.text;
  EXPECT_TRUE(after.options.quiet);
  EXPECT_EQ(after.options.threads, 3);
  EXPECT_FALSE(after.options.write_json);
  EXPECT_EQ(after.options.target, "prod");
}

TEST(CommandLine, EnvironmentFillsWhatIsNotGiven) {
  const std::map<std::string, std::string> environment = {{"DBT_TARGET", "ci"},
                                                          {"DBT_QUIET", "true"},
                                                          {"DBT_THREADS", "7"},
                                                          {"DBT_FAIL_FAST", "0"},
                                                          {"DBT_PROFILES_DIR", "p"}};
  const auto parsed = parse({"run", "--target", "dev"}, environment);
  ASSERT_FALSE(parsed.finished) << parsed.text;
  EXPECT_EQ(parsed.options.target, "dev");
  EXPECT_TRUE(parsed.options.quiet);
  EXPECT_EQ(parsed.options.threads, 7);
  EXPECT_FALSE(parsed.options.fail_fast);
  EXPECT_EQ(parsed.options.profiles_dir, "p");
}

TEST(CommandLine, EarlyFlagWinsOverTheEnvironment) {
  const auto parsed = parse({"--target", "dev", "run"}, {{"DBT_TARGET", "ci"}});
  EXPECT_EQ(parsed.options.target, "dev");
}

TEST(CommandLine, BadEnvironmentValueIsAnError) {
  const auto parsed = parse({"run"}, {{"DBT_THREADS", "many"}});
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_THAT(parsed.text, HasSubstr("DBT_THREADS"));
}

struct WrongLine {
  std::vector<std::string> words;
  std::string expected;
};

class WrongLines : public ::testing::TestWithParam<WrongLine> {};

TEST_P(WrongLines, SayWhatIsWrongAndWhatIsNear) {
  const auto parsed = parse(GetParam().words);
  EXPECT_TRUE(parsed.finished);
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_THAT(parsed.text, HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongLines,
    ::testing::Values(WrongLine{{"biuld"}, "did you mean \"build\"?"},
                      WrongLine{{"xyzzy"}, "unknown command \"xyzzy\""},
                      WrongLine{{"run", "--selct", "a"}, "did you mean \"--select\"?"},
                      WrongLine{{"run", "--full-refrsh"}, "did you mean \"--full-refresh\"?"},
                      WrongLine{{"run", "orders"}, "--select orders"},
                      WrongLine{{"parse", "--limit", "3"}, "unknown flag \"--limit\""},
                      WrongLine{{"run", "--threads", "many"}, "--threads"},
                      WrongLine{{"run", "--log-format", "xml"}, "--log-format"},
                      WrongLine{{"ls", "--output", "text"}, "name, path, selector or json"},
                      WrongLine{{"show", "--output", "path"}, "text or json"},
                      WrongLine{{"run-operation"}, "needs MACRO"},
                      WrongLine{{"gen", "taxi"}, "store-orders"}));

TEST(CommandLine, HelpOfEveryCommandHasExamples) {
  for (const char* command :
       {"build", "run", "test", "seed", "compile", "parse", "ls", "list", "show", "run-operation",
        "debug", "clean", "init", "gen", "version"}) {
    const auto parsed = parse({command, "--help"});
    EXPECT_EQ(parsed.exit_code, 0) << command;
    EXPECT_THAT(parsed.text, HasSubstr("Examples:")) << command;
  }
}

TEST(CommandLine, CommandsHaveTheirOwnArguments) {
  const auto operation = parse({"run-operation", "grant", "--args", "{a: 1, b: [2]}"});
  ASSERT_FALSE(operation.finished) << operation.text;
  EXPECT_EQ(operation.options.name, "grant");
  EXPECT_EQ(operation.options.args, "{a: 1, b: [2]}");
  const auto gen = parse({"gen", "store-orders", "--days", "40", "--late", "2026-01-31:5",
                          "2026-02-01:6", "--seed", "7"});
  ASSERT_FALSE(gen.finished) << gen.text;
  EXPECT_EQ(gen.options.days, 40);
  EXPECT_EQ(gen.options.seed, 7U);
  EXPECT_THAT(gen.options.late, ElementsAre("2026-01-31:5", "2026-02-01:6"));
  const auto show = parse({"show", "--inline", "select 1", "--limit", "-1"});
  ASSERT_FALSE(show.finished) << show.text;
  EXPECT_TRUE(show.options.inline_given);
  EXPECT_EQ(show.options.limit, -1);
  EXPECT_EQ(parse({"ls"}).options.output, "selector");
  EXPECT_EQ(parse({"ls"}).options.command_name, "list");
  EXPECT_EQ(parse({"--version"}).options.command, Command::kVersion);
}

}  // namespace
}  // namespace sluice::cli
