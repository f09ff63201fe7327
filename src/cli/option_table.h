// Every flag of every command as data: names, environment variable, target field, which commands
// take it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/options.h"

namespace sluice::cli {

using OptionField =
    std::variant<std::string Options::*, bool Options::*, int Options::*, int64_t Options::*,
                 uint64_t Options::*, double Options::*, std::vector<std::string> Options::*>;

struct OptionSpec {
  std::string_view names;  // "-t,--target"; flags with a negation: "-q,--quiet,!--no-quiet"
  OptionField field;
  std::string_view environment;  // "DBT_TARGET"; empty: none
  std::string_view help;
  uint32_t commands = 0;  // bit per Command; 0: all of them, and before the command too
  std::string_view value_name = "TEXT";
  std::string_view choices = {};  // "text|json"; empty: any value
  bool everywhere = false;        // dbt takes it with every command, also where it says nothing
};

constexpr uint32_t command_bit(Command command) { return 1U << static_cast<unsigned>(command); }

std::vector<OptionSpec> option_table();
// Names of the option in artifacts and in `flags:`: "--resource-type,--resource-types" gives
// "resource_type", "resource_types".
std::vector<std::string> option_keys(const OptionSpec& spec);
// The parts of OptionSpec::choices.
std::vector<std::string> split_choices(std::string_view choices);

struct CommandSpec {
  Command command;
  std::string_view name;
  std::string_view alias;     // "ls"; empty: none
  std::string_view dbt_name;  // as artifacts call it
  std::string_view help;
  std::string_view examples;    // two or three lines
  std::string_view positional;  // name of the one positional word; empty: none
  std::string_view positional_help;
  bool positional_required = false;
  std::string_view more = {};  // name of further positional words; empty: none
  std::string_view more_help = {};
};

std::vector<CommandSpec> command_table();

}  // namespace sluice::cli
