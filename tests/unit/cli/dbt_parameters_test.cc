// Every parameter of every command of dbt is understood: dbt_parameters.tsv, recorded from dbt-core
// 1.11.16 by record_dbt_parameters.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line.h"

namespace sluice::cli {
namespace {

struct Parameter {
  std::vector<std::string> names, negations, variables;
  std::string kind, type;
  std::vector<std::string> commands;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    if (part != "-") parts.push_back(part);
  return parts;
}

std::vector<Parameter> recorded_parameters() {
  std::ifstream file(SLUICE_TEST_DATA "/unit/cli/dbt_parameters.tsv");
  std::vector<Parameter> parameters;
  for (std::string line; std::getline(file, line);) {
    std::istringstream stream(line);
    std::vector<std::string> columns;
    for (std::string column; std::getline(stream, column, '\t');) columns.push_back(column);
    if (columns.size() != 6) continue;
    parameters.push_back({split(columns[0], ','), split(columns[1], ','), split(columns[2], ','),
                          columns[3], columns[4], split(columns[5], ',')});
  }
  return parameters;
}

// A value that fits the type.
std::string value_of(const Parameter& parameter) {
  static const std::map<std::string, std::string> kValues = {
      {"integer", "3"},           {"boolean", "true"},
      {"datetime", "2024-01-01"}, {"YAML", "{}"},
      {"SAMPLE", "3 days"},       {"WarnErrorOptionsType", "{error: [], warn: [], silence: []}"}};
  // Text to dbt, but what it says is a truth value.
  if (parameter.names.front() == "--deprecated-favor-state") return "true";
  const auto found = kValues.find(parameter.type);
  if (found != kValues.end()) return found->second;
  const size_t bar = parameter.type.find('|');
  return bar == std::string::npos ? "word" : parameter.type.substr(0, bar);
}

// A whole command line; `flag` stands before the command when that is "(root)".
std::vector<std::string> command_line(const std::string& command,
                                      const std::vector<std::string>& flag) {
  static const std::map<std::string, std::vector<std::string>> kCommands = {
      {"(root)", {"parse"}},
      {"docs", {"docs", "generate"}},
      {"source", {"source", "freshness"}},
      {"run-operation", {"run-operation", "macro"}},
      {"init", {"init", "shop"}}};
  const auto known = kCommands.find(command);
  std::vector<std::string> words = known == kCommands.end() ? split(command, ' ') : known->second;
  words.insert(command == "(root)" ? words.begin() : words.end(), flag.begin(), flag.end());
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

TEST(DbtParameters, AreRecorded) { EXPECT_GT(recorded_parameters().size(), 80U); }

TEST(DbtParameters, AreUnderstoodByEachCommand) {
  for (const Parameter& parameter : recorded_parameters()) {
    std::vector<std::string> names = parameter.names;
    names.insert(names.end(), parameter.negations.begin(), parameter.negations.end());
    for (const std::string& command : parameter.commands) {
      for (const std::string& name : names) {
        std::vector<std::string> flag = {name};
        if (parameter.kind != "flag") flag.push_back(value_of(parameter));
        const std::vector<std::string> words = command_line(command, flag);
        const ParsedCommandLine parsed = parse_command_line(words, {});
        // dbt refuses these too.
        if (name.starts_with("--deprecated-")) {
          EXPECT_NE(parsed.text.find("only be set via environment variables"), std::string::npos);
          continue;
        }
        EXPECT_TRUE(!parsed.finished || parsed.exit_code == 0) << joined(words) << "\n"
                                                               << parsed.text;
      }
    }
  }
}

TEST(DbtParameters, AreReadFromTheEnvironment) {
  for (const Parameter& parameter : recorded_parameters()) {
    for (const std::string& variable : parameter.variables) {
      for (const std::string& command : parameter.commands) {
        const std::vector<std::string> words = command_line(command, {});
        const ParsedCommandLine parsed =
            parse_command_line(words, {{variable, value_of(parameter)}});
        EXPECT_FALSE(parsed.finished) << variable << " " << joined(words) << "\n" << parsed.text;
        EXPECT_EQ(parsed.options.from_environment.size(), 1U) << variable << " " << joined(words);
      }
    }
  }
}

}  // namespace
}  // namespace sluice::cli
